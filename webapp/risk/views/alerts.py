"""Pages about alerts: the list, one alert, answering."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.core.ids import parse_id
from webapp.core.pages import day as format_day
from webapp.core.pages import listed
from webapp.risk import queries, services
from webapp.risk.policy import may_answer_alerts, may_hear_of
from webapp.risk.rules import LONGEST_SNOOZE
from webapp.risk.views.shell import blueprint, listing
from webapp.users.current import current_actor
from webapp.users.queries import list_actors


@blueprint.get("/alerts")
def alerts() -> str:
    """What waits for an answer, gravest first; what was answered lately beneath."""
    actor = current_actor()
    found = listing(actor)
    return render_template(
        "alerts/index.html",
        listing=found,
        answered=queries.list_answered(actor) if not found.start else [],
        followed=queries.count_followed(actor) if not found.lines else 0,
    )


@blueprint.get("/alerts/<uuid:alert_id>")
def alert(alert_id: UUID) -> str:
    """One alert: the client's use of its limit now, and the acts that answer it."""
    return _page(alert_id)


def _page(alert_id: UUID, refused: object = None, errors: Mapping[str, object] | None = None) -> str:
    actor = current_actor()
    line = queries.get_alert(actor, alert_id)
    balance, limit = queries.client_figures(line.client.id)
    people = [
        person
        for person in (list_actors() if may_answer_alerts(actor) and line.alert.state == "open" else [])
        if may_answer_alerts(person) and may_hear_of(person, line.client)
    ]
    return render_template(
        "alerts/alert.html",
        listing=listing(actor, beside=line),
        line=line,
        balance=balance,
        limit=limit,
        people=sorted(people, key=lambda person: person.name),
        refused=refused,
        values=request.form,
        errors=listed(errors or {}),
        tomorrow=today() + timedelta(days=1),
        latest=today() + timedelta(days=LONGEST_SNOOZE),
    )


@blueprint.post("/alerts/<uuid:alert_id>/acknowledge")
def acknowledge(alert_id: UUID) -> Response:
    """Answer it, and offer to take that back."""
    _act(lambda: services.acknowledge(current_actor(), alert_id))
    undo = url_for("risk.unacknowledge", alert_id=alert_id)
    said: Any = {"text": _("Alerte acquittée."), "action_url": undo, "action_label": _("Annuler")}
    flash(said)
    return redirect(_back(), 303)


@blueprint.post("/alerts/<uuid:alert_id>/unacknowledge")
def unacknowledge(alert_id: UUID) -> Response:
    """Take one's own answer back."""
    _act(lambda: services.unacknowledge(current_actor(), alert_id))
    flash(_("L’alerte est de nouveau à traiter."))
    return redirect(_back(), 303)


@blueprint.post("/alerts/<uuid:alert_id>/snooze")
def snooze(alert_id: UUID) -> Response | tuple[str, int]:
    """Answer it for a while: it comes back on the day written."""
    try:
        until = date.fromisoformat(request.form.get("until", ""))
    except ValueError:
        until = today()
    reason = request.form.get("reason", "")
    try:
        _act(lambda: services.snooze(current_actor(), alert_id, until, reason))
    except Invalid as refusal:
        return _page(alert_id, errors=refusal.errors), 422
    flash(_("Alerte en pause jusqu’au %(day)s.", day=format_day(until)))
    return redirect(_back(), 303)


@blueprint.post("/alerts/<uuid:alert_id>/assign")
def assign(alert_id: UUID) -> Response | tuple[str, int]:
    """Give it to someone."""
    try:
        _act(lambda: services.assign(current_actor(), alert_id, parse_id(request.form.get("user_id"))))
    except Invalid as refusal:
        return _page(alert_id, refusal.errors.get("user_id")), 422
    flash(
        _("Alerte confiée.") if request.form.get("user_id") else _("L’alerte n’est plus confiée à personne.")
    )
    return redirect(url_for("risk.alert", alert_id=alert_id), 303)


def _act(act: Callable[[], Any]) -> None:
    with unit_of_work():
        act()


def _back() -> str:
    only = request.form.get("filter")
    return url_for("risk.alerts", filter=only if only in queries.FILTERS else None)
