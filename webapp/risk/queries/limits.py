"""Reads of limits. Roles without `limit.read` get nothing, not even that one exists."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import today
from webapp.extensions import db
from webapp.risk import rules
from webapp.risk.models import CreditLimit
from webapp.risk.policy import may_read_limits
from webapp.users.actor import Actor
from webapp.users.models import User


@dataclass(frozen=True)
class LimitLine:
    """A limit with whose it is and who set it."""

    limit: CreditLimit
    client_ref: str
    set_by_name: str | None


def current_limit(client_id: uuid.UUID) -> CreditLimit | None:
    """The limit that counts, of a client already known to be in scope."""
    return db.session.scalar(
        select(CreditLimit).where(CreditLimit.client_id == client_id, CreditLimit.replaced_at.is_(None))
    )


def limits_of(actor: Actor, client_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, CreditLimit]:
    """The limits that count for these clients, by client id, in one query; {} without the right."""
    ids = list(client_ids)
    if not ids or not may_read_limits(actor):
        return {}
    rows = db.session.scalars(
        select(CreditLimit)
        .join(Client, Client.id == CreditLimit.client_id)
        .where(CreditLimit.client_id.in_(ids), CreditLimit.replaced_at.is_(None), in_scope(actor))
    )
    return {row.client_id: row for row in rows}


def utilisation_of(limit: CreditLimit | None, exposure: int) -> int | None:
    """Exposure in whole per cent of what the limit allows today; None without a limit."""
    if limit is None:
        return None
    return rules.utilisation(exposure, rules.in_force(limit.amount, limit.ends_on, today()))


def limit_history(actor: Actor, client_id: uuid.UUID) -> list[LimitLine]:
    """Every limit the client ever had, newest first; [] without the right or out of scope."""
    if not may_read_limits(actor):
        return []
    return _lines(_select(actor).where(CreditLimit.client_id == client_id).limit(100))


def history_of(actor: Actor, client_ref: str) -> list[LimitLine]:
    """The same, by the client's reference."""
    if not may_read_limits(actor):
        return []
    return _lines(_select(actor).where(Client.ref == client_ref).limit(100))


def list_limits(
    actor: Actor, *, client_ref: str | None = None, limit: int = 50, after: uuid.UUID | None = None
) -> list[LimitLine]:
    """Limits that count, newest first, at most `limit + 1` so that one knows whether more follow."""
    if not may_read_limits(actor):
        return []
    query = _select(actor).where(CreditLimit.replaced_at.is_(None))
    if client_ref is not None:
        query = query.where(Client.ref == client_ref)
    if after is not None:
        query = query.where(CreditLimit.id < after)
    return _lines(query.limit(limit + 1))


def _select(actor: Actor) -> Any:
    return (
        select(CreditLimit, Client.ref, User.name)
        .join(Client, Client.id == CreditLimit.client_id)
        .outerjoin(User, User.id == CreditLimit.set_by)
        .where(in_scope(actor))
        .order_by(CreditLimit.id.desc())
    )


def _lines(query: Any) -> list[LimitLine]:
    return [LimitLine(*row) for row in db.session.execute(query).tuples()]
