"""Clients, invoices and limits for tests, written through the real services."""

from __future__ import annotations

import itertools
from datetime import date, timedelta

from tests.factories.people import Cast
from webapp.clients.models import Client
from webapp.clients.services import upsert_client
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.services import InvoiceInput, upsert_invoices
from webapp.users.actor import Actor

_numbers = itertools.count(1)


def make_client(cast: Cast, *, rep: Actor | None = None, branch: str = "Lyon", **values: object) -> Client:
    """A client of Bob's in Lyon, unless told otherwise."""
    number = next(_numbers)
    rep = cast.bob if rep is None and branch == "Lyon" else rep
    fields = {"legal_name": f"Client {number}", "branch": branch, **values}
    if rep is not None:
        fields["sales_rep"] = f"{rep.handle}@encours.test"
    ref = str(fields.pop("ref", f"C-{number:05d}"))
    with unit_of_work():
        client, _outcome = upsert_client(cast.system, ref, fields)
    return client


def make_invoice(
    cast: Cast,
    client: Client,
    gross: int = 100_000,
    *,
    due_in: int = 30,
    issued_on: date | None = None,
    ref: str | None = None,
    kind: str = "invoice",
) -> Invoice:
    """An invoice of `gross` cents due in `due_in` days (negative: overdue)."""
    due_on = today() + timedelta(days=due_in)
    row = InvoiceInput(
        ref=ref or f"F-{next(_numbers):06d}",
        client_id=client.id,
        issued_on=issued_on or min(today(), due_on) - timedelta(days=30),
        due_on=due_on,
        gross=gross,
        kind=kind,
    )
    with unit_of_work():
        done = upsert_invoices(cast.system, [row])
    return db.session.get_one(Invoice, done.ids[row.ref])
