"""JSON for the device: my clients with their figures, open invoices, contacts, facts, last messages."""

from __future__ import annotations

from typing import Any

from flask import Response, request
from flask_babel import lazy_gettext as _l

from webapp.core.api import answer, blueprint, cut_page
from webapp.core.errors import Forbidden
from webapp.portfolio import queries
from webapp.portfolio.rules import FORBIDDEN
from webapp.portfolio.schemas import PortfolioArgs, PortfolioPage, kept_json
from webapp.users.current import current_actor

blp = blueprint("portfolio", __name__, "What a device keeps of its person's clients.")
OFF = _l("Votre entreprise ne permet pas de garder les clients sur les appareils.")


@blp.get("/portfolio")
@blp.arguments(PortfolioArgs, location="query")
@blp.response(200, PortfolioPage)
def read_portfolio(args: dict[str, Any]) -> Response:
    """My clients as a device keeps them, those that matter most first; no bank reference is among it.

    Carries an ETag: what has not changed answers 304. Forbidden (`offline_forbidden`) where the company
    does not let devices keep clients.
    """
    actor = current_actor()
    if not queries.is_on():
        raise Forbidden(OFF, code=FORBIDDEN)
    found = queries.list_clients(actor, limit=args["limit"], cursor=args["cursor"])
    page = cut_page(found, args["limit"], queries.position_of)
    things = queries.read_things(actor, [each.client.id for each in page["items"]])
    said = answer({**page, "items": [kept_json(each, things) for each in page["items"]]})
    said.add_etag()
    said.make_conditional(request.environ)
    return said
