"""What payments tell the features below them: which money came in on an invoice, what ties two clients
that were one; and the balances of clients that were merged or parted."""

from __future__ import annotations

from webapp.clients.events import ClientsMerged
from webapp.clients.models import Merge
from webapp.clients.services.merging import may_object
from webapp.core.events import before_commit
from webapp.invoices.queries import use_settlements
from webapp.payments.queries import settled_rows
from webapp.payments.queries.tied import list_tied
from webapp.payments.services.balances import refresh

use_settlements(settled_rows)


@before_commit(ClientsMerged)
def _on_merged(event: ClientsMerged) -> None:
    refresh(event.client_ids)


@may_object
def tied_since(merge: Merge) -> list[str]:
    """Documents of one of the two that the other's money or credit has settled since."""
    return list_tied(merge.survivor_id, merge.moved, merge.made_at)
