"""Verbs about limits and alerts."""

from webapp.risk.services.alerts import acknowledge, assign, unacknowledge
from webapp.risk.services.evaluation import evaluate_clients, evaluate_delays
from webapp.risk.services.limits import limit_faults, place_limit, set_limit, tell_of_limit

__all__ = [
    "acknowledge",
    "assign",
    "evaluate_clients",
    "evaluate_delays",
    "limit_faults",
    "place_limit",
    "set_limit",
    "tell_of_limit",
    "unacknowledge",
]
