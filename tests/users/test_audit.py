"""The trail can't be changed, and what was changed all the same is found."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.factories.people import Cast
from webapp.core import jobs, schedule
from webapp.core.db import unit_of_work
from webapp.extensions import db as database
from webapp.users import audit
from webapp.users.models import AuditEntry, AuditSeal

pytestmark = pytest.mark.promise("R9")


def tamper(statement: str, table: str = "audit_entries") -> None:
    """Change the trail as someone with the database in hands could: triggers dropped first."""
    database.session.rollback()
    if database.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(database.engine.url.database or "")) as file:
            file.executescript(
                f"DROP TRIGGER {table}_no_update; DROP TRIGGER {table}_no_delete; {statement};"
            )
    else:
        with database.engine.begin() as connection:
            connection.execute(text("SET LOCAL session_replication_role = replica"))
            connection.execute(text(statement))


@pytest.mark.parametrize("table", ["audit_entries", "audit_seals"])
@pytest.mark.parametrize("act", ["UPDATE {} SET {} = 'x'", "DELETE FROM {}"])
def test_the_database_refuses_to_change_or_delete_the_trail(cast: Cast, table: str, act: str) -> None:
    audit.seal()
    column = {"audit_entries": "action", "audit_seals": "chain"}[table]
    with pytest.raises(DBAPIError, match="append-only"), unit_of_work() as session:
        session.execute(text(act.format(table, column)))
    assert audit.verify().faults == []


@pytest.mark.parametrize("column", ["action", "via", "subject_id", "digest"])
def test_one_altered_byte_of_an_entry_is_found(cast: Cast, column: str) -> None:
    audit.seal()
    victim = database.session.scalars(select(AuditEntry).order_by(AuditEntry.id).offset(3)).first()
    assert victim is not None
    where = f"digest = '{victim.digest}'"
    tamper(f"UPDATE audit_entries SET {column} = 'z' || substr({column}, 2) WHERE {where}")
    faults = audit.verify().faults
    assert any("position 4" in fault for fault in faults), faults


def test_an_altered_payload_is_found_and_an_erased_one_is_not_a_fault(cast: Cast) -> None:
    audit.seal()
    with unit_of_work() as session:
        first = session.scalars(select(AuditEntry).order_by(AuditEntry.id)).first()
        session.execute(
            text("DELETE FROM audit_payloads WHERE entry_id = :id"),
            {"id": first.id.hex if database.engine.dialect.name == "sqlite" else first.id},
        )
    assert audit.verify().faults == []
    with unit_of_work() as session:
        session.execute(text("UPDATE audit_payloads SET body = replace(body, 'Lyon', 'Lion')"))
    assert any("was altered" in fault for fault in audit.verify().faults)


@pytest.mark.parametrize("rank", [0, -1])
def test_a_removed_entry_is_found_be_it_the_first_or_the_last(cast: Cast, rank: int) -> None:
    audit.seal()
    entries = database.session.scalars(select(AuditEntry).order_by(AuditEntry.id)).all()
    tamper(f"DELETE FROM audit_entries WHERE digest = '{entries[rank].digest}'")
    assert any("was removed" in fault for fault in audit.verify().faults)


def test_a_removed_link_is_found(cast: Cast) -> None:
    audit.seal()
    tamper("DELETE FROM audit_seals WHERE position = 2", "audit_seals")
    faults = audit.verify().faults
    assert any("position 2 is missing" in fault for fault in faults), faults


def test_the_sealer_runs_as_a_job_and_idles_without_writing(cast: Cast) -> None:
    schedule._last.pop("audit.seal", None)
    schedule.enqueue_due()
    jobs.run_due()
    database.session.rollback()
    assert len(database.session.scalars(select(AuditSeal)).all()) > 10
    assert audit.seal_recent() == 0
    assert audit.verify().head != ""
