"""What the pages share: the blueprint, the list beside every alert."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for

from webapp.invoices.models import Invoice
from webapp.risk import queries
from webapp.risk.queries.alerts import FILTERS, AlertLine
from webapp.users.actor import Actor

blueprint = Blueprint("risk", __name__)
PAGE = 50


@dataclass(frozen=True)
class Listing:
    """The list of open alerts as one filter shows it, and what its rows link to."""

    only: str
    start: int
    lines: list[AlertLine]
    more: bool
    counts: dict[str, int]
    invoices: dict[UUID, Invoice]

    def url(self, only: str | None = None, start: int = 0) -> str:
        """This list, or with another filter or start."""
        chosen = only or self.only
        return url_for("risk.alerts", filter=None if chosen == "all" else chosen, start=start or None)


def listing(actor: Actor, *, beside: AlertLine | None = None) -> Listing:
    """What the list pane shows, as the address asks; `beside` is the alert shown at right."""
    only = request.args.get("filter", "all")
    only = only if only in FILTERS else "all"
    start = min(max(request.args.get("start", 0, type=int), 0), 10_000)
    lines = queries.list_open_alerts(actor, limit=PAGE + 1, offset=start, only=only)
    clients = {line.client.id for line in lines} | ({beside.client.id} if beside else set())
    return Listing(
        only,
        start,
        lines[:PAGE],
        len(lines) > PAGE,
        queries.count_by_filter(actor),
        queries.oldest_overdue_invoices(clients) if clients else {},
    )


def first(values: Any, name: str) -> str:
    """A form's value, "" when it is not there."""
    return str(values.get(name) or "").strip()
