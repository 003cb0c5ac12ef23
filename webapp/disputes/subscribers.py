"""What follows from the books: credit notes and payments settle disputes in the same transaction. Also
gives the navigation its figure, and threads their card."""

from __future__ import annotations

from webapp.core.events import before_commit
from webapp.disputes.queries import cards
from webapp.disputes.services import follow_invoices
from webapp.disputes.services.noting import KIND
from webapp.invoices.events import InvoicesChanged
from webapp.threads.acts import ActKind, register

register(ActKind(KIND, "disputes/_act.html", cards))


@before_commit(InvoicesChanged)
def _on_invoices(event: InvoicesChanged) -> None:
    follow_invoices(event.invoice_ids)
