"""Settings of reasons: the company's words, who owns and resolves, in how many days."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid, NotFound
from webapp.core.ids import parse_id
from webapp.core.pages import listed
from webapp.disputes import queries, services
from webapp.disputes.rules import STANDARD, Reason
from webapp.disputes.views.shell import blueprint
from webapp.disputes.words import DEPARTMENT_WORDS, RESOLVER_WORDS
from webapp.users.current import current_actor
from webapp.users.policy import may
from webapp.users.queries import list_actors, names_of
from webapp.users.services import settings_only

Answer = Response | tuple[str, int]
BLANK = Reason("", "credit", "credit_manager", 7)


@blueprint.get("/settings/dispute-reasons")
def reason_settings() -> str:
    """Every reason, and a form for a new one."""
    return _list(BLANK, {}, {})


@blueprint.post("/settings/dispute-reasons")
def add_reason() -> Answer:
    """One of the company's own."""
    try:
        _save(None)
    except Invalid as refusal:
        return _list(BLANK, request.form, refusal.errors), 422
    return _done(_("Motif ajouté."))


@blueprint.get("/settings/dispute-reasons/<code>")
def edit_reason(code: str) -> str:
    """One reason."""
    settings_only(current_actor())
    return _one(code, {}, {})


@blueprint.post("/settings/dispute-reasons/<code>")
def change_reason(code: str) -> Answer:
    """Name it otherwise, hand it to others, give it another delay, or no longer offer it."""
    try:
        _save(code)
    except Invalid as refusal:
        return _one(code, request.form, refusal.errors), 422
    return _done(_("Motif enregistré."))


def _save(code: str | None) -> None:
    days = request.form.get("delay_days", "").strip()
    with unit_of_work():
        services.save_reason(
            current_actor(),
            code,
            label=request.form.get("label", ""),
            department=request.form.get("department", ""),
            role=request.form.get("role", ""),
            delay_days=int(days) if days.isascii() and days.isdigit() and len(days) < 4 else 0,
            resolver_id=parse_id(request.form.get("resolver_id")),
            used=code is None or "used" in request.form,
        )


def _list(blank: Reason, values: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    settings_only(current_actor())
    reasons = queries.list_reasons()
    named = names_of({each.resolver_id for each in reasons if each.resolver_id})
    return render_template(
        "disputes/reasons.html", reasons=reasons, named=named, **_form(blank, values, errors)
    )


def _one(code: str, values: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    found = queries.find_reason(code)
    if found is None:
        raise NotFound(_("Ce motif n’existe pas."))
    standard = code in {each.code for each in STANDARD}
    return render_template("disputes/reason.html", standard=standard, **_form(found, values, errors))


def _form(reason: Reason, values: Mapping[str, Any], errors: Mapping[str, Any]) -> dict[str, Any]:
    people = [each for each in list_actors() if may(each, "dispute.open")]
    standing = {
        "label": reason.label or "",
        "department": reason.department,
        "role": reason.role,
        "delay_days": reason.delay_days,
        "resolver_id": reason.resolver_id or "",
    }
    return {
        "reason": reason,
        "values": values or standing,
        "errors": listed(errors),
        "roles": RESOLVER_WORDS,
        "departments": DEPARTMENT_WORDS,
        "people": sorted(people, key=lambda each: each.name),
    }


def _done(said: str) -> Response:
    flash(said)
    return redirect(url_for("disputes.reason_settings"), 303)
