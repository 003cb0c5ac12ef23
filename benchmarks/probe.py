"""Run beside a server on the same database: signs people in, chooses pages, counts their queries.

`python -m benchmarks.probe` prints JSON: for each page its `cookie`, its `paths`, and `queries`, the
most that any of them took.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("FLASK_RUN_FROM_CLI", "true")

from flask import Flask
from sqlalchemy import event, func, select

from webapp.clients.models import Client
from webapp.core.db import unit_of_work
from webapp.demo.people import CAST
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.threads.models import Thread
from webapp.threads.rules import INTERNAL
from webapp.users.current import SESSION_KEY
from webapp.users.queries import find_user_by_email
from webapp.users.services import start_session

SAMPLE = 30
# Lists of people who do not see every client.
OTHERS = {
    "client list, of a branch manager": "chloe",
    "client list, of after-sales": "david",
    "client list, of a representative": "bob",
}
NOT_COUNTED = ("BEGIN", "PRAGMA", "SAVEPOINT", "RELEASE")


def probe(app: Flask) -> dict[str, dict[str, Any]]:
    """What a load needs to know: each page with who asks for it."""
    cookies = {handle: sign_in(app, handle) for handle in ("alice", "bob", "chloe", "david")}
    found = {}
    for name, paths in choose_pages().items():
        cookie = cookies[OTHERS.get(name, "alice")]
        if paths:
            found[name] = {
                "cookie": cookie,
                "paths": paths,
                "queries": most_queries(app, cookie, paths[:5]),
            }
    return found


def sign_in(app: Flask, handle: str) -> str:
    """The cookie of a new session of that person of the cast."""
    email = next(person.email for person in CAST if person.handle == handle)
    user = find_user_by_email(email)
    if user is None:
        raise SystemExit(f"{email} is not in this database")
    with unit_of_work():
        session_id = start_session(user.id, ip="127.0.0.1", user_agent="bench").id
    signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    return f"{app.config['SESSION_COOKIE_NAME']}={signer.dumps({SESSION_KEY: str(session_id)})}"


def choose_pages() -> dict[str, list[str]]:
    """Paths by page: clients and invoices drawn at random, the largest client apart."""
    rng = random.Random(1)
    everyone = db.session.scalars(select(Client.id).order_by(Client.ref)).all()
    clients = rng.sample(everyone, min(SAMPLE, len(everyone)))
    largest = db.session.scalars(
        select(Invoice.client_id).group_by(Invoice.client_id).order_by(func.count().desc()).limit(1)
    ).one()
    invoices = [_an_invoice(client_id, rng) for client_id in clients]
    invoices = [invoice_id for invoice_id in invoices if invoice_id]
    threads = db.session.scalars(
        select(Thread.id)
        .where(Thread.subject_type == "invoice", Thread.audience == INTERNAL)
        .order_by(Thread.id)
        .limit(SAMPLE)
    ).all()
    some = db.session.get_one(Client, clients[0])
    ref = db.session.scalars(select(Invoice.ref).where(Invoice.id == invoices[0])).one()
    town = (some.city or "").split()[0]
    return {
        "home": ["/"],
        "client list": ["/clients"],
        "client list, by name": ["/clients?sort=name"],
        "client list, by outstanding": ["/clients?sort=outstanding"],
        "client list, overdue over 60 days": ["/clients?filter=overdue_60"],
        "client list, search for a common word": ["/clients?q=sarl"],
        "client list, search for a town": [f"/clients?q={town}"],
        "client list, search for an invoice": [f"/clients?q={ref}"],
        "client list, search for nothing there": ["/clients?q=zzyzx"],
        **{name: ["/clients"] for name in OTHERS},
        "client sheet": [f"/clients/{client_id}" for client_id in clients],
        "client sheet, most invoices": [f"/clients/{largest}"],
        "invoice page": [f"/invoices/{invoice_id}" for invoice_id in invoices],
        "invoice page, in conversation": [f"/invoices/{thread_id}" for thread_id in threads],
        "invoice page, client with most": [f"/invoices/{_an_invoice(largest, rng)}"],
        "API client list": ["/api/v1/clients"],
        "API client list, search for a common word": ["/api/v1/clients?q=sarl"],
        "API client": [f"/api/v1/clients/{client_id}" for client_id in clients],
        "API credit check": [
            f"/api/v1/clients/{client_id}/credit-check?amount=1200000" for client_id in clients
        ],
        "API credit check, most invoices": [f"/api/v1/clients/{largest}/credit-check?amount=999999999"],
        "API timeline, most invoices": [f"/api/v1/clients/{largest}/timeline"],
        "API invoice": [f"/api/v1/invoices/{invoice_id}" for invoice_id in invoices],
    }


def _an_invoice(client_id: object, rng: random.Random) -> object:
    ids = db.session.scalars(
        select(Invoice.id).where(Invoice.client_id == client_id).order_by(Invoice.ref)
    ).all()
    return rng.choice(ids) if ids else None


def most_queries(app: Flask, cookie: str, paths: list[str]) -> int:
    """The most queries any of these paths takes; raises when one does not answer 200."""
    client, most = app.test_client(use_cookies=False), 0
    for path in paths:
        with app.app_context(), _counting() as statements:  # a context of its own, as when served
            status = client.get(path, headers={"Cookie": cookie}).status_code
        if status != 200:
            raise SystemExit(f"{path} answered {status}")
        most = max(most, len(statements))
    return most


@contextmanager
def _counting() -> Iterator[list[str]]:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if not statement.startswith(NOT_COUNTED):
            statements.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(db.engine, "before_cursor_execute", note)


if __name__ == "__main__":
    from wsgi import app as application

    with application.app_context():
        print(json.dumps(probe(application)))
