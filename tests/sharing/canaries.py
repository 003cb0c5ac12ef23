"""A word of its own in every text the house keeps: what `test_canaries.py` looks for outside.

Every text column of the database is one of three things: the client's to read (`public_rows`), a code
(`CODES`: no words of anybody), or planted with a canary. A column nobody thought of is planted.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from typing import Any
from urllib.parse import unquote_plus

import sqlalchemy as sa

from webapp.clients.models import Client, Contact
from webapp.core.clock import UtcDateTime, now, today
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.core.models import Job
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.notifications.models import Delivery
from webapp.sharing.models import AccessGrant, MailDelivery
from webapp.threads.models import Message
from webapp.threads.rules import client_thread_of
from webapp.users import audit
from webapp.users.actor import system_actor
from webapp.users.models import User

DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
TEXTS = (sa.String, sa.JSON)  # Text and Enum are strings too


@dataclass(frozen=True)
class Outside:
    """Whom the client deals with and what it may read (`public_rows`)."""

    client_id: uuid.UUID
    contact_id: uuid.UUID
    grant_id: uuid.UUID
    invoice_id: uuid.UUID
    author_ids: frozenset[uuid.UUID]


def public_rows(outside: Outside) -> dict[str, Any]:
    """Columns a client may read: the rows in which it may, None for every row."""
    threads = [client_thread_of(about) for about in (outside.client_id, outside.invoice_id)]
    said = Message.thread_id.in_(threads) & Message.kind.in_(("text", "client"))
    said &= Message.deleted_at.is_(None)
    own_name, holder = Client.id == outside.client_id, Contact.id == outside.contact_id
    own_access = AccessGrant.id == outside.grant_id
    return {
        "company.name": None,  # whose page it is
        "clients.legal_name": own_name,
        "clients.trade_name": own_name,
        "client_contacts.name": holder,  # who reads: their own name and address
        "client_contacts.email": holder,
        "access_grants.name": own_access,
        "access_grants.email": own_access,
        "users.name": User.id.in_(outside.author_ids),  # who wrote to the client
        "invoices.ref": Invoice.id == outside.invoice_id,  # what is talked about with them
        "messages.body": said,
        "messages.html": said,
        "messages.guest_name": said,
    }


# Columns that hold no words: planting one would break what reads it. By what stands in them.
CODES = {
    "a word of a closed list": """
        clients.country clients.language clients.insolvency clients.naf client_addresses.kind
        client_addresses.country client_contacts.role client_contacts.language client_documents.kind
        custom_fields.kind credit_requests.state disputes.department disputes.state disputes.reason
        dispute_reasons.code dispute_reasons.department dispute_reasons.role exports.listing exports.format
        exports.decimals exports.state imports.kind imports.format imports.mode imports.state
        import_mappings.kind invoices.kind invoices.currency orders.kind orders.currency orders.state
        delivery_notes.currency
        exchange_rates.currency payments.currency payments.method payments.return_reason payments.source
        matchings.source write_offs.reason write_offs.state promises.currency promises.state
        credit_limits.currency credit_limits.source guarantees.kind guarantees.currency
        limit_requests.currency limit_requests.state
        limit_requests.stage limit_request_steps.kind passed_levels.kind alerts.kind alerts.state
        alerts.currency stored_files.media_type stored_files.subject_type threads.subject_type
        threads.audience messages.kind messages.act_kind thread_members.level notifications.kind
        deliveries.kind deliveries.state mail_deliveries.state company.currency company.time_zone
        users.locale users.theme memberships.role audit_entries.via audit_entries.action
        audit_entries.subject_type jobs.name commands.name signals.event fact_kinds.code facts.kind
        fact_links.subject_type visits.outcome acknowledgements.currency acknowledgements.language""",
    "an id, a hash, a key or an address of a device": """
        access_grants.token_hash access_grants.code_hash api_tokens.token_hash recovery_codes.code_hash
        users.fs_uniquifier branches.path exports.scope refused_proposals.key stored_files.sha256
        imports.sha256 import_mappings.headers_key commands.actor_id commands.payload_hash signals.origin
        audit_entries.subject_id audit_entries.digest audit_seals.chain deliveries.topic
        push_subscriptions.endpoint push_subscriptions.p256dh push_subscriptions.auth
        acknowledgements.creditor_siren acknowledgements.debtor_siren acknowledgements.digest
        acknowledgements.pdf_sha256 limit_requests.record_sha256""",
    "a list of instants, of ids or of figures": """
        access_grants.codes_asked messages.mentions limit_requests.evidence limit_requests.snapshot""",
}
CODE_COLUMNS = frozenset(" ".join(CODES.values()).split())
# What is planted only where the worker has done with it.
DONE: dict[str, Any] = {
    "jobs": Job.done_at.is_not(None),
    "deliveries": Delivery.state != "due",
    "mail_deliveries": MailDelivery.state != "due",
}
PAYLOAD = "audit_payloads.body"  # can only be written, never changed


def text_columns() -> list[sa.Column[Any]]:
    """Every column of the database that holds text, in order."""
    tables = sorted(db.metadata.tables.values(), key=lambda table: table.name)
    return [column for table in tables for column in table.columns if isinstance(column.type, TEXTS)]


def plant(outside: Outside) -> dict[str, str]:
    """Put the canaries in; the words by column. Raises AssertionError for a column that no row has."""
    public, words, missing = public_rows(outside), {}, []
    with unit_of_work():
        _fill_empty_tables()
        for number, column in enumerate(text_columns()):
            name = str(column)
            if name in CODE_COLUMNS or public.get(name, "") is None:
                continue
            words[name] = word = f"canari{DIGITS[number // 36]}{DIGITS[number % 36]}"
            if name == PAYLOAD:
                audit.write(system_actor(), "test.plant", "client", outside.client_id, said=word)
                continue
            hidden = DONE.get(column.table.name, sa.true()) & ~public.get(name, sa.false())
            if not _plant(column, hidden, word):
                missing.append(name)
    assert missing == [], f"no row to plant, have the world of the sweep make one: {missing}"
    db.session.expire_all()
    return words


def _plant(column: sa.Column[Any], hidden: Any, word: str) -> int:
    table = column.table
    keys = list(table.primary_key)
    rows = db.session.execute(sa.select(column, *keys).where(hidden)).all()
    for number, (value, *own) in enumerate(rows):
        this = sa.and_(*(key == mine for key, mine in zip(keys, own, strict=True)))
        fresh = _with(value, word, number, column.type)
        db.session.execute(sa.update(table).where(this).values({column.name: fresh}))
    return len(rows)


def _with(value: Any, word: str, number: int, kind: Any) -> Any:
    """The value with the word in it; texts differ from row to row, since some must."""
    if isinstance(value, dict):
        return {**value, "canari": word}
    if isinstance(value, list):
        return [*value, word]
    if isinstance(kind, sa.JSON):
        return {"canari": word}
    text = f"{word}.{number}" if number else word
    return text if kind.length is None or len(text) <= kind.length else word


def _fill_empty_tables() -> None:
    """A row in each table the world left empty, made of what its columns ask for."""
    for table in db.metadata.sorted_tables:
        if db.session.execute(sa.select(sa.literal(1)).select_from(table).limit(1)).first() is None:
            db.session.execute(sa.insert(table).values({each.name: _made_up(each) for each in table.columns}))


def _made_up(column: sa.Column[Any]) -> Any:
    for key in column.foreign_keys:
        # Two people of one row are two people.
        others = [each for each in column.table.columns if each.references(key.column) and each is not column]
        rank = sum(each.name < column.name for each in others)
        return (
            None if column.nullable else db.session.scalars(sa.select(key.column).limit(rank + 1)).all()[-1]
        )
    if isinstance(column.type, sa.JSON):
        return {}
    if isinstance(column.type, sa.String):
        return "x"
    if column.nullable:
        return None
    made = {sa.Uuid: new_id(), UtcDateTime: now(), sa.Date: today(), sa.Boolean: False, sa.LargeBinary: b"x"}
    return next((value for kind, value in made.items() if isinstance(column.type, kind)), 1)


def odd_codes() -> list[str]:
    """Codes that are none: columns listed as such in which something with blanks stands."""
    odd = []
    for column in text_columns():
        if str(column) in CODE_COLUMNS and not isinstance(column.type, sa.JSON):
            values = db.session.scalars(sa.select(column).where(column.is_not(None)))
            odd += [f"{column}: {value}" for value in values if re.search(r"\s", value)]
    return odd


def leaks(words: dict[str, str], texts: Iterable[str]) -> list[str]:
    """Columns whose canary is in one of these texts, as it stands or as HTML or an address writes it."""
    heard = "\n".join(form for text in texts for form in (text, unescape(text), unquote_plus(text))).lower()
    return [name for name, word in words.items() if word in heard] if "canari" in heard else []


def parts_of(mail: Any) -> Iterator[str]:
    """All of a mail, decoded: headers, texts, attachments and their names."""
    for part in mail.walk():
        for name, value in part.items():
            yield f"{name}: {value}"
        yield part.get_filename() or ""
        if not part.is_multipart():
            yield (part.get_payload(decode=True) or b"").decode("utf-8", "replace")
