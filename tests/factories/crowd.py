"""Thousands of clients with open invoices, written set-based: for tests that count queries."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import insert

from tests.factories.people import Cast
from webapp.clients.models import Client
from webapp.core.bulk import analyze
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.home.services import refresh_lines
from webapp.invoices.models import Balance, Instalment, Invoice
from webapp.risk.models import CreditLimit


def make_crowd(cast: Cast, clients: int, invoices_each: int = 2) -> list[object]:
    """`clients` clients of Bob's in Lyon, each with limit, invoices (one of them late) and balance."""
    day, instant, ids = today(), now(), [new_id() for _ in range(clients)]
    people, balances, limits, bills, parts = [], [], [], [], []
    for number, client_id in enumerate(ids):
        name = f"Société {number:05d}"
        people.append(
            {
                "id": client_id,
                "ref": f"K-{number:05d}",
                "legal_name": name,
                "branch_id": cast.lyon.id,
                "sales_rep_id": cast.bob.user_id,
                "sort_name": name.lower(),
                "search_text": f"k-{number:05d} societe {number:05d} lyon",
            }
        )
        late = 10_000 + number
        balances.append(
            {
                "client_id": client_id,
                "outstanding": late * invoices_each,
                "overdue": late,
                "overdue_since": day - timedelta(days=number % 150 + 1),
                "next_due_on": day + timedelta(days=20),
                "open_count": invoices_each,
                "days_late": number % 120,
                "as_of": day,
            }
        )
        limits.append({"id": new_id(), "client_id": client_id, "amount": 25_000, "starts_on": day})
        for rank in range(invoices_each):
            due_on = day - timedelta(days=number % 150 + 1) if rank == 0 else day + timedelta(days=20)
            invoice_id = new_id()
            bills.append(
                {
                    "id": invoice_id,
                    "ref": f"B-{number:05d}-{rank}",
                    "client_id": client_id,
                    "issued_on": due_on - timedelta(days=30),
                    "due_on": due_on,
                    "gross": late,
                    "open": late,
                    "gross_value": late,
                    "open_value": late,
                    "recorded_at": instant,
                }
            )
            parts.append(
                {
                    "id": new_id(),
                    "invoice_id": invoice_id,
                    "client_id": client_id,
                    "number": 1,
                    "due_on": due_on,
                    "amount": late,
                    "open": late,
                    "open_value": late,
                }
            )
    with unit_of_work() as session:
        for table, rows in (
            (Client, people),
            (Balance, balances),
            (CreditLimit, limits),
            (Invoice, bills),
            (Instalment, parts),
        ):
            session.execute(insert(table), rows)
        analyze()  # as every bulk write of the product does
        refresh_lines(ids)
        analyze()
    return ids
