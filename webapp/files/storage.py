"""The folder of stored files: one place for each content, however often it was brought."""

from __future__ import annotations

import hashlib
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import puremagic
from flask import current_app
from flask_babel import lazy_gettext as _l

from webapp.core.errors import Invalid, TooLarge
from webapp.core.ids import new_id
from webapp.files import rules, sounds
from webapp.files.depot import depot
from webapp.files.pictures import SIZES, Look, develop, listen

FOLDER = "files"
BLOCK, HEAD = 64 * 1024, 4 * 1024
STALE_SECONDS, COPIES_KEPT_SECONDS = 24 * 3600, 7 * 24 * 3600
TOO_LARGE = _l(
    "Un fichier pèse au plus %(mb)s Mo. Choisissez-en un plus léger, ou reprenez la photo en plus petit.",
    mb=rules.LARGEST // rules.MEGABYTE,
)
REFUSED = _l(
    "Ce fichier n’est ni un PDF, ni une photo (JPEG, PNG, WebP, HEIC), ni un message vocal. "
    "Choisissez-en un autre."
)
EMPTY = _l("Ce fichier est vide. Reprenez la photo, ou choisissez un autre fichier.")


@dataclass(frozen=True)
class Arrival:
    """A content that is in its place on the disk; nothing in the database names it yet.

    `brought` is the digest of what came, which for a picture is not what is kept.
    """

    sha256: str
    size: int
    look: Look
    brought: str = ""

    @property
    def media_type(self) -> str:
        return self.look.media_type


def folder() -> Path:
    """Where stored files are."""
    path: Path = current_app.config["SETTINGS"].storage_folder
    return path


def place_of(name: str) -> Path:
    """Where a content lies, or is to lie, on this machine."""
    return folder() / name[:2] / name


def path_of(sha256: str) -> Path:
    """A content on this machine; fetched from where contents lie when it is not. Raises Unavailable."""
    return _near(sha256)


def small_path_of(sha256: str, size: int) -> Path:
    """The same for a picture in one of its small sizes."""
    return _near(f"{sha256}-{size}")


def _near(name: str) -> Path:
    place = place_of(name)
    if not place.exists():
        depot().fetch(place)
    return place


def receive(stream: IO[bytes]) -> Arrival:
    """Put what `stream` holds in its place; outside any transaction. A picture is drawn again first.

    Raises TooLarge, and Invalid (`file`) when it is empty, of a kind that is not taken, or cannot be
    looked at. What is refused leaves nothing behind.
    """
    top = folder()
    top.mkdir(parents=True, exist_ok=True)
    came = top / f"{new_id().hex}.part"
    drawn = came.with_suffix(".drawn")
    try:
        brought, media_type = _write(stream, came)
        if media_type in rules.PICTURES:
            return _settle(drawn, develop(came, media_type, drawn), brought)
        look = listen(came, media_type) if media_type in rules.SOUNDS else Look(media_type)
        return _settle(came, look, brought)
    finally:
        for path in (came, drawn, *(Path(f"{drawn}-{size}") for size in SIZES)):
            path.unlink(missing_ok=True)


def _write(stream: IO[bytes], target: Path) -> tuple[str, str]:
    """What came, as it came: its digest, and what its first bytes say it is."""
    size, digest, head = 0, hashlib.sha256(), b""
    with target.open("xb") as file:
        while block := stream.read(BLOCK):
            size += len(block)
            if size > rules.LARGEST:
                raise TooLarge(TOO_LARGE, errors={"file": TOO_LARGE})
            head = head or block[:HEAD]
            digest.update(block)
            file.write(block)
    return digest.hexdigest(), recognise(head)


def _settle(kept: Path, look: Look, brought: str) -> Arrival:
    """Into its place, small sizes first: whoever finds the content finds them too."""
    with kept.open("rb") as file:
        sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    size, place = kept.stat().st_size, place_of(sha256)
    place.parent.mkdir(exist_ok=True)
    if look.width is not None:
        for small in SIZES:
            os.replace(f"{kept}-{small}", place_of(f"{sha256}-{small}"))
            depot().put(place_of(f"{sha256}-{small}"))
    os.replace(kept, place)  # the same content again is as good, and young once more
    depot().put(place)
    return Arrival(sha256, size, look, brought)


def recognise(head: bytes) -> str:
    """The media type that the first bytes say. Raises Invalid for what is not taken."""
    if not head:
        raise Invalid(errors={"file": EMPTY}, code="file_empty")
    if rules.is_heif(head):
        return "image/heic"
    sound = sounds.recognise(head)
    if sound is not None:
        return sound
    try:
        found = {match.mime_type for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError):
        found = set()
    for media_type in rules.EXTENSIONS:
        if media_type in found and "text/html" not in found and "image/svg+xml" not in found:
            return media_type
    raise Invalid(errors={"file": REFUSED}, code="file_kind")


def discard(sha256: str) -> None:
    """Take a content and its small sizes away, wherever they lie. Raises Unavailable."""
    for name in (sha256, *(f"{sha256}-{size}" for size in SIZES)):
        place_of(name).unlink(missing_ok=True)
        depot().drop(name)


def discard_unnamed(known: set[str]) -> None:
    """Take away contents that no row names, left by something that was broken off a day ago or earlier."""
    oldest = time.time() - STALE_SECONDS
    for path in list(folder().rglob("*")):
        if path.is_file() and path.name.partition("-")[0] not in known and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
    for name, since in list(depot().names()):
        if name.partition("-")[0] not in known and since.timestamp() < oldest:
            depot().drop(name)


def forget_copies() -> None:
    """Where contents lie elsewhere, take copies away that were made a week ago or earlier."""
    if not depot().apart:
        return
    oldest = time.time() - COPIES_KEPT_SECONDS
    for path in list(folder().rglob("*")):
        if path.is_file() and path.stat().st_mtime < oldest:
            path.unlink(missing_ok=True)
