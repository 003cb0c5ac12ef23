"""Pure decisions about files: which kinds are taken, how much one may leave lying about."""

from __future__ import annotations

import re
from datetime import timedelta

MEGABYTE = 1024 * 1024
LARGEST = 15 * MEGABYTE
LOOSE_QUOTA = 200 * MEGABYTE  # what one person may hold that hangs on nothing
LOOSE_KEPT = timedelta(days=7)
LONGEST_NAME = 120

# What is taken, and how a saved copy is called. SVG and HTML are programs, not pictures: refused.
EXTENSIONS = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/webp": "webp",
    "image/heic": "jpg",  # shown as JPEG everywhere, so kept as one
    "audio/webm": "webm",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
}
PICTURES = frozenset({"image/jpeg", "image/png", "image/webp", "image/heic"})
SOUNDS = frozenset({"audio/webm", "audio/ogg", "audio/mp4"})
PAPERS = frozenset({"application/pdf"}) | PICTURES  # what a document of a client can be
# Brands of the ISO container that hold a HEIF still picture (ISO/IEC 23008-12, annexes B and D).
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"mif1", b"msf1"})


def is_heif(head: bytes) -> bool:
    """Do these first bytes open a HEIF picture, as phones write them?"""
    return head[4:8] == b"ftyp" and head[8:12] in _HEIF_BRANDS


def clean_name(name: str, media_type: str) -> str:
    """A name to save it under: no folder, no odd sign, and the extension its content has.

    `name` is what the browser said, which may be anything; `media_type` is a key of EXTENSIONS.
    """
    last = re.split(r"[\\/]", name)[-1]
    stem = last.rpartition(".")[0] or last
    stem = re.sub(r"[^\w .()-]+", "_", stem).strip(" ._") or "fichier"
    extension = EXTENSIONS[media_type]
    return f"{stem[: LONGEST_NAME - len(extension) - 1].rstrip()}.{extension}"
