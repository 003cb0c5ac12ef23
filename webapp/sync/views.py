"""The outbox's page. It holds nothing of anybody: the device fills it from what it keeps, offline too."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.users.current import find_actor
from webapp.users.web import public

blueprint = Blueprint("sync", __name__)


@blueprint.get("/outbox")
def outbox() -> str:
    """The shell: with navigation for who is signed in, else as the service worker keeps it."""
    return render_template("sync/outbox.html", signed_in=find_actor() is not None)


public("sync.outbox")
