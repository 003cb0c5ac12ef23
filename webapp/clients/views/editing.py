"""The form of a client's identity: new, edited, and edited by two people at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, ValidationError
from werkzeug.wrappers import Response

from webapp.clients.policy import may_write
from webapp.clients.schemas import ClientWrite, written
from webapp.clients.services import upsert_client
from webapp.clients.views.forms import LANGUAGE_NAMES
from webapp.clients.views.shell import blueprint
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.home.queries.accounts import Account, find_account_by_ref, get_account
from webapp.home.queries.timeline import last_edit
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.queries import list_branches, list_people

LABELS = {
    "legal_name": _l("Raison sociale"),
    "trade_name": _l("Nom commercial"),
    "trade": _l("Métier"),
    "siren": _l("SIREN"),
    "siret": _l("SIRET"),
    "vat_number": _l("Numéro de TVA"),
    "rcs": _l("RCS"),
    "naf": _l("Code NAF"),
    "legal_form": _l("Forme juridique"),
    "founded_on": _l("Date de création"),
    "language": _l("Langue"),
    "street": _l("Adresse"),
    "postcode": _l("Code postal"),
    "city": _l("Ville"),
    "phone": _l("Téléphone"),
    "email": _l("Adresse e-mail"),
    "branch": _l("Agence"),
    "sales_rep": _l("Commercial"),
    "payment_days": _l("Délai de paiement"),
    "end_of_month": _l("Fin de mois"),
    "insolvency": _l("Procédure collective"),
}


@blueprint.get("/clients/new")
def new() -> str:
    """The form of a new client."""
    actor = _writer()
    return _page(None, {"branch": "", "payment_days": "30"}, {}, actor=actor)


@blueprint.post("/clients/new")
def create() -> Response | tuple[str, int]:
    """Record a new client; its reference must be free."""
    actor, values = _writer(), request.form.to_dict()
    ref = values.get("ref", "")
    try:
        if find_account_by_ref(actor, ref) is not None:
            raise Invalid(errors={"ref": _("Un client a déjà cette référence.")})
        with unit_of_work():
            client, _outcome = upsert_client(actor, ref, _read(values))
    except Invalid as error:
        return _page(None, values, error.errors, actor=actor), 422
    return redirect(url_for("clients.sheet", client_id=client.id), 303)


@blueprint.get("/clients/<uuid:client_id>/edit")
def edit(client_id: UUID) -> str:
    """The form of a client's identity."""
    actor = _writer()
    account = get_account(actor, client_id)
    return _page(account, form_values(account), {}, actor=actor)


@blueprint.post("/clients/<uuid:client_id>/edit")
def update(client_id: UUID) -> Response | tuple[str, int]:
    """Write the form over the client, unless somebody else did meanwhile (409, both versions)."""
    actor, values = _writer(), request.form.to_dict()
    account = get_account(actor, client_id)
    seen = request.form.get("revision", type=int)
    try:
        with unit_of_work():
            upsert_client(actor, account.client.ref, _read(values), seen_revision=seen)
    except Conflict:
        return _conflict(actor, client_id, values), 409
    except Invalid as error:
        return _page(account, values, error.errors, actor=actor, seen=seen), 422
    return redirect(url_for("clients.sheet", client_id=client_id), 303)


def _writer() -> Actor:
    actor = current_actor()
    if not may_write(actor):
        raise Forbidden(_l("Votre rôle ne modifie pas les fiches."))
    return actor


def _read(values: dict[str, str]) -> dict[str, Any]:
    """The form as the service takes it: an emptied field is none, terms are numbers. Raises Invalid."""
    body: dict[str, Any] = {
        name: values[name] or None
        for name in LABELS
        if name in values and name not in ("payment_days", "end_of_month", "legal_name", "language")
    }
    body["legal_name"] = values.get("legal_name", "")
    if values.get("language"):
        body["language"] = values["language"]
    days = values.get("payment_days", "").strip()
    body["terms"] = {"end_of_month": "end_of_month" in values}
    if not days.isascii() or not days.isdigit() or int(days[:6]) > 365:
        raise Invalid(errors={"payment_days": _("Indiquez un nombre de jours de 0 à 365.")})
    body["terms"]["days"] = int(days)
    try:
        loaded = ClientWrite(unknown=EXCLUDE).load(body)
    except ValidationError as error:
        raise Invalid(errors=error.normalized_messages()) from None
    return written(loaded)


def form_values(account: Account) -> dict[str, Any]:
    """The client as the form shows it."""
    client = account.client
    own = {name: getattr(client, name, None) for name in LABELS}
    return {
        **{name: "" if value is None else value for name, value in own.items()},
        "branch": account.branch,
        "sales_rep": account.sales_rep_email or "",
        "revision": client.revision,
    }


def _conflict(actor: Actor, client_id: UUID, values: dict[str, str]) -> str:
    """What I wrote and what stands now, side by side, in a form that saves mine over it."""
    account = get_account(actor, client_id)
    stands = form_values(account)
    mine = {**values, "end_of_month": "end_of_month" in values}
    differing = [
        (LABELS[name], stands[name], mine.get(name, ""))
        for name in LABELS
        if str(stands[name]) != str(mine.get(name, ""))
    ]
    who, when = last_edit(client_id)
    conflict = {"who": who, "when": when, "differing": differing}
    return _page(account, values, {}, actor=actor, conflict=conflict)


def _sellers() -> list[tuple[str, str]]:
    """(e-mail, name) of those a client can be given to."""
    rows = [row for row in list_people() if row.role == "sales_rep" and row[0].active]
    return [(row[0].email, row[0].name) for row in rows]


def _page(
    account: Account | None,
    values: dict[str, Any],
    errors: dict[str, Any],
    *,
    actor: Actor,
    seen: int | None = None,
    conflict: dict[str, Any] | None = None,
) -> str:
    client = account.client if account else None
    revision = seen if seen is not None else client.revision if client else None
    return render_template(
        "clients/edit.html",
        client=client,
        values=values,
        errors={name: [found] if not isinstance(found, list) else found for name, found in errors.items()},
        revision=revision,
        conflict=conflict,
        branches=[branch.name for branch in list_branches()],
        sellers=_sellers(),
        labels=LABELS,
        language_names=LANGUAGE_NAMES,
    )
