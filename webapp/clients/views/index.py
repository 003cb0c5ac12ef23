"""The list of clients."""

from __future__ import annotations

from flask import render_template, request

from webapp.clients.views.shell import FILTERS, SORTS, blueprint, read_listing
from webapp.users.current import current_actor


@blueprint.get("/clients")
def index() -> str:
    """Clients of the reader's scope; a cursor gives the next page, alone for the frame that asks."""
    more = "cursor" in request.args
    listing = read_listing(current_actor(), more=more)
    if more and request.headers.get("Turbo-Frame"):
        return render_template("clients/_more.html", listing=listing, current=None)
    return render_template("clients/index.html", listing=listing, filters=FILTERS, sorts=SORTS, current=None)
