"""How we speak to Redis: briefly. It only carries hints, so nobody waits for it when it is away."""

from __future__ import annotations

from typing import Any

from redis import ConnectionPool, Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

CONNECT_SECONDS = 0.5
ANSWER_SECONDS = 0.5


def patience() -> dict[str, Any]:
    """Connection options: one attempt, half a second. The library's own default tries for seconds."""
    return {
        "socket_connect_timeout": CONNECT_SECONDS,
        "socket_timeout": ANSWER_SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }


def client(url: str) -> Redis:
    """A client for commands that answer at once."""
    return Redis.from_url(url, **patience())


def pool(url: str) -> ConnectionPool:
    """A pool for a library that makes its own client."""
    return ConnectionPool.from_url(url, **patience())
