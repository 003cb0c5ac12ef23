"""The form of a guarantee, and taking one back; they are read in a tab of the client's sheet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.clients.models import Client
from webapp.clients.queries import get_client
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id, parse_id
from webapp.core.money import BadAmount, Money
from webapp.core.pages import listed, written_amount
from webapp.risk import queries, services
from webapp.risk.policy import may_read_limits, may_write_guarantees
from webapp.risk.views.shell import blueprint, first
from webapp.users.current import current_actor

FIELDS = ("kind", "giver", "reference", "amount", "share", "starts_on", "ends_on")
BLANK = {"kind": "insurer", "share": "90"}


@blueprint.get("/clients/<uuid:client_id>/guarantees/new")
def new_guarantee(client_id: UUID) -> str:
    """An empty form: an insurer, who pays 90 per cent, is what most companies note."""
    return _page(_client(client_id), dict.fromkeys(FIELDS, "") | BLANK, {})


@blueprint.post("/clients/<uuid:client_id>/guarantees")
def add_guarantee(client_id: UUID) -> Response | tuple[str, int]:
    """Note it, or show the form again with what is to be corrected."""
    client, written = _client(client_id), {name: first(request.form, name) for name in FIELDS}
    try:
        given = services.GuaranteeInput(client.id, **_parsed(written))
        with unit_of_work():
            services.record_guarantee(current_actor(), given)
    except Invalid as refusal:
        return _page(_client(client_id), written, refusal.errors), 422
    flash(_("Garantie enregistrée."))
    return _back(client_id)


@blueprint.post("/guarantees/<uuid:guarantee_id>/withdraw")
def withdraw_guarantee(guarantee_id: UUID) -> Response:
    """It no longer holds; who comes second changes nothing."""
    actor = current_actor()
    client_id = queries.get_guarantee(actor, guarantee_id).guarantee.client_id
    try:
        with unit_of_work():
            services.withdraw_guarantee(actor, guarantee_id)
    except Conflict as refusal:
        flash(str(refusal.message))
    else:
        flash(_("Garantie retirée."))
    return _back(client_id)


def _client(client_id: UUID) -> Client:
    """The client in scope, for those who note guarantees. Raises NotFound, Forbidden."""
    actor = current_actor()
    if not may_read_limits(actor):
        raise NotFound()
    client = get_client(actor, client_id)
    if not may_write_guarantees(actor):
        raise Forbidden(_("Seuls le crédit manager et la DAF notent une garantie."))
    return client


def _page(client: Client, values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    return render_template(
        "risk/guarantee.html",
        client=client,
        values=values,
        errors=listed(errors),
        act=parse_id(request.form.get("act")) or new_id(),
    )


def _parsed(written: Mapping[str, str]) -> dict[str, Any]:
    """What the service takes. Raises Invalid beside each field that cannot be read."""
    errors: dict[str, object] = {}
    values: dict[str, Any] = {name: written[name] for name in ("kind", "giver")}
    values |= {"reference": written["reference"] or None, "id": parse_id(request.form.get("act")) or new_id()}
    try:
        values["amount"] = Money(written_amount(written["amount"]), "EUR")
    except BadAmount:
        errors["amount"] = _("Indiquez un montant, par exemple 60 000.")
    share = written["share"] or "100"
    if share.isascii() and share.isdigit() and len(share) < 4:
        values["share"] = int(share)
    else:
        errors["share"] = _("Indiquez un pourcentage de 1 à 100.")
    for name in ("starts_on", "ends_on"):
        try:
            values[name] = date.fromisoformat(written[name]) if written[name] else None
        except ValueError:
            errors[name] = _("Indiquez une date.")
    if errors:
        raise Invalid(errors=errors)
    return values


def _back(client_id: UUID) -> Response:
    return redirect(url_for("clients.sheet", client_id=client_id) + "#guarantees", 303)
