"""The bounds of the aged balance, as administrators set them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from flask import render_template, request, url_for
from flask_babel import gettext as _

from webapp.core.errors import Forbidden
from webapp.invoices.queries import aging_bounds
from webapp.invoices.services import set_aging_bounds
from webapp.kpis.views.shell import blueprint
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.policy import may
from webapp.users.views.answers import Shown, settle


def _administrator() -> Actor:
    actor = current_actor()
    if not may(actor, "settings.manage"):
        raise Forbidden(_("Seul un administrateur change ces réglages."))
    return actor


def _page(values: Sequence[object], errors: Mapping[str, object]) -> str:
    return render_template("kpis/bounds.html", values=values, errors=errors)


@blueprint.get("/settings/aging")
def bounds() -> str:
    """The form of the bounds."""
    _administrator()
    return _page(aging_bounds(), {})


@blueprint.post("/settings/aging")
def set_bounds() -> Shown:
    """Change them for everybody."""
    actor, written = _administrator(), [each.strip()[:6] for each in request.form.getlist("bound")[:6]]
    days = [int(each) if each.isascii() and each.isdigit() else 0 for each in written]
    act = partial(set_aging_bounds, actor, days)
    return settle(act, partial(_page, written), url_for("kpis.bounds"), _("Tranches enregistrées."))
