"""What threads are about. A thread's id names its subject; each kind says how to read it.

Features above register their own kind at import; invoices and clients lie below and are
registered here.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import (
    ColumnElement,
    String,
    bindparam,
    exists,
    false,
    func,
    literal,
    null,
    or_,
    select,
    union_all,
)

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.threads.models import Thread
from webapp.threads.policy import may_read
from webapp.threads.rules import CLIENT, INTERNAL, client_thread_of, subject_of
from webapp.users.actor import Actor

MISSING = _l("Fil introuvable. Il n’existe pas, ou n’est pas dans votre portefeuille.")


@dataclass
class Subject:
    """What a thread is about, as lists and headers show it, whose client it concerns, who reads it."""

    type: str
    id: uuid.UUID
    title: str
    url: str
    client_id: uuid.UUID
    client_name: str
    branch_id: uuid.UUID
    sales_rep_id: uuid.UUID | None
    audience: str = INTERNAL
    right: str | None = None  # that its readers must have besides; such a thing is never talked of outside

    @property
    def thread_id(self) -> uuid.UUID:
        return client_thread_of(self.id) if self.audience == CLIENT else self.id

    @property
    def label(self) -> str:
        return self.title if self.type == "client" else f"{self.title} · {self.client_name}"


@dataclass(frozen=True)
class SubjectKind:
    """`select(ids)`, whose ids are a parameter, gives rows (type, id, title or NULL for the client's name,
    *CLIENT_COLUMNS); `url(id)` where the thread is; `readable(actor, column)` the scope in SQL;
    `named(column, pattern)` in SQL, is it called so? `titled(title)` puts a title in its reader's words;
    `right` is one its readers must have besides, which `readable` asks too.
    Ids are UUIDv7: the client's thread is made of one.
    """

    type: str
    select: Callable[[Any], Any]
    url: Callable[[uuid.UUID], str]
    readable: Callable[[Actor, Any], ColumnElement[bool]]
    named: Callable[[Any, str], ColumnElement[bool]] | None = None
    titled: Callable[[str], str] | None = None
    right: str | None = None


_kinds: dict[str, SubjectKind] = {}


def register(kind: SubjectKind) -> None:
    """Make a kind of thing something people can talk about."""
    _kinds[kind.type] = kind
    _statement.cache_clear()


def read_subject(thread_id: uuid.UUID) -> Subject | None:
    """The subject, whoever asks; None when there is none. One query."""
    return read_subjects([(thread_id, None)]).get(thread_id)


def find_subject(actor: Actor, thread_id: uuid.UUID) -> Subject | None:
    """The subject when the actor may read its thread."""
    subject = read_subject(thread_id)
    return subject if subject is not None and may_read(actor, subject) else None


def get_subject(actor: Actor, thread_id: uuid.UUID) -> Subject:
    """The same, or NotFound: absent and out of scope look alike."""
    subject = find_subject(actor, thread_id)
    if subject is None:
        raise NotFound(MISSING)
    return subject


def read_subjects(threads: Iterable[tuple[uuid.UUID, str | None]]) -> dict[uuid.UUID, Subject]:
    """Subjects of many threads (id, type if known), in one query."""
    wanted = [(thread_id, *subject_of(thread_id), known) for thread_id, known in threads]
    ids: dict[str, list[uuid.UUID]] = {}
    for name in _kinds:
        chosen = {
            subject_id: None for _thread, subject_id, _audience, known in wanted if known in (None, name)
        }
        if chosen:
            ids[name] = list(chosen)
    if not ids:
        return {}
    rows = {row.id: row for row in db.session.connection().execute(_statement(tuple(ids)), ids)}
    return {
        thread_id: subject_from(rows[subject_id], audience)
        for thread_id, subject_id, audience, _known in wanted
        if subject_id in rows
    }


@cache
def _statement(kinds: tuple[str, ...]) -> Any:
    """Put together once: this question is asked for each message."""
    parts = [_kinds[name].select(bindparam(name, expanding=True)) for name in kinds]
    return parts[0] if len(parts) == 1 else union_all(*parts)


def subjects_of(threads: Any) -> Any:
    """What these threads are about, as a table to join to them on `type` and `id`; `threads` is one (a CTE)
    with `subject_type` and `subject_id`. `subject_from` reads its columns."""
    parts = [
        kind.select(select(threads.c.subject_id).where(threads.c.subject_type == name))
        for name, kind in _kinds.items()
    ]
    return union_all(*parts).subquery("subjects")


def readable_threads(actor: Actor) -> ColumnElement[bool]:
    """Threads in the actor's scope, as a condition on `threads`."""
    conditions: list[Any] = [
        (Thread.subject_type == kind.type) & kind.readable(actor, Thread.subject_id)
        for kind in _kinds.values()
    ]
    return or_(false(), *conditions)


