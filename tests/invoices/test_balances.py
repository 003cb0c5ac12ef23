"""Balances follow the calendar, by the daily job."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import time_machine
from flask import Flask

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core import schedule
from webapp.core.clock import PARIS, today
from webapp.extensions import db
from webapp.invoices import jobs
from webapp.invoices.queries import find_balance
from webapp.payments import ledger


def at(days: int, hour: int = 0, minute: int = 6) -> datetime:
    return datetime.combine(today() + timedelta(days=days), time(hour, minute), PARIS)


def test_what_falls_due_today_is_overdue_tomorrow_without_anybody_acting(cast: Cast) -> None:
    client, idle = make_client(cast), make_client(cast)
    make_invoice(cast, client, 30_000, due_in=0)
    assert find_balance(client.id).overdue == 0
    assert find_balance(idle.id) is None
    with time_machine.travel(at(1), tick=False):
        jobs.roll_over_balances()
        db.session.expire_all()
        balance = find_balance(client.id)
        assert (balance.overdue, balance.as_of, balance.days_late) == (30_000, today(), 1)
        assert list(ledger.verify()) == []
        jobs.roll_over_balances()


def test_the_job_has_one_slot_a_day_from_five_past_midnight_in_paris() -> None:
    slot = next(each.slot for each in schedule._periodics if each.job_name == jobs.JOB)
    assert slot(at(0, 0, 4)) == (today() - timedelta(days=1)).isoformat()
    assert slot(at(0, 0, 5)) == slot(at(0, 23, 59)) == today().isoformat()


def test_the_ledger_check_tells_when_overdue_was_tampered_with(app: Flask, cast: Cast) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 30_000, due_in=-3)
    balance = find_balance(client.id)
    balance.overdue = 0
    db.session.flush()
    assert [line for line in ledger.verify() if client.ref in line and "overdue" in line]
    db.session.rollback()
