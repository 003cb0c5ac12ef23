"""Pages that say which clients belong together, and which are one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.clients import queries
from webapp.clients.policy import may_merge
from webapp.clients.queries.duplicates import list_duplicates
from webapp.clients.services import grouping, merging
from webapp.clients.views.shell import blueprint
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.home.queries.accounts import get_account
from webapp.home.queries.groups import read_group
from webapp.users.actor import Actor
from webapp.users.current import current_actor

Answer = Response | tuple[str, int]


@blueprint.get("/clients/<uuid:client_id>/group")
def group(client_id: UUID) -> str:
    """The group's members and their totals."""
    return _group(client_id, "", {})


@blueprint.post("/clients/<uuid:client_id>/parent")
def link(client_id: UUID) -> Answer:
    """Make it a subsidiary of the client with that reference."""
    ref = request.form.get("parent_ref", "")
    try:
        with unit_of_work():
            grouping.link_client(current_actor(), client_id, ref)
    except Invalid as refusal:
        return _group(client_id, ref, refusal.errors), 422
    flash(_("Rattaché au groupe."))
    return redirect(url_for("clients.group", client_id=client_id), 303)


@blueprint.post("/clients/<uuid:client_id>/parent/remove")
def unlink(client_id: UUID) -> Response:
    """Take it out of its parent's group."""
    with unit_of_work():
        grouping.unlink_client(current_actor(), client_id)
    flash(_("Détaché de sa maison mère."))
    return redirect(url_for("clients.group", client_id=client_id), 303)


def _group(client_id: UUID, ref: str, errors: dict[str, Any]) -> str:
    actor = current_actor()
    account = get_account(actor, client_id)
    parent_id = account.client.parent_id
    return render_template(
        "clients/group.html",
        account=account,
        client=account.client,
        group=read_group(actor, account),
        parent=queries.find_client(actor, parent_id) if parent_id else None,
        ref=ref,
        errors=errors,
    )


@blueprint.get("/clients/duplicates")
def duplicates() -> str:
    """Clients that look like one."""
    return render_template("clients/duplicates.html", likenesses=list_duplicates(_merger()))


@blueprint.get("/clients/<uuid:client_id>/merge")
def merge(client_id: UUID) -> str:
    """Which duplicate to merge into this client, and what would move."""
    return _merge(client_id, request.args.get("with", ""), {})


@blueprint.post("/clients/<uuid:client_id>/merge")
def do_merge(client_id: UUID) -> Answer:
    """Merge it."""
    ref = request.form.get("loser_ref", "")
    try:
        with unit_of_work():
            merging.merge_clients(current_actor(), client_id, ref)
    except Invalid as refusal:
        return _merge(client_id, ref, refusal.errors), 422
    flash(_("Fiches fusionnées. Cela s’annule sous Identité."))
    return redirect(url_for("clients.sheet", client_id=client_id), 303)


@blueprint.post("/clients/merges/<uuid:merge_id>/undo")
def undo_merge(merge_id: UUID) -> Response:
    """Take a merge back."""
    try:
        with unit_of_work():
            found = merging.undo_merge(current_actor(), merge_id)
            shown = found.loser_id
    except Conflict as refusal:
        flash(str(refusal.message), "error")
        return redirect(url_for("clients.index"), 303)
    flash(_("Fusion annulée. Chacun a retrouvé ce qui était à lui."))
    return redirect(url_for("clients.sheet", client_id=shown), 303)


def _merge(client_id: UUID, ref: str, errors: dict[str, Any]) -> str:
    actor = _merger()
    account, loser = get_account(actor, client_id), None
    moving: dict[str, int] = {}
    if ref and not errors:
        try:
            _survivor, loser, moving = merging.preview(actor, client_id, ref)
        except Invalid as refusal:
            errors = refusal.errors
    return render_template(
        "clients/merge.html",
        account=account,
        client=account.client,
        loser=get_account(actor, loser.id) if loser else None,
        moving=moving,
        ref=ref,
        errors=errors,
    )


def _merger() -> Actor:
    actor = current_actor()
    if not may_merge(actor):
        raise Forbidden(_("Votre rôle ne fusionne pas de fiches."))
    return actor
