"""Which documents a remittance text names: `VIR SEPA DUPONT FACT 12345 ET 12346`.

Banks cut, fold and glue these texts, so a reference is looked for as it is written, then by its
number alone, then by the end of its number. What looks like a date, an amount or a bank's own code
(letters and digits alternating) is no number.
"""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from webapp.payments.rules.evidence import Item

HOW = ("exact", "number", "range", "tail")  # strongest first
LONG = 5  # a number this long needs no word before it
SHORT = 2  # nothing is read into fewer digits, even after a word
WIDEST_RANGE = 60
MOST_TEXT = 1000
_WORDS = frozenset(
    (
        *("F", "FA", "FAC", "FACT", "FACTS", "FACTURE", "FACTURES", "FC", "FCT", "FRA", "FV", "VTE", "VT"),
        *("AV", "AVOIR", "AVOIRS", "INV", "INVOICE", "INVOICES", "BILL", "RE", "RG", "RECHNUNG"),
        *("N", "NO", "NR", "NUM", "NUMERO", "REF", "REFS", "REFERENCE", "PIECE", "PIECES"),
        *("RGLT", "RGT", "REGLEMENT", "SOLDE", "DU"),
    )
)
_LINKS = frozenset(("ET", "AND", "UND", "PLUS", "ETC"))
_UNTIL = frozenset(("A", "AU", "TO", "JUSQU"))
_DATE = re.compile(r"\b\d{1,2}[/.]\d{1,2}[/.]\d{2}(?:\d{2})?\b|\b\d{4}-\d\d-\d\d\b")
_AMOUNT = re.compile(r"\b\d{1,3}(?:[ .]\d{3})*[,.]\d\d\b|\b\d+[,.]\d\d\b|\b\d+ ?(?:EUR|EUROS)\b|€ ?\d+")
_TOKEN = re.compile(r"[A-Z0-9]+|[-/,+&]")
_PLAIN = re.compile(r"([A-Z]*)(\d+)")


