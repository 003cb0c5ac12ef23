"""Hints between processes, over Redis: "there is news", who is looking, who is typing.

Publish and subscribe keeps nothing: what must arrive is in the database, and a hint that is lost
costs at most one turn of the tail. Without Redis every call here does nothing.
"""

from __future__ import annotations

import hashlib
import logging
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import orjson
from flask import Flask
from redis import Redis
from redis.exceptions import RedisError

from webapp.config import Settings
from webapp.core import redis_links

log = logging.getLogger(__name__)
ORIGIN = uuid.uuid4().hex  # this process, for the others
QUIET_SECONDS = 2.0  # after a failure Redis is left alone for a moment
LISTEN_SECONDS = 5
NEWS = "news"
Hint = dict[str, Any]


class Bus:
    """One channel shared by the processes of one database."""

    def __init__(self, settings: Settings) -> None:
        self._url = settings.redis_url
        self._channel = "encours:" + hashlib.sha256(settings.database_url.encode()).hexdigest()[:16]
        self._quiet_until = 0.0
        self._lock = threading.Lock()
        self._publisher: Redis | None = None

    @property
    def connected(self) -> bool:
        """Whether there are other web processes to speak with."""
        return bool(self._url)

    def publish(self, kind: str, **hint: object) -> None:
        """Tell the other processes. Never raises: a hint may be lost."""
        if not self._url or time.monotonic() < self._quiet_until:
            return
        try:
            self._redis().publish(self._channel, orjson.dumps({"kind": kind, "origin": ORIGIN, **hint}))
        except (RedisError, OSError) as error:
            self._quiet_until = time.monotonic() + QUIET_SECONDS
            log.warning("redis does not answer: %s", type(error).__name__)

    def listen(self, hear: Callable[[Hint], None], pause: Callable[[float], object]) -> None:
        """Give `hear` every hint of the others, for ever. `pause` sleeps the engine's way."""
        while True:
            try:
                self._listen_once(hear)
            except (RedisError, OSError) as error:
                log.warning("redis does not answer: %s", type(error).__name__)
            except Exception:
                log.exception("a hint could not be heard")
            pause(QUIET_SECONDS)

    def _listen_once(self, hear: Callable[[Hint], None]) -> None:
        redis = Redis.from_url(self._url, socket_connect_timeout=2.0, health_check_interval=LISTEN_SECONDS)
        with redis.pubsub(ignore_subscribe_messages=True) as channel:
            channel.subscribe(self._channel)
            hear({"kind": NEWS, "origin": ""})  # what came while nobody listened
            while True:
                message = channel.get_message(timeout=LISTEN_SECONDS)
                if message is None or message["type"] != "message":
                    continue
                hint = orjson.loads(message["data"])
                if hint["origin"] != ORIGIN:
                    hear(hint)

    def _redis(self) -> Redis:
        with self._lock:
            if self._publisher is None:
                self._publisher = redis_links.client(self._url)
            return self._publisher


def install(app: Flask) -> Bus:
    """Called once by `create_app`."""
    bus = Bus(app.config["SETTINGS"])
    app.extensions["encours.bus"] = bus
    return bus
