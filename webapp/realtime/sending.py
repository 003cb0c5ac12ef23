"""Messages that arrive together are stored together: one transaction for all, one answer for each.

Under load the wait for the disk is shared; alone, a message is written at once. Whoever comes first
writes for those who came meanwhile, then hands over. While messages come in crowds, a moment is left for
the others to arrive, as `commit_delay` and `commit_siblings` do in PostgreSQL.
"""

from __future__ import annotations

import threading
import time
import uuid
from typing import Any

from sqlalchemy.exc import IntegrityError

from webapp.core.db import unit_of_work
from webapp.core.errors import DomainError
from webapp.core.outages import refusal_for
from webapp.extensions import db
from webapp.threads import queries, services
from webapp.threads.services import Draft

MOST = 64  # messages in one transaction
CROWD = 5  # as many came along the last time: more are on their way
MOMENT_SECONDS = 0.001
_lock = threading.Lock()
_waiting: list[Ticket] = []
_writing = False
_last = 0  # messages in the last transaction


class Ticket:
    """A message on its way: what it became, or why it was refused."""

    __slots__ = ("done", "draft", "error", "leads", "shown")

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.done = threading.Event()
        self.leads = False
        self.shown: dict[str, Any] | None = None
        self.error: Exception | None = None


def send(draft: Draft) -> dict[str, Any]:
    """Store a message, alone or with others, and answer its wire form; what it is refused for is raised."""
    global _writing
    ticket = Ticket(draft)
    with _lock:
        _waiting.append(ticket)
        ticket.leads, _writing = not _writing, True
    if not ticket.leads:
        ticket.done.wait()
    if ticket.leads:
        _lead()
    if ticket.error is not None:
        raise ticket.error
    assert ticket.shown is not None
    return ticket.shown


def _lead() -> None:
    """Write for everyone who waits, then let the next one lead."""
    global _writing, _last
    time.sleep(MOMENT_SECONDS if _last >= CROWD else 0)  # those whose message has arrived by now come along
    with _lock:
        batch, _waiting[:] = _waiting[:MOST], _waiting[MOST:]
    _last = len(batch)
    try:
        _store(batch)
    finally:
        with _lock:
            heir = _waiting[0] if _waiting else None
            _writing = heir is not None
        for ticket in batch:
            ticket.done.set()
        if heir is not None:
            heir.leads = True
            heir.done.set()


def _store(batch: list[Ticket], *, again: bool = True) -> None:
    try:
        _post(batch)
    except Exception as error:
        db.session.rollback()
        if isinstance(error, IntegrityError) and again:  # another process stored one of them meanwhile
            _store(batch, again=False)
            return
        if len(batch) == 1 or refusal_for(error) is not None or isinstance(error, DomainError):
            for ticket in batch:
                ticket.error = error
            return
        for ticket in batch:  # one of them is at fault: it alone fails
            _store([ticket])


def _post(batch: list[Ticket]) -> None:
    with unit_of_work():
        results = services.post_messages([ticket.draft for ticket in batch])
        ids = [found for found in results if isinstance(found, uuid.UUID)]
        shown = {each["id"]: each for each in queries.presented(list(dict.fromkeys(ids)))}
    for ticket, found in zip(batch, results, strict=True):
        if isinstance(found, uuid.UUID):
            ticket.shown = shown[str(found)]
        else:
            ticket.error = found
