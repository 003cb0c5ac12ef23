"""What waits for somebody: threads that go on only when that person acts.

Being named without having answered, and a client's word without ours, are asked here; features above
register what else they know (a dispute to resolve, a task to do).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, exists, false, or_, select

from webapp.threads.models import Message, Thread, ThreadMember
from webapp.threads.rules import LEVELS
from webapp.users.actor import Actor

Query = Callable[[Actor], Any]
_queries: dict[str, Query] = {}


def register(name: str, query: Query) -> None:
    """`query(actor)` selects the ids of threads where something waits for the actor."""
    _queries[name] = query


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Threads where something waits for the actor, as a condition on `threads`."""
    return or_(false(), *(Thread.id.in_(query(actor)) for query in _queries.values()))


def _named(actor: Actor) -> Any:
    """Somebody named them, or their role, and they have not written since."""
    answered = exists().where(
        Message.thread_id == ThreadMember.thread_id,
        Message.author_id == actor.user_id,
        Message.seq > ThreadMember.mentioned_seq,
    )
    return select(ThreadMember.thread_id).where(
        ThreadMember.user_id == actor.user_id,
        ThreadMember.mentioned_seq > 0,
        ThreadMember.level != LEVELS[-1],
        ~answered,
    )


def _client_spoke(actor: Actor) -> Any:
    """The client had the last word in an exchange they follow."""
    last = (Message.thread_id == Thread.id) & (Message.seq == Thread.last_seq)
    followed = (ThreadMember.thread_id == Thread.id) & (ThreadMember.user_id == actor.user_id)
    return (
        select(Thread.id)
        .join(Message, last)
        .join(ThreadMember, followed)
        .where(Message.grant_id.is_not(None), ThreadMember.level.in_(LEVELS[:2]))
        .correlate(None)
    )


register("named", _named)
register("client", _client_spoke)
