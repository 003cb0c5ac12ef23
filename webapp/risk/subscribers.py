"""Balances and limits changed: look at the clients again, in the same transaction, and say in the
client's thread that a limit was decided. Also gives the navigation its figure."""

from __future__ import annotations

from webapp.core.events import before_commit
from webapp.core.pages import register_counter
from webapp.invoices.events import BalanceChanged
from webapp.risk.events import GuaranteeChanged, LimitChanged
from webapp.risk.queries import open_figure
from webapp.risk.services import evaluate_clients, tell_of_limit

register_counter("open_alerts", open_figure)


@before_commit(BalanceChanged)
def _on_balances(event: BalanceChanged) -> None:
    evaluate_clients(event.client_ids)


@before_commit(LimitChanged)
def _on_limit(event: LimitChanged) -> None:
    evaluate_clients([event.client_id])
    tell_of_limit(event.client_id)


@before_commit(GuaranteeChanged)
def _on_guarantee(event: GuaranteeChanged) -> None:
    evaluate_clients([event.client_id])
