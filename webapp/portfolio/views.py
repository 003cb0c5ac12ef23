"""The page a device keeps, which fills itself from what the device holds; and the company's switch."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.db import unit_of_work
from webapp.portfolio import queries, services
from webapp.portfolio.blanks import blank_form, without_person
from webapp.users.current import current_actor
from webapp.users.services import settings_only

blueprint = Blueprint("portfolio", __name__)


@blueprint.get("/portfolio")
def shell() -> str:
    """The shell: no name, no figure, no client; the same for everybody of a role and language."""
    current_actor()
    nothing = {"unread_threads": 0, "open_alerts": 0}
    return without_person(render_template("portfolio/shell.html", allowed=queries.is_on(), counts=nothing))


@blueprint.get("/portfolio/forms/<name>")
def form(name: str) -> str:
    """A form for any client, to be filled without a network: `visit` or `promise`."""
    return blank_form(name)


@blueprint.get("/settings/offline-reading")
def offline_reading() -> str:
    """May devices keep clients?"""
    settings_only(current_actor())
    return render_template("portfolio/settings.html", on=queries.is_on())


@blueprint.post("/settings/offline-reading")
def set_offline_reading() -> Response:
    """Let them, or not."""
    with unit_of_work():
        services.set_offline_reading(current_actor(), "on" in request.form)
    flash(_("Réglage enregistré."))
    return redirect(url_for("portfolio.offline_reading"), 303)
