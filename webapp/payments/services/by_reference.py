"""Payments as programs give them: clients and invoices named by reference."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.clients.queries import get_client_by_ref
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.core.money import Money
from webapp.invoices.queries import find_invoice_by_ref
from webapp.invoices.rules import SIGN
from webapp.invoices.services import rate_for
from webapp.payments.models import Payment
from webapp.payments.queries import find_payment_by_ref
from webapp.payments.services.balances import require_writer
from webapp.payments.services.recording import allocate_payment, record_payment
from webapp.users.actor import Actor

API = "api"  # the source of payments that programs write


@dataclass(frozen=True)
class Draft:
    """A payment as a program gives it: references instead of ids. `rate` as `rate_for` takes it."""

    client_ref: str
    received_on: date
    amount: Money
    ref: str | None = None
    text: str | None = None
    rate: Decimal | None = None
    method: str | None = None
    shares: tuple[tuple[str, Money], ...] = ()

    @classmethod
    def from_body(cls, values: Mapping[str, Any]) -> Draft:
        """From what `PaymentWrite` loaded."""
        shares = tuple((row["invoice_ref"], row["amount"]) for row in values["allocations"])
        plain = {key: value for key, value in values.items() if key != "allocations"}
        return cls(**plain, shares=shares)


def take_payment(actor: Actor, draft: Draft) -> tuple[Payment, bool]:
    """Record a payment a program names by references; returns it and whether it is new.

    The same `ref` with the same content is the same payment. Events as `record_payment`.
    Raises Forbidden, Invalid naming the reference that is unknown, and Conflict when the ref
    was used for another payment.
    """
    require_writer(actor)
    try:
        client = get_client_by_ref(actor, draft.client_ref)
    except NotFound:
        raise Invalid(errors={"client_ref": _l("Aucun client n’a cette référence.")}) from None
    known = find_payment_by_ref(API, draft.ref) if draft.ref else None
    if known is not None:
        facts = (known.client_id, known.received_on, Money(known.amount, known.currency), known.text)
        if facts != (client.id, draft.received_on, draft.amount, draft.text):
            raise Conflict(_l("Cette référence est celle d’un autre règlement."))
        return known, False
    payment = record_payment(
        actor,
        source=API,
        source_ref=draft.ref or str(new_id()),
        client_id=client.id,
        received_on=draft.received_on,
        amount=draft.amount.amount,
        currency=draft.amount.currency,
        rate=_rate(draft),
        method=draft.method,
        text=draft.text,
        allocations=_resolve(actor, client.id, draft.shares),
    )
    return payment, True


def allocate_by_ref(actor: Actor, payment: Payment, shares: Sequence[tuple[str, Money]]) -> None:
    """`allocate_payment` for a program that names invoices by reference."""
    allocate_payment(actor, payment, _resolve(actor, payment.client_id, shares))


def _rate(draft: Draft) -> int:
    """The rate of the day the money came in; what is wrong with the currency is said beside the amount."""
    try:
        return rate_for(draft.amount.currency, draft.received_on, draft.rate)
    except Invalid as refusal:
        errors = {"amount" if key == "currency" else key: why for key, why in refusal.errors.items()}
        raise Invalid(errors=errors, code=refusal.code) from None


def _resolve(
    actor: Actor, client_id: uuid.UUID, shares: Sequence[tuple[str, Money]]
) -> list[tuple[uuid.UUID, int]]:
    """Ids of the invoices named. Raises Invalid with one sentence for each that will not do."""
    found: list[tuple[uuid.UUID, int]] = []
    wrong: list[object] = []
    for ref, share in shares:
        invoice = find_invoice_by_ref(actor, ref)
        if invoice is None:
            wrong.append(_l("Aucune facture n’a la référence %(ref)s.", ref=ref))
        elif invoice.client_id != client_id:
            wrong.append(_l("La facture %(ref)s est celle d’un autre client.", ref=ref))
        elif SIGN[invoice.kind] < 0:
            wrong.append(_l("%(ref)s est un avoir : il ne se règle pas.", ref=ref))
        elif invoice.currency != share.currency:
            sentence = _l("La facture %(ref)s est en %(currency)s.", ref=ref, currency=invoice.currency)
            wrong.append(sentence)
        else:
            found.append((invoice.id, share.amount))
    if wrong:
        raise Invalid(errors={"allocations": wrong})
    return found
