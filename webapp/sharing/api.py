"""JSON of accesses: who at a client's reads what is said with it; give, change, end."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from webapp.core.api import answer, blueprint, command
from webapp.core.db import unit_of_work
from webapp.sharing import queries, services
from webapp.sharing.links import link
from webapp.sharing.schemas import AccessChange, AccessIn, AccessLinkOut, AccessOut, AccessPage, access_json
from webapp.users.current import current_actor

blp = blueprint("accesses", __name__, "Who at a client's reads what is said with it.")
ONE = "/clients/<uuid:client_id>/accesses/<uuid:grant_id>"


@blp.get("/clients/<uuid:client_id>/accesses")
@blp.response(200, AccessPage)
def list_accesses(client_id: uuid.UUID) -> Response:
    """Accesses to a client's exchanges, live ones first; there is no second page."""
    queries.get_shared_client(current_actor(), client_id)
    lines = queries.list_grants(current_actor(), client_id)
    return answer({"items": [access_json(line) for line in lines], "next_cursor": None})


@blp.post("/clients/<uuid:client_id>/accesses")
@blp.arguments(AccessIn)
@blp.response(201, AccessOut)
@command("access.give")
def give_access(values: dict[str, Any], client_id: uuid.UUID) -> tuple[Any, int]:
    """Let a contact in; who has that access already keeps it, as long as asked for now at least."""
    grant = services.give_access(current_actor(), client_id, values.pop("contact_id"), **values)
    return _shown(client_id, grant.id), 201


@blp.get(ONE)
@blp.response(200, AccessLinkOut)
def get_access(client_id: uuid.UUID, grant_id: uuid.UUID) -> Response:
    """One access, with the link its holder opens while it is live."""
    found = _shown(client_id, grant_id)
    return answer({**found, "link": link(grant_id) if found["state"] == "live" else None})


@blp.route(ONE, methods=["PATCH"])
@blp.arguments(AccessChange)
@blp.response(200, AccessOut)
@command("access.change")
def change_access(values: dict[str, Any], client_id: uuid.UUID, grant_id: uuid.UUID) -> tuple[Any, int]:
    """Have it last longer or shorter; one that is over is 409."""
    services.change_access(current_actor(), client_id, grant_id, **values)
    return _shown(client_id, grant_id), 200


@blp.delete(ONE)
@blp.response(204)
def revoke_access(client_id: uuid.UUID, grant_id: uuid.UUID) -> Response:
    """End it at once; twice is once."""
    with unit_of_work():
        services.revoke_access(current_actor(), client_id, grant_id)
    return answer(None, 204)


def _shown(client_id: uuid.UUID, grant_id: uuid.UUID) -> dict[str, Any]:
    return access_json(queries.get_grant_line(current_actor(), client_id, grant_id))
