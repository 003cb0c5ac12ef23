"""Documents changed: a credit note may have answered a request. Also gives threads the card of one."""

from __future__ import annotations

from webapp.core.events import before_commit
from webapp.credit_requests.queries import cards
from webapp.credit_requests.services import settle
from webapp.invoices.events import InvoicesChanged
from webapp.threads.acts import ActKind, register
from webapp.users.actor import system_actor

register(ActKind("credit_request", "credit_requests/_card.html", cards))


@before_commit(InvoicesChanged)
def _on_invoices(event: InvoicesChanged) -> None:
    settle(system_actor(), event.invoice_ids)
