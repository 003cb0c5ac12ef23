"""Uploads that are not whole yet: bytes and a line of JSON in the instance folder, one folder a person.

How far one is, is the size of its file: nothing else says so, and nothing has to be kept in step with it.
Any process of this machine goes on where another stopped, after a restart as well.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import uuid
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol

from flask import current_app

from webapp.core.ids import new_id, parse_id
from webapp.files.rules.resuming import expires_at

FOLDER = "uploads"
BLOCK = 4 * 1024  # what a line that is cut may lose


class Moved(Exception):
    """Another request has brought this upload further meanwhile."""


class Readable(Protocol):
    """Where a piece comes from."""

    def read(self, size: int, /) -> bytes: ...


@dataclass(frozen=True)
class Part:
    """An upload: whose, how long it is to be, what it is called; `done` when it became a file."""

    id: uuid.UUID
    owner_id: uuid.UUID
    length: int
    name: str
    done: bool = False

    @property
    def path(self) -> Path:
        return _folder(self.owner_id) / f"{self.id}.part"

    @property
    def facts(self) -> Path:
        return _folder(self.owner_id) / f"{self.id}.json"

    @property
    def offset(self) -> int:
        """How much has come."""
        if self.done:
            return self.length
        found = _stat(self.path)
        return found.st_size if found else 0

    @property
    def last_piece_at(self) -> datetime:
        """When it got further; this instant for one that another request has just given up."""
        found = _stat(self.path) or _stat(self.facts)
        return datetime.fromtimestamp(found.st_mtime, UTC) if found else datetime.now(UTC)


def _stat(path: Path) -> os.stat_result | None:
    try:
        return path.stat()
    except FileNotFoundError:
        return None


def _top() -> Path:
    path: Path = current_app.config["SETTINGS"].instance_path / FOLDER
    return path


def _folder(owner_id: uuid.UUID) -> Path:
    return _top() / str(owner_id)


def find(owner_id: uuid.UUID, upload_id: uuid.UUID) -> Part | None:
    """This person's upload, unless there is none or it was forgotten. Other people's are not looked at."""
    try:
        said = json.loads((_folder(owner_id) / f"{upload_id}.json").read_bytes())
    except (FileNotFoundError, ValueError):
        return None
    return Part(upload_id, owner_id, int(said["length"]), str(said["name"]), bool(said["done"]))


def of(owner_id: uuid.UUID) -> list[Part]:
    """All of this person's that are not whole yet."""
    ids = (parse_id(path.stem) for path in _folder(owner_id).glob("*.json"))
    found = (find(owner_id, upload_id) for upload_id in ids if upload_id is not None)
    return [part for part in found if part is not None and not part.done]


def note(part: Part) -> Part:
    """Write what is known of an upload; the file of one that is done goes."""
    part.facts.parent.mkdir(parents=True, exist_ok=True)
    said = {key: value for key, value in asdict(part).items() if key in ("length", "name", "done")}
    written = part.facts.with_suffix(f".{new_id().hex}.new")
    written.write_text(json.dumps(said))
    os.replace(written, part.facts)
    if part.done:
        part.path.unlink(missing_ok=True)
    return part


def append(part: Part, offset: int, stream: Readable) -> int:
    """Put what comes at `offset` and after; where it stands then. What came before a line broke stays.

    Each block asks whether the file still ends where it belongs: of two requests that bring the same
    upload (one of them long given up by its phone), one goes on and the other raises Moved.
    """
    with os.fdopen(os.open(part.path, os.O_WRONLY | os.O_CREAT, 0o600), "wb", buffering=0) as file:
        while block := stream.read(BLOCK):
            _put(file, offset, block)
            offset += len(block)
    return offset


def _put(file: IO[bytes], offset: int, block: bytes) -> None:
    number = file.fileno()
    fcntl.flock(number, fcntl.LOCK_EX)  # held for one write: nothing waits in between
    try:
        if os.fstat(number).st_size != offset:
            raise Moved
        if os.pwrite(number, block, offset) < len(block):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    finally:
        fcntl.flock(number, fcntl.LOCK_UN)


def drop(part: Part) -> None:
    """Forget an upload and what came of it."""
    for path in (part.path, part.facts):
        path.unlink(missing_ok=True)


def forgotten(now: datetime) -> Iterator[Path]:
    """What belongs to uploads that got no further for a week; the caller removes it."""
    for path in sorted(_top().glob("*/*")):
        last = _stat(path.with_suffix(".part")) or _stat(path)
        if last and expires_at(datetime.fromtimestamp(last.st_mtime, UTC)) < now:
            yield path
