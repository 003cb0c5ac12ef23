"""Who follows conversations by default, as administrators set it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import render_template, url_for
from flask_babel import gettext as _

from webapp.threads.queries import default_following
from webapp.threads.rules import FOLLOWING_ROLES
from webapp.threads.services import set_default_followers
from webapp.threads.views.shell import blueprint
from webapp.users.current import current_actor
from webapp.users.services import settings_only
from webapp.users.views.answers import Shown, settle, written


def _page(values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    whose = {
        "sales_rep": _("Le commercial du client"),
        "after_sales": _("De l’agence du client et au-dessus"),
        "branch_manager": _("De l’agence du client et au-dessus"),
    }
    levels = [("", _("Ne suit pas")), ("mentions", _("Suit ses mentions")), ("all", _("Suit tout"))]
    return render_template(
        "threads/defaults.html",
        roles=FOLLOWING_ROLES,
        whose=whose,
        levels=levels,
        values=values,
        errors=errors,
    )


@blueprint.get("/settings/followers")
def default_followers() -> str:
    """The form: how closely each role follows."""
    settings_only(current_actor())
    return _page(default_following(), {})


@blueprint.post("/settings/followers")
def change_default_followers() -> Shown:
    """Change it for the conversations to come."""
    actor, values = current_actor(), written(*FOLLOWING_ROLES)
    act = partial(set_default_followers, actor, values)
    said = _("Abonnés par défaut enregistrés.")
    return settle(act, partial(_page, values), url_for("threads.default_followers"), said)
