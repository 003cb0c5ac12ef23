"""Verbs about disputes."""

from webapp.disputes.services.following import escalate, follow_invoices
from webapp.disputes.services.handling import assign, propose, set_due_day, wait_for
from webapp.disputes.services.opening import open_dispute
from webapp.disputes.services.reasons import save_reason
from webapp.disputes.services.settling import credit, reject, withdraw

__all__ = [
    "assign",
    "credit",
    "escalate",
    "follow_invoices",
    "open_dispute",
    "propose",
    "reject",
    "save_reason",
    "set_due_day",
    "wait_for",
    "withdraw",
]
