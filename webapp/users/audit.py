"""The audit trail: one entry per change, written in the same transaction, chained afterwards.

Entries are never edited (triggers refuse it). A sealer chains their digests; one altered byte
breaks the chain from there on (R9). What an entry says may be erased (RGPD), its digest stays.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from sqlalchemy import Select, func, select

from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.users.actor import NOBODY, Actor
from webapp.users.models import AuditEntry, AuditPayload, AuditSeal

# Longer than any transaction: an entry made before others may be committed after them.
RECENT = timedelta(days=1)


def write(actor: Actor, action: str, subject_type: str, subject_id: object, **values: object) -> None:
    """Note in the running transaction that `actor` did `action`; `values` say what changed."""
    body = orjson.dumps(values, option=orjson.OPT_SORT_KEYS, default=str).decode()
    entry = AuditEntry(
        id=new_id(),
        at=now(),
        actor_id=None if actor.user_id == NOBODY else actor.user_id,
        via=actor.via,
        action=action,
        subject_type=subject_type,
        subject_id=str(subject_id),
        digest="",
    )
    entry.digest = _digest(entry, body)
    db.session.add(entry)
    db.session.flush([entry])
    db.session.add(AuditPayload(entry_id=entry.id, body=body))


def _digest(entry: AuditEntry, body: str) -> str:
    parts = (_facts(entry), hashlib.sha256(body.encode()).hexdigest())
    return hashlib.sha256("|".join(parts).encode()).hexdigest()


def _facts(entry: AuditEntry) -> str:
    stamp = entry.at.strftime("%Y-%m-%dT%H:%M:%S.%f")
    fields = (entry.id, stamp, entry.actor_id, entry.via, entry.action, entry.subject_type, entry.subject_id)
    return "|".join(str(field) for field in fields)


def _link(previous: str, entry: AuditEntry) -> str:
    return hashlib.sha256(f"{previous}|{_facts(entry)}|{entry.digest}".encode()).hexdigest()


def _unsealed(since: datetime | None) -> Select[AuditEntry]:
    """Committed entries that are not in the chain; with `since`, only those made from then on."""
    query = (
        select(AuditEntry)
        .outerjoin(AuditSeal, AuditSeal.entry_id == AuditEntry.id)
        .where(AuditSeal.entry_id.is_(None))
        .order_by(AuditEntry.id)
    )
    # Ids are UUIDv7: they sort by the time they were made, so old ones need not be read.
    return query if since is None else query.where(AuditEntry.id > _first_id(since))


def _first_id(instant: datetime) -> uuid.UUID:
    return uuid.UUID(int=int(instant.timestamp() * 1000) << 80)


def seal_recent() -> int:
    """Chain what was committed lately; how many. Asks first, so that idle costs no write."""
    since = now() - RECENT
    if db.session.scalars(_unsealed(since).limit(1)).first() is None:
        db.session.rollback()
        return 0
    return seal(since)


def seal(since: datetime | None = None) -> int:
    """Chain the entries committed since the last seal; return how many."""
    with unit_of_work() as session:
        last = session.scalars(select(AuditSeal).order_by(AuditSeal.position.desc()).limit(1)).first()
        position, chain = (last.position, last.chain) if last else (0, "")
        fresh = session.scalars(_unsealed(since)).all()
        for entry in fresh:
            position, chain = position + 1, _link(chain, entry)
            session.add(AuditSeal(position=position, entry_id=entry.id, chain=chain))
    return len(fresh)


@dataclass(frozen=True)
class Verdict:
    """Result of a verification: how many entries were read, what is wrong with which, and the
    last link of the chain: noted elsewhere, it tells later whether the end was cut off."""

    entries: int
    faults: list[str]
    head: str = ""


def verify() -> Verdict:
    """Seal, then read the whole chain again and recompute every digest."""
    seal()
    faults: list[str] = []
    chain, expected, count = "", 1, 0
    rows = db.session.execute(
        select(AuditSeal, AuditEntry, AuditPayload.body)
        .outerjoin(AuditEntry, AuditEntry.id == AuditSeal.entry_id)
        .outerjoin(AuditPayload, AuditPayload.entry_id == AuditSeal.entry_id)
        .order_by(AuditSeal.position)
        .execution_options(yield_per=1000)
    )
    for link, entry, body in rows:
        if link.position != expected:
            faults.append(f"position {expected} is missing")
            expected = link.position
        expected += 1
        if entry is None:
            faults.append(f"entry {link.entry_id} was removed (position {link.position})")
            chain = link.chain
            continue
        count += 1
        if body is not None and _digest(entry, body) != entry.digest:
            faults.append(f"entry {entry.id} was altered")
        chain = _link(chain, entry)
        if chain != link.chain:
            faults.append(f"the chain breaks at position {link.position}")
            chain = link.chain
    total = db.session.scalar(select(func.count()).select_from(AuditEntry)) or 0
    if total != count:
        faults.append(f"{total - count} entries are not in the chain")
    return Verdict(count, faults, chain)
