"""What a file is before it is read as text: its true nature and its encoding."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from charset_normalizer import from_bytes

Source = Path | bytes
HEAD = 4096
BLOCK = 1 << 20
SAMPLE = 1 << 16

# Openings of files that are no text, and the name people give them.
_MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"%PDF", "pdf"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"\x89PNG", "image"),
    (b"\xff\xd8\xff", "image"),
    (b"GIF8", "image"),
    (b"II*\x00", "image"),
    (b"MM\x00*", "image"),
    (b"\x1f\x8b", "gzip"),
    (b"BZh", "archive"),
    (b"7z\xbc\xaf\x27\x1c", "archive"),
    (b"Rar!", "archive"),
    (b"\xfd7zXZ", "archive"),
    (b"{\\rtf", "rtf"),
    (b"SQLite format 3", "binary"),
    (b"\x7fELF", "binary"),
)
_BOMS: tuple[tuple[bytes, str], ...] = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NAMES = {
    "utf-8": "UTF-8",
    "utf-8-sig": "UTF-8",
    "utf-16": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
}
NAMES |= {"latin-1": "ISO-8859-1", "mac_roman": "Mac Roman", "cp850": "CP850", "ascii": "ASCII"}
_LETTERS = frozenset("éèêëàâäçùûüôöîïÿÉÈÊËÀÂÄÇÙÛÜÔÖÎÏœŒæÆ’‘“”«»°€£…–—ñáíóúßãõåøÑÁÓÚØÅ№§²\u00a0")
_UNDEFINED_1252 = frozenset(b"\x81\x8d\x8f\x90\x9d")


class Unreadable(Exception):
    """The file cannot be read at all: `code` and `params` make the sentence, `line` says where."""

    def __init__(self, code: str, line: int | None = None, **params: object) -> None:
        super().__init__(code)
        self.code, self.line, self.params = code, line, params


def open_bytes(source: Source) -> BinaryIO:
    """The source as a stream of bytes; the caller closes it."""
    return io.BytesIO(source) if isinstance(source, bytes) else source.open("rb")


def _blocks(source: Source) -> Iterator[bytes]:
    with open_bytes(source) as stream:
        while block := stream.read(BLOCK):
            yield block


def check_nature(source: Source) -> None:
    """Raises Unreadable when the file is empty, or something else than text: `is_pdf`, `is_xlsx` …"""
    with open_bytes(source) as stream:
        head = stream.read(HEAD)
    if not head.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("empty")
    for magic, name in _MAGIC:
        if head.startswith(magic):
            raise Unreadable(f"is_{name}")
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        raise Unreadable(f"is_{_archive(source, head)}")
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        raise Unreadable("is_image")
    text = head.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if text.startswith((b"<!doctype html", b"<html", b"<table")):
        raise Unreadable("is_html")
    if text.startswith((b"<?xml", b"<")) and b">" in text[:2000]:
        raise Unreadable("is_xml")
    if text.startswith((b"{", b"[{", b"[\n")) and b'"' in text[:200] and b":" in text[:400]:
        raise Unreadable("is_json")


def _archive(source: Source, head: bytes) -> str:
    """Which of the many things that are ZIP archives."""
    if b"mimetypeapplication/vnd.oasis.opendocument" in head:
        return "ods"
    with open_bytes(source) as stream:
        stream.seek(0, io.SEEK_END)
        stream.seek(max(0, stream.tell() - (1 << 16)))
        tail = stream.read()
    if b"xl/" in head + tail:
        return "xlsx"
    return "docx" if b"word/" in head + tail else "zip"


def find_encoding(source: Source) -> str:
    """The encoding of the whole file. Raises Unreadable for NUL bytes or broken UTF-8."""
    with open_bytes(source) as stream:
        head = stream.read(4)
    for mark, name in _BOMS:
        if head.startswith(mark):
            _check_decodes(source, name)
            return name
    decoder = codecs.getincrementaldecoder("utf-8")()
    line, ascii_only, broken = 1, True, False
    for block in _blocks(source):
        if b"\x00" in block:
            raise Unreadable("nul_bytes", line=line + block[: block.index(b"\x00")].count(b"\n"))
        if broken:
            continue
        ascii_only = ascii_only and block.isascii()
        try:
            decoder.decode(block)
        except UnicodeDecodeError:
            broken = True
        line += block.count(b"\n")
    if ascii_only and not broken:
        return "ascii"
    if not broken:
        try:
            decoder.decode(b"", final=True)
            return "utf-8"
        except UnicodeDecodeError:
            pass
    return _single_byte(source)


def _check_decodes(source: Source, encoding: str) -> None:
    decoder = codecs.getincrementaldecoder(encoding)()
    line = 1
    try:
        for block in _blocks(source):
            text = decoder.decode(block)
            if "\x00" in text:
                raise Unreadable("nul_bytes", line=line + text[: text.index("\x00")].count("\n"))
            line += text.count("\n")
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Unreadable("encoding_broken", line=line, encoding=NAMES[encoding]) from None


def _single_byte(source: Source) -> str:
    """A file that is not UTF-8: Western Windows, Macintosh or DOS, judged on its accented letters."""
    high: set[int] = set()
    sample = b""
    line, first_bad = 1, 0
    good = bad = 0
    for block in _blocks(source):
        high |= set(block) - set(range(128))
        if len(sample) < SAMPLE:
            sample += b"\n".join(part for part in block.split(b"\n") if not part.isascii())[:SAMPLE]
        text = block.decode("utf-8", errors="replace")
        faults = text.count("\ufffd")
        if faults and not first_bad:
            first_bad = line + text[: text.index("\ufffd")].count("\n")
        bad += faults
        good += sum(1 for char in text if ord(char) > 127) - faults
        line += block.count(b"\n")
    if good > 4 * bad:
        raise Unreadable("encoding_broken", line=first_bad, encoding="UTF-8")
    return _best(sample, high)


def _best(sample: bytes, high: set[int]) -> str:
    scores = {name: _plausible(sample, name) for name in ("cp1252", "mac_roman", "cp850")}
    best = max(scores, key=lambda name: (scores[name], name == "cp1252"))
    if scores[best] < 0.5:
        guess = from_bytes(sample, cp_isolation=list(scores)).best()
        best = guess.encoding if guess is not None and guess.encoding in scores else "cp1252"
    return "latin-1" if best == "cp1252" and high & _UNDEFINED_1252 else best


def _plausible(sample: bytes, encoding: str) -> float:
    """Share of the characters above ASCII that are letters and signs of Western writing."""
    strange = [char for char in sample.decode(encoding, errors="replace") if ord(char) > 127]
    return sum(char in _LETTERS for char in strange) / len(strange) if strange else 0.0
