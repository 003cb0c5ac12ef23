"""Run beside nothing, on an empty database: brings one CSV of invoices in, as the product itself.

`python -m benchmarks.importing FILE` prints JSON: seconds of the `check` and of the `commit`, and the `rows`
found in the books afterwards.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path

os.environ.setdefault("FLASK_RUN_FROM_CLI", "true")

from flask import current_app
from flask_babel import force_locale
from sqlalchemy import func, select

from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.imports import services
from webapp.imports.cli import FOLDER
from webapp.imports.models import Import
from webapp.invoices.models import Invoice
from webapp.users.actor import system_actor
from webapp.users.services import ensure_company


def bring(path: Path) -> dict[str, float]:
    """Receive, check and commit; raises when the file is not imported."""
    with unit_of_work():
        ensure_company()
    actor = system_actor(via="cli")
    start = time.perf_counter()
    with path.open("rb") as stream:
        folder = current_app.config["SETTINGS"].instance_path / FOLDER
        arrival = services.take_in(actor, path.name, stream, folder=folder)
    with unit_of_work():
        import_id = services.receive(actor, arrival, enqueue_check=False).id
    services.run_check(import_id, unit_of_work)
    checked = time.perf_counter()
    with unit_of_work():
        services.request_commit(actor, import_id, enqueue_commit=False)
    services.run_commit(actor, import_id, unit_of_work)
    committed = time.perf_counter()
    found = db.session.get_one(Import, import_id, populate_existing=True)
    if found.state != "imported":
        raise SystemExit(f"the file ended {found.state}: {found.errors[:3]}")
    rows = db.session.scalar(select(func.count()).select_from(Invoice))
    return {"check": checked - start, "commit": committed - checked, "rows": rows or 0}


if __name__ == "__main__":
    from wsgi import app as application

    with application.app_context(), force_locale("fr"):
        print(json.dumps(bring(Path(sys.argv[1]))))
