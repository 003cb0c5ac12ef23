"""Time: UTC inside, the company's time zone (Europe/Paris) where people read or count days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import DateTime
from sqlalchemy.engine import Dialect
from sqlalchemy.types import TypeDecorator

PARIS = ZoneInfo("Europe/Paris")


def now() -> datetime:
    """This instant, aware, in UTC."""
    return datetime.now(UTC)


def today(zone: ZoneInfo = PARIS) -> date:
    """The calendar day where the company is: due dates and lateness count in it."""
    return datetime.now(zone).date()


def local(instant: datetime, zone: ZoneInfo = PARIS) -> datetime:
    """The same instant on the company's wall clock."""
    return instant.astimezone(zone)


class UtcDateTime(TypeDecorator[datetime]):
    """An instant. Refuses naive values; always reads back aware, in UTC, on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)
