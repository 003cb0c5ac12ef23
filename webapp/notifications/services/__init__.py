"""Verbs about telling people: fan-out, inbox, devices, what became of a push."""

from webapp.notifications.services.acts import (
    tell_of_broken_promises,
    tell_of_credit_answered,
    tell_of_credit_asked,
    tell_of_due_tasks,
    tell_of_limit_request,
    tell_of_task,
)
from webapp.notifications.services.alerts import tell_of_alert_back, tell_of_escalated
from webapp.notifications.services.devices import forget_sessions, subscribe, test_devices, unsubscribe
from webapp.notifications.services.disputes import (
    tell_of_dispute_given,
    tell_of_dispute_proposed,
    tell_of_dispute_settled,
    tell_of_disputes_overdue,
)
from webapp.notifications.services.fan_out import tell_of_alerts, tell_of_assignment, tell_of_messages
from webapp.notifications.services.inbox import mark_all_read, mark_answered, mark_read
from webapp.notifications.services.losses import tell_of_loss_asked, tell_of_loss_decided

__all__ = [
    "forget_sessions",
    "mark_all_read",
    "mark_answered",
    "mark_read",
    "subscribe",
    "tell_of_alert_back",
    "tell_of_alerts",
    "tell_of_assignment",
    "tell_of_broken_promises",
    "tell_of_credit_answered",
    "tell_of_credit_asked",
    "tell_of_dispute_given",
    "tell_of_dispute_proposed",
    "tell_of_dispute_settled",
    "tell_of_disputes_overdue",
    "tell_of_due_tasks",
    "tell_of_escalated",
    "tell_of_limit_request",
    "tell_of_loss_asked",
    "tell_of_loss_decided",
    "tell_of_messages",
    "tell_of_task",
    "test_devices",
    "unsubscribe",
]
