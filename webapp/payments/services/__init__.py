"""Verbs about payments."""

from webapp.payments.services.balances import refresh, require_writer
from webapp.payments.services.by_hand import Choice, match_by_hand
from webapp.payments.services.by_reference import Draft, allocate_by_ref, take_payment
from webapp.payments.services.matching import Group, match, match_many, undo_matching, undo_matchings
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
from webapp.payments.services.settlements import (
    Settlement,
    insert_payments,
    insert_settlements,
    record_settlements,
)
from webapp.payments.services.writing_off import decide_write_off, undo_write_off, write_off

__all__ = [
    "Accepted",
    "Choice",
    "Draft",
    "Group",
    "Settlement",
    "accept_proposal",
    "accept_sure",
    "allocate_by_ref",
    "allocate_payment",
    "decide_write_off",
    "insert_payments",
    "insert_settlements",
    "match",
    "match_by_hand",
    "match_many",
    "record_payment",
    "record_settlements",
    "refresh",
    "refuse_proposal",
    "require_writer",
    "return_payment",
    "take_back_refusal",
    "take_payment",
    "undo_batch",
    "undo_match",
    "undo_matching",
    "undo_matchings",
    "undo_write_off",
    "void_payments",
    "write_off",
]
