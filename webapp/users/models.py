"""People, the branches they belong to, how they signed in, and what they changed."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from typing import Any, ClassVar

from flask_security import UserMixin
from sqlalchemy import JSON, BigInteger, ForeignKey, Index, LargeBinary, String, Text, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class Company(db.Model):
    """The one legal entity whose receivables this database holds."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    siren: Mapped[str | None] = mapped_column(String(9))
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    time_zone: Mapped[str] = mapped_column(String(40), default="Europe/Paris")
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class Branch(db.Model):
    """A branch (agence). `path` holds the ids from the root down, so a subtree is one LIKE."""

    __tablename__ = "branches"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    name: Mapped[str] = mapped_column(String(120), unique=True)
    parent_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("branches.id"))
    path: Mapped[str] = mapped_column(String(400), index=True)


class User(db.Model, UserMixin):
    """A person. Never deleted, only disabled; e-mail and handle are never used again."""

    __tablename__ = "users"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)  # type: ignore[assignment]
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    handle: Mapped[str] = mapped_column(String(64), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    locale: Mapped[str] = mapped_column(String(5), default="fr")
    theme: Mapped[str] = mapped_column(String(10), default="system")
    phone: Mapped[str | None] = mapped_column(String(30))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    memberships: Mapped[list[Membership]] = relationship(back_populates="user")

    # Rights are our own policy, not Flask-Security's roles.
    roles: ClassVar[list[Any]] = []  # type: ignore[misc]


class Membership(db.Model):
    """One role in one branch, from a day to a day; at most one is current per person."""

    __tablename__ = "memberships"
    __table_args__ = (
        Index(
            "uq_memberships_current",
            "user_id",
            unique=True,
            sqlite_where=text("ends_on IS NULL"),
            postgresql_where=text("ends_on IS NULL"),
        ),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"))
    branch_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("branches.id"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    user: Mapped[User] = relationship(back_populates="memberships")
    branch: Mapped[Branch] = relationship()


class UserSession(db.Model):
    """A signed-in browser. Ending it silences its pages and sockets at once."""

    __tablename__ = "user_sessions"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    ip: Mapped[str | None] = mapped_column(String(45))
    user_agent: Mapped[str | None] = mapped_column(String(300))
    # When the person last showed who they are: what is delicate asks for it again after a while.
    proved_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=now)


class AuthenticatorApp(db.Model):
    """The app that shows a person's codes. `secret` is encrypted; `last_counter` is the half-minute
    of the last code taken, so that none is taken twice."""

    __tablename__ = "authenticator_apps"

    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), primary_key=True)
    secret: Mapped[str] = mapped_column(Text)
    last_counter: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class RecoveryCode(db.Model):
    """A code on paper that replaces a lost phone, once. Only a keyed hash is kept."""

    __tablename__ = "recovery_codes"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class Passkey(db.Model):
    """A passkey (WebAuthn credential) of a person: the public half, which is no secret."""

    __tablename__ = "passkeys"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    name: Mapped[str] = mapped_column(String(80))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class ApiToken(db.Model):
    """A program's key, acting as its owner. Only a hash is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    user_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(80), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ended_at: Mapped[datetime | None] = mapped_column(UtcDateTime)


class AuditEntry(db.Model):
    """Who did what to what, when. Append-only: triggers refuse update and delete.

    What it says in detail sits in `AuditPayload`, which may be erased; the digest stays.
    """

    __tablename__ = "audit_entries"
    __table_args__ = (Index("ix_audit_entries_subject", "subject_type", "subject_id"),)

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    actor_id: Mapped[uuid.UUID | None] = mapped_column(Uuid)
    via: Mapped[str] = mapped_column(String(20))
    action: Mapped[str] = mapped_column(String(60))
    subject_type: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[str] = mapped_column(String(64))
    digest: Mapped[str] = mapped_column(String(64))


class AuditPayload(db.Model):
    """The erasable part of an audit entry: values before and after."""

    __tablename__ = "audit_payloads"

    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("audit_entries.id"), primary_key=True)
    body: Mapped[str] = mapped_column(Text)


class AuditSeal(db.Model):
    """A link of the hash chain over audit entries, in the order they were sealed."""

    __tablename__ = "audit_seals"

    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    entry_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("audit_entries.id"), unique=True)
    chain: Mapped[str] = mapped_column(String(64))
