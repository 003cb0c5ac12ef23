"""Money: whole minor units (cents) with an ISO 4217 currency. Never a float."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

# Largest amount anyone may enter, in cents: 10 billion. Beyond it a figure is a mistake, and
# sums of a million of them still fit in a signed 64-bit integer.
MAX_AMOUNT = 10**12
NARROW_SPACE, NO_BREAK_SPACE, MINUS = "\u202f", "\u00a0", "\u2212"
# The rate of the company's own currency. Rates are whole billionths of the company's minor unit for one
# minor unit of the other currency.
UNIT_RATE = 10**9
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'’_")
# Currencies whose minor unit is not a hundredth (ISO 4217).
_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX"), 0),
    **dict.fromkeys(("VND", "VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP"}


class BadAmount(ValueError):
    """The text is not an amount; `code` is `not_a_number`, `too_large` or `ambiguous`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Money:
    """An amount of minor units in a currency. Sums refuse to mix currencies."""

    amount: int
    currency: str = "EUR"

    def __add__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount + other.amount, self.currency)

    def __sub__(self, other: Money) -> Money:
        self._same(other)
        return Money(self.amount - other.amount, self.currency)

    def _same(self, other: Money) -> None:
        if self.currency != other.currency:
            raise ValueError(f"cannot mix {self.currency} and {other.currency}")

    def as_json(self) -> dict[str, int | str]:
        return {"amount": self.amount, "currency": self.currency}


def to_minor(value: Decimal, digits: int = 2) -> int:
    """Minor units of a decimal amount, rounded half up (away from zero), as files are read.

    Raises BadAmount when it is not finite or beyond MAX_AMOUNT.
    """
    if not value.is_finite():
        raise BadAmount("not_a_number")
    if abs(value) > Decimal(MAX_AMOUNT).scaleb(-digits):
        raise BadAmount("too_large")
    return int(value.scaleb(digits).quantize(Decimal(1), rounding=ROUND_HALF_UP))


def minor_digits(currency: str) -> int:
    """How many decimals a currency has: cents everywhere but where ISO 4217 says otherwise."""
    return _DIGITS.get(currency, 2)


def to_rate(value: Decimal, digits: int = 2, own_digits: int = 2) -> int:
    """A rate as sources write it (company currency for one unit) in billionths between minor units.

    `digits` are the decimals of the other currency, `own_digits` those of the company's.
    Raises BadAmount when it is not finite, not positive, or too large to be a rate.
    """
    if not value.is_finite() or value <= 0:
        raise BadAmount("not_a_number")
    if value > 10**6:
        raise BadAmount("too_large")
    rate = int((value.scaleb(own_digits - digits) * UNIT_RATE).quantize(Decimal(1), rounding=ROUND_HALF_UP))
    if rate == 0:
        raise BadAmount("not_a_number")
    return rate


def convert(amount: int, rate: int) -> int:
    """Minor units of the company's currency for `amount` minor units, rounded half away from zero."""
    if rate == UNIT_RATE:
        return amount
    value = (2 * abs(amount) * rate + UNIT_RATE) // (2 * UNIT_RATE)
    return -value if amount < 0 else value


def parse_amount(text: str, decimal_mark: str | None = None, digits: int = 2) -> int:
    """Minor units of an amount as people and systems write it: `1 234,56`, `1,234.56`, `(12.5)`, `12-`.

    `decimal_mark` (`,` or `.`) settles what a single separator followed by three digits means;
    without it such a text (`1.234`) is read as decimal only when nothing else is possible.
    Raises BadAmount.
    """
    body = text.strip().translate(_SPACES)
    for symbol in _SYMBOLS:
        body = body.replace(symbol, "")
    negative = False
    if body.startswith("(") and body.endswith(")"):
        negative, body = True, body[1:-1]
    if body.endswith("-"):
        negative, body = not negative, body[:-1]
    if body[:1] in ("-", "+", MINUS):
        negative, body = negative != (body[0] in ("-", MINUS)), body[1:]
    amount = to_minor(_decimal(body, decimal_mark), digits)
    return -amount if negative else amount


def _decimal(body: str, decimal_mark: str | None) -> Decimal:
    mark = decimal_mark or _decimal_mark(body)
    group = "," if mark == "." else "."
    shape = rf"(\d{{1,3}}(?:{re.escape(group)}\d{{3}})+|\d*)(?:{re.escape(mark)}(\d*))?"
    found = re.fullmatch(shape, body, re.ASCII)
    if found is None or not (found[1] or found[2]) or len(body) > 40:
        raise BadAmount("not_a_number")
    return Decimal(f"{found[1].replace(group, '') or '0'}.{found[2] or '0'}")


def _decimal_mark(body: str) -> str:
    """Which of `,` and `.` is the decimal mark: the last one written, unless it repeats."""
    comma, dot = body.rfind(","), body.rfind(".")
    if comma == -1:
        return "," if body.count(".") > 1 else "."
    if dot == -1:
        return "." if body.count(",") > 1 else ","
    return "," if comma > dot else "."


def format_money(amount: int, currency: str = "EUR", locale: str = "fr", *, cents: bool = True) -> str:
    """An amount of minor units for reading: `1 234,56 €` in French, `€1,234.56` in English.

    Without `cents` the amount is rounded half up to whole units.
    """
    sign = MINUS if amount < 0 else ""
    digits = minor_digits(currency)
    unit = 10**digits
    cents = cents and digits > 0
    if cents:
        units, rest = divmod(abs(amount), unit)
    else:
        units, rest = (abs(amount) + unit // 2) // unit, 0
    symbol = {code: mark for mark, code in _SYMBOLS.items()}.get(currency, currency)
    if locale == "en":
        body = f"{units:,}" + (f".{rest:0{digits}d}" if cents else "")
        return f"{sign}{symbol}{body}" if len(symbol) == 1 else f"{sign}{symbol} {body}"
    body = f"{units:,}".replace(",", NARROW_SPACE) + (f",{rest:0{digits}d}" if cents else "")
    return f"{sign}{body}{NO_BREAK_SPACE}{symbol}"


def field_amount(amount: int, currency: str = "EUR", locale: str = "fr") -> str:
    """An amount of minor units as a form's field holds it: `1 234,50`, `60 000`; read by `parse_amount`."""
    digits = minor_digits(currency)
    units, rest = divmod(amount, 10**digits)
    group, mark = (",", ".") if locale == "en" else (NARROW_SPACE, ",")
    return f"{units:,}".replace(",", group) + (f"{mark}{rest:0{digits}d}" if rest else "")
