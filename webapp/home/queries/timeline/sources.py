"""Each kind of happening as one statement of the same columns, so that they can be stacked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import and_, case, cast, func, literal, or_, select

from webapp.clients.models import Client, Document
from webapp.clients.rules import WALLED_DOCUMENTS
from webapp.credit_requests.models import CreditRequest
from webapp.disputes.models import Dispute
from webapp.home.queries.timeline.columns import CLIENT, CLIENT_TEXT, INSTANT, KIND, UUID, author, imported
from webapp.home.queries.timeline.columns import line as shared
from webapp.invoices.models import Invoice, Order
from webapp.payments.models import Allocation, Matching, Payment, WriteOff
from webapp.promises.models import Promise
from webapp.risk.models import Alert, CreditLimit
from webapp.threads.models import Message
from webapp.users.models import AuditEntry
from webapp.visits.models import Fact, FactKindRow, Visit

# What of a sheet's changes its timeline tells. Reading bank references is for the audit trail alone.
EDITS = (
    "client.create", "client.update", "client.merge", "client.unmerge", "client.link", "client.unlink",
    "contact.add", "contact.change", "contact.remove", "address.add", "address.change", "address.remove",
    "reference.add", "reference.change", "reference.remove",
    "signatory.add", "signatory.change", "signatory.remove",
    "document.remove", "field.answer", "field.confirm",
)  # fmt: skip
WALLED_EDITS = ("bank_account.add", "bank_account.remove")


@dataclass(frozen=True)
class Source:
    """One kind of line: the filter it belongs to, the right it asks for, and its statement for a dialect."""

    family: str
    right: str | None
    build: Callable[[str], Any]


def _documents(dialect: str) -> Any:
    line = shared(
        Invoice.kind,
        Invoice.recorded_at,
        Invoice.id,
        amount=Invoice.gross_value,
        ref=Invoice.ref,
        subject=Invoice.id,
        actor=author(dialect, "invoice", Invoice.id),
    )
    return line.where(Invoice.client_id == CLIENT, Invoice.voided_at.is_(None), Invoice.import_id.is_(None))


def _orders(dialect: str) -> Any:
    line = shared(
        Order.kind,
        Order.recorded_at,
        Order.id,
        amount=Order.amount,
        ref=Order.ref,
        text=Order.state,
        actor=author(dialect, "order", Order.id),
    )
    return line.where(Order.client_id == CLIENT, Order.voided_at.is_(None))


def _receipts(dialect: str) -> Any:
    line = shared(
        "payment",
        Payment.recorded_at,
        Payment.id,
        amount=Payment.amount_value,
        text=Payment.text,
        actor=author(dialect, "payment", Payment.id),
    )
    return line.where(Payment.client_id == CLIENT, Payment.voided_at.is_(None), Payment.import_id.is_(None))


def _returns(_dialect: str) -> Any:
    at = func.coalesce(Payment.returned_at, Payment.recorded_at, type_=INSTANT)
    line = shared("return", at, Payment.id, amount=Payment.amount_value, text=Payment.return_reason)
    return line.where(
        Payment.client_id == CLIENT, Payment.voided_at.is_(None), Payment.returned_on.is_not(None)
    )


def _allocated(column: Any) -> Any:
    return select(column).where(Allocation.matching_id == Matching.id).scalar_subquery()


def _matchings(_dialect: str) -> Any:
    line = shared(
        "matching",
        Matching.made_at,
        Matching.id,
        amount=_allocated(func.sum(Allocation.amount)),
        ref=Matching.code,
        text=Matching.source,
        actor=Matching.made_by,
    )
    return line.where(Matching.client_id == CLIENT, Matching.import_id.is_(None))


def _unmatchings(_dialect: str) -> Any:
    undone = func.coalesce(_allocated(func.max(Allocation.reversed_at)), Matching.made_at, type_=INSTANT)
    line = shared(
        "unmatching",
        undone,
        Matching.id,
        amount=_allocated(func.sum(Allocation.amount)),
        ref=Matching.code,
        actor=Matching.undone_by,
    )
    return line.where(Matching.client_id == CLIENT, Matching.undone_on.is_not(None))


def _write_offs(_dialect: str) -> Any:
    """Those asked for, refused or undone; one that was approved is a document."""
    line = shared(
        "write_off_ask",
        func.coalesce(WriteOff.decided_at, WriteOff.requested_at, type_=INSTANT),
        WriteOff.id,
        amount=WriteOff.amount,
        ref=Invoice.ref,
        text=WriteOff.state,
        subject=Invoice.id,
        actor=func.coalesce(WriteOff.decided_by, WriteOff.requested_by, type_=UUID),
    )
    return line.join(Invoice, Invoice.id == WriteOff.invoice_id).where(
        WriteOff.client_id == CLIENT, WriteOff.state != "approved"
    )


def _promises(_dialect: str) -> Any:
    line = shared(
        "promise",
        Promise.taken_at,
        Promise.id,
        amount=Promise.amount,
        ref=Invoice.ref,
        text=Promise.state,
        subject=Promise.id,
        actor=Promise.taken_by,
    )
    return line.outerjoin(Invoice, Invoice.id == Promise.invoice_id).where(Promise.client_id == CLIENT)


def _credit_requests(_dialect: str) -> Any:
    """Those asked for or declined; one that was granted is a document."""
    line = shared(
        "credit_request",
        func.coalesce(CreditRequest.answered_at, CreditRequest.asked_at, type_=INSTANT),
        CreditRequest.id,
        amount=CreditRequest.amount,
        ref=Invoice.ref,
        text=CreditRequest.state,
        subject=CreditRequest.id,
        actor=func.coalesce(CreditRequest.answered_by, CreditRequest.asked_by, type_=UUID),
    )
    return line.join(Invoice, Invoice.id == CreditRequest.invoice_id).where(
        CreditRequest.client_id == CLIENT, CreditRequest.state != "granted"
    )


def _alerts(_dialect: str) -> Any:
    line = shared("alert", Alert.raised_at, Alert.id, amount=Alert.level, text=Alert.kind, ref=Alert.state)
    return line.where(Alert.client_id == CLIENT)


def _limits(_dialect: str) -> Any:
    line = shared(
        "limit",
        CreditLimit.set_at,
        CreditLimit.id,
        amount=CreditLimit.amount,
        text=CreditLimit.source,
        actor=CreditLimit.set_by,
    )
    return line.where(CreditLimit.client_id == CLIENT)


# A message of files alone is told by a sign.
_SAYS = func.coalesce(func.nullif(func.substr(Message.body, 1, 280), ""), "📎")


def _said(line: Any) -> Any:
    return line.where(Message.deleted_at.is_(None), Message.kind == "text")


def _disputes(closed: bool) -> Callable[[str], Any]:
    """Those that were opened, or those that are over and how they ended."""

    def build(_dialect: str) -> Any:
        line = shared(
            "dispute_end" if closed else "dispute",
            Dispute.closed_at if closed else Dispute.opened_at,
            Dispute.id,
            amount=Dispute.resolution_amount if closed else Dispute.amount,
            ref=Invoice.ref,
            text=Dispute.state if closed else func.substr(Dispute.text, 1, 280),
            subject=Dispute.id,
            actor=Dispute.closed_by if closed else Dispute.opened_by,
        )
        found = line.join(Invoice, Invoice.id == Dispute.invoice_id).where(Dispute.client_id == CLIENT)
        return found.where(Dispute.closed_at.is_not(None)) if closed else found

    return build


def _visits(_dialect: str) -> Any:
    line = shared(
        "visit",
        Visit.visited_at,
        Visit.id,
        ref=Visit.outcome,
        text=func.substr(Visit.note, 1, 280),
        subject=Visit.id,
        actor=Visit.recorded_by,
    )
    return line.where(Visit.client_id == CLIENT)


def _facts(ended: bool) -> Callable[[str], Any]:
    """What was seen, or is no longer true: `text` is the kind, `ref` the company's own name for it."""

    def build(_dialect: str) -> Any:
        line = shared(
            "fact_end" if ended else "fact",
            Fact.ended_at if ended else Fact.noted_at,
            Fact.id,
            ref=FactKindRow.label,
            text=Fact.kind,
            subject=Fact.visit_id,
            actor=Fact.ended_by if ended else Fact.noted_by,
        )
        found = line.outerjoin(FactKindRow, FactKindRow.code == Fact.kind).where(Fact.client_id == CLIENT)
        return found.where(Fact.ended_at.is_not(None)) if ended else found

    return build