CLIENT_COLUMNS = (
    Client.id.label("client_id"),
    func.coalesce(Client.trade_name, Client.legal_name).label("client_name"),
    Client.branch_id,
    Client.sales_rep_id,
)


def named_threads(text: str) -> ColumnElement[bool]:
    """Threads whose subject, or its client, is called like that, as a condition on `threads`."""
    text = text.replace("\x00", "")  # PostgreSQL takes none
    pattern = f"%{text.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    conditions: list[Any] = [
        (Thread.subject_type == kind.type) & kind.named(Thread.subject_id, pattern)
        for kind in _kinds.values()
        if kind.named is not None
    ]
    return or_(false(), *conditions)


def about_client(client_id: uuid.UUID) -> ColumnElement[bool]:
    """Threads about this client, or about something of it, as a condition on `threads`."""
    conditions: list[Any] = []
    for kind in _kinds.values():
        shared = select(Thread.subject_id).where(Thread.subject_type == kind.type, Thread.audience == CLIENT)
        things = kind.select(shared).subquery()
        conditions.append(Thread.subject_id.in_(select(things.c.id).where(things.c.client_id == client_id)))
    return or_(false(), *conditions)


def subject_from(row: Any, audience: str) -> Subject:
    """The subject of a row of the statement of its kind."""
    kind = _kinds[row.type]
    title = row.title or row.client_name
    if row.title and kind.titled is not None:
        title = kind.titled(row.title)
    place = (row.client_id, row.client_name, row.branch_id, row.sales_rep_id)
    return Subject(row.type, row.id, title, kind.url(row.id), *place, audience, kind.right)


def _invoices(ids: Any) -> Any:
    columns = (literal("invoice").label("type"), Invoice.id, Invoice.ref.label("title"))
    query = select(*columns, *CLIENT_COLUMNS).join(Client, Client.id == Invoice.client_id)
    return query.where(Invoice.id.in_(ids))


def _clients(ids: Any) -> Any:
    title = null().cast(String).label("title")
    return select(literal("client").label("type"), Client.id, title, *CLIENT_COLUMNS).where(
        Client.id.in_(ids)
    )


def _invoice_readable(actor: Actor, column: Any) -> ColumnElement[bool]:
    return exists(
        select(Invoice.id)
        .join(Client, Client.id == Invoice.client_id)
        .where(Invoice.id == column, in_scope(actor))
        .correlate(Thread)
    )


def _client_readable(actor: Actor, column: Any) -> ColumnElement[bool]:
    return exists(select(Client.id).where(Client.id == column, in_scope(actor)).correlate(Thread))


def client_called(pattern: str) -> ColumnElement[bool]:
    """Is the client named so? `pattern` escapes with `!`."""
    names = (Client.legal_name, Client.trade_name, Client.ref)
    return or_(*(name.ilike(pattern, escape="!") for name in names))


def _invoice_named(column: Any, pattern: str) -> ColumnElement[bool]:
    found = select(Invoice.id).join(Client, Client.id == Invoice.client_id).where(Invoice.id == column)
    return exists(
        found.where(or_(Invoice.ref.ilike(pattern, escape="!"), client_called(pattern))).correlate(Thread)
    )


def _client_named(column: Any, pattern: str) -> ColumnElement[bool]:
    return exists(select(Client.id).where(Client.id == column, client_called(pattern)).correlate(Thread))


def _invoice_url(found: uuid.UUID) -> str:
    return f"/invoices/{found}"


def _client_url(found: uuid.UUID) -> str:
    return f"/clients/{found}/thread"


register(SubjectKind("invoice", _invoices, _invoice_url, _invoice_readable, _invoice_named))
register(SubjectKind("client", _clients, _client_url, _client_readable, _client_named))
