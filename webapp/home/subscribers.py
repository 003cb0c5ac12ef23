"""Clients, balances and limits changed: their lines follow in the same transaction."""

from __future__ import annotations

from webapp.clients.events import ClientsChanged
from webapp.core.events import before_commit
from webapp.home.services import refresh_lines
from webapp.invoices.events import BalanceChanged
from webapp.risk.events import LimitChanged


@before_commit(ClientsChanged, BalanceChanged)
def _on_clients(event: ClientsChanged | BalanceChanged) -> None:
    refresh_lines(event.client_ids)


@before_commit(LimitChanged)
def _on_limit(event: LimitChanged) -> None:
    refresh_lines([event.client_id])
