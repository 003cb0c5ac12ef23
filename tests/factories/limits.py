"""Limits, guarantees and alerts for tests, set through the real services."""

from __future__ import annotations

from datetime import date

from sqlalchemy import select

from tests.factories.people import Cast
from webapp.clients.models import Client
from webapp.core.db import unit_of_work
from webapp.core.money import Money
from webapp.extensions import db
from webapp.risk.models import Alert, CreditLimit, Guarantee
from webapp.risk.services import GuaranteeInput, record_guarantee, set_limit
from webapp.users.actor import Actor


def make_limit(
    cast: Cast,
    client: Client,
    amount: int = 100_000,
    *,
    by: Actor | None = None,
    max_days_late: int | None = None,
    ends_on: date | None = None,
) -> CreditLimit:
    """A limit of `amount` cents, set by the system unless told otherwise."""
    with unit_of_work():
        return set_limit(
            by or cast.system, client.id, amount=amount, max_days_late=max_days_late, ends_on=ends_on
        )


def make_guarantee(
    cast: Cast,
    client: Client,
    amount: int = 100_000,
    *,
    by: Actor | None = None,
    kind: str = "insurer",
    share: int = 100,
    starts_on: date | None = None,
    ends_on: date | None = None,
) -> Guarantee:
    """A guarantee of `amount` cents, noted by the system unless told otherwise."""
    money = Money(amount, "EUR")
    given = GuaranteeInput(
        client.id, kind, "Atlas Crédit", money, share, "AC-4400", starts_on=starts_on, ends_on=ends_on
    )
    with unit_of_work():
        return record_guarantee(by or cast.system, given)


def alerts_of(client: Client, *, state: str | None = None) -> list[Alert]:
    """Alerts about the client, oldest first."""
    query = select(Alert).where(Alert.client_id == client.id).order_by(Alert.id)
    found = db.session.scalars(query.execution_options(populate_existing=True))
    return [alert for alert in found if state in (None, alert.state)]


def levels_of(client: Client, *, state: str | None = None) -> list[int]:
    return [alert.level for alert in alerts_of(client, state=state)]
