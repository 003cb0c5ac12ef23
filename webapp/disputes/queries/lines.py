"""Disputes with what people read beside them, inside the actor's scope."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, select
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import local, today
from webapp.core.errors import NotFound
from webapp.disputes import rules
from webapp.disputes.models import Dispute, DisputeReason
from webapp.disputes.words import reason_name
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.users.actor import Actor
from webapp.users.models import User

MISSING = _l("Litige introuvable. Il n’existe pas, ou n’est pas dans votre portefeuille.")
_resolver, _opener, _proposer, _closer = (aliased(User) for _name in range(4))
_credit, _other = aliased(Invoice), aliased(Dispute)
_contested = (
    select(func.coalesce(func.sum(_other.open), 0))
    .where(_other.invoice_id == Invoice.id, _other.closed_at.is_(None))
    .correlate(Invoice)
    .scalar_subquery()
)


@dataclass
class DisputeLine:
    """A dispute with its invoice, its client and the people in it, by name."""

    dispute: Dispute
    invoice_ref: str
    currency: str
    invoice_open: int
    invoice_due_on: date
    contested: int  # of the invoice, by all its open disputes
    label: str | None
    client_name: str
    client_ref: str
    branch_id: uuid.UUID
    sales_rep_id: uuid.UUID | None
    resolver: str | None
    opener: str | None
    proposer: str | None
    closer: str | None
    credit_ref: str | None

    @property
    def id(self) -> uuid.UUID:
        return self.dispute.id

    @property
    def reason(self) -> str:
        """What the reason is called."""
        return reason_name(self.dispute.reason, self.label)

    @property
    def step(self) -> int:
        """Which of the four steps it has reached."""
        return rules.step_of(self.dispute.state, proposed=self.dispute.proposed_amount is not None)

    @property
    def uncontested(self) -> int:
        """What is due on the invoice, whatever its disputes become."""
        return max(self.invoice_open - self.contested, 0)

    @property
    def closed(self) -> bool:
        return self.dispute.closed_at is not None

    @property
    def days_late(self) -> int:
        """Days past its day; 0 when on time or over."""
        return rules.days_late(self.dispute.state, self.dispute.due_on, today())

    @property
    def age(self) -> int:
        """Days since it was opened, or from opening to settlement."""
        return (self._until - local(self.dispute.opened_at).date()).days

    @property
    def cost(self) -> int:
        """Late interest on the contested amount over the days it took (minor units of the invoice)."""
        opened_on = local(self.dispute.opened_at).date()
        return rules.cost_of_delay(self.dispute.amount, opened_on, self.invoice_due_on, self._until)

    @property
    def _until(self) -> date:
        closed_at = self.dispute.closed_at
        return local(closed_at).date() if closed_at else today()


def select_lines(actor: Actor) -> Select[Any]:
    """The statement of lines in the actor's scope, for `read_lines`."""
    return (
        select(
            Dispute,
            Invoice.ref,
            Invoice.currency,
            Invoice.open,
            Invoice.due_on,
            _contested,
            DisputeReason.label,
            func.coalesce(Client.trade_name, Client.legal_name),
            Client.ref,
            Client.branch_id,
            Client.sales_rep_id,
            *(person.name for person in (_resolver, _opener, _proposer, _closer)),
            _credit.ref,
        )
        .join(Invoice, Invoice.id == Dispute.invoice_id)
        .join(Client, Client.id == Dispute.client_id)
        .outerjoin(DisputeReason, DisputeReason.code == Dispute.reason)
        .outerjoin(_resolver, _resolver.id == Dispute.resolver_id)
        .outerjoin(_opener, _opener.id == Dispute.opened_by)
        .outerjoin(_proposer, _proposer.id == Dispute.proposed_by)
        .outerjoin(_closer, _closer.id == Dispute.closed_by)
        .outerjoin(_credit, _credit.id == Dispute.credit_id)
        .where(in_scope(actor))
    )


def read_lines(query: Select[Any]) -> list[DisputeLine]:
    """What such a statement finds."""
    return [DisputeLine(*row) for row in db.session.execute(query).tuples()]


def find_dispute(actor: Actor, dispute_id: uuid.UUID) -> DisputeLine | None:
    """The dispute, or None when it is out of scope."""
    return next(iter(read_lines(select_lines(actor).where(Dispute.id == dispute_id))), None)


def get_dispute(actor: Actor, dispute_id: uuid.UUID) -> DisputeLine:
    """The same, or NotFound."""
    found = find_dispute(actor, dispute_id)
    if found is None:
        raise NotFound(MISSING)
    return found


def list_of_invoice(actor: Actor, invoice_id: uuid.UUID) -> list[DisputeLine]:
    """Every dispute of an invoice: those still open first, then the latest."""
    query = select_lines(actor).where(Dispute.invoice_id == invoice_id)
    return read_lines(query.order_by(Dispute.closed_at.is_not(None), Dispute.due_on, Dispute.id.desc()))


def list_of_client(actor: Actor, client_id: uuid.UUID, limit: int = 50) -> list[DisputeLine]:
    """Disputes of a client: those still open first, then the latest."""
    query = select_lines(actor).where(Dispute.client_id == client_id)
    order = (Dispute.closed_at.is_not(None), Dispute.opened_at.desc(), Dispute.id.desc())
    return read_lines(query.order_by(*order).limit(limit))


def cards(actor: Actor, ids: Collection[uuid.UUID]) -> Mapping[uuid.UUID, DisputeLine]:
    """The cards of these acts in a thread; what the actor may not see is missing. One query."""
    return {line.id: line for line in read_lines(select_lines(actor).where(Dispute.id.in_(ids)))}


def open_credits(client_id: uuid.UUID, currency: str, limit: int = 20) -> Sequence[Invoice]:
    """Credit notes of a client, known to be in scope, that have something left, the latest first."""
    query = select(Invoice).where(
        Invoice.client_id == client_id,
        Invoice.kind == "credit_note",
        Invoice.currency == currency,
        Invoice.open > 0,
        Invoice.voided_at.is_(None),
    )
    return db.session.scalars(query.order_by(Invoice.issued_on.desc(), Invoice.id.desc()).limit(limit)).all()
