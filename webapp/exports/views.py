"""Pages of exports: choose a format, wait, fetch the file."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core import papers
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Invalid, NotFound
from webapp.exports import delivery, lists, queries, services
from webapp.exports.definitions import Listing, find_listing, listing_names
from webapp.exports.policy import may_export
from webapp.exports.services.asking import read_filters
from webapp.users.actor import Actor
from webapp.users.current import current_actor

__all__ = ["blueprint", "lists"]  # imported, they register themselves
blueprint = Blueprint("exports", __name__)
SHOWN, MOST_FILTERS = 30, 12
OWN = {"list", "format", "decimals", "csrf_token"}
Answer = Response | str | tuple[str, int]


@blueprint.get("/exports")
def index() -> str:
    """One's own files of the last week."""
    actor = current_actor()
    rows = queries.list_exports(actor, SHOWN)
    titles = {row.listing: _listing(row.listing).title for row in rows}
    return render_template("exports/index.html", rows=rows, titles=titles, offered=_offered(actor))


def _offered(actor: Actor) -> list[Listing]:
    """Lists this person may have that ask for nothing first."""
    every = filter(None, map(find_listing, listing_names()))
    return [each for each in every if may_export(actor, each) and not each.schema().validate({})]


@blueprint.get("/exports/new")
def new() -> Answer:
    """In which format? The filters are those of the list one comes from."""
    return _new(request.args, {})


def _new(given: Mapping[str, str], errors: Mapping[str, object]) -> Answer:
    listing, filters = _listing(given.get("list", "")), _filters(given)
    said: list[str] = []
    try:
        said = listing.said(current_actor(), read_filters(current_actor(), listing, filters))
    except Invalid as refusal:
        errors = {**refusal.errors, **errors}
    page = render_template(
        "exports/new.html",
        listing=listing,
        filters=filters,
        said=said,
        errors=errors,
        given=given,
        papers=papers.available(),
    )
    return (page, 422) if errors else page


@blueprint.post("/exports")
def make() -> Answer:
    """A short list comes at once; a long one is left to the worker."""
    actor, form = current_actor(), request.form
    _listing(form.get("list", ""))
    try:
        asked = services.ask(
            actor, form["list"], form.get("format", ""), _filters(form), form.get("decimals", "fr")
        )
    except Invalid as refusal:
        return _new(form, refusal.errors)
    made = services.make_now(actor, asked, delivery.folder())
    with unit_of_work():
        row = delivery.settle(actor, asked, made)
    if made is not None:
        return delivery.hand_over(row)
    return redirect(url_for("exports.show", export_id=row.id), 303)


@blueprint.get("/exports/<uuid:export_id>")
def show(export_id: uuid.UUID) -> str:
    """Where an export stands."""
    row = queries.get_export(current_actor(), export_id)
    return render_template("exports/show.html", row=row, listing=_listing(row.listing))


@blueprint.get("/exports/<uuid:export_id>/file")
def file(export_id: uuid.UUID) -> Response:
    """The file itself."""
    return delivery.hand_over(queries.get_export(current_actor(), export_id))


@blueprint.post("/exports/<uuid:export_id>/cancel")
def cancel(export_id: uuid.UUID) -> Response:
    """Stop it."""
    try:
        with unit_of_work():
            services.cancel(current_actor(), export_id)
    except Conflict as refusal:
        flash(str(refusal.message), "error")
    return redirect(url_for("exports.show", export_id=export_id), 303)


def _listing(name: str) -> Listing:
    found = find_listing(name)
    if found is None:
        raise NotFound(_("Cette liste n’existe pas."))
    return found


def _filters(given: Mapping[str, Any]) -> dict[str, str]:
    """The filters an address or a form holds; a page's own cursor is none."""
    kept = [(name, value) for name, value in given.items() if name not in OWN | {"cursor", "shown"} and value]
    return {name[:30]: str(value) for name, value in kept[:MOST_FILTERS]}
