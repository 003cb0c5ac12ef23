"""What a cell means: dates, amounts, references. Decided once a column, over all its values."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from webapp.core.money import BadAmount, parse_amount

FIRST_YEAR, LAST_YEAR = 1990, 2100
_TIME = r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d+))?)?\s*(?:Z|[+-]\d{2}:?\d{2}|[AaPp][Mm])?)?"
_SHAPES = {
    "ymd": re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})" + _TIME),
    "compact": re.compile(r"(\d{4})(\d{2})(\d{2})(?:\.0+)?"),
    "dmy": re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _TIME),
    "mdy": re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})" + _TIME),
    "dmony": re.compile(r"(\d{1,2})[-/. ]([^\W\d_]{3,9})\.?[-/. ](\d{4}|\d{2})" + _TIME),
}
_MONTHS = {
    **{name: number for number, name in enumerate(
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], 1)},
    **{"janv": 1, "fev": 2, "fevr": 2, "mars": 3, "avr": 4, "mai": 5, "juin": 6, "juil": 7, "aou": 8,
       "aout": 8, "sept": 9, "octo": 10, "nove": 11, "dece": 12, "janvier": 1, "fevrier": 2, "avril": 4,
       "juillet": 7, "septembre": 9, "octobre": 10, "novembre": 11, "decembre": 12},
    **{"january": 1, "february": 2, "march": 3, "april": 4, "june": 6, "july": 7, "august": 8,
       "september": 9, "october": 10, "november": 11, "december": 12},
}  # fmt: skip
_METHODS = {
    "transfer": ("virement", "vir", "transfer", "banktransfer", "wire", "sepact", "vrt"),
    "direct_debit": ("prelevement", "prlv", "plv", "directdebit", "sepadd", "prel"),
    "bill_of_exchange": ("lcr", "traite", "effet", "billofexchange", "boe", "billet"),
    "cheque": ("cheque", "chq", "check", "ch"),
    "card": ("carte", "cb", "card", "cartebancaire", "creditcard"),
    "cash": ("especes", "esp", "cash", "liquide"),
}
FLOAT_REF = re.compile(r"(\d+)\.0+")
SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+?\d+")
EMPTY = frozenset({"", "null", "none", "nan", "nat", "n/a", "na", "-", "#n/a"})


def is_empty(text: str) -> bool:
    """Nothing was said: empty, or one of the words systems write for it."""
    return text.strip().lower() in EMPTY


def _plain(word: str) -> str:
    folded = unicodedata.normalize("NFKD", word.lower())
    return "".join(char for char in folded if not unicodedata.combining(char))


def read_date(text: str, shape: str) -> date | None:
    """The day written in `text` under one of the shapes, or None when it is not one.

    `ymd`, `compact` (20261124), `dmy`, `mdy`, `dmony` (24-Nov-26); a time after it is ignored.
    """
    found = _SHAPES[shape].fullmatch(text.strip())
    if found is None:
        return None
    first, second, third = found[1], found[2], found[3]
    if shape in ("ymd", "compact"):
        year, month, day = int(first), int(second), int(third)
    elif shape == "mdy":
        year, month, day = _year(third), int(first), int(second)
    elif shape == "dmy":
        year, month, day = _year(third), int(second), int(first)
    else:
        year, month, day = _year(third), _MONTHS.get(_plain(second), 0), int(first)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _year(text: str) -> int:
    year = int(text)
    return year if len(text) == 4 else 2000 + year if year < 70 else 1900 + year


def time_of_day(text: str) -> tuple[bool, bool]:
    """Does the instant carry an hour other than midnight, and a fraction of a second other than zero?

    Nobody books a payment at a fraction of a second.
    """
    for shape, pattern in _SHAPES.items():
        found = None if shape == "compact" else pattern.fullmatch(text.strip())
        if found is not None:
            hour = any(part and part.strip("0") for part in (found[4], found[5], found[6]))
            return hour, bool(found[7] and found[7].strip("0"))
    return False, False


@dataclass
class DateColumn:
    """What a column of dates looks like, value after value."""

    values: int = 0
    fits: Counter[str] = field(default_factory=Counter)
    fractions: int = 0
    timed: int = 0

    def add(self, text: str, times: int = 1) -> None:
        """Look at a value met so many times."""
        if is_empty(text):
            return
        self.values += times
        self.fits.update({shape: times for shape in _SHAPES if read_date(text, shape) is not None})
        hour, fraction = time_of_day(text)
        self.timed += hour * times
        self.fractions += fraction * times

    @property
    def shape(self) -> str:
        """The reading that fits most values; day first where both day and month first fit all."""
        order = ("ymd", "dmy", "mdy", "dmony", "compact")
        return max(order, key=lambda shape: (self.fits[shape], -order.index(shape)))

    @property
    def ambiguous(self) -> bool:
        """Both day first and month first fit every value: which one it is, is a guess."""
        return self.shape == "dmy" and self.fits["mdy"] == self.fits["dmy"] > 0

    @property
    def likely(self) -> bool:
        """Is this a column of dates at all?"""
        return self.values > 0 and self.fits[self.shape] >= 0.8 * self.values

    @property
    def computed(self) -> bool:
        """Instants to the fraction of a second: computed by a program, not booked by a person."""
        return self.values > 0 and self.fractions >= 0.5 * self.values


@dataclass
class AmountColumn:
    """How a column writes its decimals."""

    values: int = 0
    marks: Counter[str] = field(default_factory=Counter)
    unclear: Counter[str] = field(default_factory=Counter)  # `1.234`: a thousand, or one and a bit
    readable: int = 0

    def add(self, text: str, times: int = 1) -> None:
        """Look at a value met so many times."""
        if is_empty(text):
            return
        self.values += times
        body = re.sub(r"[^\d.,]", "", text)
        last = max(body.rfind(","), body.rfind("."))
        if last >= 0:
            mark = body[last]
            both, decimals = "." in body and "," in body, len(body) - last - 1
            if body.count(mark) > 1:
                self.marks["," if mark == "." else "."] += times
            elif both or decimals != 3 or not 1 <= last <= 3 or body[0] == "0":
                self.marks[mark] += times
            else:
                self.unclear[mark] += times
        try:
            parse_amount(text)
            self.readable += times
        except BadAmount:
            pass

    @property
    def mark(self) -> str | None:
        """`,` or `.` when some value settles it, else None.

        Where every mark is followed by three digits, it groups thousands: nobody writes amounts
        with exactly three decimals everywhere. As many of both: a comma, whatever came first.
        """
        if self.marks:
            return max(self.marks, key=lambda mark: (self.marks[mark], mark == ","))
        if self.unclear:
            grouping = max(self.unclear, key=lambda mark: (self.unclear[mark], mark == "."))
            return "," if grouping == "." else "."
        return None

    @property
    def ambiguous(self) -> bool:
        """Nothing in the column says whether `1.234` is a thousand or one and a bit."""
        return bool(self.unclear) and not self.marks

    @property
    def likely(self) -> bool:
        return self.values > 0 and self.readable >= 0.9 * self.values


@dataclass
class RefColumn:
    """How a column writes references: as texts, or as floats that a spreadsheet made of them."""

    values: int = 0
    floats: int = 0

    def add(self, text: str, times: int = 1) -> None:
        """Look at a value met so many times."""
        if not is_empty(text):
            self.values += times
            self.floats += times * (FLOAT_REF.fullmatch(text) is not None)

    @property
    def as_floats(self) -> bool:
        return self.values > 0 and self.floats == self.values


def read_ref(text: str, *, as_floats: bool) -> tuple[str, str | None]:
    """A reference as it was before a spreadsheet read it, and None; or the text and why not.

    `2960623488.0` is 2960623488 where the whole column is so; `1.93E+09` cannot be known:
    `scientific`. Leading zeros stay.
    """
    clean = " ".join(text.split())
    if SCIENTIFIC.fullmatch(clean):
        return clean, "scientific"
    if len(clean) > 64:
        return clean[:64], "too_long"
    if any(unicodedata.category(char) in ("Cc", "Cs") for char in clean):
        return clean, "control_character"
    found = FLOAT_REF.fullmatch(clean) if as_floats else None
    return (found[1] if found else clean), None


def clean_text(text: str) -> str:
    """A name or address on one line, without invisible characters."""
    visible = "".join(" " if unicodedata.category(char) in ("Cc", "Cs") else char for char in text)
    return " ".join(visible.split())


def read_rate(text: str) -> tuple[Decimal | None, str | None]:
    """What one unit of a currency is worth in the company's, and None; or None and `rate`."""
    body = "".join(text.split()).replace(",", ".")
    if re.fullmatch(r"[0-9]{1,9}(?:\.[0-9]{1,12})?", body) and Decimal(body) > 0:
        return Decimal(body), None
    return None, "rate"


def read_method(text: str) -> str | None:
    """How a payment came, as systems write it; None when the word is not known."""
    word = re.sub(r"[^a-z]", "", _plain(text))
    return next((method for method, words in _METHODS.items() if word in words), None)


def read_kind(text: str) -> str | None:
    """`invoice` or `credit_note` as systems write it (FA, AV, avoir, credit note, 380, 381 …)."""
    word = _plain(text).strip().replace("_", " ")
    if word in ("", "facture", "fa", "f", "invoice", "inv", "fac", "380", "rv", "dr", "vente"):
        return "invoice"
    if word in ("avoir", "av", "a", "credit note", "credit", "cn", "cm", "381", "creditnote", "avo", "rc"):
        return "credit_note"
    if word in ("acompte", "deposit", "ac", "386"):
        return "deposit"
    return None
