"""JSON about matching (lettrage): proposals, acts, many at once, undo."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response
from flask.views import MethodView

from webapp.core.api import answer, command, cut_page
from webapp.core.cursors import as_id, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.payments import queries, services
from webapp.payments.api.shell import blp
from webapp.payments.schemas.matchings import (
    BulkSchema,
    BulkWrite,
    MatchingArgs,
    MatchingPage,
    MatchingSchema,
    MatchingWrite,
    ProposalList,
    RefusalWrite,
    UndoneSchema,
    matching_json,
    proposal_json,
)
from webapp.users.actor import Actor
from webapp.users.current import current_actor

MOST_UNDONE = 25  # of a batch in one call: one transaction


@blp.route("/payments/<uuid:payment_id>/proposals", methods=["GET"])
@blp.response(200, ProposalList)
def list_proposals(payment_id: uuid.UUID) -> Response:
    """What a payment may settle, best first, with reasons."""
    payment = queries.get_payment(current_actor(), payment_id)
    found = queries.proposals_for([payment]).get(payment.id, [])
    return answer({"items": [proposal_json(each, payment.currency) for each in found], "next_cursor": None})


@blp.route("/payments/<uuid:payment_id>/refusals", methods=["POST"])
@blp.arguments(RefusalWrite)
@blp.response(204)
@command("proposal.refuse")
def refuse(values: dict[str, Any], payment_id: uuid.UUID) -> tuple[None, int]:
    """Turn a proposal down: it is not made again for this payment."""
    services.refuse_proposal(current_actor(), payment_id, values["proposal"])
    return None, 204


@blp.route("/payments/<uuid:payment_id>/refusals/<key>", methods=["DELETE"])
@blp.response(204)
def reconsider(payment_id: uuid.UUID, key: str) -> Response:
    """Let a refused proposal be made again."""
    with unit_of_work():
        services.take_back_refusal(current_actor(), payment_id, key)
    return answer(None, 204)


@blp.route("/matchings")
class Matchings(MethodView):
    """Acts of matching in the caller's scope."""

    @blp.arguments(MatchingArgs, location="query")
    @blp.response(200, MatchingPage)
    def get(self, args: dict[str, Any]) -> Response:
        """List matchings, newest first, undone ones too."""
        limit, position = args.pop("limit"), read_cursor(args.pop("cursor"), (as_id,))
        args["after"] = position[0] if position else None
        rows = queries.list_matchings(current_actor(), limit=limit, **args)
        page = cut_page(rows, limit, lambda line: (line.matching.id,))
        return answer({**page, "items": [matching_json(line) for line in page["items"]]})

    @blp.arguments(MatchingWrite)
    @blp.response(201, MatchingSchema)
    @command("matching.make")
    def post(self, values: dict[str, Any]) -> tuple[dict[str, Any], int]:
        """Accept a proposal, or match by hand; a difference may be given up in the same act."""
        return matching_json(_match(current_actor(), values)), 201


def _match(actor: Actor, values: dict[str, Any]) -> queries.MatchingLine:
    payment_id = values["payment_id"]
    if "proposal" in values:
        made = services.accept_proposal(actor, payment_id, values["proposal"])
        return queries.get_line(actor, made.id)
    chosen = services.Choice(
        invoices=tuple((each["ref"], each["amount"]) for each in values.get("invoices", ())),
        credits=tuple((each["ref"], each["amount"]) for each in values.get("credits", ())),
        write_off=values.get("write_off"),
    )
    return queries.get_line(actor, services.match_by_hand(actor, payment_id, chosen).id)


@blp.route("/matchings/<uuid:matching_id>", methods=["GET"])
@blp.response(200, MatchingSchema)
def get_matching(matching_id: uuid.UUID) -> Response:
    """One act of matching."""
    return answer(matching_json(queries.get_line(current_actor(), matching_id)))


@blp.route("/matchings/<uuid:matching_id>/undo", methods=["POST"])
@blp.response(200, MatchingSchema)
@command("matching.undo")
def undo(matching_id: uuid.UUID) -> tuple[dict[str, Any], int]:
    """Take it back: what it settled is open again, differences given up with it too."""
    actor = current_actor()
    services.undo_match(actor, matching_id)
    return matching_json(queries.get_line(actor, matching_id)), 200


@blp.route("/matchings/bulk", methods=["POST"])
@blp.arguments(BulkWrite)
@blp.response(200, BulkSchema)
@command("matching.bulk")
def accept_many(values: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Accept sure proposals together; those that changed are left and named."""
    chosen = [(each["payment_id"], each["proposal"]) for each in values["items"]]
    done = services.accept_sure(current_actor(), chosen, new_id())
    matched = [str(each.id) for each in done.matchings]
    return {"batch_id": str(done.batch_id), "matched": matched, "left": [str(e) for e in done.left]}, 200


@blp.route("/matchings/batches/<uuid:batch_id>/undo", methods=["POST"])
@blp.response(200, UndoneSchema)
@command("matching.undo_batch")
def undo_many(batch_id: uuid.UUID) -> tuple[dict[str, Any], int]:
    """Undo what was accepted together, 25 at a time; call again until `undone` is 0."""
    return {"undone": services.undo_batch(current_actor(), batch_id, MOST_UNDONE)}, 200
