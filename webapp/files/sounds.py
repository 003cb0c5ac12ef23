"""Voice notes as browsers record them (WebM, Ogg, MP4): is it a sound alone, and how long? Pure, on bytes.

Only the frame around the sound is read: nothing is decoded.
"""

from __future__ import annotations

from collections.abc import Iterator

WEBM, OGG, MP4 = "audio/webm", "audio/ogg", "audio/mp4"
LONGEST_MS = 125_000  # two minutes, and the time to press the button
_EBML = b"\x1a\x45\xdf\xa3"
# Elements of Matroska (RFC 9559) that hold others, and those that are read.
_SEGMENT, _TRACKS, _ENTRY, _CLUSTER = 0x18538067, 0x1654AE6B, 0xAE, 0x1F43B675
_TIME, _BLOCK, _GROUP, _GROUP_BLOCK, _TYPE, _DOCTYPE = 0xE7, 0xA3, 0xA0, 0xA1, 0x83, 0x4282
_INFO, _SCALE = 0x1549A966, 0x2AD7B1
_HOLDERS = {0x1A45DFA3, _SEGMENT, _TRACKS, _ENTRY, _CLUSTER, _GROUP, _INFO}
_BOXES = {b"moov", b"trak", b"mdia", b"moof", b"traf", b"mvex"}
MOST_PARTS = 200_000


class Film(ValueError):
    """There are pictures in it."""


def recognise(head: bytes) -> str | None:
    """The media type the first bytes may be; `length` says whether it is a sound alone."""
    if head[:4] == _EBML:
        return WEBM
    if head[:4] == b"OggS":
        return OGG
    return MP4 if head[4:8] == b"ftyp" else None


def length(media_type: str, content: bytes) -> int:
    """Milliseconds of a sound. Raises Film for one, ValueError for what cannot be read."""
    try:
        found = {WEBM: _webm, OGG: _ogg, MP4: _mp4}[media_type](content)
    except IndexError as error:
        raise ValueError("broken off") from error
    if found <= 0:
        raise ValueError("no sound")
    return found


def _webm(content: bytes) -> int:
    kinds: set[int] = set()
    doctype, scale, cluster, last = b"", 1_000_000, 0, 0
    for name, body in _elements(content):
        if name == _DOCTYPE:
            doctype = body
        elif name == _SCALE:
            scale = int.from_bytes(body, "big")
        elif name == _TYPE:
            kinds.add(int.from_bytes(body, "big"))
        elif name == _TIME:
            cluster = int.from_bytes(body, "big")
        elif name in (_BLOCK, _GROUP_BLOCK):
            _, size = _number(body, 0, keep_mark=False)
            last = max(last, cluster + int.from_bytes(body[size : size + 2], "big", signed=True))
    if 1 in kinds:
        raise Film
    if kinds != {2} or doctype not in (b"webm", b"matroska"):
        raise ValueError("not a sound alone")
    return last * scale // 1_000_000


def _elements(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Elements in their order, those of a holder after it; a holder of unknown size goes to the end."""
    position = 0
    for _ in range(MOST_PARTS):
        if position >= len(content):
            return
        name, size = _number(content, position, keep_mark=True)
        position += size
        if position >= len(content):
            return
        weight, size = _number(content, position, keep_mark=False)
        position += size
        if name in _HOLDERS:
            continue
        if position + weight > len(content):
            return  # the recorder was stopped here
        yield name, content[position : position + weight]
        position += weight
    raise ValueError("too many parts")


def _number(content: bytes, position: int, *, keep_mark: bool) -> tuple[int, int]:
    """A number of variable length and how many bytes it takes."""
    first = content[position]
    size = 9 - first.bit_length()
    if size > 8:
        raise ValueError("no number")
    value = int.from_bytes(content[position : position + size], "big")
    return (value if keep_mark else value & ((1 << 7 * size) - 1)), size


def _ogg(content: bytes) -> int:
    """Opus in Ogg (RFC 7845): the last page says how many samples of 48 kHz there are."""
    if b"theora" in content[:512]:
        raise Film
    if content[28:36] != b"OpusHead" or len(content) < 48:
        raise ValueError("not a sound alone")
    skipped = int.from_bytes(content[38:40], "little")
    last = content.rfind(b"OggS")
    samples = int.from_bytes(content[last + 6 : last + 14], "little", signed=True)
    return (samples - skipped) // 48


def _mp4(content: bytes) -> int:
    """ISO 14496-12: the header's duration, or, in fragments, what the last one reaches."""
    handlers: set[bytes] = set()
    scale = whole = reached = base = each = 0
    for name, body in _boxes(content, 0, len(content)):
        long = body[:1] == b"\x01"
        if name == b"hdlr":
            handlers.add(body[8:12])
        elif name == b"mdhd":
            at, wide = (20, 8) if long else (12, 4)
            scale = int.from_bytes(body[at : at + 4], "big")
            whole = int.from_bytes(body[at + 4 : at + 4 + wide], "big")
        elif name == b"trex":
            each = int.from_bytes(body[12:16], "big")
        elif name == b"tfhd":
            each = _default_length(body) or each
        elif name == b"tfdt":
            base = int.from_bytes(body[4:12] if long else body[4:8], "big")
        elif name == b"trun":
            base += _run_length(body, each)
            reached = max(reached, base)
    if b"vide" in handlers:
        raise Film
    if b"soun" not in handlers or not scale:
        raise ValueError("not a sound alone")
    return (reached or whole) * 1000 // scale


def _boxes(content: bytes, start: int, end: int, depth: int = 0) -> Iterator[tuple[bytes, bytes]]:
    while start + 8 <= end:
        weight, name = int.from_bytes(content[start : start + 4], "big"), content[start + 4 : start + 8]
        head = 8
        if weight == 1:
            weight, head = int.from_bytes(content[start + 8 : start + 16], "big"), 16
        stop = end if weight == 0 else start + weight
        if stop < start + head or stop > end:
            return
        if name in _BOXES and depth < 6:
            yield from _boxes(content, start + head, stop, depth + 1)
        elif name != b"mdat":
            yield name, content[start + head : stop]
        start = stop


def _default_length(body: bytes) -> int:
    """`tfhd`: how long a sample of this fragment is, when it says so."""
    flags, at = int.from_bytes(body[1:4], "big"), 8
    at += 8 if flags & 0x1 else 0
    at += 4 if flags & 0x2 else 0
    return int.from_bytes(body[at : at + 4], "big") if flags & 0x8 else 0


def _run_length(body: bytes, each: int) -> int:
    """`trun`: how long its samples are together."""
    flags, count = int.from_bytes(body[1:4], "big"), int.from_bytes(body[4:8], "big")
    if not flags & 0x100:
        return count * each
    at = 8 + (4 if flags & 0x1 else 0) + (4 if flags & 0x4 else 0)
    step = 4 * sum(bool(flags & flag) for flag in (0x100, 0x200, 0x400, 0x800))
    if at + count * step > len(body):
        raise ValueError("broken off")
    return sum(int.from_bytes(body[at + n * step : at + n * step + 4], "big") for n in range(count))
