"""Settings of facts: the company's words, what each weighs, for how many days it holds; the stamp."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid, NotFound
from webapp.core.pages import listed
from webapp.users.current import current_actor
from webapp.users.services import settings_only
from webapp.visits import queries, services
from webapp.visits.rules import STANDARD, FactKind
from webapp.visits.views.shell import blueprint

Answer = Response | tuple[str, int]
BLANK = FactKind("", 3, 90)


@blueprint.get("/settings/visit-facts")
def kind_settings() -> str:
    """Every kind, and a form for a new one."""
    return _list({}, {})


@blueprint.post("/settings/visit-facts")
def add_kind() -> Answer:
    """One of the company's own."""
    try:
        _save(None)
    except Invalid as refusal:
        return _list(request.form, refusal.errors), 422
    return _done(_("Fait ajouté."))


@blueprint.post("/settings/visit-facts/stamp")
def set_stamp() -> Response:
    """Let people say that they are at a client's, or not."""
    with unit_of_work():
        services.set_stamp(current_actor(), "on" in request.form)
    return _done(_("Réglage enregistré."))


@blueprint.get("/settings/visit-facts/kinds/<fact_code>")
def edit_kind(fact_code: str) -> str:
    """One kind."""
    settings_only(current_actor())
    return _one(fact_code, {}, {})


@blueprint.post("/settings/visit-facts/kinds/<fact_code>")
def change_kind(fact_code: str) -> Answer:
    """Name it otherwise, let it weigh more or hold longer, or no longer offer it."""
    try:
        _save(fact_code)
    except Invalid as refusal:
        return _one(fact_code, request.form, refusal.errors), 422
    return _done(_("Fait enregistré."))


def _save(code: str | None) -> None:
    with unit_of_work():
        services.save_kind(
            current_actor(),
            code,
            label=request.form.get("label", ""),
            weight=_number("weight"),
            days=_number("days"),
            used=code is None or "used" in request.form,
        )


def _number(name: str) -> int | None:
    """A whole number of at most three digits; a minus sign may be the true one."""
    text = request.form.get(name, "").strip().replace("\u2212", "-")
    return int(text) if re.fullmatch(r"-?[0-9]{1,3}", text) else None


def _list(values: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    settings_only(current_actor())
    kinds, stamp = queries.list_kinds(), queries.stamp_is_on()
    return render_template("visits/kinds.html", kinds=kinds, stamp=stamp, **_form(BLANK, values, errors))


def _one(code: str, values: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    found = queries.find_kind(code)
    if found is None:
        raise NotFound(_("Ce fait n’existe pas."))
    standard = code in {each.code for each in STANDARD}
    return render_template("visits/kind.html", standard=standard, **_form(found, values, errors))


def _form(kind: FactKind, values: Mapping[str, Any], errors: Mapping[str, Any]) -> dict[str, Any]:
    standing = {"label": kind.label or "", "weight": kind.weight, "days": kind.days}
    return {"kind": kind, "values": values or standing, "errors": listed(errors)}


def _done(said: str) -> Response:
    flash(said)
    return redirect(url_for("visits.kind_settings"), 303)
