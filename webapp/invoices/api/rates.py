"""JSON about exchange rates: the dated table that foreign documents take theirs from."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Response
from flask.views import MethodView
from flask_babel import lazy_gettext as _l

from webapp.core.api import answer, cut_page
from webapp.core.cursors import as_day, as_text, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.invoices import queries, schemas
from webapp.invoices.api.shell import blp
from webapp.invoices.services import set_rate
from webapp.users.current import current_actor


@blp.route("/exchange-rates")
class Rates(MethodView):
    """What other currencies were worth."""

    @blp.arguments(schemas.RateListArgs, location="query")
    @blp.response(200, schemas.RatePage)
    def get(self, args: dict[str, Any]) -> Response:
        """List exchange rates, latest first."""
        limit, after = args.pop("limit"), read_cursor(args.pop("cursor"), (as_day, as_text))
        rows = queries.list_rates(current_actor(), limit=limit, after=after, **args)
        page = cut_page(rows, limit, lambda rate: (rate.on, rate.currency))
        return answer({**page, "items": [schemas.rate_json(rate) for rate in page["items"]]})


@blp.route("/exchange-rates/<currency>/<on>")
class RateOfDay(MethodView):
    """The rate of a currency on a day."""

    @blp.arguments(schemas.RateWrite)
    @blp.response(200, schemas.RateSchema)
    def put(self, values: dict[str, Any], currency: str, on: str) -> Response:
        """Write a rate; documents recorded before keep theirs."""
        try:
            day = date.fromisoformat(on)
        except ValueError:
            raise Invalid(errors={"on": _l("Indiquez une date.")}) from None
        with unit_of_work():
            rate = set_rate(current_actor(), currency, day, values["rate"])
        return answer(schemas.rate_json(rate))
