"""That somebody at the client's was here, and up to where they have read."""

from __future__ import annotations

import uuid

from sqlalchemy import update

from webapp.core.clock import now
from webapp.core.events import record
from webapp.extensions import db
from webapp.sharing.queries import Guest
from webapp.sharing.rules import SEEN_EVERY
from webapp.threads.events import GuestRead
from webapp.threads.models import Thread


def note_seen(guest: Guest) -> None:
    """Not a change of a record, so no audit entry; at most every five minutes."""
    seen_at = guest.grant.seen_at
    if seen_at is None or now() - seen_at > SEEN_EVERY:
        guest.grant.seen_at = now()
        db.session.flush()


def note_read(guest: Guest, thread_id: uuid.UUID, seq: int) -> None:
    """The client has read its thread up to there. Events: GuestRead when the mark moved."""
    moved = db.session.execute(
        update(Thread)
        .where(Thread.id == thread_id, Thread.guest_read_seq < seq, Thread.last_seq >= seq)
        .values(guest_read_seq=seq)
        .returning(Thread.id)
    ).first()
    if moved:
        record(GuestRead(thread_id, guest.grant.id, seq))
