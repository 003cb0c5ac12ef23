"""JSON of limits, guarantees and alerts."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from webapp.clients.queries import get_client, get_client_by_ref
from webapp.core.api import answer, blueprint, command, cut_page, page_of
from webapp.core.cursors import as_id, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import NotFound
from webapp.risk import queries, services
from webapp.risk.policy import may_read_limits
from webapp.risk.schemas import (
    AlertArgs,
    AlertOut,
    AssignmentIn,
    GuaranteeIn,
    GuaranteeList,
    GuaranteeOut,
    LimitArgs,
    LimitIn,
    LimitOut,
    SnoozeIn,
    alert_json,
    guarantee_json,
    limit_json,
)
from webapp.users.current import current_actor

blp = blueprint("risk", __name__, "Limits, and alerts when they are neared or passed.")


@blp.route("/limits", methods=["GET"])
@blp.arguments(LimitArgs, location="query")
@blp.response(200, page_of(LimitOut, "LimitPage"))
def list_limits(args: dict[str, Any]) -> Response:
    """Limits that count; with `client_ref` and `history`, every one that client had."""
    actor, ref = current_actor(), args["client_ref"]
    if ref is not None:
        get_client_by_ref(actor, ref)
        if not may_read_limits(actor):
            raise NotFound()
    if ref is not None and args["history"]:
        lines = queries.history_of(actor, ref)
        return answer({"items": [limit_json(line) for line in lines], "next_cursor": None})
    lines = queries.list_limits(actor, client_ref=ref, limit=args["limit"], after=_after(args))
    page = cut_page(lines, args["limit"], lambda line: (line.limit.id,))
    return answer({**page, "items": [limit_json(line) for line in page["items"]]})


@blp.route("/limits", methods=["POST"])
@blp.arguments(LimitIn)
@blp.response(201, LimitOut)
@command("limit.set")
def set_limit(values: dict[str, Any]) -> tuple[Any, int]:
    """Set a client's limit, within one's authority; below what is owed it raises a breach."""
    actor = current_actor()
    client = get_client_by_ref(actor, values.pop("client_ref"))
    money = values.pop("amount")
    limit = services.set_limit(actor, client.id, amount=money["amount"], currency=money["currency"], **values)
    return limit_json(queries.LimitLine(limit, client.ref, actor.name)), 201


@blp.route("/clients/<uuid:client_id>/guarantees", methods=["GET"])
@blp.response(200, GuaranteeList)
def list_guarantees(client_id: uuid.UUID) -> Response:
    """What others pay when this client does not: what holds, and what held."""
    actor = current_actor()
    client = get_client(actor, client_id)
    if not may_read_limits(actor):
        raise NotFound()
    lines = queries.list_guarantees(actor, client.id)
    return answer({"items": [guarantee_json(line) for line in lines]})


@blp.route("/clients/<uuid:client_id>/guarantees", methods=["POST"])
@blp.arguments(GuaranteeIn)
@blp.response(201, GuaranteeOut)
@command("guarantee.add")
def record_guarantee(values: dict[str, Any], client_id: uuid.UUID) -> tuple[Any, int]:
    """Note a guarantee of this client."""
    actor = current_actor()
    row = services.record_guarantee(actor, services.GuaranteeInput(client_id, **values))
    return guarantee_json(queries.get_guarantee(actor, row.id)), 201


@blp.route("/guarantees/<uuid:guarantee_id>/withdrawal", methods=["POST"])
@blp.response(200, GuaranteeOut)
@command("guarantee.withdraw")
def withdraw_guarantee(guarantee_id: uuid.UUID) -> tuple[Any, int]:
    """It no longer holds; what was noted stays in the history."""
    services.withdraw_guarantee(current_actor(), guarantee_id)
    return guarantee_json(queries.get_guarantee(current_actor(), guarantee_id)), 200


@blp.route("/alerts", methods=["GET"])
@blp.arguments(AlertArgs, location="query")
@blp.response(200, page_of(AlertOut, "AlertPage"))
def list_alerts(args: dict[str, Any]) -> Response:
    """Alerts about the clients one sees, newest first."""
    lines = queries.list_alerts(
        current_actor(),
        args["state"],
        client_id=args["client_id"],
        client_ref=args["client_ref"],
        limit=args["limit"],
        after=_after(args),
    )
    page = cut_page(lines, args["limit"], lambda line: (line.id,))
    return answer({**page, "items": [alert_json(line) for line in page["items"]]})


@blp.route("/alerts/<uuid:alert_id>", methods=["GET"])
@blp.response(200, AlertOut)
def get_alert(alert_id: uuid.UUID) -> Response:
    """One alert."""
    return answer(alert_json(queries.get_alert(current_actor(), alert_id)))


@blp.route("/alerts/<uuid:alert_id>/acknowledgement", methods=["POST"])
@blp.response(200, AlertOut)
@command("alert.acknowledge")
def acknowledge(alert_id: uuid.UUID) -> tuple[Any, int]:
    """Take notice, by name and time; who comes second sees who did."""
    services.acknowledge(current_actor(), alert_id)
    return queries.alert_for(current_actor(), alert_id), 200


@blp.route("/alerts/<uuid:alert_id>/acknowledgement", methods=["DELETE"])
@blp.response(200, AlertOut)
def unacknowledge(alert_id: uuid.UUID) -> Response:
    """Take one's own acknowledgement back, within two minutes."""
    with unit_of_work():
        services.unacknowledge(current_actor(), alert_id)
    return answer(queries.alert_for(current_actor(), alert_id))


@blp.route("/alerts/<uuid:alert_id>/snooze", methods=["POST"])
@blp.arguments(SnoozeIn)
@blp.response(200, AlertOut)
@command("alert.snooze")
def snooze(values: dict[str, Any], alert_id: uuid.UUID) -> tuple[Any, int]:
    """Take notice until a day, when it waits for an answer again."""
    services.snooze(current_actor(), alert_id, values["until"], values["reason"])
    return queries.alert_for(current_actor(), alert_id), 200


@blp.route("/alerts/<uuid:alert_id>/assignment", methods=["POST"])
@blp.arguments(AssignmentIn)
@blp.response(200, AlertOut)
@command("alert.assign")
def assign(values: dict[str, Any], alert_id: uuid.UUID) -> tuple[Any, int]:
    """Give the alert to someone, or take it back (`user_id` null)."""
    services.assign(current_actor(), alert_id, values["user_id"])
    return queries.alert_for(current_actor(), alert_id), 200


def _after(args: dict[str, Any]) -> Any:
    position = read_cursor(args["cursor"], (as_id,))
    return position[0] if position else None
