"""One act, one UUID. A replay of a command gets its first result and never acts twice."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import orjson
from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import IntegrityError

from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.core.models import Command
from webapp.extensions import db


@dataclass(frozen=True)
class Outcome:
    """What a command gave: an HTTP status, a JSON result, and whether it had been done before."""

    status: int
    result: Any
    repeated: bool


def digest(payload: object) -> str:
    """A stable fingerprint of a JSON payload."""
    try:
        text = orjson.dumps(payload, option=orjson.OPT_SORT_KEYS, default=str)
    except TypeError:  # integers and halves of characters that JSON can carry and orjson does not
        text = json.dumps(payload, sort_keys=True, default=str).encode()
    return hashlib.sha256(text).hexdigest()


def find_done(actor_id: str, command_id: uuid.UUID) -> Command | None:
    """What was remembered of an act, or None."""
    return db.session.get(Command, (actor_id, command_id))


def once(
    actor_id: str,
    command_id: uuid.UUID,
    name: str,
    payload: object,
    act: Callable[[], tuple[int, Any]],
) -> Outcome:
    """Run `act` in one transaction and remember its result under (actor, command id).

    Only effects are remembered: what `act` refuses (raises) is judged anew next time.
    Raises Invalid `id_reused` when the id was used for another payload.
    """
    try:
        return _once(actor_id, command_id, name, payload, act)
    except IntegrityError:
        # Somebody did it meanwhile, and a UNIQUE key undid this one: now it is known.
        db.session.rollback()
        return _once(actor_id, command_id, name, payload, act)


def _once(
    actor_id: str,
    command_id: uuid.UUID,
    name: str,
    payload: object,
    act: Callable[[], tuple[int, Any]],
) -> Outcome:
    fingerprint = digest([name, payload])
    with unit_of_work() as session:
        known = session.get(Command, (actor_id, command_id))
        if known is not None:
            if known.payload_hash != fingerprint:
                raise Invalid(_l("Cet identifiant a déjà servi pour une autre demande."), code="id_reused")
            return Outcome(known.status, known.result, True)
        status, result = act()
        db.session.add(
            Command(
                actor_id=actor_id,
                id=command_id,
                name=name,
                payload_hash=fingerprint,
                status=status,
                result=orjson.loads(orjson.dumps(result, default=str)),
            )
        )
    return Outcome(status, result, False)
