"""What a sentence says of money and of a day: "12 000 € vendredi", "le solde le 30", "6 k€ on Friday".

A guess that fills a form for a person to check, never a fact. Pure: today is passed in.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, timedelta

from webapp.core.money import MAX_AMOUNT, BadAmount, parse_amount

_GAP = r"[ \u00a0\u202f]"
_NUMBER = (
    r"\d{1,3}(?:[ \u00a0\u202f.’']\d{3})+(?:,\d{1,2})?"  # 12 000,50
    r"|\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?"  # 12,000.50
    r"|\d+(?:[.,]\d{1,2})?"
)
_UNIT = r"k€|keur|k|m€|€|eur(?:os?)?"
_AMOUNTS = re.compile(
    rf"(?<![\w/.,-])(?:€\s?(?P<after>{_NUMBER})|(?P<before>{_NUMBER})\s?(?P<unit>{_UNIT}))(?!\w)"
    rf"|(?<!\d{_GAP})(?<![\w/.,-])(?P<bare>\d{{1,3}}(?:{_GAP}\d{{3}})+(?:,\d{{1,2}})?)(?!{_GAP}?[\d%/-])",
    re.IGNORECASE,
)
_TIMES = {"k": 1_000, "m": 1_000_000}


def _placed(names: str, first: int) -> dict[str, int]:
    return {name: place for place, name in enumerate(names.split(), first)}


_WEEKDAYS = {
    **_placed("lundi mardi mercredi jeudi vendredi samedi dimanche", 0),
    **_placed("monday tuesday wednesday thursday friday saturday sunday", 0),
}
_MONTHS = {
    **_placed("janvier février mars avril mai juin juillet août septembre octobre novembre décembre", 1),
    **_placed("january february march april may june july august september october november december", 1),
    **{"fevrier": 2, "aout": 8, "decembre": 12},
}
_SOON = {
    "aujourd'hui": 0, "aujourd’hui": 0, "today": 0, "demain": 1, "tomorrow": 1,
    "après-demain": 2, "apres-demain": 2,
}  # fmt: skip
_MONTH = "|".join(_MONTHS)
_DAYS = re.compile(
    r"(?<![\w/.-])(?:"
    r"(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<day>\d{1,2})[/.-](?P<month>\d{1,2})(?:[/.-](?P<year>\d{4}|\d{2}))?"
    rf"|(?P<nth>\d{{1,2}})(?:er|st|nd|rd|th)?\s+(?:of\s+)?(?P<named>{_MONTH})(?:\s+(?P<named_year>\d{{4}}))?"
    rf"|(?:fin|end of)\s+(?P<end>{_MONTH})"
    r"|(?P<month_end>fin (?:du|de) mois|end of (?:the )?month)"
    r"|(?:sous|dans|d['’]ici|in|within)\s+(?P<within>\d{1,2})\s+(?:jours?|days?)"
    r"|(?:le|au|the)\s+(?P<alone>\d{1,2})(?:er|st|nd|rd|th)?(?!\s*[\d€k%])"
    rf"|(?P<soon>{'|'.join(sorted(_SOON, key=len, reverse=True))})"
    rf"|(?P<weekday>{'|'.join(_WEEKDAYS)})"
    r")(?![\w/-])",
    re.IGNORECASE,
)


def amount_said(text: str) -> int | None:
    """Cents of the first amount in a sentence: one with its unit first, else one written by thousands."""
    found = list(_AMOUNTS.finditer(text))
    found.sort(key=lambda each: each["bare"] is not None)
    for each in found:
        amount = _cents(each)
        if amount is not None and 0 < amount <= MAX_AMOUNT:
            return amount
    return None


def _cents(found: re.Match[str]) -> int | None:
    times = _TIMES.get((found["unit"] or "").lower()[:1], 1)
    try:
        return parse_amount(found["after"] or found["before"] or found["bare"]) * times
    except BadAmount:
        return None


def day_said(text: str, today: date) -> date | None:
    """The first day in a sentence that is not past: what is said of a day to come is the next such day."""
    for found in _DAYS.finditer(text):
        day = _day(found, today)
        if day is not None and day >= today:
            return day
    return None


def _day(found: re.Match[str], today: date) -> date | None:
    named = {name: text.lower() for name, text in found.groupdict().items() if text}
    try:
        if "iso" in named:
            return date.fromisoformat(named["iso"])
        if "day" in named:
            return _numbered(int(named["day"]), int(named["month"]), named.get("year"), today)
        if "nth" in named:
            return _numbered(int(named["nth"]), _MONTHS[named["named"]], named.get("named_year"), today)
        if "alone" in named:
            return next(_months_with(int(named["alone"]), today), None)
    except ValueError:
        return None
    return _relative(named, today)


def _relative(named: dict[str, str], today: date) -> date:
    if "end" in named:
        month = _MONTHS[named["end"]]
        year = today.year + (month < today.month)
        return date(year, month, monthrange(year, month)[1])
    if "month_end" in named:
        return today.replace(day=monthrange(today.year, today.month)[1])
    if "within" in named:
        return today + timedelta(days=int(named["within"]))
    if "soon" in named:
        return today + timedelta(days=_SOON[named["soon"]])
    return today + timedelta(days=(_WEEKDAYS[named["weekday"]] - today.weekday() - 1) % 7 + 1)


def _numbered(day: int, month: int, year: str | None, today: date) -> date:
    """That day of the year written, else of this one, or of the next when it is past. Raises ValueError."""
    if year is not None:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    this = date(today.year, month, day)
    return this if this >= today else date(today.year + 1, month, day)


def _months_with(day: int, today: date) -> Iterator[date]:
    """That day of this month and of the coming ones, where they have it, from today on."""
    for ahead in range(3):
        year, month = divmod(today.year * 12 + today.month - 1 + ahead, 12)
        if 0 < day <= monthrange(year, month + 1)[1] and date(year, month + 1, day) >= today:
            yield date(year, month + 1, day)
