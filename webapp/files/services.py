"""Verbs about stored files. What they hang on writes the audit entry: a file alone is nobody's business."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.errors import Invalid, StorageFull
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.files import queries, rules
from webapp.files.models import StoredFile
from webapp.files.policy import Asker, kind_of
from webapp.files.storage import Arrival, path_of, unnamed


def keep(asker: Asker, arrival: Arrival, name: str, *, quota: int) -> StoredFile:
    """Note a content that arrived as this person's own, hanging on nothing yet; no events.

    Raises Invalid (`file`) when they hold too many such files, StorageFull above `quota` bytes.
    """
    if queries.loose_bytes(asker.user_id) + arrival.size > rules.LOOSE_QUOTA:
        raise Invalid(errors={"file": _l("Vous avez trop de fichiers en attente. Rattachez-les d’abord.")})
    if queries.stored_bytes() + arrival.size > quota:
        raise StorageFull(_l("L’espace des fichiers est plein. Prévenez un administrateur."))
    row = StoredFile(
        id=new_id(),
        sha256=arrival.sha256,
        size=arrival.size,
        media_type=arrival.media_type,
        name=rules.clean_name(name, arrival.media_type),
        owner_id=asker.user_id,
    )
    db.session.add(row)
    db.session.flush()
    return row


def attach(asker: Asker, file_id: uuid.UUID, subject_type: str, subject_id: uuid.UUID) -> StoredFile:
    """Hang a file of one's own on a subject, whose rights it then has; no events.

    Raises Invalid (`file_id`) when it is not theirs, or hangs on something already.
    """
    row = db.session.scalar(select(StoredFile).where(StoredFile.id == file_id).with_for_update())
    if row is None or row.owner_id != asker.user_id or row.loose_since is None:
        raise Invalid(errors={"file_id": _l("Ce fichier n’est pas à vous, ou sert déjà.")})
    row.subject_type, row.subject_id, row.loose_since = subject_type, subject_id, None
    return row


def detach(file_id: uuid.UUID) -> None:
    """Let a file go: its subject is gone. Nobody but who brought it reads it until it is collected."""
    row = db.session.get(StoredFile, file_id)
    if row is not None:
        row.subject_type, row.subject_id, row.loose_since = None, None, now()


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
    """Take these contents off the disk, and what was left by uploads broken off; after the commit."""
    for sha256 in contents:
        path_of(sha256).unlink(missing_ok=True)
    for path in unnamed(set(db.session.scalars(select(StoredFile.sha256)))):
        path.unlink(missing_ok=True)
