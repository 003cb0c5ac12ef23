"""Verbs about stored files. What they hang on writes the audit entry: a file alone is nobody's business."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select, update

from webapp.core.clock import now
from webapp.core.errors import Invalid, StorageFull
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.files import queries, rules, storage
from webapp.files.models import StoredFile
from webapp.files.policy import Asker, kind_of
from webapp.files.storage import Arrival

WAITING = _l(
    "Vous avez trop de fichiers en attente. Envoyez ce qui les porte, ou retirez-en, puis réessayez."
)
FULL = _l("L’espace des fichiers est plein. Prévenez un administrateur.")


@dataclass(frozen=True)
class Owner:
    """Whose file something is that the product made for them."""

    user_id: uuid.UUID


def keep(
    asker: Asker, arrival: Arrival, name: str, *, quota: int, file_id: uuid.UUID | None = None
) -> StoredFile:
    """Note a content that arrived as this person's own, hanging on nothing yet; no events.

    Raises Invalid (`file`) when they hold too many such files, StorageFull above `quota` bytes.
    """
    if queries.loose_bytes(asker.user_id) + arrival.size > rules.LOOSE_QUOTA:
        raise Invalid(errors={"file": WAITING})
    if queries.stored_bytes() + arrival.size > quota:
        raise StorageFull(FULL)
    row = StoredFile(
        id=file_id or new_id(),
        sha256=arrival.sha256,
        size=arrival.size,
        media_type=arrival.media_type,
        name=rules.clean_name(name, arrival.media_type),
        owner_id=asker.user_id,
        width=arrival.look.width,
        height=arrival.look.height,
        duration_ms=arrival.look.duration_ms,
    )
    db.session.add(row)
    db.session.flush()
    return row


def attach(asker: Asker, file_id: uuid.UUID, subject_type: str, subject_id: uuid.UUID) -> StoredFile:
    """Hang a paper of one's own (PDF or picture) on a subject, whose rights it then has; no events.

    Raises Invalid (`file_id`) when it is not theirs, hangs on something already, or is a sound.
    """
    row = db.session.scalar(select(StoredFile).where(StoredFile.id == file_id).with_for_update())
    if row is None or row.owner_id != asker.user_id or row.loose_since is None:
        raise Invalid(errors={"file_id": _l("Ce fichier n’est pas à vous, ou sert déjà.")})
    if row.media_type not in rules.PAPERS:
        raise Invalid(errors={"file_id": _l("Choisissez un PDF ou une photo.")})
    row.subject_type, row.subject_id, row.loose_since = subject_type, subject_id, None
    return row


def attach_all(subject_type: str, hung: Mapping[uuid.UUID, Sequence[uuid.UUID]]) -> None:
    """Hang files on their subjects, in the order given, at once; the caller has asked `may_hang`."""
    values = [
        {"file": file_id, "subject": subject_id, "place": place}
        for subject_id, file_ids in hung.items()
        for place, file_id in enumerate(file_ids)
    ]
    if not values:
        return
    table = StoredFile.__table__
    statement = (
        update(table)
        .where(table.c.id == bindparam("file"))
        .values(
            subject_type=subject_type,
            subject_id=bindparam("subject"),
            position=bindparam("place"),
            loose_since=None,
        )
    )
    db.session.connection().execute(statement, values)


def may_hang(owner_ids: Collection[uuid.UUID], file_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    """Of these files, those that hang on nothing and are one of these people's: whose. Locked."""
    query = (
        select(StoredFile.id, StoredFile.owner_id)
        .where(
            StoredFile.id.in_(file_ids),
            StoredFile.owner_id.in_(owner_ids),
            StoredFile.loose_since.is_not(None),
        )
        .with_for_update()
    )
    return {row.id: row.owner_id for row in db.session.execute(query)} if file_ids else {}


def detach(file_id: uuid.UUID) -> None:
    """Let a file go: its subject is gone. Nobody but who brought it reads it until it is collected."""
    row = db.session.get(StoredFile, file_id)
    if row is not None:
        row.subject_type, row.subject_id, row.loose_since = None, None, now()


def detach_all(subject_type: str, subject_id: uuid.UUID) -> None:
    """The same for everything that hangs on a subject."""
    hung = (StoredFile.subject_type == subject_type) & (StoredFile.subject_id == subject_id)
    let_go: dict[str, Any] = {"subject_type": None, "subject_id": None, "loose_since": now()}
    db.session.execute(update(StoredFile).where(hung).values(let_go))


def note_reading(asker: Asker, file: StoredFile) -> None:
    """Have the subject log that its file was read. Raises what the subject's kind raises."""
    kind = kind_of(file)
    if kind is not None and file.subject_id is not None:
        kind.note_reading(asker, file.subject_id)


def collect() -> list[str]:
    """Forget files that hung on nothing for a week; the contents that nothing names any more."""
    old = db.session.scalars(
        select(StoredFile).where(StoredFile.loose_since < now() - rules.LOOSE_KEPT)
    ).all()
    for row in old:
        db.session.delete(row)
    db.session.flush()
    gone = {row.sha256 for row in old}
    return sorted(
        gone - set(db.session.scalars(select(StoredFile.sha256).where(StoredFile.sha256.in_(gone))))
    )


def discard(contents: list[str]) -> None:
    """Take these contents away, and what was left by uploads broken off; after the commit."""
    for sha256 in contents:
        storage.discard(sha256)
    storage.discard_unnamed(set(db.session.scalars(select(StoredFile.sha256))))
    storage.forget_copies()
