"""Money moved: look at the promises of these clients again, in the same transaction. Also gives threads
the card of a promise."""

from __future__ import annotations

from webapp.core.events import before_commit
from webapp.invoices.events import BalanceChanged
from webapp.promises.queries import cards
from webapp.promises.services import judge
from webapp.threads.acts import ActKind, register

register(ActKind("promise", "promises/_card.html", cards))


@before_commit(BalanceChanged)
def _on_balances(event: BalanceChanged) -> None:
    judge(event.client_ids)
