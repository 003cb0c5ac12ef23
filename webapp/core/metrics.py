"""Figures for those who watch the product, in Prometheus' format. Each process has its own.

Labels are names of ours (routes, states), never a client, a person, an id or an amount.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import structlog
from prometheus_client import (
    CollectorRegistry,
    Counter,
    GCCollector,
    Histogram,
    PlatformCollector,
    ProcessCollector,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.exposition import choose_encoder
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from webapp.core import jobs
from webapp.extensions import db, socketio

log = structlog.get_logger(__name__)
BUCKETS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
Reading = Callable[[], Mapping[str, float] | float]


@dataclass(frozen=True)
class _Gauge:
    name: str
    help: str
    label: str | None
    read: Reading


class _Gauges:
    """What is looked up at each reading, inside the request that asks."""

    def __init__(self) -> None:
        self._gauges: dict[str, _Gauge] = {}

    def add(self, gauge: _Gauge) -> None:
        self._gauges[gauge.name] = gauge

    def describe(self) -> list[GaugeMetricFamily]:
        return []  # otherwise they would be read when they are registered

    def collect(self) -> Iterator[GaugeMetricFamily]:
        for gauge in self._gauges.values():
            family = GaugeMetricFamily(gauge.name, gauge.help, labels=[gauge.label] if gauge.label else None)
            try:
                reading = gauge.read()
            except SQLAlchemyError as error:
                db.session.rollback()
                log.warning("a figure could not be read", figure=gauge.name, error=type(error).__name__)
                continue
            for label, value in reading.items() if isinstance(reading, Mapping) else [(None, reading)]:
                family.add_metric([] if label is None else [label], value)
            yield family


_registry = CollectorRegistry()
_gauges = _Gauges()
_registry.register(_gauges)
ProcessCollector(registry=_registry)
PlatformCollector(registry=_registry)
GCCollector(registry=_registry)
_requests = Counter(
    "encours_requests", "Requests answered", ["method", "route", "status"], registry=_registry
)
_seconds = Histogram(
    "encours_request_seconds",
    "How long an answer took",
    ["method", "route"],
    buckets=BUCKETS,
    registry=_registry,
)


def counter(name: str, help_text: str) -> Counter:
    """A figure that only grows, without labels; the feature that owns it calls `inc()`."""
    return Counter(name, help_text, registry=_registry)


def gauge(name: str, help_text: str, read: Reading, *, label: str | None = None) -> None:
    """A figure looked up at each reading; with `label`, `read` answers one figure for each value."""
    _gauges.add(_Gauge(name, help_text, label, read))


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answered request under its route's template."""
    _requests.labels(method, route, str(status)).inc()
    _seconds.labels(method, route).observe(seconds)


def exposition(accept: str) -> tuple[str, str]:
    """All figures as text, in the version of the format that was asked for, and its content type."""
    encode, content_type = choose_encoder(accept)
    return encode(_registry).decode(), content_type


def _open_sockets() -> float:
    server = socketio.server
    return float(len(server.eio.sockets)) if server is not None else 0.0


def _pool() -> dict[str, float]:
    pool = db.engine.pool
    if not isinstance(pool, QueuePool):
        return {}
    return {"in_use": pool.checkedout(), "idle": pool.checkedin()}


gauge("encours_sockets_open", "Live channel connections of this process", _open_sockets)
gauge("encours_database_connections", "The connection pool of this process", _pool, label="state")
gauge("encours_jobs", "Durable jobs, all processes together", jobs.backlog, label="state")
gauge("encours_jobs_oldest_due_seconds", "How long the oldest due job has waited", jobs.longest_wait)
