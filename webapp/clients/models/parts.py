"""What a client's sheet is made of besides its identity: rows that people add, correct, take away."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, String, Text, UniqueConstraint, Uuid
from sqlalchemy.orm import Mapped, mapped_column

from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.extensions import db


class _Part:
    """Columns every part has: whose it is, when it was written."""

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    updated_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Address(_Part, db.Model):
    """A place of the client: where bills go, where goods go, where it is registered."""

    __tablename__ = "client_addresses"

    kind: Mapped[str] = mapped_column(String(10))  # one of rules.ADDRESS_KINDS
    label: Mapped[str | None] = mapped_column(String(120))
    street: Mapped[str | None] = mapped_column(String(200))
    postcode: Mapped[str | None] = mapped_column(String(12))
    city: Mapped[str] = mapped_column(String(120))
    country: Mapped[str] = mapped_column(String(2), default="FR")


class Contact(_Part, db.Model):
    """A person at the client's: who pays, who decides, whom after-sales calls."""

    __tablename__ = "client_contacts"

    name: Mapped[str] = mapped_column(String(120))
    role: Mapped[str] = mapped_column(String(12))  # one of rules.CONTACT_ROLES
    job: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(30))
    email: Mapped[str | None] = mapped_column(String(254))
    language: Mapped[str] = mapped_column(String(2), default="fr")
    preferred: Mapped[bool] = mapped_column(default=False)


class Reference(_Part, db.Model):
    """A commercial reference: another firm that sells to the client and says how it pays."""

    __tablename__ = "client_references"

    company: Mapped[str] = mapped_column(String(200))
    person: Mapped[str | None] = mapped_column(String(120))
    phone: Mapped[str | None] = mapped_column(String(30))
    heard_on: Mapped[date | None]
    said: Mapped[str | None] = mapped_column(Text)


class Signatory(_Part, db.Model):
    """Somebody who may sign for the client, between dates, up to an amount (cents, company currency)."""

    __tablename__ = "client_signatories"
    __table_args__ = (CheckConstraint("ceiling IS NULL OR ceiling >= 0", name="ceiling"),)

    name: Mapped[str] = mapped_column(String(120))
    capacity: Mapped[str] = mapped_column(String(120))
    since: Mapped[date | None]
    until: Mapped[date | None]
    ceiling: Mapped[int | None] = mapped_column(BigInteger)  # None: no ceiling


class BankAccount(_Part, db.Model):
    """Where the client banks. Only `clients.services.bank` reads `iban`; everyone else, the mask."""

    __tablename__ = "client_bank_accounts"
    __table_args__ = (UniqueConstraint("client_id", "iban"),)

    iban: Mapped[str] = mapped_column(String(34))
    bic: Mapped[str | None] = mapped_column(String(11))
    masked: Mapped[str] = mapped_column(String(20))
    holder: Mapped[str | None] = mapped_column(String(200))
    bank: Mapped[str | None] = mapped_column(String(120))


class Document(_Part, db.Model):
    """A paper on the client: Kbis, signed terms of sale, stamp, mandate. The file may come later."""

    __tablename__ = "client_documents"

    kind: Mapped[str] = mapped_column(String(14))  # one of rules.DOCUMENT_KINDS
    title: Mapped[str | None] = mapped_column(String(200))
    version: Mapped[str | None] = mapped_column(String(40))
    dated_on: Mapped[date | None]  # issued, or signed
    ends_on: Mapped[date | None]
    file_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("stored_files.id"), unique=True)
    added_by: Mapped[uuid.UUID | None] = mapped_column(Uuid)
