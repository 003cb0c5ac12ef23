"""Payments as the API writes and reads them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.fields import AnyMoney, Day, PlainText, Rate
from webapp.payments import rules
from webapp.payments.models import Allocation, Payment

MOST_ALLOCATIONS = 500


class AllocationWrite(ApiSchema):
    """A part of a payment that settles an invoice."""

    invoice_ref = PlainText(64, required=True, blank=False)
    amount = AnyMoney(required=True)


class AllocationsWrite(ApiSchema):
    """What is left of a payment, put on invoices."""

    allocations = fields.List(
        fields.Nested(AllocationWrite), required=True, validate=validate.Length(1, MOST_ALLOCATIONS)
    )


class PaymentWrite(ApiSchema):
    """Money received. `ref` is the caller's own: given again, the same payment answers."""

    ref = PlainText(120, blank=False)
    client_ref = PlainText(64, required=True, blank=False)
    received_on = Day(required=True)
    amount = AnyMoney(required=True)
    rate = Rate()
    method = fields.String(validate=validate.OneOf(rules.METHODS), allow_none=True)
    text = PlainText(1000, lines=True, allow_none=True)
    allocations = fields.List(
        fields.Nested(AllocationWrite), load_default=list, validate=validate.Length(max=MOST_ALLOCATIONS)
    )


class PaymentSchema(ApiSchema):
    """Money received and what of it is not allocated yet."""

    id = fields.UUID()
    ref = fields.String()
    source = fields.String()
    client_id = fields.UUID()
    client_ref = fields.String()
    received_on = fields.Date()
    amount = fields.Nested(MoneySchema)
    unapplied = fields.Nested(MoneySchema)
    method = fields.String(allow_none=True)
    text = fields.String(allow_none=True)
    voided_at = fields.DateTime(allow_none=True)
    returned_on = fields.Date(allow_none=True)
    return_reason = fields.String(allow_none=True)


class AllocationSchema(ApiSchema):
    """An allocation; undone ones carry the day they were reversed."""

    id = fields.UUID()
    invoice_id = fields.UUID()
    invoice_ref = fields.String()
    amount = fields.Nested(MoneySchema)
    effective_on = fields.Date()
    reversed_on = fields.Date(allow_none=True)


class PaymentListArgs(PageArgs):
    """Filters of the list of payments."""

    client_ref = PlainText(64)
    client_id = fields.UUID()


PaymentPage = page_of(PaymentSchema, "PaymentPage")
AllocationList = page_of(AllocationSchema, "AllocationList")


def payment_json(payment: Payment, client_ref: str) -> dict[str, Any]:
    """A payment as the contract shows it."""
    return {
        "id": str(payment.id),
        "ref": payment.source_ref,
        "source": payment.source,
        "client_id": str(payment.client_id),
        "client_ref": client_ref,
        "received_on": payment.received_on,
        "amount": money(payment.amount, payment.currency),
        "unapplied": money(payment.unapplied, payment.currency),
        "method": payment.method,
        "text": payment.text,
        "voided_at": payment.voided_at,
        "returned_on": payment.returned_on,
        "return_reason": payment.return_reason,
    }


def allocations_json(rows: Sequence[Any]) -> dict[str, Any]:
    """Every allocation of one payment: they fit a page."""
    items = [allocation_json(*row) for row in rows]
    return {"items": items, "next_cursor": None}


def allocation_json(allocation: Allocation, invoice_ref: str, currency: str) -> dict[str, Any]:
    """An allocation as the contract shows it."""
    return {
        "id": str(allocation.id),
        "invoice_id": str(allocation.invoice_id),
        "invoice_ref": invoice_ref,
        "amount": money(allocation.amount, currency),
        "effective_on": allocation.effective_on,
        "reversed_on": allocation.reversed_on,
    }
