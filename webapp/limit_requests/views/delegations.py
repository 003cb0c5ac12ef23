"""Who decides on limits in one's absence."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid
from webapp.core.ids import parse_id
from webapp.core.pages import listed
from webapp.limit_requests import queries, services
from webapp.limit_requests.forms import read_day
from webapp.limit_requests.views.shell import Shown, blueprint
from webapp.users.current import current_actor
from webapp.users.policy import may
from webapp.users.words import role_name


@blueprint.get("/settings/delegation")
def delegations() -> str:
    """To whom one gave one's authority, from whom one has some, and the form to give it."""
    return _page({}, {})


@blueprint.post("/settings/delegation")
def delegate() -> Shown:
    """Give it from day to day."""
    try:
        days = [read_day(request.form.get(name, "")) for name in ("starts_on", "ends_on")]
    except ValueError:
        days = [None, None]
    try:
        with unit_of_work():
            services.delegate(current_actor(), parse_id(request.form.get("to_id")), *days)
    except Invalid as refusal:
        return _page(request.form, refusal.errors), 422
    flash(_("Délégation enregistrée."))
    return redirect(url_for("limit_requests.delegations"), 303)


@blueprint.post("/settings/delegation/<uuid:delegation_id>/end")
def end_delegation(delegation_id: UUID) -> Shown:
    """Take it back."""
    with unit_of_work():
        services.end_delegation(current_actor(), delegation_id)
    flash(_("Délégation terminée."))
    return redirect(url_for("limit_requests.delegations"), 303)


def _page(values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    actor = current_actor()
    if not may(actor, "limit.approve"):
        raise Forbidden(_("Votre rôle ne décide pas des plafonds."))
    return render_template(
        "limit_requests/delegations.html",
        lines=queries.list_delegations(actor.user_id),
        people=[
            (str(each.user_id), f"{each.name}, {role_name(each.role)}") for each in queries.list_takers(actor)
        ],
        values=values,
        errors=listed(errors),
    )
