"""One line and one measurement a request: its id, who asked, which route, what came of it, how long.

The route is the template (`/clients/<uuid:client_id>`), never the address: addresses may hold a token.
"""

from __future__ import annotations

import re
import time
import uuid

import structlog
from flask import Response, g, request

from webapp.core import metrics

log = structlog.get_logger(__name__)
HEADER = "X-Request-Id"
SANE = re.compile(r"[A-Za-z0-9._-]{8,64}")
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Asked every few seconds by those who watch: measured, and only logged when they fail.
QUIET = frozenset({"pwa.alive", "pwa.ready", "pwa.metrics"})


def start() -> None:
    """Give the request its id (the proxy's, when it looks like one) and start the clock."""
    given = request.headers.get(HEADER, "")
    g.request_id = given if SANE.fullmatch(given) else uuid.uuid4().hex[:12]
    g.request_started = time.perf_counter()
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(request_id=g.request_id)


def finish(response: Response) -> None:
    """Say it back in the header, count it, write the line."""
    seconds = time.perf_counter() - g.request_started
    method = request.method if request.method in METHODS else "other"
    route = request.url_rule.rule if request.url_rule is not None else "unmatched"
    response.headers[HEADER] = g.request_id
    metrics.count_request(method, route, response.status_code, seconds)
    if request.endpoint in QUIET and response.status_code < 400:
        return
    write = log.warning if response.status_code >= 500 else log.info
    write("request", method=method, route=route, status=response.status_code, ms=round(seconds * 1000, 1))
