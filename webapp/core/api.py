"""The JSON API's common manners: problem+json, money, cursors, idempotent POST.

Every feature's `api.py` registers its blueprint through `register`; schemas come from
`ApiSchema`, so that an unknown field is an error everywhere.
"""

from __future__ import annotations

import base64
import functools
import uuid
from collections.abc import Callable, Sequence
from typing import Any

import orjson
from flask import Response, request
from flask_babel import lazy_gettext as _l
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from webapp.core.commands import Outcome, once
from webapp.core.db import let_others_in, unit_of_work
from webapp.core.errors import Invalid
from webapp.core.ids import new_id, parse_id
from webapp.core.money import MAX_AMOUNT
from webapp.core.web import actor_key

PREFIX = "/api/v1"
MAX_PAGE = 200


class ApiSchema(Schema):
    """Base of every schema: unknown fields are refused, order is kept."""

    class Meta:
        unknown = RAISE


class MoneySchema(ApiSchema):
    """`{"amount": <minor units>, "currency": "EUR"}`."""

    amount = fields.Integer(
        required=True,
        strict=True,
        validate=validate.Range(-MAX_AMOUNT, MAX_AMOUNT),
        metadata={"description": "whole minor units (cents)"},
    )
    currency = fields.String(load_default="EUR", validate=validate.Regexp(r"^[A-Z]{3}$"))


class PageArgs(ApiSchema):
    """How lists are paged."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, MAX_PAGE))
    cursor = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=500))


def page_of(item: type[Schema], name: str) -> type[Schema]:
    """The schema of a page of `item`: `{"items": [...], "next_cursor": ...}`."""
    return ApiSchema.from_dict(
        {"items": fields.List(fields.Nested(item)), "next_cursor": fields.String(allow_none=True)},
        name=name,
    )


def money(amount: int | None, currency: str = "EUR") -> dict[str, Any] | None:
    """The wire form of an amount of cents; None stays None (hidden or unknown)."""
    return None if amount is None else {"amount": amount, "currency": currency}


def encode_cursor(*position: object) -> str:
    """An opaque cursor that holds where the next page starts."""
    return base64.urlsafe_b64encode(orjson.dumps(position, default=str)).decode().rstrip("=")


def decode_cursor(text: str | None, length: int) -> list[Any] | None:
    """What `encode_cursor` was given; None for the first page. Raises Invalid."""
    if not text:
        return None
    try:
        position = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except ValueError:
        position = None
    if not isinstance(position, list) or len(position) != length:
        raise Invalid(errors={"cursor": _l("Ce curseur n’est pas valable.")})
    return position


def cut_page(
    rows: Sequence[Any], limit: int, position: Callable[[Any], tuple[object, ...]]
) -> dict[str, Any]:
    """A page from `limit + 1` rows read: the items and the cursor of the next page."""
    items = list(rows[:limit])
    let_others_in()
    more = len(rows) > limit
    return {"items": items, "next_cursor": encode_cursor(*position(items[-1])) if more else None}


def idempotent(name: str, payload: object, act: Callable[[], tuple[int, Any]]) -> Outcome:
    """Run `act` in one transaction, remembered under the request's `Idempotency-Key` if it has one.

    Raises Invalid when the key is no UUID, or was used for another `payload`.
    """
    header = request.headers.get("Idempotency-Key")
    if header is None:
        with unit_of_work():
            status, result = act()
        return Outcome(status, result, False)
    key = parse_id(header)
    if key is None:
        raise Invalid(errors={"Idempotency-Key": _l("Cette clé doit être un UUID.")})
    return once(actor_key(), key, name, payload, act)


def command(name: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Make a POST idempotent by its `Idempotency-Key`, in one transaction with its effect.

    The view returns `(json_ready_body, status)`; a replay gets the same again. Put it directly
    above the function, below `@blp.arguments`.
    """

    def decorate(view: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(view)
        def wrapper(*args: Any, **kwargs: Any) -> Response:
            def act() -> tuple[int, Any]:
                # Copies: it may be asked twice, and views take their values apart.
                body, status = view(*(dict(arg) if isinstance(arg, dict) else arg for arg in args), **kwargs)
                return status, body

            outcome = idempotent(name, [request.path, request.get_json(silent=True)], act)
            return answer(outcome.result, outcome.status)

        return wrapper

    return decorate


def act_id() -> uuid.UUID:
    """The act's one UUID, which becomes the id of what it creates: its `Idempotency-Key`, or a fresh one."""
    return parse_id(request.headers.get("Idempotency-Key")) or new_id()


def answer(body: Any, status: int = 200) -> Response:
    """A JSON response made by orjson (UUIDs, dates and lazy texts included)."""
    if status == 204:
        return Response(status=204)
    return Response(orjson.dumps(body, default=str), status=status, mimetype="application/json")


def blueprint(name: str, import_name: str, description: str) -> Blueprint:
    """A blueprint of the API for one feature."""
    return Blueprint(f"{name}_api", import_name, url_prefix=PREFIX, description=description)
