"""Verbs about limits, guarantees and alerts."""

from webapp.risk.services.alerts import (
    acknowledge,
    assign,
    escalate_unanswered,
    snooze,
    unacknowledge,
    wake_snoozed,
)
from webapp.risk.services.evaluation import evaluate_clients, evaluate_delays
from webapp.risk.services.guarantees import GuaranteeInput, record_guarantee, withdraw_guarantee
from webapp.risk.services.limits import limit_faults, place_limit, set_limit, tell_of_limit

__all__ = [
    "GuaranteeInput",
    "acknowledge",
    "assign",
    "escalate_unanswered",
    "evaluate_clients",
    "evaluate_delays",
    "limit_faults",
    "place_limit",
    "record_guarantee",
    "set_limit",
    "snooze",
    "tell_of_limit",
    "unacknowledge",
    "wake_snoozed",
    "withdraw_guarantee",
]
