"""What threads are about. A thread's id is its subject's id; each kind says how to read it.

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
from webapp.users.actor import Actor

MISSING = _l("Fil introuvable. Il n’existe pas, ou n’est pas dans votre portefeuille.")


@dataclass
class Subject:
    """What a thread is about, as lists and headers show it, and whose client it concerns."""

    type: str
    id: uuid.UUID
    title: str
    url: str
    client_id: uuid.UUID
    client_name: str
    branch_id: uuid.UUID
    sales_rep_id: uuid.UUID | None

    @property
    def label(self) -> str:
        return self.title if self.type == "client" else f"{self.title} · {self.client_name}"


@dataclass(frozen=True)
class SubjectKind:
    """`select(ids)`, whose ids are a parameter, gives rows (type, id, title or NULL for the client's name,
    *CLIENT_COLUMNS); `url(id)` where the thread is; `readable(actor, column)` the scope in SQL."""

    type: str
    select: Callable[[Any], Any]
    url: Callable[[uuid.UUID], str]
    readable: Callable[[Actor, Any], ColumnElement[bool]]


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
    wanted = list(threads)
    ids: dict[str, list[uuid.UUID]] = {}
    for name in _kinds:
        chosen = [thread_id for thread_id, known in wanted if known in (None, name)]
        if chosen:
            ids[name] = chosen
    if not ids:
        return {}
    rows = db.session.connection().execute(_statement(tuple(ids)), ids)
    return {row.id: _subject(row) for row in rows}


@cache
def _statement(kinds: tuple[str, ...]) -> Any:
    """Put together once: this question is asked for each message."""
    parts = [_kinds[name].select(bindparam(name, expanding=True)) for name in kinds]
    return parts[0] if len(parts) == 1 else union_all(*parts)


def readable_threads(actor: Actor) -> ColumnElement[bool]:
    """Threads in the actor's scope, as a condition on `threads`."""
    conditions: list[Any] = [
        (Thread.subject_type == kind.type) & kind.readable(actor, Thread.id) for kind in _kinds.values()
    ]
    return or_(false(), *conditions)


CLIENT_COLUMNS = (
    Client.id.label("client_id"),
    func.coalesce(Client.trade_name, Client.legal_name).label("client_name"),
    Client.branch_id,
    Client.sales_rep_id,
)


def _subject(row: Any) -> Subject:
    kind = _kinds[row.type]
    title = row.title or row.client_name
    place = (row.client_id, row.client_name, row.branch_id, row.sales_rep_id)
    return Subject(row.type, row.id, title, kind.url(row.id), *place)


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


register(SubjectKind("invoice", _invoices, lambda found: f"/invoices/{found}", _invoice_readable))
register(SubjectKind("client", _clients, lambda found: f"/clients/{found}/thread", _client_readable))
