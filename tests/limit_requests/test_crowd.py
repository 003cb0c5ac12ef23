"""Screens of the risk workflow among twenty thousand clients and five thousand open alerts."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import insert

from tests.factories.crowd import make_crowd
from tests.factories.people import Cast
from tests.factories.requests import limit_request
from webapp.clients.models import Client
from webapp.core.bulk import analyze
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.limit_requests.models import LimitRequest
from webapp.risk.models import Alert

CLIENTS, ALERTS, REQUESTS, MOST_QUERIES = 20_000, 5_000, 300, 12


def alarm(ids: list[object]) -> list[object]:
    """An open alert for each of these clients, set-based."""
    rows = [
        {
            "id": new_id(),
            "client_id": client_id,
            "kind": ("limit_breach", "limit_warning", "delay_breach")[number % 3],
            "level": 100,
            "severity": number % 3 + 1,
            "exposure": 30_000 + number,
            "limit_amount": 25_000,
            "overdue": 10_000,
        }
        for number, client_id in enumerate(ids)
    ]
    with unit_of_work() as session:
        session.execute(insert(Alert), rows)
        analyze()
    return [row["id"] for row in rows]


def ask(cast: Cast, ids: list[object]) -> list[LimitRequest]:
    """A request about each of these clients."""
    return [limit_request(cast.bob, db.session.get_one(Client, client_id)) for client_id in ids]


def test_each_screen_of_the_workflow_asks_at_most_twelve_times(
    cast: Cast, browser_of: Callable, count_queries: Callable
) -> None:
    ids = make_crowd(cast, CLIENTS)
    alerts, requests = alarm(ids[:ALERTS]), ask(cast, ids[:REQUESTS])
    client, request = ids[7], requests[7]
    for who in (cast.bob, cast.chloe, cast.alice, cast.emma):
        browser = browser_of(who)
        browser.get("/alerts")
        for path in (
            "/",
            "/alerts",
            f"/alerts/{alerts[7]}",
            "/notifications",
            f"/clients/{client}",
            f"/clients/{client}/limit",
            f"/clients/{client}/sell?amount=500",
            f"/clients/{client}/limit-requests/new",
            "/limit-requests",
            "/limit-requests?state=approved",
            f"/limit-requests/{request.id}",
            f"/limit-requests/{request.id}/thread",
            "/api/v1/alerts?limit=200",
            "/api/v1/limit-requests?limit=200",
            f"/api/v1/clients/{client}/credit-check?amount=50000",
        ):
            with count_queries() as sql:
                page = browser.get(path)
            assert page.status_code == 200, (who.handle, path, page.status_code)
            assert len(sql) <= MOST_QUERIES, (who.handle, path, len(sql), sql)
