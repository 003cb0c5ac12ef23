"""Pure decisions about tasks."""

from __future__ import annotations

from datetime import date

LONGEST_TEXT = 300
FURTHEST_DAYS = 731


def text_of(message: str) -> str:
    """A message as the wording of a task: on one line, cut where it is too long."""
    line = " ".join(message.split())
    return line if len(line) <= LONGEST_TEXT else line[: LONGEST_TEXT - 1].rstrip() + "…"


def day_fault(due_on: date, day: date) -> str | None:
    """Why nothing can be due on that day: `past` or `far`; None when it can."""
    if due_on < day:
        return "past"
    return "far" if (due_on - day).days > FURTHEST_DAYS else None
