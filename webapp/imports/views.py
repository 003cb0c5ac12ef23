"""Pages of imports: bring a file, name its columns, see what would change, write it, undo it."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from typing import Any

from flask import Blueprint, Flask, Response, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Invalid, TooLarge
from webapp.imports import columns, queries, services
from webapp.imports.messages import WARNING, say
from webapp.imports.models import Import
from webapp.imports.schemas import OUTCOMES
from webapp.imports.services.undoing import UNDO_WITHIN
from webapp.users.current import current_actor
from webapp.users.queries import names_of

blueprint = Blueprint("imports", __name__)
PAGE = 60
HISTORY = 30
LAST_LINE = 2**31 - 1
Answer = Response | str | tuple[str, int]


def install(app: Flask) -> None:
    """Dates are staged as texts."""
    app.jinja_env.filters["iso_day"] = lambda text: (
        date.fromisoformat(text).strftime("%d/%m/%Y") if text else ""
    )


@blueprint.get("/imports")
def index() -> str:
    """Bring a file; see those brought before."""
    return _index({})


def _index(errors: dict[str, Any]) -> str:
    rows = queries.list_imports(current_actor(), HISTORY)
    people = names_of({row.created_by for row in rows if row.created_by})
    return render_template(
        "imports/index.html",
        rows=rows,
        people=people,
        errors=errors,
        kind=request.form.get("kind", "invoices"),
        mode=request.form.get("mode", "delta"),
    )


@blueprint.post("/imports")
def upload() -> Answer:
    """Keep the file and look at it."""
    try:
        import_id = _bring()
    except Invalid as error:
        return _index(error.errors), 422
    except TooLarge as error:
        return _index({"file": error.message}), 413
    return redirect(url_for("imports.show", import_id=import_id), 303)  # type: ignore[return-value]


def _bring() -> uuid.UUID:
    """The form's file, noted as an import. Raises what `take_in` and `receive` raise."""
    actor, file = current_actor(), request.files.get("file")
    if file is None or not file.filename:
        raise Invalid(errors={"file": _("Choisissez un fichier.")})
    folder = current_app.config["SETTINGS"].instance_path / "imports"
    kind = request.form.get("kind", "invoices")
    mode = request.form.get("mode", "delta")
    arrival = services.take_in(actor, file.filename, file.stream, folder=folder, kind=kind, mode=mode)
    with unit_of_work():
        return services.receive(actor, arrival).id


@blueprint.get("/imports/<uuid:import_id>")
def show(import_id: uuid.UUID) -> str:
    """Where an import stands, and what is to be done next."""
    return _show(queries.get_import(current_actor(), import_id), {})


def _show(row: Import, errors: dict[str, Any]) -> str:
    shown = _shown(row)
    rows = queries.list_rows(current_actor(), row.id, shown, PAGE + 1, _after())
    mapping = request.form.to_dict() if errors else row.mapping
    asked = bool(errors) or request.args.get("columns") == "1"
    editing = row.state == "uploaded" or (asked and row.format == "csv")
    return render_template(
        "imports/show.html", row=row, rows=rows[:PAGE], 
        more=rows[PAGE - 1].line if len(rows) > PAGE else None,
        shown=shown, fields=columns.fields_of(row.shape), mapping=mapping, editing=editing, errors=errors,
        pause=services.pause_of(row),
        here=url_for("imports.show", import_id=row.id),
        ignored=[_why_ignored(each) for each in row.dialect.get("ignored", [])],
        undoable=row.state == "imported" and row.finished_at and row.finished_at > now() - UNDO_WITHIN,
    )  # fmt: skip


def _why_ignored(each: dict[str, str]) -> str:
    """Why a column was left out, said beside the columns that were recognised."""
    return say(WARNING, each["reason"], value=each["column"])


def _after() -> int:
    """The line to go on after, whatever the address says."""
    return max(0, min(request.args.get("after", 0, type=int), LAST_LINE))


def _shown(row: Import) -> list[str]:
    """Outcomes asked for; at first those that deserve a look."""
    asked = [each for each in request.args.get("show", "").split(",") if each in OUTCOMES]
    if asked:
        return asked
    notable = [each for each in ("updated", "refused", "cleared") if row.counts.get(each)]
    return notable or ["created"]


@blueprint.post("/imports/<uuid:import_id>/mapping")
def set_mapping(import_id: uuid.UUID) -> Answer:
    """Columns as a person names them."""
    form = request.form.to_dict()
    name = form.pop("model_name", "").strip() or None
    form.pop("csrf_token", None)
    try:
        with unit_of_work():
            services.set_mapping(current_actor(), import_id, form, name)
    except Invalid as error:
        return _show(queries.get_import(current_actor(), import_id), error.errors), 422
    return redirect(url_for("imports.show", import_id=import_id), 303)  # type: ignore[return-value]


@blueprint.post("/imports/<uuid:import_id>/commit")
def commit(import_id: uuid.UUID) -> Answer:
    """Write the file."""
    return _act(import_id, services.request_commit)


@blueprint.post("/imports/<uuid:import_id>/cancel")
def cancel(import_id: uuid.UUID) -> Answer:
    """Stop, or drop the file."""
    return _act(import_id, services.cancel)


@blueprint.post("/imports/<uuid:import_id>/undo")
def undo(import_id: uuid.UUID) -> Answer:
    """Take it back."""
    return _act(import_id, services.undo, _("Import annulé. Les montants sont revenus à ce qu’ils étaient."))


def _act(import_id: uuid.UUID, act: Callable[..., Any], said: str = "") -> Answer:
    """Do it and show where the import stands; a refusal is said on that page."""
    try:
        with unit_of_work():
            act(current_actor(), import_id)
        if said:
            flash(said)
    except Conflict as refusal:
        flash(str(refusal.message), "error")
    return redirect(url_for("imports.show", import_id=import_id), 303)  # type: ignore[return-value]


@blueprint.get("/imports/<uuid:import_id>/refused.csv")
def refused(import_id: uuid.UUID) -> Response:
    """Refused rows with their reason, to correct."""
    queries.get_import(current_actor(), import_id)
    body = "".join(queries.refused_csv(current_actor(), import_id))
    headers = {"Content-Disposition": 'attachment; filename="refusees.csv"'}
    return Response(body, mimetype="text/csv", headers=headers)
