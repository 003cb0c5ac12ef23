"""What money does is said where it is talked of. Also what threads give to others at start: the
navigation's figure, and the count of messages."""

from __future__ import annotations

from webapp.core import metrics
from webapp.core.events import after_commit, before_commit
from webapp.core.pages import register_counter
from webapp.payments.events import InvoicesSettled, PaymentReturned, WriteOffDecided
from webapp.threads import services
from webapp.threads.events import MessagesPosted
from webapp.threads.queries import unread_figure

register_counter("unread_threads", unread_figure)
_posted = metrics.counter("encours_messages_posted", "Messages stored by this process")


@after_commit(MessagesPosted)
def count_messages(event: MessagesPosted) -> None:
    _posted.inc(len(event.message_ids))


@before_commit(InvoicesSettled)
def _on_money(event: InvoicesSettled) -> None:
    services.tell_of_money(event.invoice_ids, credit=event.credit)


@before_commit(PaymentReturned)
def _on_return(event: PaymentReturned) -> None:
    services.tell_of_return(event.payment_id)


@before_commit(WriteOffDecided)
def _on_loss(event: WriteOffDecided) -> None:
    services.tell_of_loss(event.write_off_id)
