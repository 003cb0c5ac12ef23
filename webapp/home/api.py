"""JSON of what features say together: may this order ship?"""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from webapp.core.api import answer, blueprint
from webapp.home.queries.selling import check_credit
from webapp.home.schemas import CreditCheckArgs, CreditCheckSchema, credit_check_json
from webapp.users.current import current_actor

blp = blueprint("credit_check", __name__, "May this order ship?")


@blp.route("/clients/<uuid:client_id>/credit-check", methods=["GET"])
@blp.arguments(CreditCheckArgs, location="query")
@blp.response(200, CreditCheckSchema)
def read_credit_check(args: dict[str, Any], client_id: uuid.UUID) -> Response:
    """May `amount` be sold on credit now: yes, once a deposit is paid, or somebody has to decide. Nothing is
    reserved: an order counts once it is recorded."""
    return answer(credit_check_json(check_credit(current_actor(), client_id, args["amount"])))
