"""JSON of the outbox: many acts in one request, each judged and answered alone."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l

from webapp.core.api import answer, blueprint
from webapp.core.errors import Forbidden, TooLarge
from webapp.sync import rules
from webapp.sync.replaying import replay
from webapp.sync.schemas import SyncIn, SyncOut
from webapp.users.current import current_actor

blp = blueprint("sync", __name__, "Acts written without a network, replayed in order.")


@blp.post("/sync")
@blp.arguments(SyncIn)
@blp.response(200, SyncOut)
def sync(values: dict[str, Any]) -> Response:
    """Replay acts in order; the same id never acts twice, and gives its first result again.

    A part of the acts may be refused: the answer is 200 with one result for each.
    """
    actor = current_actor()
    if (request.content_length or 0) > rules.MOST_BYTES:
        raise TooLarge(_l("C’est trop pour un seul envoi."))
    if values["user_id"] not in (None, actor.user_id):
        raise Forbidden(_l("Ces envois sont ceux de quelqu’un d’autre."), code="other_person")
    return answer({"results": replay(actor, values["commands"], values["sent_at"])})
