"""Structured logs on stderr: one JSON object a line in production, readable at a desk.

What is logged says what happened, never what it was about: no amounts, names, e-mails, texts or
tokens. In production a failure is therefore its type and its place in the code; the message of an
exception, which may quote a value, stays out.
"""

from __future__ import annotations

import logging
import sys
import traceback
from types import TracebackType
from typing import Any, TextIO

import structlog
from flask import g, has_app_context
from structlog.typing import EventDict, Processor, WrappedLogger

INNERMOST = 30  # frames of a traceback that are kept
# Below error their lines hold addresses, keys of rate limits (an e-mail), or payloads.
TALKATIVE = ("engineio", "flask-limiter", "socketio", "sqlalchemy", "urllib3", "werkzeug")


class _Stderr(logging.StreamHandler[TextIO]):
    """Writes to whatever stderr is at that moment."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


def configure(*, production: bool) -> None:
    """Send every record, the libraries' too, through structlog to stderr."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        _add_actor,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = _Stderr()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(production)],
            foreign_pre_chain=shared,
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(logging.WARNING)
    logging.getLogger("webapp").setLevel(logging.INFO)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.ERROR)


def _rendering(production: bool) -> list[Processor]:
    if production:
        return [_place_of_failure, structlog.processors.JSONRenderer(default=str)]
    plain = structlog.dev.plain_traceback  # the prettier ones print every local variable
    return [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]


def _add_actor(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """Whose act it is, wherever in it the line was written."""
    actor = g.get("actor") if has_app_context() else None
    if actor is not None:
        event.setdefault("actor", str(actor.user_id))
    return event


def _place_of_failure(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    """An exception as the types it went through and where each was raised."""
    found = event.pop("exc_info", None)
    if found is True:
        found = sys.exc_info()
    error = found[1] if isinstance(found, tuple) else found
    if isinstance(error, BaseException):
        event["exception"] = _chain(error)
    return event


def _chain(error: BaseException) -> list[dict[str, Any]]:
    links: list[dict[str, Any]] = []
    seen: BaseException | None = error
    while seen is not None and len(links) < 5:
        kind = type(seen)
        links.append({"type": f"{kind.__module__}.{kind.__qualname__}", "at": _frames(seen.__traceback__)})
        seen = seen.__cause__ or (None if seen.__suppress_context__ else seen.__context__)
    return links


def _frames(trace: TracebackType | None) -> list[str]:
    frames = traceback.extract_tb(trace)[-INNERMOST:]
    return [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames]
