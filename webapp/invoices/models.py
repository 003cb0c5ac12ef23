"""Invoices, their instalments, and the balance kept for each client."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.clients.models import Client
from webapp.core.clock import UtcDateTime, now
from webapp.core.ids import new_id
from webapp.core.money import UNIT_RATE
from webapp.extensions import db
from webapp.invoices import rules

KINDS = ("invoice", "credit_note", "deposit", "write_off")
_LIVE = "voided_at IS NULL"


class Invoice(db.Model):
    """A document on a client's account. Amounts are positive cents; the sign comes from `kind`."""

    __tablename__ = "invoices"
    __table_args__ = (
        Index(
            "uq_invoices_ref_live",
            "ref",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
            postgresql_ops={"ref": "text_pattern_ops"},  # serves the starts of references too
        ),
        Index("ix_invoices_client_due", "client_id", "due_on", "id"),
        Index(
            "ix_invoices_open_due",
            "due_on",
            "id",
            sqlite_where=text(f"open > 0 AND {_LIVE}"),
            postgresql_where=text(f"open > 0 AND {_LIVE}"),
        ),
        Index(
            "ix_invoices_client_open",
            "client_id",
            "due_on",
            "id",
            sqlite_where=text(f"open > 0 AND {_LIVE}"),
            postgresql_where=text(f"open > 0 AND {_LIVE}"),
        ),
        Index("ix_invoices_client_recorded", "client_id", "recorded_at", "id"),
        CheckConstraint("gross >= 0 AND open >= 0 AND open <= gross", name="amounts"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    ref: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(12), default="invoice")
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    issued_on: Mapped[date]
    due_on: Mapped[date]
    gross: Mapped[int] = mapped_column(BigInteger)
    open: Mapped[int] = mapped_column(BigInteger)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    rate: Mapped[int] = mapped_column(BigInteger, default=UNIT_RATE)  # of its date, in billionths
    gross_value: Mapped[int] = mapped_column(BigInteger)  # in the company's currency, at that rate
    open_value: Mapped[int] = mapped_column(BigInteger)  # the sum of its parts'
    order_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("orders.id"), index=True)
    due_computed: Mapped[bool] = mapped_column(default=False)  # from the client's terms, not the source
    paid_on: Mapped[date | None]  # the day the last cent came in
    late_days: Mapped[int | None]  # paid_on - due_on, early is negative
    revision: Mapped[int] = mapped_column(default=1)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    import_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)
    client: Mapped[Client] = relationship()
    instalments: Mapped[list[Instalment]] = relationship(
        back_populates="invoice", order_by="Instalment.number"
    )

    @property
    def oldest_due_on(self) -> date:
        """The due date lateness counts from: of the oldest part that is still open."""
        return min((part.due_on for part in self.instalments if part.open), default=self.due_on)

    def status(self, day: date) -> str:
        """How it stands on `day`; it is overdue from its oldest open part on."""
        return rules.status(
            kind=self.kind,
            gross=self.gross,
            open_=self.open,
            due_on=self.oldest_due_on,
            today=day,
            voided=self.voided_at is not None,
        )

    def days_late(self, day: date) -> int | None:
        """Days past due of the oldest open part; once paid, of the last cent; None when neither."""
        if self.open == 0:
            return self.late_days
        late = (day - self.oldest_due_on).days
        return late if late > 0 and rules.SIGN[self.kind] > 0 else None


class Instalment(db.Model):
    """A part of an invoice with its own due date; it ages on its own."""

    __tablename__ = "instalments"
    __table_args__ = (
        UniqueConstraint("invoice_id", "number"),
        Index(
            "ix_instalments_open",
            "client_id",
            "due_on",
            "open_value",
            "sign",
            sqlite_where=text("open > 0"),
            postgresql_where=text("open > 0"),
        ),
        CheckConstraint("amount >= 0 AND open >= 0 AND open <= amount", name="amounts"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    invoice_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("invoices.id"))
    client_id: Mapped[uuid.UUID] = mapped_column(Uuid, info={"moves": True})  # with its invoice's
    number: Mapped[int]
    due_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)
    open: Mapped[int] = mapped_column(BigInteger)
    open_value: Mapped[int] = mapped_column(BigInteger)  # in the company's currency
    sign: Mapped[int] = mapped_column(default=1)  # 0 once the invoice is voided, -1 for credit
    invoice: Mapped[Invoice] = relationship(back_populates="instalments")


