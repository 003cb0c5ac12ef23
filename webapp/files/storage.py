"""The folder of stored files: one place for each content, however often it was brought."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import puremagic
from flask import current_app
from flask_babel import lazy_gettext as _l

from webapp.core.errors import Invalid, TooLarge
from webapp.core.ids import new_id
from webapp.files import rules

FOLDER = "files"
BLOCK, HEAD = 64 * 1024, 4 * 1024
STALE_SECONDS = 24 * 3600
TOO_LARGE = _l("Un fichier pèse au plus %(mb)s Mo.", mb=rules.LARGEST // rules.MEGABYTE)
REFUSED = _l("Ce fichier n’est ni un PDF, ni une photo (JPEG, PNG, WebP, HEIC).")


@dataclass(frozen=True)
class Arrival:
    """A content that is in its place on the disk; nothing in the database names it yet."""

    sha256: str
    size: int
    media_type: str


def folder() -> Path:
    """Where stored files are."""
    path: Path = current_app.config["SETTINGS"].instance_path / FOLDER
    return path


def path_of(sha256: str) -> Path:
    """Where a content lies."""
    return folder() / sha256[:2] / sha256


def receive(stream: IO[bytes]) -> Arrival:
    """Put what `stream` holds in its place; outside any transaction.

    Raises TooLarge, and Invalid (`file`) when it is empty or of a kind that is not taken. What is
    refused leaves nothing behind.
    """
    top = folder()
    top.mkdir(parents=True, exist_ok=True)
    waiting, size, digest, head = top / f"{new_id().hex}.part", 0, hashlib.sha256(), b""
    try:
        with waiting.open("xb") as target:
            while block := stream.read(BLOCK):
                size += len(block)
                if size > rules.LARGEST:
                    raise TooLarge(TOO_LARGE, errors={"file": TOO_LARGE})
                head = head or block[:HEAD]
                digest.update(block)
                target.write(block)
        arrival = Arrival(digest.hexdigest(), size, recognise(head))
        place = path_of(arrival.sha256)
        place.parent.mkdir(exist_ok=True)
        os.replace(waiting, place)  # the same content again is as good, and young once more
    finally:
        waiting.unlink(missing_ok=True)
    return arrival


def recognise(head: bytes) -> str:
    """The media type that the first bytes say. Raises Invalid for what is not taken."""
    if rules.is_heif(head):
        return "image/heic"
    try:
        found = {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        found = set()
    for media_type in rules.EXTENSIONS:
        if media_type in found and "text/html" not in found and "image/svg+xml" not in found:
            return media_type
    raise Invalid(errors={"file": REFUSED}, code="file_kind")


def unnamed(known: set[str]) -> Iterator[Path]:
    """Contents that no row names, left by something that was broken off a day ago or earlier."""
    if not folder().is_dir():
        return
    oldest = time.time() - STALE_SECONDS
    for path in folder().rglob("*"):
        if path.is_file() and path.name not in known and path.stat().st_mtime < oldest:
            yield path
