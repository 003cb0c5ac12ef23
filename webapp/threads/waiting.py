"""What waits for somebody: threads that go on only when that person acts.

Being named without having answered, and a client's word without ours, are asked here; features above
register what else they know (a dispute to resolve, a task to do).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, false, or_, select
from sqlalchemy.orm import aliased

from webapp.threads.models import Message, Thread, ThreadMember
from webapp.threads.rules import LEVELS
from webapp.users.actor import Actor

Query = Callable[[Actor], Any]
_queries: dict[str, Query] = {}


def register(name: str, query: Query) -> None:
    """`query(actor)` selects the ids of threads where something waits for the actor. It names tables by
    aliases: it stands inside a query on threads, members and messages."""
    _queries[name] = query


def waits_for(actor: Actor) -> ColumnElement[bool]:
    """Threads where something waits for the actor, as a condition on `threads`."""
    return or_(false(), *(Thread.id.in_(query(actor)) for query in _queries.values()))


def _named(actor: Actor) -> Any:
    """Somebody named them, or their role, and they have not written since."""
    member, mine = aliased(ThreadMember), aliased(Message)
    answered = (
        select(mine.id)
        .where(mine.thread_id == member.thread_id, mine.author_id == actor.user_id)
        .where(mine.seq > member.mentioned_seq)
        .correlate(member)
    )
    return select(member.thread_id).where(
        member.user_id == actor.user_id,
        member.mentioned_seq > 0,
        member.level.in_(LEVELS[:2]),
        ~answered.exists(),
    )


def _client_spoke(actor: Actor) -> Any:
    """The client had the last word in an exchange they follow."""
    thread, member, last = aliased(Thread), aliased(ThreadMember), aliased(Message)
    return (
        select(thread.id)
        .join(last, (last.thread_id == thread.id) & (last.seq == thread.last_seq))
        .join(member, (member.thread_id == thread.id) & (member.user_id == actor.user_id))
        .where(last.grant_id.is_not(None), member.level.in_(LEVELS[:2]))
    )


register("named", _named)
register("client", _client_spoke)
