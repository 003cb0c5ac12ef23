"""The page of a client's limit: set it, read its history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.clients.models import Client
from webapp.clients.queries import get_client
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.core.money import BadAmount, field_amount
from webapp.core.pages import locale_name, written_amount
from webapp.risk import queries, services
from webapp.risk.policy import may_read_limits, may_set_limits
from webapp.risk.views.shell import blueprint, first
from webapp.users.current import current_actor

FIELDS = ("amount", "max_days_late", "ends_on", "source")


@blueprint.get("/clients/<uuid:client_id>/limit")
def edit_limit(client_id: UUID) -> str:
    """The limit that counts, as a form for those who may set it, and every one before."""
    return _page(_client(client_id), None, {})


@blueprint.post("/clients/<uuid:client_id>/limit")
def save_limit(client_id: UUID) -> Response | tuple[str, int]:
    """Set it, or show the form again with what is to be corrected."""
    client, written = _client(client_id), {name: first(request.form, name) for name in FIELDS}
    try:
        values = _parsed(written)
        with unit_of_work():
            services.set_limit(current_actor(), client.id, **values)
    except Invalid as refusal:
        return _page(_client(client_id), written, refusal.errors), 422
    except Forbidden as refusal:
        return _page(_client(client_id), written, {"amount": refusal.message}), 403
    flash(_("Plafond enregistré."))
    return redirect(f"/clients/{client_id}", 303)


def _client(client_id: UUID) -> Client:
    """The client in scope, for roles that see limits; otherwise there is no such page."""
    actor = current_actor()
    if not may_read_limits(actor):
        raise NotFound()
    return get_client(actor, client_id)


def _page(client: Client, written: Mapping[str, str] | None, errors: Mapping[str, object]) -> str:
    actor = current_actor()
    history = queries.limit_history(actor, client.id)
    current = next((line.limit for line in history if line.limit.replaced_at is None), None)
    balance, _limit = queries.client_figures(client.id)
    return render_template(
        "risk/limit.html",
        client=client,
        limit=current,
        balance=balance,
        history=history,
        values=written or _shown(current),
        errors={name: [message] for name, message in errors.items()},
        may_set=may_set_limits(actor),
    )


def _shown(limit: Any) -> dict[str, str]:
    if limit is None:
        return dict.fromkeys(FIELDS, "") | {"source": "internal"}
    return {
        "amount": field_amount(limit.amount, limit.currency, locale_name()),
        "max_days_late": "" if limit.max_days_late is None else str(limit.max_days_late),
        "ends_on": limit.ends_on.isoformat() if limit.ends_on else "",
        "source": limit.source,
    }


def _parsed(written: Mapping[str, str]) -> dict[str, Any]:
    """What the service takes. Raises Invalid beside each field that cannot be read."""
    errors: dict[str, object] = {}
    values: dict[str, Any] = {"source": written["source"] or "internal"}
    try:
        values["amount"] = written_amount(written["amount"])
    except BadAmount:
        errors["amount"] = _("Indiquez un montant, par exemple 60 000.")
    days = written["max_days_late"]
    if days and not (days.isascii() and days.isdigit() and len(days) < 6):
        errors["max_days_late"] = _("Indiquez un nombre de jours.")
    else:
        values["max_days_late"] = int(days) if days else None
    try:
        values["ends_on"] = date.fromisoformat(written["ends_on"]) if written["ends_on"] else None
    except ValueError:
        errors["ends_on"] = _("Indiquez une date.")
    if errors:
        raise Invalid(errors=errors)
    return values
