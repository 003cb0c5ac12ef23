"""Pushes, delivered by the worker."""

from __future__ import annotations

import uuid

from flask import current_app

from webapp.core.jobs import job
from webapp.notifications import delivery


@job("notifications.deliver")
def deliver(delivery_id: str) -> None:
    """Send one push to one device."""
    delivery.deliver(current_app.config["SETTINGS"], uuid.UUID(delivery_id))
