"""Replaying acts: each alone, through the same services as pages and API, in a transaction of its own."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import structlog
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError

from webapp.core import rates
from webapp.core.clock import now
from webapp.core.commands import find_done, once
from webapp.core.errors import DomainError, Invalid, NotFound, Unavailable
from webapp.core.outages import refusal_for
from webapp.core.replays import Kind, find_kind, written
from webapp.extensions import db
from webapp.sync import rules
from webapp.users.actor import Actor

log = structlog.get_logger(__name__)
Result = dict[str, Any]
DEPENDS = _l("Un envoi précédent n’est pas passé.")
BROKEN = _l("Une erreur est survenue de notre côté. Rien n’est perdu.")


def replay(actor: Actor, commands: Sequence[Mapping[str, Any]], sent_at: datetime | None) -> list[Result]:
    """Judge each act in the order given and answer for each; never raises for one of them."""
    results: dict[uuid.UUID, Result] = {}
    answers: list[Result] = []
    stopped: DomainError | None = None
    for command in commands:
        made = rules.written_at(command["made_at"], sent_at, now())
        try:
            if stopped is not None:
                raise stopped
            with written(made):
                answer = _judge(actor, command, results)
        except DomainError as refusal:  # the house is busy or away: the same for all that follow
            stopped = refusal
            answer = _refused(refusal)
        answer["id"] = command["id"]
        answer["written_at"] = made
        if command["id"] not in results or not rules.happened(results[command["id"]]):
            results[command["id"]] = answer
        answers.append(answer)
    return answers


def _judge(actor: Actor, command: Mapping[str, Any], results: Mapping[uuid.UUID, Result]) -> Result:
    """Raises RateLimited or Unavailable; every other refusal is an answer."""
    rates.sync.take(actor.key)
    kind = find_kind(command["name"])
    if kind is None:
        return _refused(Invalid(_l("Cet acte n’existe pas."), code="unknown_command"))
    if rules.waits_for(command["after"], results, lambda act_id: find_done(actor.key, act_id) is not None):
        return _refused(Invalid(DEPENDS, code="depends_on"))
    try:
        return _act(actor, kind, command["id"], command["payload"])
    except Exception as error:
        db.session.rollback()
        refusal = refusal_for(error)
        if isinstance(refusal, Unavailable):
            raise refusal from error
        if refusal is None:
            log.exception("replay failed", name=kind.name, act=str(command["id"]))
            refusal = DomainError(BROKEN, code="server_error")
        return _answer_refusal(actor, kind, command, refusal)


def _act(actor: Actor, kind: Kind, act_id: uuid.UUID, payload: dict[str, Any]) -> Result:
    try:
        values = kind.schema.load(payload)
    except ValidationError as error:
        raise Invalid(
            _l("La demande n’est pas valable."), errors=_named(error.normalized_messages())
        ) from error
    said = kind.fingerprinted(payload)
    outcome = once(actor.key, act_id, kind.name, said, lambda: (200, kind.act(act_id, dict(values))))
    return {"status": rules.REPEATED if outcome.repeated else rules.DONE, "result": outcome.result}


def _answer_refusal(actor: Actor, kind: Kind, command: Mapping[str, Any], refusal: DomainError) -> Result:
    """A refusal, or a conflict with both its sides; a reused id shows what was done under it."""
    if refusal.code == "id_reused":
        known = find_done(actor.key, command["id"])
        return {**_refused(refusal), **({"result": known.result} if known is not None else {})}
    if refusal.status != 409 and refusal.code not in kind.stale:
        return _refused(refusal)
    conflict = {"yours": command["payload"], "now": _standing(kind, command["payload"])}
    return {**_refused(refusal), "status": rules.CONFLICT, "conflict": conflict}


def _standing(kind: Kind, payload: dict[str, Any]) -> dict[str, Any] | None:
    """The thing as it is now, for who may see it."""
    if kind.stands is None:
        return None
    try:
        found = kind.stands(kind.schema.load(payload))
    except DomainError:
        return None
    finally:
        db.session.rollback()
    return found.as_json() if found is not None else None


def _refused(refusal: DomainError) -> Result:
    # What left the person's scope looks as if it had never been: the device keeps the text.
    code = "not_yours" if isinstance(refusal, NotFound) and refusal.code == "not_found" else refusal.code
    error: dict[str, Any] = {"code": code, "message": _sentence(refusal)}
    if refusal.errors:
        error["errors"] = refusal.errors
    if refusal.retry_after:
        error["retry_after"] = refusal.retry_after
    return {"status": rules.REFUSED, "error": error}


def _sentence(refusal: DomainError) -> str:
    """One sentence for the person: a service's word on the first field says more than that something is
    wrong. What a schema says of a field is for programs."""
    first = next(iter(refusal.errors.values()), None)
    if first is not None and not isinstance(first, dict | list):
        return str(first)
    return str(refusal.message or _l("Cet envoi n’a pas été accepté."))


def _named(found: Any) -> Any:
    """What a schema says, its lists named by position as JSON can: `{"0": […]}`."""
    return {str(name): _named(each) for name, each in found.items()} if isinstance(found, dict) else found
