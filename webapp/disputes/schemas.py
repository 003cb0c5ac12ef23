"""Disputes on the wire."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.fields import AnyMoney, Day, PlainText
from webapp.disputes import rules
from webapp.disputes.rules import LONGEST_TEXT, NOBODY, SORTS

LISTED = ("active", "late", "settled", "all", *rules.STATES)


class DisputeWrite(ApiSchema):
    """A dispute of an invoice, named by id or reference. Without `amount`, of all that is left of it."""

    invoice_id = fields.UUID()
    invoice_ref = PlainText(64, blank=False)
    reason = PlainText(30, required=True, blank=False)
    amount = AnyMoney(allow_none=True)
    text = PlainText(LONGEST_TEXT, lines=True, required=True, blank=False)
    message_id = fields.UUID(allow_none=True)


class DisputeSeen(ApiSchema):
    """`seen_revision` refuses the act (409) when the dispute changed since it was read."""

    seen_revision = fields.Integer(strict=True, load_default=None, allow_none=True)


class DisputeChange(DisputeSeen):
    """Who resolves it, and by when; what is not named stays."""

    resolver_id = fields.UUID(allow_none=True)
    due_on = Day()


class DisputeWaiting(DisputeSeen):
    """Whose turn it is."""

    state = fields.String(required=True, validate=validate.OneOf(rules.WAITING))


class DisputeProposal(DisputeSeen):
    """A credit note asked of finance; without `amount`, of all that is still contested."""

    amount = AnyMoney(load_default=None, allow_none=True)
    text = PlainText(LONGEST_TEXT, lines=True, load_default=None, allow_none=True)


class DisputeCredit(DisputeProposal):
    """The credit note that settles it; a number that is not in the books yet is recorded."""

    credit_ref = PlainText(64, required=True, blank=False)


class DisputeRejection(DisputeSeen):
    """Why not."""

    text = PlainText(LONGEST_TEXT, lines=True, required=True, blank=False)


class DisputeWithdrawal(DisputeSeen):
    """It is no longer contested."""

    text = PlainText(LONGEST_TEXT, lines=True, load_default=None, allow_none=True)


class DisputeRef(ApiSchema):
    """Acts from an outbox name the dispute."""

    dispute_id = fields.UUID(required=True)


class DisputeWaitingReplay(DisputeWaiting, DisputeRef):
    """Whose turn it is."""


class DisputeProposalReplay(DisputeProposal, DisputeRef):
    """A credit note asked of finance."""


class DisputeWithdrawalReplay(DisputeWithdrawal, DisputeRef):
    """It is no longer contested."""


class DisputePersonOut(ApiSchema):
    """A person, by id and name."""

    id = fields.UUID()
    name = fields.String()


class DisputeOut(ApiSchema):
    """A dispute. `amount` was contested, `open` still is; `cost` is the late interest of its delay."""

    id = fields.UUID()
    invoice_id = fields.UUID()
    invoice_ref = fields.String()
    thread_id = fields.UUID()
    client_id = fields.UUID()
    client_ref = fields.String()
    client_name = fields.String()
    reason = fields.String()
    reason_label = fields.String()
    department = fields.String()
    state = fields.String()
    step = fields.String()
    revision = fields.Integer()
    whole = fields.Boolean()
    amount = fields.Nested(MoneySchema)
    open = fields.Nested(MoneySchema)
    cost = fields.Nested(MoneySchema)
    text = fields.String()
    message_id = fields.UUID(allow_none=True)
    resolver = fields.Nested(DisputePersonOut, allow_none=True)
    due_on = fields.Date()
    days_late = fields.Integer()
    age = fields.Integer()
    opened_by = fields.Nested(DisputePersonOut, allow_none=True)
    opened_at = fields.DateTime()
    proposed_amount = fields.Nested(MoneySchema, allow_none=True)
    proposed_text = fields.String(allow_none=True)
    proposed_by = fields.Nested(DisputePersonOut, allow_none=True)
    proposed_at = fields.DateTime(allow_none=True)
    credit_id = fields.UUID(allow_none=True)
    credit_ref = fields.String(allow_none=True)
    resolution_amount = fields.Nested(MoneySchema, allow_none=True)
    resolution_text = fields.String(allow_none=True)
    closed_by = fields.Nested(DisputePersonOut, allow_none=True)
    closed_at = fields.DateTime(allow_none=True)


DisputePage = page_of(DisputeOut, "DisputePage")


class ResolverField(fields.UUID):
    """A person's id, or `none` for disputes without resolver."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        return NOBODY if value == NOBODY else super()._deserialize(value, attr, data, **kwargs)


class DisputeFilters(ApiSchema):
    """Which disputes: `age` in days since they were opened, `least` in cents."""

    state = fields.String(load_default="active", validate=validate.OneOf(LISTED))
    reason = PlainText(30, load_default=None, allow_none=True)
    resolver = ResolverField(load_default=None, allow_none=True)
    owner = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(rules.DEPARTMENTS))
    age = fields.Integer(load_default=0, validate=validate.Range(0, 3650))
    least = fields.Integer(load_default=0, validate=validate.Range(0, 10**12))
    client_id = fields.UUID(load_default=None, allow_none=True)
    sort = fields.String(
        load_default="due", validate=validate.OneOf([sign + name for name in SORTS for sign in ("", "-")])
    )


class DisputeListArgs(DisputeFilters, PageArgs):
    """Filters and the page."""


def dispute_json(line: Any) -> dict[str, Any]:
    """The wire form of a `DisputeLine`."""
    row = line.dispute
    plain = (
        *("reason", "department", "state", "revision", "whole", "text", "due_on", "opened_at"),
        *("proposed_text", "proposed_at", "resolution_text", "closed_at"),
    )
    ids = ("id", "invoice_id", "client_id", "message_id", "credit_id")
    amounts = ("amount", "open", "proposed_amount", "resolution_amount")
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: str(getattr(row, name)) if getattr(row, name) else None for name in ids},
        **{name: money(getattr(row, name), line.currency) for name in amounts},
        "cost": money(line.cost, line.currency),
        "thread_id": str(row.invoice_id),
        "invoice_ref": line.invoice_ref,
        "client_ref": line.client_ref,
        "client_name": line.client_name,
        "reason_label": line.reason,
        "step": rules.STEPS[line.step],
        "days_late": line.days_late,
        "age": line.age,
        "credit_ref": line.credit_ref,
        "resolver": _person(row.resolver_id, line.resolver),
        "opened_by": _person(row.opened_by, line.opener),
        "proposed_by": _person(row.proposed_by, line.proposer),
        "closed_by": _person(row.closed_by, line.closer),
    }


def dispute_news(line: Any) -> dict[str, Any]:
    """What `dispute.opened` and `dispute.changed` say: ids and the new state."""
    row = line.dispute
    ids = {name: str(getattr(row, name)) for name in ("id", "invoice_id", "client_id")}
    return {**ids, "thread_id": ids["invoice_id"], "state": row.state, "revision": row.revision}


def _person(user_id: Any, name: str | None) -> dict[str, Any] | None:
    return {"id": str(user_id), "name": name or ""} if user_id is not None else None
