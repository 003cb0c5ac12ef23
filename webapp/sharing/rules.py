"""Pure decisions about accesses: how long, which code opens, how often one may ask for a code."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence
from datetime import datetime, timedelta

DAYS = (7, 30, 90, 365)  # what people choose from
USUAL_DAYS = 90
CODE_LIFE = timedelta(minutes=15)
TOLD_CODE_LIFE = timedelta(hours=24)  # said on the phone, or sent by other means
MOST_TRIES = 5
PAUSE = timedelta(minutes=1)
MOST_CODES = 5  # an hour
HOUR = timedelta(hours=1)
ENTERED_FOR = timedelta(days=30)  # how long a browser that gave the code is let in
SEEN_EVERY = timedelta(minutes=5)


def token_hash(token: str) -> str:
    """What is kept of a link's secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def code_hash(key: bytes, grant_id: object, code: str) -> str:
    """What is kept of a code: of use to nobody who reads the database without the key."""
    return hmac.digest(key, f"{grant_id}:{code}".encode(), "sha256").hex()


def plain_code(text: str) -> str:
    """A code as typed, without the blanks people put in it."""
    return "".join(text.split())


def is_live(expires_at: datetime, revoked_at: datetime | None, now: datetime) -> bool:
    return revoked_at is None and expires_at > now


def wait_for_code(asked: Sequence[datetime], now: datetime) -> int:
    """Seconds until another code may be asked for; 0 when it may be now."""
    recent = sorted(instant for instant in asked if now - instant < HOUR)
    if len(recent) >= MOST_CODES:
        return _seconds(recent[-MOST_CODES] + HOUR - now)
    return _seconds(recent[-1] + PAUSE - now) if recent else 0


def _seconds(left: timedelta) -> int:
    return max(0, -(-left // timedelta(seconds=1)))


def masked_email(email: str) -> str:
    """`c•••@delorme.fr`: enough to know which mailbox to open, too little to write to."""
    name, _at, domain = email.partition("@")
    return f"{name[:1]}•••@{domain}"
