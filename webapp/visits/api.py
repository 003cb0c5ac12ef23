"""JSON of visits and of the facts seen there."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from webapp.clients.queries import get_client_by_ref
from webapp.core.api import act_id, answer, blueprint, command, cut_page
from webapp.core.cursors import as_id, as_instant, read_cursor
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.visits import commands, queries
from webapp.visits import schemas as s
from webapp.visits.policy import sees_weight
from webapp.visits.words import fact_name

blp = blueprint("visits", __name__, "Visits to clients, and dated facts that fade unless confirmed.")
Answer = tuple[dict[str, Any], int]
PLACE = (as_instant, as_id)


@blp.get("/visits")
@blp.arguments(s.VisitArgs, location="query")
@blp.response(200, s.VisitPage)
def list_visits(args: dict[str, Any]) -> Response:
    """Visits to the clients one sees, the latest first."""
    actor, limit = current_actor(), args["limit"]
    after = read_cursor(args["cursor"], PLACE)
    client_id = _client_id(actor, args["client_ref"])
    lines = queries.list_visits(actor, limit=limit, client_id=client_id, after=after)
    page = cut_page(lines, limit, lambda line: (line.visit.visited_at.isoformat(), line.visit.id))
    return answer({**page, "items": [s.visit_json(line) for line in page["items"]]})


@blp.post("/visits")
@blp.arguments(s.VisitIn)
@blp.response(201, s.VisitOut)
@command("visit.record")
def record_visit(values: dict[str, Any]) -> Answer:
    """Report on a visit; the act's `Idempotency-Key`, when it is a UUIDv7, becomes the visit's id."""
    return commands.record_visit(act_id(), values), 201


@blp.get("/visits/<uuid:visit_id>")
@blp.response(200, s.VisitOut)
def get_visit(visit_id: uuid.UUID) -> Response:
    """One visit, with its files and what was signed."""
    return answer(commands.show_visit(current_actor(), visit_id))


@blp.get("/fact-kinds")
@blp.response(200, s.FactKinds)
def list_fact_kinds() -> Response:
    """What may be seen at a client's."""
    sees = sees_weight(current_actor())
    kinds = [
        {
            "code": each.code,
            "name": fact_name(each.code, each.label),
            "days": each.days,
            "weight": each.weight if sees else None,
        }
        for each in queries.list_kinds(used=True)
    ]
    return answer({"items": kinds})


@blp.get("/facts")
@blp.arguments(s.FactArgs, location="query")
@blp.response(200, s.FactPage)
def list_facts(args: dict[str, Any]) -> Response:
    """Facts about the clients one sees, the latest first: those that stand or fade, or all of them."""
    actor, limit = current_actor(), args["limit"]
    after = read_cursor(args["cursor"], PLACE)
    client_id = _client_id(actor, args["client_ref"])
    lines = queries.list_facts(actor, limit=limit, client_id=client_id, only=args["state"], after=after)
    page = cut_page(lines, limit, lambda line: (line.fact.noted_at.isoformat(), line.fact.id))
    return answer({**page, "items": [s.fact_json(line, sees_weight(actor)) for line in page["items"]]})


@blp.get("/facts/<uuid:fact_id>")
@blp.response(200, s.FactOut)
def get_fact(fact_id: uuid.UUID) -> Response:
    """One fact."""
    return answer(commands.show_fact(current_actor(), fact_id))


@blp.post("/facts/<uuid:fact_id>/confirmation")
@blp.response(200, s.FactOut)
@command("fact.confirm")
def confirm_fact(fact_id: uuid.UUID) -> Answer:
    """Still true: it holds again."""
    return commands.confirm_fact(act_id(), {"fact_id": fact_id}), 200


@blp.post("/facts/<uuid:fact_id>/end")
@blp.response(200, s.FactOut)
@command("fact.end")
def end_fact(fact_id: uuid.UUID) -> Answer:
    """No longer true."""
    return commands.end_fact(act_id(), {"fact_id": fact_id}), 200


@blp.post("/facts/<uuid:fact_id>/links")
@blp.arguments(s.LinkIn)
@blp.response(200, s.FactOut)
@command("fact.attach")
def attach_fact(values: dict[str, Any], fact_id: uuid.UUID) -> Answer:
    """Attach it to an invoice or a dispute of the same client."""
    return commands.attach_fact(act_id(), {"fact_id": fact_id, **values}), 200


@blp.post("/facts/<uuid:fact_id>/links/removal")
@blp.arguments(s.LinkIn)
@blp.response(200, s.FactOut)
@command("fact.detach")
def detach_fact(values: dict[str, Any], fact_id: uuid.UUID) -> Answer:
    """Take it off again."""
    return commands.detach_fact(act_id(), {"fact_id": fact_id, **values}), 200


def _client_id(actor: Actor, ref: str | None) -> uuid.UUID | None:
    return get_client_by_ref(actor, ref).id if ref else None
