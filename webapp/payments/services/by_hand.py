"""Matching by hand: what a person put on each invoice, from a payment and maybe credit notes."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.errors import Invalid
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.rules import SIGN
from webapp.payments.models import Matching, Payment
from webapp.payments.queries import get_payment
from webapp.payments.rules import WRITE_OFF_REASONS, spread_over
from webapp.payments.services.balances import require_writer
from webapp.payments.services.matching import match
from webapp.payments.services.proposing import give_up_rest, require_unmatched
from webapp.users.actor import Actor

BY_HAND = {"code": "by_hand", "points": 0, "doubt": False, "values": {}}


@dataclass(frozen=True)
class Choice:
    """Documents of the client by reference, and how much of each: minor units of the payment's currency."""

    invoices: tuple[tuple[str, int], ...]
    credits: tuple[tuple[str, int], ...] = ()
    write_off: str | None = None  # why what stays open on these invoices is given up, if it is


def match_by_hand(actor: Actor, payment_id: uuid.UUID, choice: Choice) -> Matching:
    """Put a payment, and credit notes with it, on invoices as a person says.

    Credit is used first; the payment gives what it still has to. Events: those of `match`. Raises
    Forbidden, NotFound, Conflict when nothing is left of the payment, Invalid with the field at fault.
    """
    require_writer(actor)
    payment = get_payment(actor, payment_id, lock=True)
    require_unmatched(payment)
    found = _documents(payment, [ref for ref, _amount in (*choice.invoices, *choice.credits)])
    invoices = _chosen(found, choice.invoices, 1)
    credits = _chosen(found, choice.credits, -1)
    needed = sum(amount for _id, amount in invoices)
    given = sum(amount for _id, amount in credits)
    if not invoices:
        raise Invalid(errors={"allocations": _l("Choisissez au moins une facture.")})
    if given > needed:
        raise Invalid(errors={"credits": _l("Les avoirs dépassent les factures choisies.")})
    if needed - given > payment.unapplied:
        raise Invalid(errors={"allocations": _l("Les affectations dépassent le règlement.")})
    sources = [(credit_id, amount, True) for credit_id, amount in credits]
    sources.append((payment.id, needed - given, False))
    shares = spread_over([each for each in sources if each[1] > 0], invoices)
    matching = match(actor, payment.client_id, shares, reasons=[BY_HAND])
    if choice.write_off is not None:
        if choice.write_off not in WRITE_OFF_REASONS or choice.write_off == "other":
            raise Invalid(errors={"write_off": _l("Choisissez un motif.")})
        give_up_rest(actor, matching, [each[0] for each in invoices], choice.write_off, payment)
    return matching


def _documents(payment: Payment, refs: Sequence[str]) -> dict[str, Invoice]:
    wanted = [ref for ref in refs if "\x00" not in ref]
    rows = db.session.scalars(
        select(Invoice).where(
            Invoice.ref.in_(wanted), Invoice.client_id == payment.client_id, Invoice.voided_at.is_(None)
        )
    )
    return {row.ref: row for row in rows}


def _chosen(
    found: dict[str, Invoice], wanted: Sequence[tuple[str, int]], sign: int
) -> list[tuple[uuid.UUID, int]]:
    """Ids and amounts, oldest first. Raises Invalid with a sentence for each that will not do."""
    name = "allocations" if sign > 0 else "credits"
    wrong: list[object] = []
    chosen: list[tuple[Invoice, int]] = []
    for ref, amount in wanted:
        document = found.get(ref)
        if document is None:
            wrong.append(_l("Ce client n’a pas de pièce %(ref)s.", ref=ref))
        elif SIGN[document.kind] != sign:
            wrong.append(
                _l("%(ref)s est un avoir : il ne se règle pas.", ref=ref)
                if sign > 0
                else _l("%(ref)s n’est pas un avoir.", ref=ref)
            )
        elif not 0 < amount <= document.open:
            wrong.append(_l("%(ref)s n’a pas autant à régler.", ref=ref))
        else:
            chosen.append((document, amount))
    if len({ref for ref, _amount in wanted}) != len(wanted):
        wrong.append(_l("Une pièce est nommée deux fois."))
    if wrong:
        raise Invalid(errors={name: wrong})
    chosen.sort(key=lambda each: (each[0].issued_on, each[0].ref))
    return [(document.id, amount) for document, amount in chosen]
