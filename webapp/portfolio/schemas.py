"""A client as a device keeps it."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.portfolio.rules import shortened, without_accounts

MOST_AT_ONCE = 100


class PortfolioArgs(PageArgs):
    """Pages are smaller than elsewhere: each client comes with what belongs to it."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, MOST_AT_ONCE))


class KeptContact(ApiSchema):
    name = fields.String()
    role = fields.String()
    job = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)


class KeptInvoice(ApiSchema):
    """`late`: days since the oldest open part fell due, 0 when none is."""

    id = fields.UUID()
    ref = fields.String()
    kind = fields.String()
    issued_on = fields.Date()
    due_on = fields.Date()
    gross = fields.Nested(MoneySchema)
    open = fields.Nested(MoneySchema)
    late = fields.Integer()


class KeptMessage(ApiSchema):
    """`invoice_id`: the one it is about, else it is about the client; `audience`: team or client."""

    invoice_id = fields.UUID(allow_none=True)
    audience = fields.String()
    author = fields.String(allow_none=True)
    body = fields.String()
    created_at = fields.DateTime()


class KeptFact(ApiSchema):
    name = fields.String()
    detail = fields.String(allow_none=True)
    tone = fields.String()
    seen_on = fields.Date()
    fading = fields.Boolean()


class KeptClient(ApiSchema):
    """Amounts that the role may not see are null, and `sees_limit` is false."""

    id = fields.UUID()
    ref = fields.String()
    name = fields.String()
    legal_name = fields.String()
    siren = fields.String(allow_none=True)
    trade = fields.String(allow_none=True)
    street = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    insolvency = fields.String(allow_none=True)
    sees_limit = fields.Boolean()
    letter = fields.String(allow_none=True)
    outstanding = fields.Nested(MoneySchema)
    overdue = fields.Nested(MoneySchema)
    days_overdue = fields.Integer(allow_none=True)
    open_orders = fields.Nested(MoneySchema)
    unbilled_amount = fields.Nested(MoneySchema)
    limit = fields.Nested(MoneySchema, allow_none=True)
    available = fields.Nested(MoneySchema, allow_none=True)
    utilisation = fields.Integer(allow_none=True)
    promised_on = fields.Date(allow_none=True)
    open_count = fields.Integer()
    invoices = fields.List(fields.Nested(KeptInvoice))
    contacts = fields.List(fields.Nested(KeptContact))
    facts = fields.List(fields.Nested(KeptFact))
    messages = fields.List(fields.Nested(KeptMessage))


PortfolioPage = page_of(KeptClient, "PortfolioPage")

_PLAIN = (
    "ref",
    "name",
    "legal_name",
    "siren",
    "trade",
    "street",
    "postcode",
    "city",
    "phone",
    "email",
    "insolvency",
)


def kept_json(account: Any, things: Any) -> dict[str, Any]:
    """An account with what was read for it (`queries.Things`)."""
    client = account.client
    return {
        "id": str(client.id),
        **{name: getattr(client, name) for name in _PLAIN},
        "sees_limit": account.sees_limit,
        "letter": account.letter,
        "outstanding": money(account.outstanding),
        "overdue": money(account.overdue),
        "days_overdue": account.days_overdue,
        "open_orders": money(account.open_orders),
        "unbilled_amount": money(account.unbilled_amount),
        "limit": money(account.limit),
        "available": money(account.available),
        "utilisation": account.utilisation,
        "promised_on": account.promised_on,
        "open_count": account.balance.open_count if account.balance else 0,
        "invoices": [_invoice(row) for row in things.invoices.get(client.id, ())],
        "contacts": [_contact(row) for row in things.contacts.get(client.id, ())],
        "facts": [_fact(row) for row in things.facts.get(client.id, ())],
        "messages": [_message(row) for row in things.messages.get(client.id, ())],
    }


def _invoice(row: Any) -> dict[str, Any]:
    dates = {"issued_on": row.issued_on, "due_on": row.due_on}
    sums = {"gross": money(row.gross, row.currency), "open": money(row.open, row.currency)}
    return {"id": str(row.id), "ref": row.ref, "kind": row.kind, **dates, **sums, "late": row.late}


def _contact(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("name", "role", "job", "phone", "email")}


def _fact(line: Any) -> dict[str, Any]:
    detail = without_accounts(line.fact.detail) if line.fact.detail else None
    shown = {"name": line.name, "detail": detail, "tone": line.tone}
    return {**shown, "seen_on": line.fact.seen_on, "fading": line.state == "fading"}


def _message(said: Any) -> dict[str, Any]:
    return {
        "invoice_id": str(said.invoice_id) if said.invoice_id else None,
        "audience": said.audience,
        "author": said.author,
        "body": shortened(said.body) or "📎",
        "created_at": said.created_at,
    }
