"""Documents and orders from what a program wrote: terms, rates and references resolved."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.clients.models import Client
from webapp.clients.rules import due_date
from webapp.core.errors import Invalid, NotFound
from webapp.core.money import Money
from webapp.invoices.queries import get_order_by_ref, map_notes
from webapp.invoices.services.delivering import NoteInput
from webapp.invoices.services.ordering import OrderInput
from webapp.invoices.services.rates import rate_for
from webapp.invoices.services.recording import InvoiceInput
from webapp.users.actor import Actor


def invoice_input(actor: Actor, ref: str, client: Client, values: Mapping[str, Any]) -> InvoiceInput:
    """The document that `InvoiceWrite` loaded. Without `due_on` the client's terms decide.

    Raises Invalid for a currency without rate, mixed currencies, or an order that is not the client's.
    """
    gross: Money = values["gross"]
    parts = tuple((part["due_on"], part["amount"]) for part in values.get("instalments") or ())
    if any(amount.currency != gross.currency for _day, amount in parts):
        raise Invalid(errors={"instalments": _l("Les échéances sont dans la devise de la facture.")})
    due_on: date | None = values.get("due_on") or max((day for day, _amount in parts), default=None)
    return InvoiceInput(
        ref=ref,
        client_id=client.id,
        issued_on=values["issued_on"],
        due_on=due_on or due_date(values["issued_on"], client.payment_days, client.end_of_month),
        due_computed=due_on is None,
        gross=gross.amount,
        kind=values["kind"],
        currency=gross.currency,
        rate=_rate("gross", gross, values),
        order_id=_order(actor, "order", "order_ref", client, values.get("order_ref")),
        parts=tuple((day, amount.amount) for day, amount in parts),
    )


def order_input(actor: Actor, kind: str, ref: str, client: Client, values: Mapping[str, Any]) -> OrderInput:
    """The quote or order that `OrderWrite` loaded. Raises Invalid as `invoice_input`."""
    amount: Money = values["amount"]
    return OrderInput(
        kind=kind,
        ref=ref,
        client_id=client.id,
        issued_on=values["issued_on"],
        amount=amount.amount,
        ends_on=values.get("ends_on"),
        quote_id=_order(actor, "quote", "quote_ref", client, values.get("quote_ref")),
        currency=amount.currency,
        rate=_rate("amount", amount, values),
    )


def note_input(actor: Actor, ref: str, client: Client, values: Mapping[str, Any]) -> NoteInput:
    """The delivery note that `DeliveryNoteWrite` loaded. Raises Invalid as `invoice_input`."""
    amount: Money = values["amount"]
    return NoteInput(
        ref=ref,
        client_id=client.id,
        delivered_on=values["delivered_on"],
        amount=amount.amount,
        order_id=_order(actor, "order", "order_ref", client, values.get("order_ref")),
        currency=amount.currency,
        rate=_rate("amount", amount, {**values, "issued_on": values["delivered_on"]}),
    )


def notes_named(actor: Actor, refs: Sequence[str] | None) -> list[uuid.UUID] | None:
    """The delivery notes that a body names; None when it says nothing of them. Raises Invalid."""
    if refs is None:
        return None
    found = map_notes(actor, refs)
    missing = [ref for ref in dict.fromkeys(refs) if ref not in found]
    if missing:
        why = _l("Aucun bon de livraison n’a cette référence : %(refs)s.", refs=", ".join(missing))
        raise Invalid(errors={"delivery_refs": why})
    return list(found.values())


def _rate(name: str, money: Money, values: Mapping[str, Any]) -> int:
    """The rate of the document's date; what is wrong with the currency is said beside the amount."""
    try:
        return rate_for(money.currency, values["issued_on"], values.get("rate"))
    except Invalid as refusal:
        errors = {name if key == "currency" else key: why for key, why in refusal.errors.items()}
        raise Invalid(errors=errors, code=refusal.code) from None


def _order(actor: Actor, kind: str, name: str, client: Client, ref: str | None) -> uuid.UUID | None:
    if ref is None:
        return None
    try:
        found, *_rest = get_order_by_ref(actor, kind, ref)
    except NotFound:
        found = None
    if found is None or found.client_id != client.id:
        raise Invalid(errors={name: _l("Ce client n’a ni devis ni commande de cette référence.")})
    return found.id
