"""JSON of limit requests: ask, read, decide."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from webapp.clients.queries import get_client_by_ref
from webapp.core.api import act_id, answer, blueprint, command, cut_page
from webapp.core.cursors import as_id, as_instant, read_cursor
from webapp.core.replays import replayed
from webapp.limit_requests import queries, services
from webapp.limit_requests.schemas import (
    AnswerIn,
    DecisionIn,
    LimitRequestArgs,
    LimitRequestIn,
    LimitRequestOut,
    LimitRequestPage,
    request_json,
)
from webapp.limit_requests.services import Decision, Draft
from webapp.users.current import current_actor

blp = blueprint("limit_requests", __name__, "Limits asked for, and decided.")


@blp.get("/limit-requests")
@blp.arguments(LimitRequestArgs, location="query")
@blp.response(200, LimitRequestPage)
def list_requests(args: dict[str, Any]) -> Response:
    """Requests about the clients one sees, latest first; none for who sees no limits."""
    actor, ref = current_actor(), args["client_ref"]
    lines = queries.list_requests(
        actor,
        state=args["state"],
        client_id=get_client_by_ref(actor, ref).id if ref else None,
        limit=args["limit"],
        after=read_cursor(args["cursor"], (as_instant, as_id)),
    )
    page = cut_page(lines, args["limit"], lambda line: (line.request.asked_at.isoformat(), line.request.id))
    return answer({**page, "items": [request_json(line) for line in page["items"]]})


@blp.post("/limit-requests")
@blp.arguments(LimitRequestIn)
@blp.response(201, LimitRequestOut)
@command("limit_request.submit")
def submit_request(values: dict[str, Any]) -> tuple[Any, int]:
    """Ask for a limit: made and submitted at once."""
    return _submit(act_id(), values), 201


@replayed("limit_request.submit", LimitRequestIn, path="/limit-requests")
def _submit(request_id: uuid.UUID, values: dict[str, Any]) -> Any:
    actor = current_actor()
    client = get_client_by_ref(actor, values.pop("client_ref"))
    evidence = tuple((each["kind"], each["id"]) for each in values.pop("evidence"))
    draft = Draft(client.id, id=request_id, evidence=evidence, **values)
    return _shown(services.submit_request(actor, draft).id)


@blp.get("/limit-requests/<uuid:limit_request_id>")
@blp.response(200, LimitRequestOut)
def get_request(limit_request_id: uuid.UUID) -> Response:
    """One request."""
    return answer(_shown(limit_request_id))


@blp.post("/limit-requests/<uuid:limit_request_id>/decisions")
@blp.arguments(DecisionIn)
@blp.response(201, LimitRequestOut)
@command("limit_request.decide")
def decide_request(values: dict[str, Any], limit_request_id: uuid.UUID) -> tuple[Any, int]:
    """Decide on somebody else's request, within one's authority; a closed one answers 409."""
    decision = Decision(values.pop("decision"), reason=values.pop("reason") or "", **values)
    services.decide_request(current_actor(), limit_request_id, decision)
    return _shown(limit_request_id), 201


@blp.post("/limit-requests/<uuid:limit_request_id>/answers")
@blp.arguments(AnswerIn)
@blp.response(201, LimitRequestOut)
@command("limit_request.answer")
def answer_question(values: dict[str, Any], limit_request_id: uuid.UUID) -> tuple[Any, int]:
    """Answer what was asked back; the request waits for a decision again."""
    services.answer_question(current_actor(), limit_request_id, values["answer"])
    return _shown(limit_request_id), 201


@blp.post("/limit-requests/<uuid:limit_request_id>/withdrawal")
@blp.response(200, LimitRequestOut)
@command("limit_request.withdraw")
def withdraw_request(limit_request_id: uuid.UUID) -> tuple[Any, int]:
    """Take one's own request back."""
    services.withdraw_request(current_actor(), limit_request_id)
    return _shown(limit_request_id), 200


def _shown(request_id: uuid.UUID) -> dict[str, Any]:
    return request_json(queries.get_request(current_actor(), request_id))
