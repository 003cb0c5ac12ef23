"""JSON about groups of clients, and duplicates merged into one."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.clients.api.shell import blp
from webapp.clients.schemas.relations import (
    GroupSchema,
    MergeSchema,
    MergeWrite,
    ParentWrite,
    group_json,
    merge_json,
)
from webapp.clients.services import grouping, merging
from webapp.core.api import answer, command
from webapp.core.db import unit_of_work
from webapp.home.queries.accounts import get_account
from webapp.home.queries.groups import read_group
from webapp.users.current import current_actor


@blp.route("/clients/<uuid:client_id>/group")
class Group(MethodView):
    """Who belongs together with a client."""

    @blp.response(200, GroupSchema)
    def get(self, client_id: uuid.UUID) -> Response:
        """Read the members in scope and their totals."""
        return answer(_group(client_id))


@blp.route("/clients/<uuid:client_id>/parent")
class Parent(MethodView):
    """Of whom it is a subsidiary."""

    @blp.arguments(ParentWrite)
    @blp.response(200, GroupSchema)
    def put(self, values: dict[str, Any], client_id: uuid.UUID) -> Response:
        """Link it to its parent by reference, or take it out with null."""
        ref = values["parent_ref"]
        with unit_of_work():
            if ref is None:
                grouping.unlink_client(current_actor(), client_id)
            else:
                grouping.link_client(current_actor(), client_id, ref)
        return answer(_group(client_id))


@blp.route("/clients/<uuid:client_id>/merges")
class Merges(MethodView):
    """Duplicates of a client."""

    @blp.arguments(MergeWrite)
    @blp.response(201, MergeSchema)
    @command("client.merge")
    def post(self, values: dict[str, Any], client_id: uuid.UUID) -> tuple[Any, int]:
        """Merge a duplicate into this client; its reference leads here from now on."""
        return merge_json(merging.merge_clients(current_actor(), client_id, values["loser_ref"])), 201


@blp.route("/merges/<uuid:merge_id>/undo")
class MergeUndo(MethodView):
    """Two clients again."""

    @blp.response(200, MergeSchema)
    @command("client.unmerge")
    def post(self, merge_id: uuid.UUID) -> tuple[Any, int]:
        """Take a merge back; 409 names what ties the two since."""
        return merge_json(merging.undo_merge(current_actor(), merge_id)), 200


def _group(client_id: uuid.UUID) -> dict[str, Any]:
    actor = current_actor()
    return group_json(read_group(actor, get_account(actor, client_id)))
