"""Run on an empty database: brings one CSV of invoices in, as the product itself.

`python -m benchmarks.importing FILE` prints JSON: seconds of the `check` and of the `commit`, the `rows`
found in the books afterwards, the `peak` memory of the process in bytes, and what a neighbour on the same
database met meanwhile: the longest `read` of the figures of a page, and the longest `write` during the
check (ms).
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sys
import time
from contextlib import suppress
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

os.environ.setdefault("FLASK_RUN_FROM_CLI", "true")

MEGABYTE = 1_000_000
PAUSE, WRITE_EVERY = 0.05, 1.0


def bring(path: Path, checked: Event) -> dict[str, float]:
    """Receive, check and commit; raises when the file is not imported."""
    from flask import current_app
    from sqlalchemy import func, select

    from webapp.core.db import unit_of_work
    from webapp.extensions import db
    from webapp.imports import services
    from webapp.imports.cli import FOLDER
    from webapp.imports.models import Import
    from webapp.invoices.models import Invoice
    from webapp.users.actor import system_actor

    actor = system_actor(via="cli")
    start = time.perf_counter()
    with path.open("rb") as stream:
        folder = current_app.config["SETTINGS"].instance_path / FOLDER
        arrival = services.take_in(actor, path.name, stream, folder=folder)
    with unit_of_work():
        import_id = services.receive(actor, arrival, enqueue_check=False).id
    services.run_check(import_id, unit_of_work)
    middle = time.perf_counter()
    checked.set()
    with unit_of_work():
        services.request_commit(actor, import_id, enqueue_commit=False)
    services.run_commit(actor, import_id, unit_of_work)
    end = time.perf_counter()
    peak = peak_memory()
    found = db.session.get_one(Import, import_id, populate_existing=True)
    if found.state != "imported":
        raise SystemExit(f"the file ended {found.state}: {found.errors[:3]}")
    rows = db.session.scalar(select(func.count()).select_from(Invoice)) or 0
    return {"check": middle - start, "commit": end - middle, "rows": rows, "peak": peak}


def peak_memory() -> int:
    """The most this process ever held, in bytes; what ran before it under this number does not count."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return int(status.read_text().split("VmHWM:")[1].split()[0]) * 1024


def neighbour(ready: Event, checked: Event, done: Event, waits: Any) -> None:
    """Another process on the same database: reads as a page does, and writes until the check is over."""
    from sqlalchemy import func, select

    from webapp.core.clock import now
    from webapp.core.db import unit_of_work
    from webapp.core.errors import Unavailable
    from webapp.core.models import Signal
    from webapp.extensions import db
    from webapp.invoices.models import Balance
    from wsgi import app

    last = 0.0
    with app.app_context():
        db.session.execute(select(func.count()).select_from(Balance)).all()
        ready.set()
        while not done.is_set():
            start = time.perf_counter()
            db.session.execute(select(func.sum(Balance.outstanding), func.count())).all()
            db.session.rollback()
            waits[0] = max(waits[0], time.perf_counter() - start)
            if not checked.is_set() and start - last > WRITE_EVERY:
                last = time.perf_counter()
                with suppress(Unavailable), unit_of_work():  # it may meet the commit, which is announced
                    db.session.add(Signal(event="bench", payload={}, origin="bench", created_at=now()))
                if not checked.is_set():  # one that met the commit waited for what is announced
                    waits[1] = max(waits[1], time.perf_counter() - last)
            time.sleep(PAUSE)


def main(path: Path) -> None:
    """Bring the file in beside a neighbour, and say what both met."""
    context = multiprocessing.get_context("spawn")
    ready, checked, done = context.Event(), context.Event(), context.Event()
    waits = context.Array("d", 2)
    from flask_babel import force_locale

    from webapp.core.db import unit_of_work
    from webapp.users.services import ensure_company
    from wsgi import app

    with app.app_context(), force_locale("fr"):
        with unit_of_work():
            ensure_company()
        other = context.Process(target=neighbour, args=(ready, checked, done, waits))
        other.start()
        ready.wait(60)
        try:
            found = bring(path, checked)
        finally:
            done.set()
            other.join(60)
    print(json.dumps({**found, "read": waits[0] * 1000, "write": waits[1] * 1000}))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
