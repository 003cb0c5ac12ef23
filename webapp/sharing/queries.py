"""Accesses: who holds one, what it opens, who will read what is written to a client."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, and_, case, func, or_, select

from webapp.clients.models import Client, Contact
from webapp.clients.queries import get_client
from webapp.core.clock import now
from webapp.core.errors import Forbidden, NotFound
from webapp.extensions import db
from webapp.sharing.models import AccessGrant
from webapp.sharing.policy import may_share
from webapp.sharing.rules import is_live, token_hash
from webapp.threads.models import Message
from webapp.threads.queries import client_threads_of, find_last_seq, read_page
from webapp.threads.rules import CLIENT, client_thread_of
from webapp.threads.subjects import Subject, read_subjects
from webapp.users.actor import NOBODY, Actor, Grant
from webapp.users.models import User

MISSING = _l("Cet accès n’existe pas.")


@dataclass(frozen=True)
class Guest:
    """Somebody at a client's who holds a live link."""

    grant: AccessGrant
    language: str
    client_name: str

    @property
    def actor(self) -> Actor:
        """Who they are to services: no user, no right but what the access says."""
        given = Grant(self.grant.id, self.grant.client_id, self.grant.subject_id)
        return Actor(
            NOBODY,
            self.grant.name,
            "",
            "guest",
            NOBODY,
            frozenset(),
            locale=self.language,
            via="guest",
            grant=given,
        )


def _live() -> ColumnElement[bool]:
    return and_(AccessGrant.revoked_at.is_(None), AccessGrant.expires_at > now())


# Who is no contact any more, or has another address, has no access any more.
_HOLDER = and_(
    Contact.id == AccessGrant.contact_id,
    Contact.client_id == AccessGrant.client_id,
    func.lower(Contact.email) == AccessGrant.email,
)


def find_guest(token: str) -> Guest | None:
    """Who holds this link, while it is live. One query."""
    return _guest(AccessGrant.token_hash == token_hash(token))


def find_guest_of(grant_id: uuid.UUID) -> Guest | None:
    """The same by the access."""
    return _guest(AccessGrant.id == grant_id)


def _guest(condition: ColumnElement[bool]) -> Guest | None:
    row = db.session.execute(
        select(AccessGrant, Contact.language, func.coalesce(Client.trade_name, Client.legal_name))
        .join(Contact, _HOLDER)
        .join(Client, Client.id == AccessGrant.client_id)
        .where(condition, _live(), Client.merged_into_id.is_(None))
    ).first()
    return Guest(*row) if row else None


def get_shared_client(actor: Actor, client_id: uuid.UUID) -> Client:
    """The client, for those who open its exchanges to it. Raises NotFound, Forbidden."""
    client = get_client(actor, client_id)
    if not may_share(actor, client):
        raise Forbidden(_l("Votre rôle n’écrit pas aux clients."))
    return client


@dataclass(frozen=True)
class GrantLine:
    """An access as the sheet lists it."""

    grant: AccessGrant
    holds: bool  # still a contact with that address
    live: bool
    subject: Subject | None
    given_by: str | None


def list_grants(actor: Actor, client_id: uuid.UUID) -> list[GrantLine]:
    """Accesses to a client's exchanges, live ones first; none for who may not share. Raises NotFound."""
    if not may_share(actor, get_client(actor, client_id)):
        return []
    rows = db.session.execute(
        select(AccessGrant, Contact.id, User.name)
        .outerjoin(Contact, _HOLDER)
        .outerjoin(User, User.id == AccessGrant.created_by)
        .where(AccessGrant.client_id == client_id)
        .order_by(AccessGrant.id.desc())
    ).all()
    about = read_subjects({(row[0].subject_id, None) for row in rows if row[0].subject_id})
    instant = now()
    lines = [
        GrantLine(
            grant=grant,
            holds=contact_id is not None,
            live=contact_id is not None and is_live(grant.expires_at, grant.revoked_at, instant),
            subject=about.get(grant.subject_id) if grant.subject_id else None,
            given_by=name,
        )
        for grant, contact_id, name in rows
    ]
    return sorted(lines, key=lambda line: not line.live)


def get_grant(actor: Actor, client_id: uuid.UUID, grant_id: uuid.UUID) -> AccessGrant:
    """An access to this client's exchanges, for those who may share them. Raises NotFound."""
    client = get_client(actor, client_id)
    found = db.session.get(AccessGrant, grant_id)
    if found is None or found.client_id != client.id or not may_share(actor, client):
        raise NotFound(MISSING)
    return found


def get_grant_line(actor: Actor, client_id: uuid.UUID, grant_id: uuid.UUID) -> GrantLine:
    """The same with who gave it and whether it is live. Raises NotFound."""
    grant = get_grant(actor, client_id, grant_id)
    return next(line for line in list_grants(actor, client_id) if line.grant.id == grant.id)


def covering(client_id: uuid.UUID, subject_id: uuid.UUID) -> list[AccessGrant]:
    """Live accesses that open the client's thread about this subject."""
    query = (
        select(AccessGrant)
        .join(Contact, _HOLDER)
        .where(AccessGrant.client_id == client_id, _live())
        .where(or_(AccessGrant.subject_id.is_(None), AccessGrant.subject_id == subject_id))
        .order_by(AccessGrant.id)
    )
    return list(db.session.scalars(query))


def invited(client_id: uuid.UUID) -> Contact | None:
    """The contact to write to when nobody has access yet: the preferred one, who pays before others."""
    query = (
        select(Contact)
        .where(Contact.client_id == client_id, Contact.email.is_not(None), Contact.email != "")
        .order_by(
            Contact.preferred.desc(), case((Contact.role == "payer", 0), else_=1), Contact.name, Contact.id
        )
    )
    return db.session.scalars(query.limit(1)).first()


def list_readers(client_id: uuid.UUID, subject_id: uuid.UUID) -> list[str]:
    """Names of those at the client's who will read what is written to them about this; one or two queries."""
    names = [grant.name for grant in covering(client_id, subject_id)]
    if not names:
        contact = invited(client_id)
        names = [contact.name] if contact else []
    return list(dict.fromkeys(names))


@dataclass(frozen=True)
class Exchange:
    """A thread as its client sees it in a list."""

    subject: Subject
    last_seq: int
    last_at: datetime | None


def list_exchanges(guest: Guest) -> list[Exchange]:
    """What this access opens, the latest first."""
    if guest.grant.subject_id is not None:
        thread_id = client_thread_of(guest.grant.subject_id)
        found: list[tuple[uuid.UUID, int, datetime | None]] = [(thread_id, find_last_seq(thread_id), None)]
    else:
        found = client_threads_of(guest.grant.client_id)
    subjects = read_subjects((thread_id, None) for thread_id, _seq, _at in found)
    return [Exchange(subjects[key], seq, at) for key, seq, at in found if key in subjects]


def list_said(thread_id: uuid.UUID, limit: int = 200) -> list[dict[str, Any]]:
    """The last messages of a client's thread as the client reads them: who, when, what, and no more."""
    page = read_page(thread_id, None, None, limit, [Message.kind.in_(("text", "client"))])
    return [
        {
            "seq": message["seq"],
            "ours": message["author"] is not None and message["author"]["role"] != CLIENT,
            "name": message["author"]["name"] if message["author"] else "",
            "html": message["html"],
            "at": message["created_at"],
            "edited": message["edited_at"] is not None,
            "deleted": message["deleted_at"] is not None,
        }
        for message in page.items
    ]
