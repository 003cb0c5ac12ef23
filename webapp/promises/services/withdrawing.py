"""A promise that no longer stands: taken back, or another in its place. Nothing is deleted."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l

from webapp.core.clock import now
from webapp.core.errors import Conflict, Forbidden
from webapp.core.events import record
from webapp.extensions import db
from webapp.promises import rules
from webapp.promises.events import PromisesChanged
from webapp.promises.models import Promise
from webapp.promises.policy import may_take
from webapp.promises.queries import get_promise
from webapp.promises.services.taking import Draft, take_promise
from webapp.threads.events import ActChanged
from webapp.users import audit
from webapp.users.actor import Actor


def cancel_promise(actor: Actor, promise_id: uuid.UUID) -> Promise:
    """Take back a promise whose day has not come: noted by mistake, or withdrawn by the client.

    One that was missed stays missed. Raises NotFound, Forbidden, Conflict.
    Events: PromisesChanged, ActChanged.
    """
    promise = _standing(actor, promise_id)
    if promise.state != rules.OPEN:
        raise Conflict(_l("Cette promesse n’est plus en cours."))
    _withdraw(actor, promise, rules.CANCELLED)
    audit.write(actor, "promise.cancel", "promise", promise.id)
    return promise


def replace_promise(actor: Actor, promise_id: uuid.UUID, draft: Draft) -> Promise:
    """Note another promise in the place of this one: an open one ends, a missed one stays missed.

    Raises as `take_promise`, and Conflict when it was kept, withdrawn or replaced before.
    Events: those of `take_promise`, ActChanged.
    """
    promise = _standing(actor, promise_id)
    if promise.replaced_by is not None and promise.replaced_by == draft.id:
        return take_promise(actor, draft)
    if promise.replaced_by is not None or promise.state not in rules.MISSED | {rules.OPEN}:
        raise Conflict(_l("Cette promesse n’est plus en cours."))
    fresh = take_promise(actor, draft)
    promise.replaced_by = fresh.id
    _withdraw(actor, promise, rules.REPLACED if promise.state == rules.OPEN else promise.state)
    audit.write(actor, "promise.replace", "promise", promise.id, by=fresh.id)
    return fresh


def _standing(actor: Actor, promise_id: uuid.UUID) -> Promise:
    """The promise in scope, locked. Raises NotFound, Forbidden."""
    promise = get_promise(actor, promise_id).promise
    if not may_take(actor):
        raise Forbidden(_l("Votre rôle ne note pas de promesses."))
    db.session.refresh(promise, with_for_update=True)
    return promise


def _withdraw(actor: Actor, promise: Promise, state: str) -> None:
    if state in rules.WITHDRAWN:
        promise.state, promise.withdrawn_at, promise.withdrawn_by = state, now(), actor.user_id
    db.session.flush()
    record(ActChanged(promise.thread_id, "promise", promise.id))
    record(PromisesChanged((promise.client_id,)))
