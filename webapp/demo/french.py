"""French dates and typography for what the demo's people write. Pure."""

from __future__ import annotations

import re
from datetime import date

from webapp.core.money import NARROW_SPACE, NO_BREAK_SPACE

DAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)


def polish(text: str) -> str:
    """Apostrophes and spaces as French typography sets them."""
    text = text.replace("'", "’")
    text = re.sub(r" ([?!;%])", NARROW_SPACE + r"\1", text)
    text = re.sub(r" (:)(?=\s|$)", NO_BREAK_SPACE + r"\1", text)
    return text.replace("« ", "«" + NO_BREAK_SPACE).replace(" »", NO_BREAK_SPACE + "»")


def weekday(day: date, seen_from: date) -> str:
    month = "" if day.month == seen_from.month else f" {MONTHS[day.month - 1]}"
    return f"{DAYS[day.weekday()]} {_ordinal(day.day)}{month}"


def day_month(day: date) -> str:
    return f"{_ordinal(day.day)} {MONTHS[day.month - 1]}"


def _ordinal(number: int) -> str:
    return "1er" if number == 1 else str(number)
