"""JSON about clients: list, upsert by reference, exposure, timeline."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.clients import schemas
from webapp.clients.api.shell import blp
from webapp.clients.services import upsert_client
from webapp.core.api import answer, cut_page
from webapp.core.db import unit_of_work
from webapp.home.queries import accounts, timeline
from webapp.home.queries.figures import read_figures
from webapp.invoices.queries import aging
from webapp.users.current import current_actor


@blp.route("/clients")
class Clients(MethodView):
    """The clients of the caller's scope."""

    @blp.arguments(schemas.ClientListArgs, location="query")
    @blp.response(200, schemas.ClientPage)
    def get(self, args: dict[str, Any]) -> Response:
        """List clients. `q` looks in names, towns, SIREN, references and invoice references."""
        choice = accounts.Choice(args["q"], args["filter"], args["sort"])
        after = accounts.read_position(args["cursor"], choice.sort)
        rows = accounts.list_accounts(current_actor(), choice, limit=args["limit"], after=after)
        page = cut_page(rows, args["limit"], accounts.position_of)
        return answer({**page, "items": [schemas.client_json(row) for row in page["items"]]})


@blp.route("/clients/by-ref/<path:ref>")
class ClientByRef(MethodView):
    """One client by the reference of the caller's own system."""

    @blp.response(200, schemas.ClientSchema)
    def get(self, ref: str) -> Response:
        """Read a client by its reference."""
        return answer(schemas.client_json(accounts.get_account_by_ref(current_actor(), ref)))

    @blp.arguments(schemas.ClientWrite)
    @blp.response(200, schemas.ClientSchema)
    @blp.alt_response(201, schema=schemas.ClientSchema, description="Created")
    def put(self, values: dict[str, Any], ref: str) -> Response:
        """Create or edit a client; a field left out keeps its value."""
        actor = current_actor()
        with unit_of_work():
            client, outcome = upsert_client(actor, ref, schemas.written(values))
            client_id = client.id
        body = schemas.client_json(accounts.get_account(actor, client_id))
        return answer(body, 201 if outcome == "created" else 200)


@blp.route("/clients/<uuid:client_id>")
class ClientById(MethodView):
    """One client."""

    @blp.response(200, schemas.ClientSchema)
    def get(self, client_id: uuid.UUID) -> Response:
        """Read a client."""
        return answer(schemas.client_json(accounts.get_account(current_actor(), client_id)))


@blp.route("/clients/<uuid:client_id>/exposure")
class Exposure(MethodView):
    """What a client owes and may still buy."""

    @blp.response(200, schemas.ExposureSchema)
    def get(self, client_id: uuid.UUID) -> Response:
        """Read the exposure; limit fields are null for roles that may not see limits."""
        actor = current_actor()
        account = accounts.get_account(actor, client_id)
        return answer(schemas.exposure_json(account, aging(actor, client_id).not_due))


@blp.route("/clients/<uuid:client_id>/figures")
class ClientFigures(MethodView):
    """How a client pays."""

    @blp.response(200, schemas.FiguresSchema)
    def get(self, client_id: uuid.UUID) -> Response:
        """Read the figures of the sheet; payments are null for roles that may not read them."""
        actor = current_actor()
        account = accounts.get_account(actor, client_id)
        return answer(schemas.figures_json(account, read_figures(actor, account)))


@blp.route("/clients/<uuid:client_id>/timeline")
class ClientTimeline(MethodView):
    """What happened with a client."""

    @blp.arguments(schemas.TimelineArgs, location="query")
    @blp.response(200, schemas.Timeline)
    def get(self, args: dict[str, Any], client_id: uuid.UUID) -> Response:
        """List what happened, newest first; `kind` narrows it to one family of happenings."""
        actor = current_actor()
        accounts.get_account(actor, client_id)
        after = timeline.read_position(args["cursor"])
        rows = timeline.list_happenings(actor, client_id, limit=args["limit"], after=after, kind=args["kind"])
        page = cut_page(rows, args["limit"], timeline.position_of)
        return answer({**page, "items": [schemas.happening_json(row) for row in page["items"]]})