def _messages(_dialect: str) -> Any:
    """About the client's invoices."""
    line = shared(
        "message",
        Message.created_at,
        Message.id,
        ref=Invoice.ref,
        text=_SAYS,
        subject=Invoice.id,
        actor=Message.author_id,
    )
    return _said(line.join(Invoice, Invoice.id == Message.thread_id).where(Invoice.client_id == CLIENT))


def _client_messages(_dialect: str) -> Any:
    """About the client itself, and about those that were merged into it."""
    line = shared(
        "message",
        Message.created_at,
        Message.id,
        text=_SAYS,
        subject=Message.thread_id,
        actor=Message.author_id,
    )
    own = select(Client.id).where(or_(Client.id == CLIENT, Client.merged_into_id == CLIENT))
    return _said(line.where(Message.thread_id.in_(own)))


def _papers(walled: bool) -> Callable[[str], Any]:
    def build(_dialect: str) -> Any:
        line = shared(
            "document",
            Document.created_at,
            Document.id,
            ref=case((Document.title.is_not(None), Document.title), else_=Document.version),
            text=Document.kind,
            subject=Document.file_id,
            actor=Document.added_by,
        )
        kinds = Document.kind.in_(sorted(WALLED_DOCUMENTS))
        return line.where(Document.client_id == CLIENT, kinds if walled else ~kinds)

    return build


