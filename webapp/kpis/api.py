"""JSON about figures over many clients."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask.views import MethodView
from flask_babel import lazy_gettext as _l

from webapp.core.api import answer, blueprint, encode_cursor
from webapp.core.clock import today
from webapp.core.errors import Invalid
from webapp.kpis import schemas
from webapp.kpis.queries.aging import Question
from webapp.kpis.queries.listing import Choice, read_aged, read_position
from webapp.users.current import current_actor
from webapp.users.queries import company

blp = blueprint("kpis", __name__, "Figures over the whole ledger, as of any day.")


@blp.route("/kpis/aging")
class AgedBalance(MethodView):
    """What is open by how late it is."""

    @blp.arguments(schemas.AgingArgs, location="query")
    @blp.response(200, schemas.AgingPage)
    def get(self, args: dict[str, Any]) -> Response:
        """The aged balance by client, representative or branch, as the books stood on a day."""
        choice = _choice(args)
        after = read_position(args["cursor"], choice)
        aged = read_aged(current_actor(), choice, limit=args["limit"], after=after)
        cursor = encode_cursor(*aged.after) if aged.after else None
        return answer(schemas.aged_json(aged, company().currency, cursor))


def _choice(args: dict[str, Any]) -> Choice:
    """What the address asks. Raises Invalid for a day that has not come."""
    as_of = args["as_of"] or today()
    if as_of > today():
        raise Invalid(errors={"as_of": _l("Choisissez aujourd’hui ou une date passée.")})
    asked = Question(as_of, args["date"], branch_id=args["branch_id"], rep_id=args["rep_id"])
    return Choice(asked, args["by"], args["sort"])
