"""A message to the client becomes mails to who may read it, in the same transaction."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from sqlalchemy import insert, select

from webapp.core.clock import now
from webapp.core.ids import new_id
from webapp.core.jobs import enqueue_fresh
from webapp.extensions import db
from webapp.sharing.links import sends_mail
from webapp.sharing.models import MailDelivery
from webapp.sharing.services.giving import invite
from webapp.threads.models import Message
from webapp.threads.subjects import read_subject
from webapp.users.actor import system_actor
from webapp.users.queries import list_actors


def tell_client(thread_id: uuid.UUID, message_ids: Sequence[uuid.UUID]) -> None:
    """One mail for each message of ours to each person who has access; who wrote them is not told of it.

    The first message gives the client's contact access. Where no mail is sent only that happens: the
    link is there to be copied.
    """
    query = select(Message.id, Message.author_id).where(
        Message.id.in_(message_ids), Message.author_id.is_not(None), Message.kind == "text"
    )
    ours = db.session.execute(query.order_by(Message.seq)).tuples().all()
    subject = read_subject(thread_id) if ours else None
    if subject is None:
        return
    author = next(iter(list_actors([author_id for _id, author_id in ours[:1] if author_id])), system_actor())
    grants = invite(author, subject)
    if not sends_mail():
        return
    rows = [
        {"id": new_id(), "grant_id": grant.id, "message_id": message_id, "state": "due", "created_at": now()}
        for message_id, _author_id in ours
        for grant in grants
    ]
    if rows:
        db.session.execute(insert(MailDelivery), rows)
        enqueue_fresh("sharing.mail", {f"mail:{row['id']}": {"delivery_id": str(row["id"])} for row in rows})
