"""Reads of alerts: only for roles with `alert.read`, only about clients in scope."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import ColumnElement, Select, case, false, func, select
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import now, today
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.invoices.models import Balance, Invoice
from webapp.risk import rules
from webapp.risk.models import Alert, CreditLimit
from webapp.risk.policy import may_read_alerts
from webapp.risk.schemas import alert_json
from webapp.users.actor import Actor
from webapp.users.models import User
from webapp.users.policy import sees_everything

MISSING = _l("Alerte introuvable. Elle n’existe pas, ou n’est pas dans votre portefeuille.")
STATES = ("open", "acknowledged", "closed")
FILTERS = ("all", "breach", "delay", "warning", "mine")
ANSWERED_DAYS = 30
_answered_by, _assignee = aliased(User), aliased(User)


@dataclass(frozen=True)
class AlertLine:
    """An alert with the client it is about and the people who answered."""

    alert: Alert
    client: Client
    acknowledged_by: str | None
    assigned_to: str | None

    @property
    def id(self) -> uuid.UUID:
        return self.alert.id

    @property
    def over(self) -> int:
        """Cents above the limit when it was raised; 0 below it."""
        return max(self.alert.exposure - (self.alert.limit_amount or 0), 0)

    @property
    def percent(self) -> int | None:
        """Use of the limit when it was raised."""
        return rules.utilisation(self.alert.exposure, self.alert.limit_amount)


def _select(actor: Actor) -> Any:
    return (
        select(Alert, Client, _answered_by.name, _assignee.name)
        .join(Client, Client.id == Alert.client_id)
        .outerjoin(_answered_by, _answered_by.id == Alert.acknowledged_by)
        .outerjoin(_assignee, _assignee.id == Alert.assigned_to)
        .where(in_scope(actor))
    )


def _lines(actor: Actor, query: Any) -> list[AlertLine]:
    if not may_read_alerts(actor):
        return []
    return [AlertLine(*row) for row in db.session.execute(query).tuples()]


def _matches(actor: Actor, name: str) -> list[ColumnElement[bool]]:
    if name == "breach":
        return [Alert.kind == rules.LIMIT_BREACH]
    if name == "delay":
        return [Alert.kind == rules.DELAY_BREACH]
    if name == "warning":
        return [Alert.kind.in_((rules.LIMIT_WARNING, *sorted(rules.ENDINGS)))]
    return [Alert.assigned_to == actor.user_id] if name == "mine" else []


def find_alert(actor: Actor, alert_id: uuid.UUID) -> AlertLine | None:
    """The alert, or None when this actor may not see it."""
    found = _lines(actor, _select(actor).where(Alert.id == alert_id))
    return found[0] if found else None


def get_alert(actor: Actor, alert_id: uuid.UUID) -> AlertLine:
    """The alert, or NotFound."""
    found = find_alert(actor, alert_id)
    if found is None:
        raise NotFound(MISSING)
    return found


def list_open_alerts(actor: Actor, *, limit: int = 50, offset: int = 0, only: str = "all") -> list[AlertLine]:
    """Open alerts, gravest first, then newest."""
    query = _select(actor).where(Alert.state == "open", *_matches(actor, only))
    query = query.order_by(Alert.severity.desc(), Alert.raised_at.desc(), Alert.id.desc())
    return _lines(actor, query.limit(limit).offset(offset))


def is_gravest_breach(actor: Actor) -> ColumnElement[bool]:
    """To join `Alert` to the `Client` of any statement: its gravest open breach, for those who may know."""
    if not may_read_alerts(actor):
        return false()
    other = aliased(Alert)
    breach = other.kind.in_([rules.LIMIT_BREACH, rules.DELAY_BREACH])
    order = (other.severity.desc(), other.raised_at.desc(), other.id.desc())
    gravest = select(other.id).where(other.state == "open", other.client_id == Client.id, breach)
    return Alert.id == gravest.order_by(*order).limit(1).correlate(Client).scalar_subquery()


def list_answered(actor: Actor, *, limit: int = 20) -> list[AlertLine]:
    """Alerts acknowledged within the last thirty days, newest answer first."""
    query = _select(actor).where(
        Alert.state == "acknowledged", Alert.acknowledged_at >= now() - timedelta(days=ANSWERED_DAYS)
    )
    return _lines(actor, query.order_by(Alert.acknowledged_at.desc()).limit(limit))


def list_alerts(
    actor: Actor,
    state: str | None = None,
    *,
    client_id: uuid.UUID | None = None,
    client_ref: str | None = None,
    limit: int = 50,
    after: uuid.UUID | None = None,
) -> list[AlertLine]:
    """Alerts, newest first, in one state or all; at most `limit + 1` so that one knows if more follow."""
    query = _select(actor)
    if state is not None:
        query = query.where(Alert.state == state)
    if client_id is not None:
        query = query.where(Alert.client_id == client_id)
    if client_ref is not None:
        query = query.where(Client.ref == client_ref)
    if after is not None:
        query = query.where(Alert.id < after)
    return _lines(actor, query.order_by(Alert.id.desc()).limit(limit + 1))


def open_figure(actor: Actor) -> Select[int] | None:
    """The statement of how many open alerts this person may see; None without the right."""
    if not may_read_alerts(actor):
        return None
    query = select(func.count()).select_from(Alert).where(Alert.state == "open")
    if not sees_everything(actor):
        query = query.where(Alert.client_id.in_(select(Client.id).where(in_scope(actor))))
    return query


def count_open(actor: Actor) -> int:
    """How many open alerts this person may see: a figure of the navigation."""
    query = open_figure(actor)
    return (db.session.scalar(query) or 0) if query is not None else 0


def count_by_filter(actor: Actor) -> dict[str, int]:
    """How many open alerts each filter of the page would show, in one query."""
    if not may_read_alerts(actor):
        return dict.fromkeys(FILTERS, 0)
    sums = [func.coalesce(func.sum(case((_matches(actor, name)[0], 1), else_=0)), 0) for name in FILTERS[1:]]
    query = (
        select(func.count(), *sums)
        .select_from(Alert)
        .join(Client, Client.id == Alert.client_id)
        .where(Alert.state == "open", in_scope(actor))
    )
    return dict(zip(FILTERS, (int(figure) for figure in db.session.execute(query).one()), strict=True))


def count_followed(actor: Actor) -> int:
    """How many clients this person follows: said when there is nothing to answer."""
    query = select(func.count()).select_from(Client).where(Client.archived_at.is_(None), in_scope(actor))
    return db.session.scalar(query) or 0


def client_figures(client_id: uuid.UUID) -> tuple[Balance | None, CreditLimit | None]:
    """What a client already known to be in scope owes now, and the limit that counts."""
    row = db.session.execute(
        select(Balance, CreditLimit)
        .select_from(Client)
        .outerjoin(Balance, Balance.client_id == Client.id)
        .outerjoin(CreditLimit, (CreditLimit.client_id == Client.id) & CreditLimit.replaced_at.is_(None))
        .where(Client.id == client_id)
    ).first()
    return (row[0], row[1]) if row else (None, None)


def oldest_overdue_invoices(client_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, Invoice]:
    """The invoice longest overdue of each of these clients (known to be in scope), in one query."""
    rank = (
        func.row_number().over(partition_by=Invoice.client_id, order_by=(Invoice.due_on, Invoice.id))
    ).label("rank")
    late = (
        select(Invoice.id, rank)
        .where(
            Invoice.client_id.in_(list(client_ids)),
            Invoice.open > 0,
            Invoice.kind == "invoice",
            Invoice.voided_at.is_(None),
            Invoice.due_on < today(),
        )
        .subquery()
    )
    rows = db.session.scalars(select(Invoice).join(late, late.c.id == Invoice.id).where(late.c.rank == 1))
    return {row.client_id: row for row in rows}


def alert_for(actor: Actor, alert_id: uuid.UUID) -> dict[str, Any] | None:
    """The alert as the contract writes it, or None when this actor may not see it.

    Asked again for each recipient of a live event or a push.
    """
    found = find_alert(actor, alert_id)
    return alert_json(found) if found else None
