"""What others did that people must hear of, in the same transaction."""

from __future__ import annotations

from webapp.core import metrics
from webapp.core.events import before_commit
from webapp.credit_requests.events import CreditAnswered, CreditAsked
from webapp.disputes.events import DisputeAssigned, DisputeProposed, DisputeSettled, DisputesOverdue
from webapp.limit_requests.events import LimitRequestChanged
from webapp.notifications import services
from webapp.notifications.queries import count_deliveries
from webapp.payments.events import WriteOffAsked, WriteOffDecided
from webapp.promises.events import PromisesBroken
from webapp.risk.events import AlertAssigned, AlertBack, AlertChanged, AlertsEscalated, AlertsRaised
from webapp.tasks.events import TaskGiven, TasksDue
from webapp.threads.events import MessagesPosted
from webapp.users.events import SessionEnded

metrics.gauge("encours_deliveries", "Pushes of the last 24 hours", count_deliveries, label="state")


@before_commit(AlertsRaised)
def _on_alerts(event: AlertsRaised) -> None:
    services.tell_of_alerts(event.alert_ids)


@before_commit(AlertChanged)
def _on_answer(event: AlertChanged) -> None:
    services.mark_answered(event.alert_id)


@before_commit(AlertAssigned)
def _on_assignment(event: AlertAssigned) -> None:
    services.tell_of_assignment(event.alert_id, event.user_id, event.by_id)


@before_commit(AlertBack)
def _on_alert_back(event: AlertBack) -> None:
    services.tell_of_alert_back(event.alert_id, event.user_id)


@before_commit(AlertsEscalated)
def _on_escalation(event: AlertsEscalated) -> None:
    services.tell_of_escalated(event.alert_ids)


@before_commit(MessagesPosted)
def _on_messages(event: MessagesPosted) -> None:
    services.tell_of_messages(event.message_ids, event.thread_id, event.named_ids)


@before_commit(WriteOffAsked)
def _on_loss_asked(event: WriteOffAsked) -> None:
    services.tell_of_loss_asked(event.write_off_id)


@before_commit(WriteOffDecided)
def _on_loss_decided(event: WriteOffDecided) -> None:
    services.tell_of_loss_decided(event.write_off_id)


@before_commit(DisputeAssigned)
def _on_dispute_given(event: DisputeAssigned) -> None:
    services.tell_of_dispute_given(event.dispute_id, event.user_id, event.by_id)


@before_commit(DisputeProposed)
def _on_dispute_proposed(event: DisputeProposed) -> None:
    services.tell_of_dispute_proposed(event.dispute_id, event.by_id)


@before_commit(DisputeSettled)
def _on_dispute_settled(event: DisputeSettled) -> None:
    services.tell_of_dispute_settled(event.dispute_id, event.by_id)


@before_commit(DisputesOverdue)
def _on_disputes_overdue(event: DisputesOverdue) -> None:
    services.tell_of_disputes_overdue(event.dispute_ids, event.stage)


@before_commit(PromisesBroken)
def _on_promises(event: PromisesBroken) -> None:
    services.tell_of_broken_promises(event.promise_ids)


@before_commit(TaskGiven)
def _on_task(event: TaskGiven) -> None:
    services.tell_of_task(event.task_id, event.owner_id, event.by_id)


@before_commit(TasksDue)
def _on_due_tasks(event: TasksDue) -> None:
    services.tell_of_due_tasks(event.task_ids)


@before_commit(CreditAsked)
def _on_credit_asked(event: CreditAsked) -> None:
    services.tell_of_credit_asked(event.request_id)


@before_commit(CreditAnswered)
def _on_credit_answered(event: CreditAnswered) -> None:
    services.tell_of_credit_answered(event.request_id)


@before_commit(LimitRequestChanged)
def _on_limit_request(event: LimitRequestChanged) -> None:
    services.tell_of_limit_request(event.request_id, event.step)


@before_commit(SessionEnded)
def _on_sign_out(event: SessionEnded) -> None:
    services.forget_sessions(event.session_ids)
