"""The tabs of a sheet that are fetched when they are opened; each is a page of its own without scripts."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.clients.policy import may_answer_fields, may_read_bank, may_write_part
from webapp.clients.queries.custom import Answer, list_answers
from webapp.clients.queries.duplicates import list_merges
from webapp.clients.queries.parts import list_documents, list_parts
from webapp.clients.rules import age, signs_on
from webapp.clients.services import custom
from webapp.clients.views.forms import ADDRESS_WORDS, DOCUMENT_WORDS, LANGUAGE_NAMES, ROLE_WORDS
from webapp.clients.views.shell import blueprint
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid, NotFound
from webapp.disputes.queries import list_of_client
from webapp.files.queries import map_files
from webapp.home.queries.accounts import Account, get_account
from webapp.home.queries.groups import read_group
from webapp.invoices.queries import list_invoices
from webapp.risk.queries import list_guarantees
from webapp.sharing.queries import list_grants
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.policy import may

INVOICES_SHOWN = 50


@blueprint.get(
    "/clients/<uuid:client_id>/<any(invoices,disputes,guarantees,contacts,identity,documents):panel>"
)
def panel(client_id: UUID, panel: str) -> str:
    """One tab; alone for the frame that asks."""
    actor = current_actor()
    account = get_account(actor, client_id)
    content = _CONTENTS[panel](actor, account)
    page = "clients/panel.html" if request.headers.get("Turbo-Frame") else "clients/panel_page.html"
    return render_template(page, panel=panel, account=account, client=account.client, **content)


def _invoices(actor: Actor, account: Account) -> dict[str, Any]:
    everything = request.args.get("invoices") == "all"
    rows = list_invoices(
        actor,
        limit=INVOICES_SHOWN,
        client_id=account.client.id,
        status=None if everything else "unpaid",
        newest=everything,
    )
    return {
        "invoices": rows[:INVOICES_SHOWN],
        "more_invoices": len(rows) > INVOICES_SHOWN,
        "all_invoices": everything,
    }


def _contacts(actor: Actor, account: Account) -> dict[str, Any]:
    return {
        "contacts": list_parts(account.client.id, "contacts"),
        "addresses": list_parts(account.client.id, "addresses"),
        "role_words": ROLE_WORDS,
        "address_words": ADDRESS_WORDS,
        "language_names": LANGUAGE_NAMES,
        "lines": list_grants(actor, account.client.id),
        "writes_contacts": may_write_part(actor, "contacts"),
        "writes_addresses": may_write_part(actor, "addresses"),
    }


def _identity(actor: Actor, account: Account) -> dict[str, Any]:
    client_id, day = account.client.id, today()
    signatories = list_parts(client_id, "signatories")
    return {
        "answers": list_answers(client_id),
        "answers_fields": may_answer_fields(actor),
        "signatories": [(each, signs_on(each.since, each.until, day)) for each in signatories],
        "references": list_parts(client_id, "references"),
        "group": read_group(actor, account),
        "merges": list_merges(client_id) if may(actor, "client.merge") else [],
        "language_names": LANGUAGE_NAMES,
        "years": age(account.client.founded_on, day),
    }


def _documents(actor: Actor, account: Account) -> dict[str, Any]:
    documents = list_documents(actor, account.client.id)
    walled = may_read_bank(actor)
    return {
        "documents": documents,
        "files": map_files([each.file_id for each in documents if each.file_id]),
        "document_words": DOCUMENT_WORDS,
        "writes_documents": may_write_part(actor, "documents"),
        "sees_bank": walled,
        "accounts": list_parts(account.client.id, "bank-accounts") if walled else [],
    }


def _guarantees(actor: Actor, account: Account) -> dict[str, Any]:
    if not account.sees_limit:
        raise NotFound()
    return {"guarantees": list_guarantees(actor, account.client.id)}


def _disputes(actor: Actor, account: Account) -> dict[str, Any]:
    return {"disputes": list_of_client(actor, account.client.id)}


_CONTENTS = {
    "invoices": _invoices,
    "disputes": _disputes,
    "guarantees": _guarantees,
    "contacts": _contacts,
    "identity": _identity,
    "documents": _documents,
}


@blueprint.get("/clients/<uuid:client_id>/fields/<uuid:field_id>")
def edit_answer(client_id: UUID, field_id: UUID) -> str:
    """The form of one answer."""
    return _answer_form(client_id, field_id, None, {})


@blueprint.post("/clients/<uuid:client_id>/fields/<uuid:field_id>")
def save_answer(client_id: UUID, field_id: UUID) -> Response | tuple[str, int]:
    """Write the answer."""
    text = request.form.get("value", "")
    try:
        with unit_of_work():
            custom.answer_field(current_actor(), client_id, field_id, text)
    except Invalid as refusal:
        return _answer_form(client_id, field_id, text, refusal.errors), 422
    return _back(client_id, _("Fiche à jour."))


@blueprint.post("/clients/<uuid:client_id>/fields/<uuid:field_id>/confirm")
def confirm_answer(client_id: UUID, field_id: UUID) -> Response:
    """It is still true."""
    with unit_of_work():
        custom.confirm_answer(current_actor(), client_id, field_id)
    return _back(client_id, _("Noté : toujours vrai."))


def _answer_form(client_id: UUID, field_id: UUID, text: str | None, errors: dict[str, Any]) -> str:
    account = get_account(current_actor(), client_id)
    answer = _find(list_answers(client_id), field_id)
    return render_template(
        "clients/answer.html",
        client=account.client,
        answer=answer,
        value=(answer.value or "") if text is None else text,
        errors=[errors["value"]] if errors else [],
    )


def _find(answers: list[Answer], field_id: UUID) -> Answer:
    for answer in answers:
        if answer.field.id == field_id:
            return answer
    raise NotFound(_("Ce champ n’existe pas."))


def _back(client_id: UUID, said: str) -> Response:
    flash(said)
    return redirect(url_for("clients.sheet", client_id=client_id) + "#identity", 303)
