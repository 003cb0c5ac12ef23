"""Bulk writing: the same rows as one INSERT each, whatever they hold."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from tests.factories.people import Cast
from webapp.clients.models import Client
from webapp.core import bulk
from webapp.core.bulk import write_rows
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db as _db

COLUMNS = (
    "id",
    "ref",
    "legal_name",
    "trade_name",
    "branch_id",
    "country",
    "language",
    "payment_days",
    "end_of_month",
    "insolvency_on",
    "sort_name",
    "search_text",
    "revision",
    "created_at",
    "updated_at",
)
INSTANT = datetime(2026, 11, 22, 9, 12, 30, 250_000, tzinfo=UTC)
NAUGHTY = 'Élan\t«\\N»\n\\. "quotes", \r’ 漢字 \\t'


def row(cast: Cast, ref: str, name: str, trade_name: str | None = None) -> tuple[object, ...]:
    return (
        *(new_id(), ref, name, trade_name, cast.bob.branch_id, "FR", "fr", 45, True),
        *(date(2026, 2, 28), name, name, 1, INSTANT, INSTANT),
    )


def test_what_is_written_is_read_back_whatever_it_holds(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bulk, "CHUNK", 2)
    rows = [row(cast, "B1", NAUGHTY), row(cast, "B2", "", "\\N"), row(cast, "B3", "plain")]
    with unit_of_work():
        assert write_rows(Client.__table__, COLUMNS, iter(rows)) == 3
    found = _db.session.scalars(select(Client).where(Client.ref.like("B_")).order_by(Client.ref)).all()
    assert [(client.legal_name, client.trade_name) for client in found] == [
        (NAUGHTY, None),
        ("", "\\N"),
        ("plain", None),
    ]
    assert found[0].id == rows[0][0]
    assert (found[0].end_of_month, found[0].insolvency_on) == (True, date(2026, 2, 28))
    assert found[0].created_at == INSTANT


def test_a_row_the_table_refuses_undoes_the_transaction(cast: Cast) -> None:
    with pytest.raises(DBAPIError), unit_of_work():
        write_rows(Client.__table__, COLUMNS, [row(cast, "B1", "one"), row(cast, "B1", "the same")])
    assert _db.session.scalar(select(Client.id).where(Client.ref == "B1")) is None
