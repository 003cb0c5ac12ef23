"""The FEC (fichier des écritures comptables, LPF A47 A-1): bytes in, entries and faults out.

Written with tabs or pipes, in UTF-8 or ISO-8859-15, with commas or dots, as Debit and Credit or as Montant
and Sens; fields may be padded, and there may be more of them than the eighteen of the law.
"""

from __future__ import annotations

import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.core.money import BadAmount, parse_amount
from webapp.imports.parsers.source import Source, Unreadable, check_nature, find_encoding, open_bytes

DELIMITERS = ("\t", "|", ";")
LONGEST_LINE = 100_000
MAX_LINES = 5_000_000
NEEDED = ("journalcode", "ecriturenum", "ecrituredate", "comptenum")
_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})|(\d{2})/(\d{2})/(\d{4})")


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of the books. `amount` is in cents, a debit positive, a credit negative."""

    line: int
    journal: str
    journal_name: str
    number: str
    day: date
    account: str
    account_name: str
    client: str
    client_name: str
    piece: str
    piece_day: date
    text: str
    amount: int
    letters: str


@dataclass(frozen=True, slots=True)
class EntryFault:
    """Why a line cannot be taken: its number, the column, a code and what stood there."""

    line: int
    column: str
    code: str
    value: str = ""


@dataclass(frozen=True)
class Layout:
    """How a file is written: encoding, delimiter, and where each field stands."""

    encoding: str
    delimiter: str
    headers: tuple[str, ...]
    places: dict[str, int]


def is_fec(headers: Sequence[str]) -> bool:
    """Are these the columns of a FEC?"""
    folded = {_fold(name) for name in headers}
    amounts = {"debit", "credit"} <= folded or {"montant", "sens"} <= folded
    return amounts and set(NEEDED) <= folded


def read_layout(source: Source) -> Layout:
    """How the file is written. Raises Unreadable: what it is instead, or `no_fec`."""
    check_nature(source)
    encoding = find_encoding(source)
    if encoding in ("cp1252", "latin-1", "mac_roman", "cp850"):
        encoding = _western(source)
    with io.TextIOWrapper(open_bytes(source), encoding=encoding, newline="") as stream:
        head = stream.readline(LONGEST_LINE).rstrip("\r\n")
    delimiter = max(DELIMITERS, key=head.count)
    headers = tuple(_bare(cell) for cell in head.split(delimiter))
    if not is_fec(headers):
        raise Unreadable("no_fec")
    places: dict[str, int] = {}
    for place, name in enumerate(headers):
        places.setdefault(_fold(name), place)
    return Layout(encoding, delimiter, headers, places)


def read_entries(source: Source, layout: Layout) -> Iterator[Entry | EntryFault]:
    """Each line under the header as an entry, or why it is none; blank lines are left out.

    Raises Unreadable: `line_too_long`, `too_many_rows`, `header_only`.
    """
    count = 0
    with io.TextIOWrapper(open_bytes(source), encoding=layout.encoding, newline=None) as stream:
        stream.readline(LONGEST_LINE)
        number = 1
        while text := stream.readline(LONGEST_LINE):
            number += 1
            if len(text) == LONGEST_LINE and text[-1] != "\n":
                raise Unreadable("line_too_long", line=number)
            if not text.strip(" \t|;\r\n\x1a"):
                continue
            count += 1
            if count > MAX_LINES:
                raise Unreadable("too_many_rows")
            yield _entry(number, text.rstrip("\r\n"), layout)
    if count == 0:
        raise Unreadable("header_only")


def _entry(line: int, text: str, layout: Layout) -> Entry | EntryFault:
    cells = text.split(layout.delimiter)
    if len(cells) < len(layout.headers):
        return EntryFault(line, "", "too_few_cells")
    if any(_bare(cell) for cell in cells[len(layout.headers) :]):
        return EntryFault(line, "", "too_many_cells")

    def cell(name: str) -> str:
        place = layout.places.get(name)
        return "" if place is None else _bare(cells[place])

    day = _day(cell("ecrituredate"))
    if day is None:
        return EntryFault(
            line, "EcritureDate", "date" if cell("ecrituredate") else "missing", cell("ecrituredate")
        )
    piece_day = _day(cell("piecedate"))
    if piece_day is None and cell("piecedate"):
        return EntryFault(line, "PieceDate", "date", cell("piecedate"))
    if not cell("comptenum"):
        return EntryFault(line, "CompteNum", "missing")
    amount = _amount(line, cell)
    if isinstance(amount, EntryFault):
        return amount
    return Entry(
        line=line,
        journal=cell("journalcode"),
        journal_name=cell("journallib"),
        number=cell("ecriturenum"),
        day=day,
        account=cell("comptenum"),
        account_name=cell("comptelib"),
        client=cell("compauxnum"),
        client_name=cell("compauxlib"),
        piece=cell("pieceref"),
        piece_day=piece_day or day,
        text=cell("ecriturelib"),
        amount=amount,
        letters=cell("ecriturelet"),
    )


def _amount(line: int, cell: Any) -> int | EntryFault:
    """The debit less the credit; or the amount on the side that Sens says (D, C, or a sign)."""
    names = ("debit", "credit") if cell("debit") or cell("credit") or not cell("montant") else ("montant",)
    found: list[int] = []
    for name in names:
        text = cell(name)
        try:
            found.append(_cents(text) if text else 0)
        except BadAmount as error:
            return EntryFault(line, name.capitalize(), error.code, text)
    if len(found) == 2:
        return found[0] - found[1]
    side = cell("sens").upper()
    if side not in ("D", "C", "+1", "-1", "+", "-", "1"):
        return EntryFault(line, "Sens", "side", cell("sens"))
    return found[0] if side in ("D", "+1", "+", "1") else -found[0]


def _cents(text: str) -> int:
    """Cents. The law knows no thousands marks: the last of `,` and `.` is the decimal mark."""
    return parse_amount(text, "," if text.rfind(",") > text.rfind(".") else ".")


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    year, month, day = (found[1], found[2], found[3]) if found[1] else (found[6], found[5], found[4])
    try:
        return date(int(year), int(month), int(day)) if 1990 <= int(year) <= 2100 else None
    except ValueError:
        return None


def _bare(cell: str) -> str:
    """A field without its padding, its quotes, and characters nobody sees."""
    text = (
        "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in cell)
        if not cell.isprintable()
        else cell
    )
    text = " ".join(text.split())
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = text[1:-1].replace('""', '"').strip()
    return text


def _fold(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name.lower())
    return re.sub(r"[^a-z]", "", "".join(char for char in plain if not unicodedata.combining(char)))


def _western(source: Source) -> str:
    """The law's ISO-8859-15, unless there are bytes that only Windows-1252 has letters for."""
    with open_bytes(source) as stream:
        while block := stream.read(1 << 20):
            if re.search(rb"[\x80-\x9f]", block):
                return "cp1252" if not re.search(rb"[\x81\x8d\x8f\x90\x9d]", block) else "latin-1"
    return "iso8859-15"
