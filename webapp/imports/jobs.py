"""Imports at work, in the worker: check, commit, weekly tidying."""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from datetime import time, timedelta

from flask_babel import force_locale

from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.jobs import job
from webapp.core.schedule import every_day
from webapp.extensions import db
from webapp.imports import services
from webapp.imports.messages import FILE, say
from webapp.imports.models import Import
from webapp.users.actor import Actor, system_actor
from webapp.users.queries import find_root_branch, find_user_actor

log = logging.getLogger(__name__)
LEASE = timedelta(minutes=30)


@job("imports.check", lease=LEASE)
def check(import_id: str) -> None:
    with force_locale(_author(import_id).locale):
        _guarded(import_id, lambda: services.run_check(uuid.UUID(import_id), unit_of_work))


@job("imports.commit", lease=LEASE)
def commit(import_id: str) -> None:
    author = _author(import_id)
    with force_locale(author.locale):
        _guarded(import_id, lambda: services.run_commit(author, uuid.UUID(import_id), unit_of_work))


@job("imports.discard")
def discard() -> None:
    with unit_of_work():
        services.discard_old_files()


every_day("imports.discard", time(4, 0))


def _author(import_id: str) -> Actor:
    """In whose name: the person who brought the file, else the product."""
    row = db.session.get_one(Import, uuid.UUID(import_id))
    actor = find_user_actor(row.created_by) if row.created_by else None
    root = find_root_branch()
    return actor or system_actor(root.id) if root else system_actor()


def _guarded(import_id: str, work: Callable[[], None]) -> None:
    """A fault of ours ends the import with a sentence; nothing of it is written."""
    try:
        work()
    except Exception:
        db.session.rollback()
        log.exception("import %s failed", import_id)
        with unit_of_work():
            row = db.session.get_one(Import, uuid.UUID(import_id))
            row.state, row.finished_at = "failed", now()
            row.errors = [{"row": None, "column": None, "code": "failed", "message": say(FILE, "failed")}]
