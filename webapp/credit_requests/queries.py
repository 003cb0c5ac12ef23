"""Reads of requests for a credit note: about clients in scope."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, tuple_
from sqlalchemy.orm import aliased, contains_eager

from webapp.clients.policy import in_scope
from webapp.core.errors import NotFound
from webapp.credit_requests.models import CreditRequest
from webapp.credit_requests.rules import ASKED, Credited
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments.models import Allocation
from webapp.users.actor import Actor
from webapp.users.models import User

MISSING = _l("Demande d’avoir introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")
_asker, _answerer, _credit = aliased(User), aliased(User), aliased(Invoice)


@dataclass(frozen=True)
class RequestLine:
    """A request with its invoice (and client), the people, and the credit note that was given."""

    request: CreditRequest
    invoice: Invoice
    asked_by: str
    answered_by: str | None
    credit_ref: str | None


def _select(actor: Actor) -> Any:
    return (
        select(CreditRequest, Invoice, _asker.name, _answerer.name, _credit.ref)
        .join(Invoice, Invoice.id == CreditRequest.invoice_id)
        .join(Invoice.client)
        .join(_asker, _asker.id == CreditRequest.asked_by)
        .outerjoin(_answerer, _answerer.id == CreditRequest.answered_by)
        .outerjoin(_credit, _credit.id == CreditRequest.credit_id)
        .where(in_scope(actor))
        .options(contains_eager(Invoice.client))
    )


def _lines(query: Any) -> list[RequestLine]:
    rows: Any = db.session.execute(query).tuples()
    return [RequestLine(*row) for row in rows]


def get_request(actor: Actor, request_id: uuid.UUID) -> RequestLine:
    """The request, or NotFound."""
    found = _lines(_select(actor).where(CreditRequest.id == request_id))
    if not found:
        raise NotFound(MISSING)
    return found[0]


def cards(actor: Actor, ids: Collection[uuid.UUID]) -> dict[uuid.UUID, RequestLine]:
    """What their cards show, by id; those out of scope are missing. One query."""
    return {line.request.id: line for line in _lines(_select(actor).where(CreditRequest.id.in_(ids)))}


def list_requests(
    actor: Actor,
    *,
    state: str | None = None,
    limit: int = 50,
    invoice_id: uuid.UUID | None = None,
    after: Sequence[object] | None = None,
) -> list[RequestLine]:
    """Requests, latest first; `limit + 1` so that one knows whether more follow."""
    query = _select(actor)
    if state is not None:
        query = query.where(CreditRequest.state == state)
    if invoice_id is not None:
        query = query.where(CreditRequest.invoice_id == invoice_id)
    if after is not None:
        query = query.where(tuple_(CreditRequest.asked_at, CreditRequest.id) < tuple_(*after))
    return _lines(query.order_by(CreditRequest.asked_at.desc(), CreditRequest.id.desc()).limit(limit + 1))


MOST_IDS = 500


def list_waiting(invoice_ids: Collection[uuid.UUID]) -> list[CreditRequest]:
    """Requests about these invoices that wait for an answer, locked, unscoped: for those who close them.
    One query, however many invoices a file touched: few wait at a time."""
    query = select(CreditRequest).where(CreditRequest.state == ASKED)
    if len(invoice_ids) <= MOST_IDS:
        query = query.where(CreditRequest.invoice_id.in_(invoice_ids))
    wanted = set(invoice_ids)
    rows = db.session.scalars(query.order_by(CreditRequest.id).with_for_update())
    return [row for row in rows if row.invoice_id in wanted]


def list_credits(invoice_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, list[Credited]]:
    """Credit notes put on these invoices that answer no request yet, by invoice, the first one first."""
    used = select(CreditRequest.credit_id).where(CreditRequest.credit_id.is_not(None))
    rows: Any = db.session.execute(
        select(Allocation.invoice_id, Allocation.credit_id, Allocation.amount, Allocation.recorded_at)
        .join(Invoice, Invoice.id == Allocation.credit_id)
        .where(
            Allocation.invoice_id.in_(invoice_ids),
            Allocation.reversed_at.is_(None),
            Invoice.kind == "credit_note",
            Allocation.credit_id.not_in(used),
        )
        .order_by(Allocation.recorded_at, Allocation.id)
    )
    found: dict[uuid.UUID, list[Credited]] = {}
    for invoice_id, *values in rows:
        found.setdefault(invoice_id, []).append(Credited(*values))
    return found