@dataclass(frozen=True, slots=True)
class Mention:
    """A document the text names, and how: one of HOW."""

    item: Item
    how: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a text says: documents it names, and numbers it calls invoices that nobody knows."""

    mentions: tuple[Mention, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(slots=True)
class _Number:
    digits: str
    told: bool  # a word such as FACT stands before it, or before the list it continues
    joined: str  # the separator before it, when a number precedes
    until: bool  # "12345 A 12349": the end of a range


class _Index:
    """Open documents by what a text may call them."""

    def __init__(self, items: Sequence[Item]) -> None:
        self.written: dict[str, list[Item]] = defaultdict(list)
        self.numbers: dict[str, list[Item]] = defaultdict(list)
        self.lasts: dict[str, list[Item]] = defaultdict(list)
        for item in items:
            compact = "".join(re.findall(r"[A-Z0-9]+", _plain(item.ref)))
            groups = re.findall(r"\d+", compact)
            self.written[compact].append(item)
            if groups:
                self.numbers[_bare("".join(re.findall(r"\d+", item.ref)))].append(item)
                self.lasts[_bare(re.findall(r"\d+", item.ref)[-1])].append(item)

    def by_number(self, digits: str) -> Item | None:
        found = self.numbers.get(_bare(digits), ())
        return found[0] if len(found) == 1 else None

    def by_tail(self, digits: str) -> Item | None:
        """The only document whose number ends so."""
        found = {each.id: each for each in self.lasts.get(_bare(digits), ())}
        if not found and len(digits) >= 3:
            ending = [
                each for number, held in self.numbers.items() if number.endswith(digits) for each in held
            ]
            found = {each.id: each for each in ending}
        return next(iter(found.values())) if len(found) == 1 else None


def read_text(text: str, items: Sequence[Item]) -> Reading:
    """The documents among `items` that a remittance text names, strongest way each, oldest first."""
    index = _Index(items)
    plain = _AMOUNT.sub(" ", _DATE.sub(" ", _plain(text[:MOST_TEXT])))
    tokens = _TOKEN.findall(plain)
    found: dict[uuid.UUID, Mention] = {}

    def note(item: Item, how: str) -> None:
        known = found.get(item.id)
        if known is None or HOW.index(how) < HOW.index(known.how):
            found[item.id] = Mention(item, how)

    rest = _take_written(tokens, index, note)
    unknown: list[str] = []
    last: str | None = None
    for number in _numbers(rest):
        named = _resolve(number, last, index)
        if last is not None and (number.until or number.joined == "-"):
            for item in _between(last, number.digits, index):
                note(item, "range")
        if named is None:
            if number.told and len(number.digits) >= 4 and not _is_year(number.digits):
                unknown.append(number.digits)
        else:
            note(named[0], named[1])
            last = named[2]
    mentions = sorted(found.values(), key=lambda each: each.item.age_key)
    return Reading(tuple(mentions), tuple(dict.fromkeys(unknown)))


def _take_written(tokens: list[str], index: _Index, note: Callable[[Item, str], None]) -> list[str]:
    """Note references as they are written, folded or not; give back the tokens they leave."""
    rest: list[str] = []
    position = 0
    words = [token if token.isalnum() else "" for token in tokens]
    while position < len(tokens):
        for length in (6, 5, 4, 3, 2, 1):
            joined = "".join(words[position : position + length])
            held = index.written.get(joined, ()) if len(joined) >= LONG or not joined.isdigit() else ()
            if len(held) == 1 and any(letter.isdigit() for letter in joined) and words[position]:
                note(held[0], "exact")
                rest.append("+")
                position += length
                break
        else:
            rest.append(tokens[position])
            position += 1
    return rest


def _numbers(tokens: Sequence[str]) -> Iterator[_Number]:
    """The numbers of a text with what stands before each."""
    told, joined, until, after_number = False, "", False, False
    for token in tokens:
        plain = _PLAIN.fullmatch(token)
        if plain and len(plain[1]) <= 8 and SHORT <= len(plain[2]) <= 16:
            told = told or plain[1] in _WORDS
            if not plain[1] or plain[1] in _WORDS or len(plain[1]) <= 4:
                yield _Number(plain[2], told, joined if after_number else "", until)
                joined, until, after_number = " ", False, True
                continue
        if token in _UNTIL and after_number:
            until = True
        elif not token.isalnum():
            joined = token
        elif token in _WORDS:
            told = True
        elif token not in _LINKS:
            told, after_number, until = False, False, False


def _resolve(number: _Number, last: str | None, index: _Index) -> tuple[Item, str, str] | None:
    """The document a number means: (it, how, its number as written in full)."""
    digits = number.digits
    if number.joined in ("/", ",", "+", "&", "-") and last is not None and len(digits) < len(last):
        whole = last[: -len(digits)] + digits  # 12345/46: the end of the number before it
        item = index.by_number(whole) or index.by_tail(whole)
        if item is not None:
            return item, "number", whole
    if len(digits) < LONG and not number.told:
        return None
    if len(digits) >= 3 and (item := index.by_number(digits)) is not None:
        return item, "number", digits
    item = None if _is_year(digits) or not number.told else index.by_tail(digits)
    return (item, "tail", digits) if item is not None else None


def _between(first: str, last: str, index: _Index) -> Iterator[Item]:
    """Known documents with a number from `first` to `last`, when that is a range."""
    if len(last) < len(first):
        last = first[: -len(last)] + last
    if len(first) != len(last) or not 0 < int(last) - int(first) <= WIDEST_RANGE:
        return
    for number in range(int(first), int(last) + 1):
        digits = str(number).zfill(len(first))
        item = index.by_number(digits) or index.by_tail(digits)
        if item is not None:
            yield item


def _plain(text: str) -> str:
    """Capitals without accents, compatibility forms folded."""
    folded = unicodedata.normalize("NFKD", text.upper())
    return "".join(letter for letter in folded if not unicodedata.combining(letter))


def _bare(digits: str) -> str:
    return digits.lstrip("0") or "0"


def _is_year(digits: str) -> bool:
    return len(digits) == 4 and digits[:2] in ("19", "20")
