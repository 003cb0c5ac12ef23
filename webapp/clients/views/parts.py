"""Pages that add, correct and take away parts of a sheet. All parts share them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.clients.models import Client
from webapp.clients.queries.parts import get_part
from webapp.clients.services import bank, documents, parts
from webapp.clients.views.forms import FORMS, shown
from webapp.clients.views.shell import blueprint
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid, TooLarge
from webapp.files.serving import arrived, keep_arrived
from webapp.users.actor import Actor
from webapp.users.current import current_actor

# On which tab of the sheet each part is.
TABS = {
    "contacts": "contacts",
    "addresses": "contacts",
    "references": "identity",
    "signatories": "identity",
    "bank-accounts": "documents",
    "documents": "documents",
}
_OPEN = "any(contacts,addresses,references,signatories)"
Answer = Response | str | tuple[str, int]


@blueprint.get(f"/clients/<uuid:client_id>/<{_OPEN}:part>/new")
def new_part(client_id: UUID, part: str) -> str:
    """The form of a new contact, address, reference or signatory."""
    return _empty(client_id, part)


@blueprint.post(f"/clients/<uuid:client_id>/<{_OPEN}:part>/new")
def create_part(client_id: UUID, part: str) -> Answer:
    """Add it to the sheet."""
    return _write(client_id, part, lambda actor, values: parts.add_part(actor, client_id, part, values))


@blueprint.get(f"/clients/<uuid:client_id>/<{_OPEN}:part>/<uuid:part_id>")
def edit_part(client_id: UUID, part: str, part_id: UUID) -> str:
    """The form of one that is on the sheet."""
    client = parts.writable(current_actor(), client_id, part)
    row = get_part(current_actor(), client_id, part, part_id)
    return _form(client, part, shown(FORMS[part], row), {}, part_id)


@blueprint.post(f"/clients/<uuid:client_id>/<{_OPEN}:part>/<uuid:part_id>")
def update_part(client_id: UUID, part: str, part_id: UUID) -> Answer:
    """Write the form over it."""

    def change(actor: Actor, values: dict[str, Any]) -> object:
        return parts.change_part(actor, client_id, part, part_id, values)

    return _write(client_id, part, change, part_id)


@blueprint.post(f"/clients/<uuid:client_id>/<{_OPEN}:part>/<uuid:part_id>/remove")
def remove_part(client_id: UUID, part: str, part_id: UUID) -> Response:
    """Take it off the sheet."""
    with unit_of_work():
        parts.remove_part(current_actor(), client_id, part, part_id)
    return _done(client_id, part, _("Retiré de la fiche."))


@blueprint.get("/clients/<uuid:client_id>/bank-accounts/new")
def new_account(client_id: UUID) -> str:
    """The form of a new bank account."""
    bank.behind_the_wall(current_actor(), client_id)
    return _empty(client_id, bank.PART)


@blueprint.post("/clients/<uuid:client_id>/bank-accounts/new")
def create_account(client_id: UUID) -> Answer:
    """Add it, checked."""
    bank.behind_the_wall(current_actor(), client_id)
    return _write(client_id, bank.PART, lambda actor, values: bank.add_account(actor, client_id, values))


@blueprint.get("/clients/<uuid:client_id>/bank-accounts")
def accounts(client_id: UUID) -> str:
    """The accounts in full: asks again who it is, and logs the reading."""
    actor = current_actor()
    with unit_of_work():
        rows = bank.read_accounts(actor, client_id)
        client = parts.writable(actor, client_id, bank.PART)
        return render_template("clients/bank.html", client=client, accounts=rows)


@blueprint.post("/clients/<uuid:client_id>/bank-accounts/<uuid:part_id>/remove")
def remove_account(client_id: UUID, part_id: UUID) -> Response:
    """Take an account off the sheet."""
    bank.behind_the_wall(current_actor(), client_id)
    with unit_of_work():
        parts.remove_part(current_actor(), client_id, bank.PART, part_id)
    return _done(client_id, bank.PART, _("Retiré de la fiche."))


@blueprint.get("/clients/<uuid:client_id>/documents/new")
def new_document(client_id: UUID) -> str:
    """The form of a new document, with its file."""
    return _empty(client_id, "documents")


@blueprint.post("/clients/<uuid:client_id>/documents/new")
def create_document(client_id: UUID) -> Answer:
    """Keep the file when there is one, and put the document on the sheet."""
    parts.writable(current_actor(), client_id, "documents")

    def add(actor: Actor, values: dict[str, Any]) -> object:
        file_id = keep_arrived(brought).id if brought else None
        return documents.add_document(actor, client_id, {**values, "file_id": file_id})

    try:
        brought = arrived()
    except (Invalid, TooLarge) as refusal:
        return _again(client_id, "documents", refusal.errors), refusal.status
    return _write(client_id, "documents", add)


@blueprint.post("/clients/<uuid:client_id>/documents/<uuid:part_id>/remove")
def remove_document(client_id: UUID, part_id: UUID) -> Response:
    """Take a document off the sheet."""
    with unit_of_work():
        documents.remove_document(current_actor(), client_id, part_id)
    return _done(client_id, "documents", _("Retiré de la fiche."))


def _write(client_id: UUID, part: str, act: Any, part_id: UUID | None = None) -> Answer:
    """Judge the form, do it, and go back to the sheet; refused input shows the form again."""
    actor = current_actor()
    parts.writable(actor, client_id, part)
    try:
        values = FORMS[part].read()
        with unit_of_work():
            act(actor, values)
    except Invalid as refusal:
        return _again(client_id, part, refusal.errors, part_id), 422
    return _done(client_id, part, _("Fiche à jour."))


def _empty(client_id: UUID, part: str) -> str:
    client = parts.writable(current_actor(), client_id, part)
    return _form(client, part, {"country": client.country, "language": client.language}, {})


def _again(client_id: UUID, part: str, errors: Mapping[str, Any], part_id: UUID | None = None) -> str:
    client = parts.writable(current_actor(), client_id, part)
    return _form(client, part, request.form.to_dict(), errors, part_id)


def _form(
    client: Client,
    part: str,
    values: Mapping[str, Any],
    errors: Mapping[str, Any],
    part_id: UUID | None = None,
) -> str:
    return render_template(
        "clients/part.html",
        client=client,
        part=part,
        part_id=part_id,
        form=FORMS[part],
        values=values,
        errors={name: found if isinstance(found, list) else [found] for name, found in errors.items()},
        back=tab_url(client.id, part),
    )


def tab_url(client_id: UUID, part: str) -> str:
    """The sheet, opened on the tab the part is on."""
    return url_for("clients.sheet", client_id=client_id) + "#" + TABS[part]


def _done(client_id: UUID, part: str, said: str) -> Response:
    flash(said)
    return redirect(tab_url(client_id, part), 303)
