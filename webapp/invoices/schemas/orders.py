"""Quotes, orders and exchange rates as the API writes and reads them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from marshmallow import fields, validate

from webapp.clients.models import Client
from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.fields import AnyMoney, Day, PlainText, Rate
from webapp.core.money import UNIT_RATE, minor_digits
from webapp.invoices.models import ExchangeRate, Order

STATES = ("open", "won", "lost", "closed")


class OrderWrite(ApiSchema):
    """What a program writes of a quote or an order. `quote_ref` names the quote an order comes from."""

    client_ref = PlainText(64, required=True, blank=False)
    issued_on = Day(required=True)
    ends_on = Day(allow_none=True)
    amount = AnyMoney(required=True)
    rate = Rate()
    quote_ref = PlainText(64, blank=False, allow_none=True)
    state = fields.String(validate=validate.OneOf(STATES))


class OrderSchema(ApiSchema):
    """A quote or an order, and how much of it is billed."""

    id = fields.UUID()
    kind = fields.String()
    ref = fields.String()
    client_id = fields.UUID()
    client_ref = fields.String()
    quote_ref = fields.String(allow_none=True)
    issued_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    amount = fields.Nested(MoneySchema)
    billed = fields.Nested(MoneySchema)
    open_value = fields.Nested(MoneySchema)
    state = fields.String()
    closed_on = fields.Date(allow_none=True)


class OrderListArgs(PageArgs):
    """Filters of the list of quotes and orders."""

    client_ref = PlainText(64)
    client_id = fields.UUID()
    kind = fields.String(validate=validate.OneOf(("quote", "order")))
    state = fields.String(validate=validate.OneOf(STATES))


class RateWrite(ApiSchema):
    """The company's currency for one unit of the other, as a decimal text."""

    rate = Rate(required=True)


class RateSchema(ApiSchema):
    """A rate of a day."""

    currency = fields.String()
    on = fields.Date()
    rate = fields.String()


class RateListArgs(PageArgs):
    """Filters of the list of rates."""

    currency = fields.String(validate=validate.Regexp(r"^[A-Z]{3}$"))


OrderPage = page_of(OrderSchema, "OrderPage")
RatePage = page_of(RateSchema, "RatePage")


def order_json(order: Order, client: Client, quote_ref: str | None) -> dict[str, Any]:
    """A quote or an order as the contract shows it."""
    return {
        "id": str(order.id),
        "kind": order.kind,
        "ref": order.ref,
        "client_id": str(order.client_id),
        "client_ref": client.ref,
        "quote_ref": quote_ref,
        "issued_on": order.issued_on,
        "ends_on": order.ends_on,
        "amount": money(order.amount, order.currency),
        "billed": money(order.billed, order.currency),
        "open_value": money(order.open_value),
        "state": order.state,
        "closed_on": order.closed_on,
    }


def rate_json(rate: ExchangeRate) -> dict[str, Any]:
    """A rate as the contract shows it: a decimal text, without trailing zeros."""
    value = Decimal(rate.rate).scaleb(minor_digits(rate.currency) - 2) / UNIT_RATE
    return {"currency": rate.currency, "on": rate.on, "rate": f"{value.normalize():f}"}
