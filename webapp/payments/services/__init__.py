"""Verbs about payments."""

from webapp.payments.services.balances import require_writer
from webapp.payments.services.by_hand import Choice, match_by_hand
from webapp.payments.services.by_reference import Draft, allocate_by_ref, take_payment
from webapp.payments.services.matching import match, undo_matching
from webapp.payments.services.proposing import (
    Accepted,
    accept_proposal,
    accept_sure,
    refuse_proposal,
    take_back_refusal,
    undo_batch,
    undo_match,
)
from webapp.payments.services.recording import (
    allocate_payment,
    record_payment,
    return_payment,
    void_payments,
)
from webapp.payments.services.settlements import Settlement, record_settlements
from webapp.payments.services.writing_off import decide_write_off, undo_write_off, write_off

__all__ = [
    "Accepted",
    "Choice",
    "Draft",
    "Settlement",
    "accept_proposal",
    "accept_sure",
    "allocate_by_ref",
    "allocate_payment",
    "decide_write_off",
    "match",
    "match_by_hand",
    "record_payment",
    "record_settlements",
    "refuse_proposal",
    "require_writer",
    "return_payment",
    "take_back_refusal",
    "take_payment",
    "undo_batch",
    "undo_match",
    "undo_matching",
    "undo_write_off",
    "void_payments",
    "write_off",
]
