"""R19: a copy made while people write, put back into an empty instance, is whole.

The demo company, ten seconds of messages, invoices and limits from three programs, a backup in the
middle of them, a restore elsewhere. Lost is what had been acknowledged before the backup began and
is not in the restored database; more may be in it, never a half of anything.
"""

from __future__ import annotations

import time
import uuid
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.programs import Program, Repeating
from tests.proofs import Figures, size
from tests.serving import Server
from webapp import create_app
from webapp.config import Settings
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments import ledger
from webapp.risk.models import CreditLimit
from webapp.threads.models import Message
from webapp.users import audit

pytestmark = [pytest.mark.server, pytest.mark.promise("R19")]
WRITE_SECONDS = size(1.5, 10.0)
CLIENTS, INVOICES = size((20, 200), (400, 12_000))


@pytest.mark.parametrize("database", size(["sqlite"], ["sqlite", "postgresql"]))
def test_a_copy_made_while_people_write_is_whole(
    database: str, figures: Figures, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    here = elsewhere = ""
    if database == "postgresql":
        cluster = request.getfixturevalue("mortal_postgres")
        here, elsewhere = (cluster.create(f"copy_{uuid.uuid4().hex[:8]}") for _ in range(2))
    figures |= copy_and_restore(tmp_path, here, elsewhere)
    assert (figures["lost"], figures["faults"]) == (0, 0)


def copy_and_restore(folder: Path, here: str, elsewhere: str) -> dict[str, object]:
    """Both chains and every row that was acknowledged before the copy began; what is missing of them."""
    (folder / "here").mkdir()
    (folder / "elsewhere").mkdir()
    source = Server(folder / "here", DATABASE_URL=here, ENCOURS_DEMO="1")
    target = Server(folder / "elsewhere", DATABASE_URL=elsewhere)
    source.flask("demo", "load", "--clients", str(CLIENTS), "--invoices", str(INVOICES), "--seed", "12")
    copy = folder / "copy.tar.gz"
    written = _copy_under_load(source, copy)
    start = time.monotonic()
    target.flask("restore", str(copy))  # raises when a check finds a fault
    restore_s = time.monotonic() - start
    found = _look(folder / "elsewhere", elsewhere, written["before"])
    return {
        "clients": CLIENTS,
        "invoices": INVOICES,
        "writes": written["writes"],
        "refused": written["refused"],
        "backup_s": written["seconds"],
        "backup_kB": copy.stat().st_size // 1024,
        "restore_s": round(restore_s, 1),
        **found,
    }


def _copy_under_load(source: Server, copy: Path) -> dict[str, object]:
    tokens = {
        name: source.flask("tokens", "create", "--email", f"{name}@encours.demo").stdout.split()[-1]
        for name in ("alice", "sonia")
    }
    source.start()
    try:
        writers = _writers(source.port, tokens)
        for writer in writers:
            writer.start()
        began = time.monotonic()
        time.sleep(WRITE_SECONDS / 3)
        before = [list(writer.acknowledged) for writer in writers]
        start = time.monotonic()
        source.flask("backup", str(copy))
        seconds = time.monotonic() - start
        time.sleep(max(0.5, WRITE_SECONDS - (time.monotonic() - began)))
        for writer in writers:
            writer.stop()
    finally:
        source.stop()
    return {
        "before": before,
        "seconds": round(seconds, 1),
        "writes": sum(len(writer.acknowledged) for writer in writers),
        "refused": sum(writer.refused for writer in writers),
    }


def _writers(port: int, tokens: dict[str, str]) -> list[Repeating]:
    """Messages move a thread's seq, invoices move balances, limits write the audit trail."""
    alice, sonia, limits = (Program(port, tokens[name]) for name in ("alice", "sonia", "alice"))
    _status, page = alice.call("GET", "/invoices?limit=1")
    thread = page["items"][0]["id"]
    _status, page = alice.call("GET", "/clients?limit=1")
    client = page["items"][0]["ref"]

    def say(number: int) -> str | None:
        status, body = alice.send(thread, f"Copie {number}")
        return body["client_id"] if status == 201 else None

    def bill(number: int) -> str | None:
        gross = {"amount": 10_000 + number, "currency": "EUR"}
        ref = f"R19-{number}"
        days = {"issued_on": "2026-11-01", "due_on": "2026-12-01"}
        status, _body = sonia.call(
            "PUT", f"/invoices/by-ref/{ref}", {"client_ref": client, **days, "gross": gross}
        )
        return ref if status in (200, 201) else None

    def bound(number: int) -> str | None:
        amount = {"amount": 1_000_000 + number, "currency": "EUR"}
        status, body = limits.call("POST", "/limits", {"client_ref": client, "amount": amount})
        return body["id"] if status == 201 else None

    # Twenty messages a second is what one person may send in the long run.
    return [Repeating(say, 0.05), Repeating(bill, 0.02), Repeating(bound, 0.02)]


def _look(instance: Path, url: str, before: list[list[str]]) -> dict[str, object]:
    settings = Settings.from_environ(
        {"ENCOURS_ENV": "test", "INSTANCE_PATH": str(instance), "DATABASE_URL": url, "EMBED_WORKER": "0"}
    )
    app = create_app(settings)
    with app.app_context():
        columns = (Message.client_id, Invoice.ref, CreditLimit.id)
        lost = 0
        for column, acknowledged in zip(columns, before, strict=True):
            held = {str(value) for value in db.session.scalars(select(column))}
            lost += len(set(acknowledged) - held)
        verdict = audit.verify()
        faults = len(verdict.faults) + len(list(ledger.verify()))
        rows = sum(
            db.session.scalar(select(func.count()).select_from(table)) or 0
            for table in db.metadata.tables.values()
        )
        db.session.remove()
        db.engine.dispose()
    return {
        "rows": rows,
        "acknowledged_before": sum(map(len, before)),
        "lost": lost,
        "audit_entries": verdict.entries,
        "faults": faults,
    }
