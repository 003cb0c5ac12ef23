"""When a session was last seen: noted at most once a minute, after the answer has been sent."""

from __future__ import annotations

import logging
import time
import uuid

from flask import Response, after_this_request, current_app, session

from webapp.core.db import unit_of_work
from webapp.core.outages import refusal_for
from webapp.extensions import db
from webapp.users.services import touch_session

log = logging.getLogger(__name__)
EVERY_SECONDS = 60.0
KEPT = 10_000
_noted: dict[uuid.UUID, float] = {}


def note(session_id: uuid.UUID) -> None:
    """A request of this session came in; the page it asked for does not wait for the writing."""
    instant = time.monotonic()
    if instant - _noted.get(session_id, -EVERY_SECONDS) < EVERY_SECONDS:
        return
    if len(_noted) >= KEPT:
        _noted.clear()
    _noted[session_id] = instant
    # A cookie that is kept is given again, so that it lasts as long as the session is used.
    session.modified = session.modified or session.permanent
    app = current_app._get_current_object()  # type: ignore[attr-defined]

    def write() -> None:
        with app.app_context():
            try:
                with unit_of_work():
                    touch_session(session_id)
            except Exception as error:
                if refusal_for(error) is None:
                    raise
                log.info("session %s: seen, not noted (%s)", session_id, type(error).__name__)
            finally:
                db.session.remove()

    @after_this_request
    def _after(response: Response) -> Response:
        response.call_on_close(write)
        return response


def forget() -> None:
    """Start over (tests)."""
    _noted.clear()
