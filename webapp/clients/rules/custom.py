"""Answers to the company's own questions: what each kind takes, and when to ask again."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, datetime, timedelta

FIELD_KINDS = ("text", "number", "date", "yes_no", "choice")
LONGEST_ANSWER = 400
_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(?:[.,][0-9]{1,6})?\Z")
_GAPS = re.compile(r"[\s\u00a0\u202f]+")


def clean_custom(kind: str, text: str, choices: Sequence[str] = ()) -> tuple[str | None, str | None]:
    """An answer as it is stored and None, or None and why not; ("", None) takes the answer away.

    Numbers keep their digits with a point, dates are `YYYY-MM-DD`, yes and no are `yes` and `no`.
    The fault is `number`, `date`, `yes_no`, `choice` or `long`.
    """
    text = text.strip()
    if not text:
        return "", None
    if kind == "number":
        digits = _GAPS.sub("", text).replace("\u2212", "-")
        return (digits.replace(",", ".").lstrip("+"), None) if _NUMBER.match(digits) else (None, "number")
    if kind == "date":
        try:
            return date.fromisoformat(text).isoformat(), None
        except ValueError:
            return None, "date"
    if kind == "yes_no":
        return (text, None) if text in ("yes", "no") else (None, "yes_no")
    if kind == "choice":
        return (text, None) if text in choices else (None, "choice")
    return (text, None) if len(text) <= LONGEST_ANSWER else (None, "long")


def is_stale(confirmed_at: datetime, valid_days: int | None, instant: datetime) -> bool:
    """Is it time to ask again whether an answer still holds? Never without `valid_days`."""
    return valid_days is not None and instant - confirmed_at > timedelta(days=valid_days)
