"""Is what the product stands on there? Asked by `/readyz`."""

from __future__ import annotations

import redis
from flask import current_app
from huey import Huey
from sqlalchemy import text

from webapp.extensions import db

PATIENCE_SECONDS = 2.0


def check_database() -> None:
    """Raises what the driver raises when the database does not answer."""
    db.session.execute(text("SELECT 1"))
    db.session.rollback()


def check_queue() -> None:
    """Raises what the store raises when the worker's wake-up channel cannot be reached."""
    url = current_app.config["SETTINGS"].redis_url
    if not url:
        queue: Huey = current_app.extensions["encours.queue"]
        queue.pending_count()
        return
    # A connection of its own, so that a silent Redis is noticed within seconds.
    with redis.Redis.from_url(
        url, socket_timeout=PATIENCE_SECONDS, socket_connect_timeout=PATIENCE_SECONDS
    ) as connection:
        connection.ping()
