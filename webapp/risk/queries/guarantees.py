"""Reads of guarantees. Roles without `limit.read` get nothing, not even that one exists."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import BigInteger, ColumnElement, and_, cast, func, literal, select
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import today
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.risk import rules
from webapp.risk.models import Guarantee
from webapp.risk.policy import may_read_limits
from webapp.users.actor import Actor
from webapp.users.models import User

MISSING = _l("Garantie introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")
MOST = 100
_recorder, _withdrawer = aliased(User), aliased(User)


@dataclass(frozen=True)
class GuaranteeLine:
    """A guarantee with who recorded it and who withdrew it; `holds` says whether it pays today."""

    guarantee: Guarantee
    recorded_by: str | None
    withdrawn_by: str | None
    day: date

    @property
    def holds(self) -> bool:
        row = self.guarantee
        return row.withdrawn_at is None and row.starts_on <= self.day <= (row.ends_on or self.day)


def holds(day: date) -> ColumnElement[bool]:
    """The condition of a guarantee that pays on `day`."""
    return and_(
        Guarantee.withdrawn_at.is_(None),
        Guarantee.starts_on <= day,
        Guarantee.ends_on.is_(None) | (Guarantee.ends_on >= day),
    )


def cover_of(client_id: uuid.UUID) -> int:
    """Cents that guarantees of this client, known to be in scope, pay today."""
    return db.session.scalar(select(_sum(literal(client_id)))) or 0


def covers(actor: Actor) -> tuple[ColumnElement[int], ColumnElement[int]]:
    """To read beside each `Client` of any statement: what all guarantees pay today, and insurers alone.
    Zeros without the right."""
    if not may_read_limits(actor):
        return literal(0), literal(0)
    return _sum(Client.id), _sum(Client.id, Guarantee.kind == rules.INSURER)


def _sum(client_id: Any, *conditions: ColumnElement[bool]) -> Any:
    total = cast(func.coalesce(func.sum(Guarantee.cover), 0), BigInteger)  # PostgreSQL adds up to a decimal
    return (
        select(total).where(Guarantee.client_id == client_id, holds(today()), *conditions).scalar_subquery()
    )


def list_guarantees(actor: Actor, client_id: uuid.UUID) -> list[GuaranteeLine]:
    """Every guarantee of a client, those without an end and the latest ends first; [] without the right or
    out of scope."""
    if not may_read_limits(actor):
        return []
    query = _select(actor).where(Guarantee.client_id == client_id)
    endless = Guarantee.ends_on.is_(None)
    return _lines(query.order_by(endless.desc(), Guarantee.ends_on.desc(), Guarantee.id.desc()).limit(MOST))


def get_guarantee(actor: Actor, guarantee_id: uuid.UUID) -> GuaranteeLine:
    """One guarantee, or NotFound: also for who sees no limits."""
    found = _lines(_select(actor).where(Guarantee.id == guarantee_id)) if may_read_limits(actor) else []
    if not found:
        raise NotFound(MISSING)
    return found[0]


def _select(actor: Actor) -> Any:
    return (
        select(Guarantee, _recorder.name, _withdrawer.name)
        .join(Client, Client.id == Guarantee.client_id)
        .outerjoin(_recorder, _recorder.id == Guarantee.recorded_by)
        .outerjoin(_withdrawer, _withdrawer.id == Guarantee.withdrawn_by)
        .where(in_scope(actor))
    )


def _lines(query: Any) -> list[GuaranteeLine]:
    day = today()
    rows = db.session.execute(query).tuples()
    return [GuaranteeLine(row, recorder, withdrawer, day) for row, recorder, withdrawer in rows]
