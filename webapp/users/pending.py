"""What a browser is in the middle of, kept signed in its cookie or page and of no worth by itself: the
second step of a sign-in, a passkey being asked for, an authenticator app not confirmed yet."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import current_app, request, session
from itsdangerous import BadData, URLSafeTimedSerializer
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url

from webapp.core.clock import now
from webapp.users import queries
from webapp.users.actor import Actor
from webapp.users.models import User
from webapp.users.passkeys import Challenge, Site, refused
from webapp.users.rules import host_name, is_address

STEP, CHALLENGE, GOING = "second_step", "challenge", "going"
STEP_LASTS = timedelta(minutes=10)
CHALLENGE_LASTS = timedelta(minutes=5)
SETUP_SECONDS = 3600


@dataclass(frozen=True)
class Step:
    """A sign-in whose password was right and whose second step is due."""

    user: User
    how: str
    remember: bool
    next: str | None


def start_over() -> None:
    """Forget whatever this browser came with, but not how pages were shown."""
    shown = {key: session[key] for key in ("locale", "theme") if key in session}
    session.clear()
    session.update(shown)


def hold(user: User, how: str, *, remember: bool, next: str | None) -> None:
    """The first step is done. Nobody is signed in: this names the person and opens nothing."""
    start_over()
    session[STEP] = {
        "who": user.fs_uniquifier,
        "how": how,
        "remember": remember,
        "next": next,
        "at": now().isoformat(),
    }


def find_step() -> Step | None:
    """The sign-in waiting for its second step; None when there is none, or it is ten minutes old."""
    kept: dict[str, Any] | None = session.get(STEP)
    if kept is None or now() - datetime.fromisoformat(kept["at"]) > STEP_LASTS:
        return None
    user = queries.find_user_by_uniquifier(kept["who"])
    return Step(user, kept["how"], kept["remember"], kept["next"]) if user is not None else None


def who_steps() -> str:
    """Under whose name tries of the second step are counted: the person's, wherever they come from."""
    kept: dict[str, Any] = session.get(STEP) or {}
    return str(kept.get("who") or request.remote_addr)


def site() -> Site:
    """The site as this browser addressed it."""
    return Site(host_name(request.host), request.host_url.rstrip("/"))


def passkeys_here() -> bool:
    """Can this address have passkeys? Not when the browser was given an IP address."""
    return not is_address(site().host)


def new_challenge(purpose: str) -> bytes:
    """Something to sign for one purpose, within five minutes."""
    value = secrets.token_bytes(32)
    session[CHALLENGE] = [purpose, bytes_to_base64url(value), now().isoformat()]
    return value


def take_challenge(purpose: str) -> Challenge:
    """What this browser was asked to sign; forgotten at once. Raises Invalid."""
    kept = session.pop(CHALLENGE, None)
    if not kept or kept[0] != purpose:
        raise refused()
    at = datetime.fromisoformat(kept[2])
    if now() - at > CHALLENGE_LASTS:
        raise refused()
    return Challenge(base64url_to_bytes(kept[1]), at)


def _setups() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt="authenticator app")


def offer_secret(actor: Actor, secret: str) -> str:
    """The (encrypted) secret of an app being set up, sealed into the page that shows it: another tab,
    or a page fetched ahead, offers another one and neither spoils the other."""
    return str(_setups().dumps([str(actor.user_id), secret]))


def offered_secret(actor: Actor, sealed: str) -> str | None:
    """The secret this person was offered within the hour; None when it is too old or not theirs."""
    try:
        owner, secret = _setups().loads(sealed, max_age=SETUP_SECONDS)
    except BadData:
        return None
    return str(secret) if owner == str(actor.user_id) else None


def remember_going(path: str) -> None:
    """Where the person wanted to go before a second factor was asked for."""
    session[GOING] = path


def take_going() -> str:
    return str(session.pop(GOING, "/"))
