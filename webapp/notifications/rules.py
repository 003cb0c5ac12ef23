"""Pure decisions about telling people: who hears, how urgently, what an answer means.

Sources: DECISIONS "Alerts" (a breach goes at once to every entitled person, author and those
online included; "not the author, not who is looking" is for messages), RFC 8030 for the rest.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from webapp.risk.rules import BREACHES, WARNING, severity

# Who is told of a warning, a level below the breach (the client's own rep and managers: in scope).
WARNED = frozenset({"sales_rep", "branch_manager", "credit_manager"})
AT_ONCE = frozenset({"mention", "alert_assigned", "dispute_assigned", "limit_asked", "test"})
# Who hears what stays unanswered or was missed, besides those it was given to.
OVERSEERS = frozenset({"branch_manager", "credit_manager"})
ABOVE = frozenset({"credit_manager", "cfo"})  # who hears of grave alerts that nobody answers
CREDITORS = frozenset({"accountant", "credit_manager"})  # who is asked for credit notes
DAY = 86_400
TOPIC_LENGTH = 32
RETRIED = frozenset({408, 425, 429})
GONE = frozenset({404, 410})
SHORTEST_WAIT, LONGEST_WAIT = 5.0, 900.0
MOST_DEVICES = 20


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody who might be told: the role, and whether the policy lets them see the thing."""

    user_id: UUID
    role: str
    entitled: bool


def alert_recipients(kind: str, level: int, candidates: Iterable[Candidate]) -> dict[UUID, bool]:
    """Who hears of an alert: person -> pushed too, or inbox only.

    A breach: every entitled person, pushed, nobody left out for having caused it or being online.
    A warning: representative, branch managers and credit managers; pushed from 90 %, or from a week before
    what is about to end.
    """
    breach = kind in BREACHES
    return {
        person.user_id: severity(kind, level) >= WARNING
        for person in candidates
        if person.entitled and (breach or person.role in WARNED)
    }


def message_recipients(
    *,
    author_id: UUID | None,
    mentioned: Iterable[UUID],
    followers: Mapping[UUID, str],
    looking: Iterable[UUID],
) -> dict[UUID, str]:
    """Who hears of a message: person -> `mention` or `message`. Rights are asked afterwards.

    The people it names, and those who follow everything; not its author, not who is looking at
    the thread, nobody who muted it.
    """
    heard = {user_id: "message" for user_id, level in followers.items() if level == "all"}
    heard |= {user_id: "mention" for user_id in mentioned if followers.get(user_id) != "none"}
    away = {author_id, *looking}
    return {user_id: kind for user_id, kind in heard.items() if user_id not in away}


def dispute_overseers(readers: Iterable[Candidate]) -> set[UUID]:
    """Who hears of a dispute that stays late: branch managers and credit managers among its readers."""
    return {each.user_id for each in readers if each.entitled and each.role in OVERSEERS}


def promise_recipients(
    taken_by: UUID | None, sales_rep_id: UUID | None, candidates: Iterable[Candidate]
) -> set[UUID]:
    """Who hears that a promise was missed: who took it, the client's representative, its branch managers
    and the credit managers, as far as they still see the client."""
    close = {taken_by, sales_rep_id}
    return {
        person.user_id
        for person in candidates
        if person.entitled and (person.user_id in close or person.role in OVERSEERS)
    }


def topic(event_key: str, user_id: UUID) -> str:
    """The `Topic` of every POST about this event to this person: 32 URL-safe characters.

    A push service keeps one waiting message of a topic, so a repeated POST replaces itself
    (RFC 8030, 5.4).
    """
    digest = hashlib.sha256(f"{event_key}|{user_id}".encode()).digest()
    return base64.urlsafe_b64encode(digest).decode()[:TOPIC_LENGTH]


def urgency(kind: str) -> str:
    """`high` wakes a sleeping phone: breaches, being named, a test (RFC 8030, 5.3)."""
    return "high" if kind in BREACHES or kind in AT_ONCE else "normal"


def outcome(status: int) -> str:
    """What a push service's status means: `sent`, `gone`, `retry` or `failed`."""
    if 200 <= status < 300:
        return "sent"
    if status in GONE:
        return "gone"
    return "retry" if status in RETRIED or status >= 500 else "failed"


def wait_before_retry(age: float, asked: str | None) -> float | None:
    """Seconds until the next try of a delivery `age` seconds old; None when it is too late.

    As long again as it has waited, so the pauses double; what the service asks for counts when
    it is longer. After a day nobody wants to know any more.
    """
    if age >= DAY:
        return None
    wished = float(asked) if asked and asked.isdigit() else 0.0
    return max(min(max(age, SHORTEST_WAIT), LONGEST_WAIT), min(wished, 3600.0))


def device_name(user_agent: str | None) -> str:
    """`Chrome, Android`: enough for people to know which of their devices is meant; "" if unknown."""
    text = user_agent or ""
    browsers = (
        ("Edg", "Edge"),
        ("OPR", "Opera"),
        ("Firefox", "Firefox"),
        ("Chrome", "Chrome"),
        ("Safari", "Safari"),
    )
    systems = (
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Android", "Android"),
        ("Windows", "Windows"),
        ("Mac OS", "Mac"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    )
    found = [next((name for mark, name in names if mark in text), "") for names in (browsers, systems)]
    return ", ".join(name for name in found if name)