class Order(db.Model):
    """What a client was offered (`quote`) or ordered (`order`), before it is billed.

    `billed` is what live invoices of the order add up to; an order counts as open for the rest.
    """

    __tablename__ = "orders"
    __table_args__ = (
        Index(
            "uq_orders_ref_live",
            "kind",
            "ref",
            unique=True,
            sqlite_where=text(_LIVE),
            postgresql_where=text(_LIVE),
        ),
        Index("ix_orders_client", "client_id", "issued_on", "id"),
        CheckConstraint("amount > 0 AND billed >= 0 AND open_value >= 0", name="amounts"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(8))
    ref: Mapped[str] = mapped_column(String(64))
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    quote_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("orders.id"))  # of an order
    issued_on: Mapped[date]
    ends_on: Mapped[date | None]  # until when a quote holds; when an order is to be delivered
    amount: Mapped[int] = mapped_column(BigInteger)  # incl. VAT, in its own currency
    billed: Mapped[int] = mapped_column(BigInteger, default=0)
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    rate: Mapped[int] = mapped_column(BigInteger, default=UNIT_RATE)
    open_value: Mapped[int] = mapped_column(BigInteger)  # 0 for quotes and once closed
    state: Mapped[str] = mapped_column(String(10), default="open")  # open, won, lost, closed
    closed_on: Mapped[date | None]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    voided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    import_id: Mapped[uuid.UUID | None] = mapped_column(Uuid, index=True)


class DeliveryNote(db.Model):
    """Goods handed over (bon de livraison). `open_value` is what of it no invoice stands for yet."""

    __tablename__ = "delivery_notes"
    __table_args__ = (
        Index("ix_delivery_notes_client", "client_id", "delivered_on", "id"),
        CheckConstraint("amount > 0 AND open_value >= 0", name="amounts"),
    )

    id: Mapped[uuid.UUID] = mapped_column(Uuid, primary_key=True, default=new_id)
    ref: Mapped[str] = mapped_column(String(64), unique=True)
    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"))
    order_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("orders.id"), index=True)
    invoice_id: Mapped[uuid.UUID | None] = mapped_column(ForeignKey("invoices.id"), index=True)  # billed by
    delivered_on: Mapped[date]
    amount: Mapped[int] = mapped_column(BigInteger)  # incl. VAT, in its own currency
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    rate: Mapped[int] = mapped_column(BigInteger, default=UNIT_RATE)
    open_value: Mapped[int] = mapped_column(BigInteger)  # in the company's currency
    closed_on: Mapped[date | None]  # nothing of it will be billed
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    @property
    def state(self) -> str:
        """`closed`, `billed`, or `unbilled` while something of it waits for an invoice."""
        if self.closed_on is not None:
            return "closed"
        return "unbilled" if self.open_value else "billed"


class ExchangeRate(db.Model):
    """What one unit of a currency was worth in the company's on a day, in billionths."""

    __tablename__ = "exchange_rates"

    currency: Mapped[str] = mapped_column(String(3), primary_key=True)
    on: Mapped[date] = mapped_column(primary_key=True)
    rate: Mapped[int] = mapped_column(BigInteger)
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Balance(db.Model):
    """What a client owes, kept in the transaction that changes it. Cents, company currency.

    `overdue` and the dates are as of `as_of`; a daily job rolls them over.
    """

    __tablename__ = "client_balances"
    __table_args__ = (
        Index("ix_client_balances_outstanding", "outstanding", "client_id"),
        Index("ix_client_balances_overdue", "overdue", "client_id"),
        Index("ix_client_balances_next_due", "next_due_on"),
    )

    client_id: Mapped[uuid.UUID] = mapped_column(ForeignKey("clients.id"), primary_key=True)
    outstanding: Mapped[int] = mapped_column(BigInteger, default=0)  # open items - unapplied credit
    unapplied: Mapped[int] = mapped_column(BigInteger, default=0)  # cash and credit not allocated
    overdue: Mapped[int] = mapped_column(BigInteger, default=0)
    overdue_since: Mapped[date | None]  # due date of the oldest open instalment past due
    next_due_on: Mapped[date | None]  # when `overdue` changes by itself
    open_count: Mapped[int] = mapped_column(default=0)
    open_orders: Mapped[int] = mapped_column(BigInteger, default=0)  # ordered, not delivered nor billed yet
    unbilled_amount: Mapped[int] = mapped_column(BigInteger, default=0)  # delivered and not billed yet
    exposure: Mapped[int] = mapped_column(BigInteger, default=0)  # what limits are held against
    days_late: Mapped[int | None]  # amount-weighted, paid and overdue, last twelve months
    as_of: Mapped[date]
