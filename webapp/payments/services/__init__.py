"""Verbs about payments."""

from webapp.payments.services.by_reference import Draft, allocate_by_ref, take_payment
from webapp.payments.services.recording import (
    Settlement,
    allocate_payment,
    record_payment,
    record_settlements,
    void_payments,
)

__all__ = [
    "Draft",
    "Settlement",
    "allocate_by_ref",
    "allocate_payment",
    "record_payment",
    "record_settlements",
    "take_payment",
    "void_payments",
]
