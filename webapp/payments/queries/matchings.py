"""Reads of acts of matching, inside the actor's scope, and of the queue that waits for one."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Row, Select, and_, func, literal_column, or_, select, tuple_
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.clients.rules import fold
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.models import Invoice
from webapp.payments.models import Allocation, Matching, Payment
from webapp.payments.queries.receipts import require_reader
from webapp.users.actor import Actor
from webapp.users.models import User

MISSING = _l("Lettrage introuvable. Il n’existe pas, ou n’est pas dans votre portefeuille.")
MOST_OPEN, MOST_ACTS = 300, 50
FILTERS = ("to_match", "matched", "returned", "all")
_NOTHING: ColumnElement[int] = literal_column("0")  # written out, so that the partial index serves
_Credit = aliased(Invoice)


@dataclass(frozen=True)
class MatchedShare:
    """A share as people read it: from which money or credit, on which invoice."""

    allocation: Allocation
    invoice: Invoice
    credit_ref: str | None
    credit_kind: str | None


@dataclass(frozen=True)
class MatchingLine:
    """An act of matching with who made it and its shares."""

    matching: Matching
    client_ref: str
    made_by_name: str | None
    shares: tuple[MatchedShare, ...]


def get_matching(actor: Actor, matching_id: uuid.UUID, *, lock: bool = False) -> Matching:
    """The act of matching, or NotFound when out of scope. Raises Forbidden."""
    require_reader(actor)
    query = select(Matching).join(Client, Client.id == Matching.client_id)
    query = query.where(Matching.id == matching_id, in_scope(actor))
    if lock:
        query = query.with_for_update(of=Matching).execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound(MISSING)
    return found


def list_matchings(
    actor: Actor,
    *,
    limit: int,
    client_ref: str | None = None,
    payment_id: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
) -> list[MatchingLine]:
    """Acts of matching, newest first, undone ones too; at most `limit + 1`."""
    query = _acts(actor)
    if client_ref is not None:
        query = query.where(Client.ref == client_ref)
    if payment_id is not None:
        query = query.where(Matching.id.in_(_acts_on(payment_id)))
    if after is not None:
        query = query.where(Matching.id < after)
    rows = db.session.execute(query.limit(limit + 1)).tuples().all()
    shares = _shares_of(Allocation.matching_id.in_([row[0].id for row in rows]))
    return [MatchingLine(*row, tuple(shares[row[0].id])) for row in rows]


def history_of(actor: Actor, payment_id: uuid.UUID) -> tuple[list[MatchingLine], list[MatchedShare]]:
    """The latest acts of matching on a payment, undone ones too, and live shares no act made."""
    query = _acts(actor).where(Matching.id.in_(_acts_on(payment_id))).limit(MOST_ACTS)
    rows = db.session.execute(query).tuples().all()
    loose = and_(
        Allocation.payment_id == payment_id,
        Allocation.matching_id.is_(None),
        Allocation.reversed_at.is_(None),
    )
    shares = _shares_of(or_(loose, Allocation.matching_id.in_([row[0].id for row in rows])))
    return [MatchingLine(*row, tuple(shares[row[0].id])) for row in rows], shares[None]


def _acts(actor: Actor) -> Select[Matching, str, str | None]:
    """Acts of matching in scope with the client's reference and who made them, newest first."""
    require_reader(actor)
    return (
        select(Matching, Client.ref, User.name)
        .join(Client, Client.id == Matching.client_id)
        .outerjoin(User, User.id == Matching.made_by)
        .where(in_scope(actor))
        .order_by(Matching.id.desc())
    )


def _acts_on(payment_id: uuid.UUID) -> Select[uuid.UUID | None]:
    return select(Allocation.matching_id).where(Allocation.payment_id == payment_id)


def get_line(actor: Actor, matching_id: uuid.UUID) -> MatchingLine:
    """One act of matching as lists show it, or NotFound. Raises Forbidden."""
    matching = get_matching(actor, matching_id)
    names = select(Client.ref, User.name).select_from(Client)
    names = names.outerjoin(User, User.id == matching.made_by).where(Client.id == matching.client_id)
    client_ref, made_by = db.session.execute(names).one()
    shares = _shares_of(Allocation.matching_id == matching.id)
    return MatchingLine(matching, client_ref, made_by, tuple(shares[matching.id]))


def _shares_of(condition: ColumnElement[bool]) -> dict[uuid.UUID | None, list[MatchedShare]]:
    """The shares of these allocations by their act of matching; None: no act made them."""
    found: dict[uuid.UUID | None, list[MatchedShare]] = defaultdict(list)
    rows = db.session.execute(
        select(Allocation, Invoice, _Credit.ref, _Credit.kind)
        .join(Invoice, Invoice.id == Allocation.invoice_id)
        .outerjoin(_Credit, _Credit.id == Allocation.credit_id)
        .where(condition)
        .order_by(Allocation.id)
    ).tuples()
    for row in rows:
        found[row[0].matching_id].append(MatchedShare(*row))
    return found


