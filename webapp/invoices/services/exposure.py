"""Which parts count in the exposure, and keeping every balance true to it."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from webapp.core.ids import new_id
from webapp.core.jobs import enqueue
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.balances import CHUNK, counted_parts, refresh_balances
from webapp.invoices.models import Balance
from webapp.users.actor import Actor
from webapp.users.services import set_company_switch, settings_only

JOB = "invoices.exposure"


def set_exposure_parts(actor: Actor, *, unbilled: bool, orders: bool) -> None:
    """Count deliveries not billed yet, and orders, in what limits are held against, or leave them out.

    Balances follow in a job: a company of many clients is not kept waiting. Raises Forbidden.
    """
    settings_only(actor)
    if counted_parts() == rules.Parts(unbilled, orders):
        return
    set_company_switch(actor, rules.UNBILLED, unbilled)
    set_company_switch(actor, rules.ORDERS, orders)
    enqueue(JOB, f"{JOB}:{new_id()}")


def refresh_exposures(limit: int = CHUNK) -> int:
    """Bring exposures that other settings gave up to those of today; how many. Events: BalanceChanged.

    The job calls it until it returns 0.
    """
    row: Any = Balance
    counted = counted_parts().exposure(row.outstanding, row.unbilled_amount, row.open_orders)
    stale = db.session.scalars(
        select(Balance.client_id).where(Balance.exposure != counted).limit(limit)
    ).all()
    refresh_balances(stale)
    return len(stale)
