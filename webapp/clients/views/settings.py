"""Settings of the client sheet: the company's own fields, and what counts as fundable."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from webapp.clients.queries.custom import get_field, list_fields
from webapp.clients.services import custom
from webapp.clients.views.shell import blueprint
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.users.current import current_actor
from webapp.users.queries import company
from webapp.users.services import set_company_figure, settings_only

FIELD_KIND_WORDS = {
    "text": _l("Texte"),
    "number": _l("Nombre"),
    "date": _l("Date"),
    "yes_no": _l("Oui ou non"),
    "choice": _l("Choix dans une liste"),
}
FUNDABLE, FUNDABLE_DEFAULT, LONGEST = "fundable_days", 30, 365
Answer = Response | tuple[str, int]


@blueprint.get("/settings/client-sheet")
def sheet_settings() -> str:
    """The company's own fields, a form for a new one, and the fundable amount."""
    return _page({}, {})


@blueprint.post("/settings/client-sheet")
def define_field() -> Answer:
    """Ask a new question on every sheet."""
    try:
        with unit_of_work():
            custom.define_field(current_actor(), kind=request.form.get("kind", ""), **_read())
    except Invalid as refusal:
        return _page(request.form, refusal.errors), 422
    return _done(_("Champ ajouté à toutes les fiches."))


@blueprint.post("/settings/client-sheet/fundable")
def set_fundable() -> Answer:
    """Up to how many days late an invoice can be financed."""
    try:
        days = _days(request.form.get(FUNDABLE, ""), FUNDABLE)
        with unit_of_work():
            set_company_figure(current_actor(), FUNDABLE, FUNDABLE_DEFAULT if days is None else days, LONGEST)
    except Invalid as refusal:
        return _page(request.form, refusal.errors), 422
    return _done(_("Réglage enregistré."))


@blueprint.get("/settings/client-sheet/<uuid:field_id>")
def edit_field(field_id: UUID) -> str:
    """One question."""
    settings_only(current_actor())
    return _field(field_id, None, {})


@blueprint.post("/settings/client-sheet/<uuid:field_id>")
def change_field(field_id: UUID) -> Answer:
    """Ask it otherwise, or no longer."""
    try:
        with unit_of_work():
            custom.change_field(current_actor(), field_id, used="used" in request.form, **_read())
    except Invalid as refusal:
        return _field(field_id, request.form, refusal.errors), 422
    return _done(_("Champ enregistré."))


def _read() -> dict[str, Any]:
    """What both forms of a field hold. Raises Invalid."""
    return {
        "label": request.form.get("label", ""),
        "choices": request.form.get("choices", "").splitlines(),
        "valid_days": _days(request.form.get("valid_days", ""), "valid_days"),
    }


def _days(text: str, name: str) -> int | None:
    text = text.strip()
    if text and not (text.isascii() and text.isdigit() and len(text) < 6):
        raise Invalid(errors={name: _("Indiquez un nombre de jours.")})
    return int(text) if text else None


def _page(values: Mapping[str, Any], errors: Mapping[str, Any]) -> str:
    settings_only(current_actor())
    return render_template(
        "clients/settings.html",
        fields=list_fields(archived=True),
        kinds=FIELD_KIND_WORDS,
        values=values,
        errors=errors,
        fundable=values.get(FUNDABLE, (company().settings or {}).get(FUNDABLE, FUNDABLE_DEFAULT)),
    )


def _field(field_id: UUID, values: Mapping[str, Any] | None, errors: Mapping[str, Any]) -> str:
    found = get_field(field_id)
    standing = {
        "label": found.label,
        "choices": "\n".join(found.choices),
        "valid_days": found.valid_days or "",
    }
    return render_template(
        "clients/field.html",
        field_row=found,
        kinds=FIELD_KIND_WORDS,
        values=values or standing,
        errors=errors,
    )


def _done(said: str) -> Response:
    flash(said)
    return redirect(url_for("clients.sheet_settings"), 303)
