"""The report in three taps: whose client, what was seen, save. A form that needs no script."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.clients.models import Client
from webapp.clients.queries import get_client, list_choices, survivor_of
from webapp.clients.queries.parts import list_parts
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid, TooLarge
from webapp.core.ids import new_id, parse_id
from webapp.core.money import BadAmount, Money, field_amount, minor_digits
from webapp.core.pages import listed, locale_name, written_amount
from webapp.files.rules import EXTENSIONS, PICTURES
from webapp.files.serving import all_arrived, keep_arrived
from webapp.files.storage import Arrival
from webapp.invoices.queries import find_balance
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.queries import company
from webapp.visits import queries, rules, services
from webapp.visits.policy import may_record
from webapp.visits.services import Report, Said, Seen, Signed
from webapp.visits.services.recording import NOT_YOURS
from webapp.visits.views.shell import blueprint

Shown = str | Response | tuple[str, int]
Brought = tuple[Arrival, str]
NAMES = (
    "outcome", "met", "note", "here", "visit_id", "promise.amount", "promise.promised_on", "promise.said_by",
    "signed.amount", "signed.signatory", "signed.capacity",
)  # fmt: skip


@blueprint.get("/visits/new")
def choose() -> str:
    """Whose client: theirs by name, or found by what is typed."""
    actor = _visitor()
    text = request.args.get("q", "").strip()[:80]
    return render_template("visits/choose.html", places=list_choices(actor, text), text=text)


@blueprint.get("/clients/<uuid:client_id>/visits/new")
def new(client_id: UUID) -> str:
    """The empty form."""
    return _form(_client(client_id), {"visit_id": str(new_id())}, (), {})


def blank(client: Client) -> str:
    """The same form for a client that stands for any: what devices keep (`portfolio`). Raises Forbidden."""
    _visitor()
    return _form(client, {"visit_id": str(new_id())}, (), {})


@blueprint.post("/clients/<uuid:client_id>/visits")
def save(client_id: UUID) -> Shown:
    """Keep it, or show what is to be corrected; the form's own id makes a second press harmless."""
    client = _client(client_id)
    written = {name: request.form.get(name, "").strip() for name in NAMES}
    seen = request.form.getlist("facts")
    try:
        brought, signature = all_arrived("files", rules.MOST_FILES), all_arrived("signature", 1)
        with unit_of_work():
            report = _report(client, written, seen, brought, next(iter(signature), None))
            visit_id = services.record_visit(current_actor(), report).id
    except (Invalid, TooLarge) as refusal:
        return _form(_client(client_id), written, seen, _faults(refusal)), refusal.status
    flash(_("Visite enregistrée."))
    return redirect(url_for("visits.show", visit_id=visit_id), 303)


def _faults(refusal: Invalid | TooLarge) -> dict[str, object]:
    """By field of the form: what is wrong with a file is said below them all, whichever brought it."""
    errors = dict(refusal.errors) or {"note": refusal.message}
    return {"files" if name == "file" else name: said for name, said in errors.items()}


def _visitor() -> Actor:
    actor = current_actor()
    if not may_record(actor):
        raise Forbidden(NOT_YOURS)
    return actor


def _client(client_id: UUID) -> Client:
    """The client in scope, for those who report. Raises NotFound, Forbidden."""
    client = survivor_of(get_client(current_actor(), client_id))
    _visitor()
    return client


def _report(
    client: Client,
    written: Mapping[str, str],
    seen: list[str],
    brought: list[Brought],
    signature: Brought | None,
) -> Report:
    """What the form says; its files become the actor's own, in the running transaction. Raises Invalid."""
    errors: dict[str, object] = {}
    promise = _said(written, errors)
    signed = _signed(written, signature, errors)
    if errors:
        raise Invalid(errors=errors)
    files = tuple(keep_arrived(each, EXTENSIONS).id for each in brought)
    return Report(
        client_id=client.id,
        outcome=written["outcome"] or None,
        met=written["met"] or None,
        note=written["note"] or None,
        facts=tuple(Seen(code) for code in dict.fromkeys(seen)),
        promise=promise,
        file_ids=files,
        signed=signed,
        here=written["here"] == "1",
        id=parse_id(written["visit_id"]) or new_id(),
    )


def _said(written: Mapping[str, str], errors: dict[str, object]) -> Said | None:
    """The promise, when an amount or a day is given."""
    if not (written["promise.amount"] or written["promise.promised_on"]):
        return None
    amount = _money(written, "promise.amount", errors)
    try:
        day = date.fromisoformat(written["promise.promised_on"])
    except ValueError:
        errors["promise.promised_on"] = _("Indiquez le jour promis.")
        return None
    said_by = written["promise.said_by"] or written["met"] or None
    return Said(amount, day, said_by) if amount is not None else None


def _signed(
    written: Mapping[str, str], signature: Brought | None, errors: dict[str, object]
) -> Signed | None:
    """The acknowledgement, when there is a signature or somebody who signs."""
    if signature is None and not written["signed.signatory"]:
        return None
    amount = _money(written, "signed.amount", errors)
    if signature is None or signature[0].media_type not in PICTURES:
        errors["signed.signature"] = _("Faites signer à l’écran, ou joignez la photo du papier signé.")
    if errors or amount is None or signature is None:
        return None
    kept = keep_arrived(signature, PICTURES)
    return Signed(amount, written["signed.signatory"], written["signed.capacity"], kept.id)


def _money(written: Mapping[str, str], name: str, errors: dict[str, object]) -> Money | None:
    currency = company().currency
    try:
        return Money(written_amount(written[name], minor_digits(currency)), currency)
    except BadAmount:
        errors[name] = _("Indiquez un montant, par exemple 12 000.")
        return None


def _form(
    client: Client, values: Mapping[str, str], seen: list[str] | tuple[str, ...], errors: Mapping[str, object]
) -> str:
    currency = company().currency
    balance = find_balance(client.id)
    owed = max(balance.outstanding, 0) if balance else 0
    shown: dict[str, Any] = {"signed.amount": field_amount(owed, currency, locale_name()) if owed else ""}
    return render_template(
        "visits/new.html",
        client=client,
        kinds=queries.list_kinds(used=True),
        contacts=list_parts(client.id, "contacts"),
        stamp=queries.stamp_is_on(),
        currency=currency,
        owed=owed,
        values={**shown, **values},
        seen=seen,
        errors=listed(errors),
    )
