"""Gives threads the card of a task."""

from __future__ import annotations

from webapp.tasks.queries import cards
from webapp.threads.acts import ActKind, register

register(ActKind("task", "tasks/_card.html", cards))