def last_matcher(payment_id: uuid.UUID) -> str | None:
    """The name of who matched that payment last; None when a program did, or nobody."""
    return db.session.scalar(
        select(User.name)
        .join(Matching, Matching.made_by == User.id)
        .join(Allocation, Allocation.matching_id == Matching.id)
        .where(Allocation.payment_id == payment_id, Allocation.reversed_at.is_(None))
        .order_by(Matching.id.desc())
        .limit(1)
    )


def list_to_match(
    actor: Actor, *, limit: int, after: tuple[date, uuid.UUID] | None = None
) -> Sequence[Row[Payment, Client]]:
    """Payments that still settle nothing, or not all they could, oldest first; `limit + 1`."""
    require_reader(actor)
    query = _live(actor).where(*_matching_state("to_match"))
    if after is not None:
        query = query.where(tuple_(Payment.received_on, Payment.id) > tuple_(*after))
    return db.session.execute(query.order_by(Payment.received_on, Payment.id).limit(limit + 1)).all()


def find_to_match(actor: Actor, payment_id: uuid.UUID) -> Row[Payment, Client] | None:
    """One payment that waits, with its client; None when it does not, or is out of scope."""
    require_reader(actor)
    query = _live(actor).where(Payment.id == payment_id, *_matching_state("to_match"))
    return db.session.execute(query).first()


@dataclass(frozen=True)
class OpenDocument:
    """A document a payment may be put on by hand, or a credit note beside it."""

    id: uuid.UUID
    ref: str
    kind: str
    issued_on: date
    due_on: date
    open: int
    sign: int


def list_open_documents(payment: Payment) -> list[OpenDocument]:
    """Open documents of the payment's client in its currency, invoices first, earliest due first."""
    rows = db.session.execute(
        select(Invoice.id, Invoice.ref, Invoice.kind, Invoice.issued_on, Invoice.due_on, Invoice.open)
        .where(
            Invoice.client_id == payment.client_id,
            Invoice.currency == payment.currency,
            Invoice.open > _NOTHING,
            Invoice.voided_at.is_(None),
            Invoice.kind != "write_off",
        )
        .order_by(Invoice.due_on, Invoice.id)
        .limit(MOST_OPEN)
    ).tuples()
    found = [OpenDocument(*row, rules.SIGN[row[2]]) for row in rows]
    return sorted(found, key=lambda each: -each.sign)


def count_to_match(actor: Actor) -> tuple[int, int]:
    """How many payments wait, and what is left of them in cents of the company's currency."""
    require_reader(actor)
    query = (
        select(func.count(), func.coalesce(func.sum(Payment.unapplied_value), 0))
        .join(Client, Client.id == Payment.client_id)
        .where(in_scope(actor), *_matching_state("to_match"))
    )
    number, value = db.session.execute(query).one()
    return number, int(value)


def search_payments(
    actor: Actor,
    *,
    limit: int,
    state: str = "all",
    q: str = "",
    amount: int | None = None,
    since: date | None = None,
    until: date | None = None,
    client_id: uuid.UUID | None = None,
    after: Sequence[object] | None = None,
) -> Sequence[Row[Payment, Client]]:
    """Live payments, newest first, by state (one of FILTERS), days and client; `limit + 1` rows.

    Found are those whose text or client has the words `q`, or that are of that `amount`.
    """
    require_reader(actor)
    query = _live(actor).where(*_matching_state(state))
    words = q.strip().replace("\x00", "")
    found = [Payment.amount == amount] if amount is not None else []
    if words:
        found.append(func.lower(Payment.text).contains(words.lower(), autoescape=True))
        found.append(Client.search_text.contains(fold(words), autoescape=True))
    if found:
        query = query.where(or_(*found))
    if since is not None:
        query = query.where(Payment.received_on >= since)
    if until is not None:
        query = query.where(Payment.received_on <= until)
    if client_id is not None:
        query = query.where(Payment.client_id == client_id)
    if after is not None:
        query = query.where(tuple_(Payment.received_on, Payment.id) < tuple_(*after))
    query = query.order_by(Payment.received_on.desc(), Payment.id.desc()).limit(limit + 1)
    return db.session.execute(query).all()


def _live(actor: Actor) -> Select[Payment, Client]:
    joined = select(Payment, Client).join(Client, Client.id == Payment.client_id)
    return joined.where(in_scope(actor), Payment.voided_at.is_(None))


def _matching_state(state: str) -> list[ColumnElement[bool]]:
    conditions: dict[str, list[ColumnElement[bool]]] = {
        "to_match": [Payment.unapplied > _NOTHING, Payment.voided_at.is_(None)],
        "matched": [Payment.unapplied == 0, Payment.returned_on.is_(None)],
        "returned": [Payment.returned_on.is_not(None)],
        "all": [],
    }
    return conditions[state]
