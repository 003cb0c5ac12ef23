"""Verbs about uploads that come in pieces: begin one, bring it further, make it a file, give it up.

What a person brings is theirs (the folder is): nobody else's is ever found. An upload's id becomes
its file's.
"""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l

from webapp.core.clock import now
from webapp.core.errors import Conflict, Invalid, NotFound, StorageFull, TooLarge
from webapp.extensions import db
from webapp.files import parts, queries, rules
from webapp.files.models import StoredFile
from webapp.files.parts import Part, Readable
from webapp.files.policy import Asker
from webapp.files.rules import resuming
from webapp.files.services import FULL, WAITING
from webapp.files.storage import EMPTY, HEAD, TOO_LARGE, Arrival, receive, recognise

MISSING = _l("Cet envoi n’existe plus. Recommencez-le.")
MOVED = _l("Cet envoi a avancé entre-temps. Reprenez où il en est.")
BEYOND = _l("Ce morceau dépasse la taille annoncée. Recommencez l’envoi.")
REUSED = _l("Cet identifiant a déjà servi pour une autre demande.")


def get_upload(asker: Asker, upload_id: uuid.UUID) -> Part:
    """This person's upload. Raises NotFound for everybody else, and once it is forgotten."""
    part = parts.find(asker.user_id, upload_id)
    if part is None or _is_over(part):
        raise NotFound(MISSING)
    return part


def _is_over(part: Part) -> bool:
    return resuming.expires_at(part.last_piece_at) < now()


def begin(asker: Asker, upload_id: uuid.UUID, length: int, name: str, *, quota: int) -> Part:
    """An upload of `length` bytes under this id; the same again is the same one, as far as it came.

    Raises Invalid for an empty file, when this person has too many about, or the id served for
    something else; TooLarge; StorageFull when nothing has room any more.
    """
    if length == 0:
        raise Invalid(errors={"file": EMPTY}, code="file_empty")
    if length > rules.LARGEST:
        raise TooLarge(TOO_LARGE, errors={"file": TOO_LARGE})
    known = parts.find(asker.user_id, upload_id)
    if known is not None and _is_over(known):
        parts.drop(known)
        known = None
    if known is not None and known.length == length:
        return known
    if known is not None or db.session.get(StoredFile, upload_id) is not None:
        raise Invalid(REUSED, code="id_reused")
    _make_room(asker, length, quota)
    return parts.note(Part(upload_id, asker.user_id, length, name[:255]))


def _make_room(asker: Asker, length: int, quota: int) -> None:
    others = parts.of(asker.user_id)
    if resuming.too_many(
        unfinished=len(others),
        promised=sum(part.length for part in others),
        loose=queries.loose_bytes(asker.user_id),
        length=length,
        quota=rules.LOOSE_QUOTA,
    ):
        raise Invalid(errors={"file": WAITING})
    if queries.stored_bytes() + length > quota:
        raise StorageFull(FULL)


def bring(part: Part, offset: int, weight: int, stream: Readable) -> int:
    """Take a piece of `weight` bytes that starts at `offset`; how far the upload is then.

    Raises Conflict `moved` when it is not where the piece starts, TooLarge beyond its end, Invalid (`file`)
    as soon as its first bytes say that it is of a kind that is not taken: it is given up then.
    """
    fault = resuming.piece_fault(length=part.length, stands_at=part.offset, offset=offset, weight=weight)
    if fault == "beyond":
        raise TooLarge(BEYOND)
    try:
        if fault == "moved":
            raise parts.Moved
        reached = offset if part.done else parts.append(part, offset, stream)
    except parts.Moved as error:
        raise Conflict(MOVED, code="moved") from error
    if offset < HEAD <= reached < part.length:
        _look_at_its_beginning(part)
    return reached


def _look_at_its_beginning(part: Part) -> None:
    try:
        with part.path.open("rb") as file:
            recognise(file.read(HEAD))
    except Invalid:
        parts.drop(part)
        raise


def develop(part: Part) -> Arrival:
    """What came, whole, in its place; outside any transaction. What cannot be taken is given up.

    Raises what `receive` raises, and Conflict `moved` when another request was first.
    """
    try:
        with part.path.open("rb") as file:
            return receive(file)
    except FileNotFoundError as error:
        raise Conflict(MOVED, code="moved") from error
    except (Invalid, TooLarge):
        parts.drop(part)
        raise


def finish(part: Part) -> None:
    """It is a file now: what it was brought as goes, and who asks again is told that it is there."""
    parts.note(Part(part.id, part.owner_id, part.length, part.name, done=True))


def give_up(part: Part) -> None:
    """Forget it and what came of it."""
    parts.drop(part)


def sweep() -> None:
    """Take uploads that got no further for a week off the disk."""
    for path in list(parts.forgotten(now())):
        path.unlink(missing_ok=True)
