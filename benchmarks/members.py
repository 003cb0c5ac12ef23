"""Run beside a server on the same database: makes people who all read one thread.

`python -m benchmarks.members 50` prints JSON: the `thread` and the API `tokens` of 50 people.
"""

from __future__ import annotations

import json
import os
import sys

os.environ.setdefault("FLASK_RUN_FROM_CLI", "true")

from webapp.clients.services import upsert_client
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.invoices.services import InvoiceInput, upsert_invoices
from webapp.users.actor import system_actor
from webapp.users.queries import find_root_branch
from webapp.users.services import create_token, create_user, ensure_company


def make_members(count: int) -> dict[str, object]:
    """An invoice, whose thread is the room, and people whose role sees every client."""
    system = system_actor()
    with unit_of_work():
        ensure_company()
    with unit_of_work():
        client, _outcome = upsert_client(system, "C-1", {"legal_name": "Delorme"})
        row = InvoiceInput("F-1", client.id, issued_on=today(), due_on=today(), gross=100_000, kind="invoice")
        thread = upsert_invoices(system, [row]).ids["F-1"]
        branch, tokens = find_root_branch(), []
        assert branch is not None  # it comes with the company
        for number in range(count):
            email, name = f"member{number}@encours.test", f"Membre {number}"
            user = create_user(system, email=email, name=name, role="credit_manager", branch=branch)
            tokens.append(create_token(system, user.id))
    return {"thread": str(thread), "tokens": tokens}


if __name__ == "__main__":
    from wsgi import app as application

    with application.app_context():
        print(json.dumps(make_members(int(sys.argv[1]))))
