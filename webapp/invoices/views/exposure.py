"""What counts in the exposure, as administrators set it; shown on the company's page."""

from __future__ import annotations

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.db import unit_of_work
from webapp.invoices import services
from webapp.invoices.views.shell import blueprint
from webapp.users.current import current_actor


@blueprint.post("/settings/company/exposure")
def set_exposure_parts() -> Response:
    """Count deliveries not billed yet, and orders, or leave them out."""
    with unit_of_work():
        services.set_exposure_parts(
            current_actor(), unbilled="unbilled" in request.form, orders="orders" in request.form
        )
    flash(_("Encours réglé. Les fiches suivent dans l’instant."))
    return redirect(url_for("users.company"), 303)
