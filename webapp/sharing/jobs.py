"""Mails to people at clients', sent by the worker."""

from __future__ import annotations

import uuid

from flask import current_app

from webapp.core.jobs import job
from webapp.sharing import delivery


@job("sharing.mail")
def send_mail(delivery_id: str) -> None:
    """One message to one person."""
    delivery.deliver(current_app.config["SETTINGS"], uuid.UUID(delivery_id))


@job("sharing.code")
def send_code(grant_id: str) -> None:
    """The code that opens an access."""
    delivery.deliver_code(current_app.config["SETTINGS"], uuid.UUID(grant_id))
