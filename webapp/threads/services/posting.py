"""Saying something in a thread. Many messages are judged each on its own, and stored together."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import bindparam, select
from sqlalchemy.exc import IntegrityError

from webapp.core.errors import DomainError, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.threads import markup, rules
from webapp.threads.models import Message
from webapp.threads.policy import may_read, may_write
from webapp.threads.queries import keep_fresh, resolve_groups, resolve_handles
from webapp.threads.services.attaching import Loose, find_loose, take
from webapp.threads.services.storing import Row, store
from webapp.threads.subjects import MISSING, Subject, read_subjects
from webapp.users.actor import NOBODY, Actor

NOT_YOURS_TO_WRITE = _l("Votre rôle n’écrit pas dans ce fil.")
FAULTS = {
    "empty": _l("Écrivez un message."),
    "too_long": _l("Ce message est trop long : 10 000 caractères au plus."),
    "unreadable": _l("Ce texte contient des caractères illisibles."),
}
_messages = Message.__table__
_seen = (_messages.c.id, _messages.c.thread_id, _messages.c.client_id)
# Whose message it was comes first: that is how both indexes begin.
SENT_BY_USERS = select(*_seen, _messages.c.author_id.label("author_id")).where(
    _messages.c.author_id.in_(bindparam("authors", expanding=True)),
    _messages.c.client_id.in_(bindparam("ids", expanding=True)),
)
SENT_BY_GUESTS = select(*_seen, _messages.c.grant_id.label("author_id")).where(
    _messages.c.grant_id.in_(bindparam("authors", expanding=True)),
    _messages.c.client_id.in_(bindparam("ids", expanding=True)),
)
Key = tuple[uuid.UUID | None, uuid.UUID]  # author or access, the id they gave


@dataclass(frozen=True, slots=True)
class Act:
    """The thing a message shows as a card: one of the kinds registered in `threads.acts`."""

    kind: str
    id: uuid.UUID


@dataclass(frozen=True, slots=True)
class Draft:
    """A message somebody wants to send; `client_id` is its one UUID."""

    actor: Actor
    thread_id: uuid.UUID
    client_id: uuid.UUID
    body: str
    reply_to: uuid.UUID | None = None
    attachment_ids: tuple[uuid.UUID, ...] = ()
    act: Act | None = None

    @property
    def author_id(self) -> uuid.UUID | None:
        return None if self.actor.user_id == NOBODY else self.actor.user_id

    @property
    def grant_id(self) -> uuid.UUID | None:
        return self.actor.grant.id if self.actor.grant else None

    @property
    def key(self) -> Key:
        return self.author_id or self.grant_id, self.client_id


def check_body(body: str, beside_files: bool = False) -> str:
    """The text as it will be stored. Raises Invalid: `empty` (but beside files), `too_long`, `unreadable`."""
    fault = rules.body_fault(body)
    if fault == "empty" and beside_files:
        return ""
    if fault:
        raise Invalid(FAULTS[fault], code=fault, errors={"body": FAULTS[fault]})
    return rules.kept_body(body)


def say(subject: Subject, body: str) -> tuple[str, list[uuid.UUID]]:
    """HTML of a text in this thread, and the ids of the people it names: nobody where the client reads."""
    handles = rules.handles_in(body) if subject.audience == rules.INTERNAL else set()
    if not handles:
        return markup.render(body, {}), []
    people = resolve_handles(subject, handles)
    groups = resolve_groups(subject, rules.groups_in(handles - people.keys()))
    named = markup.mentioned(people, handles) + [found for word in groups for found in groups[word]]
    return markup.render(body, people, groups), list(dict.fromkeys(named))


def post_message(
    actor: Actor,
    thread_id: uuid.UUID,
    *,
    client_id: uuid.UUID,
    body: str,
    reply_to: uuid.UUID | None = None,
    attachment_ids: Sequence[uuid.UUID] = (),
) -> Message:
    """Say something; the same `client_id` again gives the first message, whatever it says now.

    Raises NotFound (out of scope, or `reply_to` elsewhere), Forbidden, Invalid (`empty`,
    `too_long`, `unreadable`, `id_reused` when the id served in another thread, `attachment_gone` when a
    file is not theirs or hangs on something, `too_many` files).
    Events: MessagesPosted.
    """
    draft = Draft(actor, thread_id, client_id, body, reply_to, tuple(attachment_ids))
    result = _post_one(draft)
    if isinstance(result, DomainError):
        raise result
    return db.session.get_one(Message, result)


def post_act(
    actor: Actor,
    thread_id: uuid.UUID,
    *,
    client_id: uuid.UUID,
    kind: str,
    act_id: uuid.UUID,
    body: str,
) -> Message:
    """Show an act (a dispute, a promise …) in its thread, as a card that everyone sees change.

    `body` says it in plain words, for lists, previews and pushes. Nobody rewords or takes back a card.
    Raises as `post_message`. Events: MessagesPosted; a change is told with `ActChanged`.
    """
    draft = Draft(actor, thread_id, client_id, body, act=Act(kind, act_id))
    result = _post_one(draft)
    if isinstance(result, DomainError):
        raise result
    return db.session.get_one(Message, result)


def post_messages(drafts: Sequence[Draft]) -> list[uuid.UUID | DomainError]:
    """The same for many at once, in the order given: the id of each message, or why it is refused.

    The number of queries depends on how many threads they go to, not on how many messages.
    Raises IntegrityError when another process stored one of them at this instant: the transaction is over,
    in the next one it is known. Events: MessagesPosted, once a thread.
    """
    db.session.flush()  # the statements below go past the session
    threads = list(dict.fromkeys(draft.thread_id for draft in drafts))
    subjects = read_subjects((thread_id, None) for thread_id in threads)
    known = _posted(drafts)
    homes = _threads_of({draft.reply_to for draft in drafts if draft.reply_to is not None})
    loose = find_loose(drafts)
    results: list[uuid.UUID | DomainError] = []
    rows: list[Row] = []
    authors: dict[uuid.UUID, Actor] = {}
    for draft in drafts:
        try:
            found = _judge(draft, subjects.get(draft.thread_id), known, homes, loose)
            if isinstance(found, Row):
                known[draft.key] = (found.id, found.thread_id)
                rows.append(found)
                authors[found.id] = draft.actor
            results.append(found.id if isinstance(found, Row) else found)
        except DomainError as refusal:
            results.append(refusal)
    if rows:
        stored = store(rows, subjects)
        keep_fresh((row, stored[row.id], authors[row.id]) for row in rows if _is_plain(row))
    return results


def _post_one(draft: Draft) -> uuid.UUID | DomainError:
    """Inside whatever else the transaction does, which goes on when another process was quicker."""
    if db.engine.dialect.name == "sqlite":  # one writer at a time: nobody comes between
        return post_messages([draft])[0]
    try:
        with db.session.begin_nested():
            return post_messages([draft])[0]
    except IntegrityError:
        return post_messages([draft])[0]


def _judge(
    draft: Draft,
    subject: Subject | None,
    known: Mapping[Key, tuple[uuid.UUID, uuid.UUID]],
    homes: Mapping[uuid.UUID, uuid.UUID],
    loose: Loose,
) -> Row | uuid.UUID:
    """The row to store, or the id of what was stored before. Raises as `post_message`."""
    if subject is None or not may_read(draft.actor, subject):
        raise NotFound(MISSING)
    if not may_write(draft.actor, subject):
        raise Forbidden(NOT_YOURS_TO_WRITE)
    if draft.act is not None and subject.right is not None:  # all who see the client see its acts
        raise Forbidden(_l("Cette conversation reste entre ceux qui voient les plafonds : rien n’en sort."))
    before = known.get(draft.key)
    if before is not None:
        if before[1] != draft.thread_id:
            raise Invalid(_l("Cet identifiant a déjà servi pour un autre message."), code="id_reused")
        return before[0]
    body = check_body(draft.body, beside_files=bool(draft.attachment_ids))
    if draft.reply_to is not None and homes.get(draft.reply_to) != draft.thread_id:
        raise NotFound(_l("Le message auquel vous répondez n’existe plus."))
    attachments = take(draft.actor, subject, draft.attachment_ids, loose) if draft.attachment_ids else ()
    html, mentions = say(subject, body)
    return Row(
        id=new_id(),
        thread_id=draft.thread_id,
        author_id=draft.author_id,
        client_id=draft.client_id,
        body=body,
        html=html,
        reply_to=draft.reply_to,
        mentions=tuple(mentions),
        attachments=attachments,
        **_act(draft.act),
        **_of_guest(draft),
    )


def _is_plain(row: Row) -> bool:
    """Nothing has to be read to show it."""
    return row.reply_to is None and not row.attachments


def _act(act: Act | None) -> dict[str, Any]:
    return {} if act is None else {"kind": "act", "act_kind": act.kind, "act_id": act.id}


def _of_guest(draft: Draft) -> dict[str, Any]:
    """What the row says more of somebody outside: they are no user, and their name stands as it was."""
    if draft.grant_id is None:
        return {}
    return {"kind": "client", "grant_id": draft.grant_id, "guest_name": draft.actor.name}


def post_system_line(thread_id: uuid.UUID, text: str) -> Message:
    """A centred line by the product itself ("Litige ouvert …"). Events: MessagesPosted."""
    subjects = read_subjects([(thread_id, None)])
    if thread_id not in subjects:
        raise NotFound(MISSING)
    html = markup.render(text, {})
    row = Row(new_id(), thread_id, None, new_id(), text, html, kind="system")
    store([row], subjects)
    return db.session.get_one(Message, row.id)


def _posted(drafts: Sequence[Draft]) -> dict[Key, tuple[uuid.UUID, uuid.UUID]]:
    """What these authors already sent under these ids: the message, and its thread."""
    found: dict[Key, tuple[uuid.UUID, uuid.UUID]] = {}
    for query, guests in ((SENT_BY_USERS, False), (SENT_BY_GUESTS, True)):
        keys = [draft.key for draft in drafts if (draft.actor.user_id == NOBODY) == guests]
        if keys:
            asked = {
                "authors": list({author for author, _id in keys}),
                "ids": [given for _author, given in keys],
            }
            rows = db.session.connection().execute(query, asked)
            found |= {(row.author_id, row.client_id): (row.id, row.thread_id) for row in rows}
    return found


def _threads_of(message_ids: set[uuid.UUID]) -> dict[uuid.UUID, uuid.UUID]:
    if not message_ids:
        return {}
    query = select(Message.id, Message.thread_id).where(Message.id.in_(message_ids))
    return dict(db.session.execute(query).tuples().all())