def edit_of(actions: Iterable[str]) -> Any:
    """Audit entries about the client with one of these actions."""
    return and_(
        AuditEntry.subject_type == "client",
        AuditEntry.subject_id == CLIENT_TEXT,
        AuditEntry.action.in_(tuple(actions)),
    )


def _edits(actions: tuple[str, ...]) -> Callable[[str], Any]:
    def build(_dialect: str) -> Any:
        line = shared(
            "client", AuditEntry.at, AuditEntry.id, text=AuditEntry.action, actor=AuditEntry.actor_id
        )
        return line.where(edit_of(actions))

    return build


SOURCES = (
    Source("invoices", None, _documents),
    Source("invoices", None, _orders),
    Source(
        "imports", None, lambda _dialect: imported(Invoice, Invoice.gross_value, cast(Invoice.kind, KIND))
    ),
    # PostgreSQL refuses to group by a bare text.
    Source(
        "imports",
        "payment.read",
        lambda _dialect: imported(Payment, Payment.amount_value, cast(literal("payment"), KIND)),
    ),
    Source("payments", "payment.read", _receipts),
    Source("payments", "payment.read", _returns),
    Source("payments", "payment.read", _matchings),
    Source("payments", "payment.read", _unmatchings),
    Source("payments", "payment.read", _write_offs),
    Source("messages", None, _promises),
    Source("invoices", None, _credit_requests),
    Source("risk", "alert.read", _alerts),
    Source("risk", "limit.read", _limits),
    Source("disputes", None, _disputes(closed=False)),
    Source("disputes", None, _disputes(closed=True)),
    Source("visits", None, _visits),
    Source("visits", None, _facts(ended=False)),
    Source("visits", None, _facts(ended=True)),
    Source("messages", None, _messages),
    Source("messages", None, _client_messages),
    Source("sheet", None, _edits(EDITS)),
    Source("sheet", "bank.read", _edits(WALLED_EDITS)),
    Source("sheet", None, _papers(walled=False)),
    Source("sheet", "bank.read", _papers(walled=True)),
)
