"""Looking at clients after a change: which alerts to raise, which are over. Set-based.

Runs inside the transaction that changed a balance or a limit, so what must be told is a row of
the same commit. Each chunk of clients costs the same number of queries, however many there are.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, select, tuple_, union, update

from webapp.clients.models import Client
from webapp.core.clock import now, today
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.invoices.models import Balance
from webapp.risk import rules
from webapp.risk.events import AlertChanged, AlertRaised, AlertsRaised
from webapp.risk.models import Alert, CreditLimit, Guarantee, PassedLevel
from webapp.risk.queries.guarantees import holds

CHUNK = 500
Passed = tuple[uuid.UUID, str, int]


@dataclass
class _Changes:
    """What one chunk writes."""

    alerts: list[dict[str, Any]] = field(default_factory=list)
    passed: list[Passed] = field(default_factory=list)
    cleared: list[Passed] = field(default_factory=list)


def evaluate_clients(client_ids: Iterable[uuid.UUID]) -> list[uuid.UUID]:
    """Raise and close alerts of these clients as their figures stand now; ids of what was raised.

    Events: AlertRaised and AlertChanged for each alert, AlertsRaised once.
    """
    ids = list(dict.fromkeys(client_ids))
    raised: list[uuid.UUID] = []
    for start in range(0, len(ids), CHUNK):
        raised += _evaluate(ids[start : start + CHUNK], today(), now())
    if raised:
        record(AlertsRaised(tuple(raised)))
    return raised


def evaluate_delays() -> list[uuid.UUID]:
    """Look at every client whose figures change with the date: delays tolerated, limits and guarantees that
    end or have ended."""
    day, soon = today(), today() + timedelta(days=max(rules.DAYS_AHEAD))
    limits = select(CreditLimit.client_id).where(
        CreditLimit.replaced_at.is_(None),
        CreditLimit.max_days_late.is_not(None) | (CreditLimit.ends_on <= soon),
    )
    guarantees = select(Guarantee.client_id).where(holds(day), Guarantee.ends_on <= soon)
    warned = select(PassedLevel.client_id).where(PassedLevel.kind.in_(rules.ENDINGS))
    return evaluate_clients(db.session.scalars(union(limits, guarantees, warned)).all())


def _evaluate(ids: Sequence[uuid.UUID], day: date, instant: datetime) -> list[uuid.UUID]:
    known: dict[uuid.UUID, set[rules.Level]] = {}
    for client_id, kind, level in db.session.execute(
        select(PassedLevel.client_id, PassedLevel.kind, PassedLevel.level).where(
            PassedLevel.client_id.in_(ids)
        )
    ).tuples():
        known.setdefault(client_id, set()).add((kind, level))
    changes = _Changes()
    for row in _figures(ids, day):
        _decide(row, known.get(row.id, set()), day, instant, changes)
    _close(changes.cleared, instant)
    _write(changes, instant)
    return [alert["id"] for alert in changes.alerts]


def _figures(ids: Sequence[uuid.UUID], day: date) -> Sequence[Any]:
    covered_until = (
        select(func.min(Guarantee.ends_on))
        .where(Guarantee.client_id == Client.id, holds(day))
        .scalar_subquery()
        .label("covered_until")
    )
    return db.session.execute(
        select(
            Client.id,
            Balance.exposure,
            Balance.overdue,
            Balance.overdue_since,
            CreditLimit.amount,
            CreditLimit.currency,
            CreditLimit.max_days_late,
            CreditLimit.starts_on,
            CreditLimit.ends_on,
            covered_until,
        )
        .outerjoin(Balance, Balance.client_id == Client.id)
        .outerjoin(CreditLimit, (CreditLimit.client_id == Client.id) & CreditLimit.replaced_at.is_(None))
        .where(Client.id.in_(ids))
    ).all()


def _decide(row: Any, known: set[rules.Level], day: date, instant: datetime, changes: _Changes) -> None:
    """Put what this client's figures change into `changes`."""
    exposure = row.exposure or 0
    cap = None
    if row.amount is not None:
        cap = rules.Cap(rules.in_force(row.amount, row.ends_on, day), row.max_days_late)
    late = rules.days_overdue(row.overdue_since, day)
    endings = rules.endings_reached(rules.LIMIT_ENDING, row.starts_on, row.ends_on, day)
    endings |= rules.endings_reached(rules.GUARANTEE_ENDING, None, row.covered_until, day)
    decision = rules.evaluate(exposure, cap, late, known, endings)
    changes.passed += [(row.id, kind, level) for kind, level in decision.newly_passed]
    changes.cleared += [(row.id, kind, level) for kind, level in decision.cleared]
    ends = {rules.LIMIT_ENDING: row.ends_on, rules.GUARANTEE_ENDING: row.covered_until}
    for kind, level in decision.raised:
        changes.alerts.append(
            {
                "id": new_id(),
                "client_id": row.id,
                "kind": kind,
                "level": level,
                "severity": rules.severity(kind, level),
                "state": "open",
                "exposure": exposure,
                "limit_amount": cap.amount if cap else None,
                "overdue": row.overdue or 0,
                "days_late": late,
                "ends_on": ends.get(kind),
                "currency": row.currency or "EUR",
                "raised_at": instant,
            }
        )


def _close(cleared: Sequence[Passed], instant: datetime) -> None:
    """Close the alerts of levels that are over. Events: AlertChanged."""
    if not cleared:
        return
    closed = db.session.execute(
        update(Alert)
        .where(
            tuple_(Alert.client_id, Alert.kind, Alert.level).in_(cleared),
            Alert.state != "closed",
        )
        .values(state="closed", closed_at=instant)
        .returning(Alert.id, Alert.client_id)
        .execution_options(synchronize_session=False)
    ).all()
    for alert_id, client_id in closed:
        record(AlertChanged(alert_id, client_id))
    db.session.execute(
        delete(PassedLevel)
        .where(tuple_(PassedLevel.client_id, PassedLevel.kind, PassedLevel.level).in_(cleared))
        .execution_options(synchronize_session=False)
    )
    db.session.expire_all()


def _write(changes: _Changes, instant: datetime) -> None:
    if changes.passed:
        rows = [
            {"client_id": client_id, "kind": kind, "level": level, "passed_at": instant}
            for client_id, kind, level in changes.passed
        ]
        db.session.execute(insert(PassedLevel), rows)
    if changes.alerts:
        db.session.execute(insert(Alert), changes.alerts)
    for alert in changes.alerts:
        record(AlertRaised(alert["id"], alert["client_id"]))
