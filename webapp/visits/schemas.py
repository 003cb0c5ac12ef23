"""Visits and facts as the API, and the replay of an outbox, write and read them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate, validates_schema

from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.fields import AnyMoney, Day, PlainText
from webapp.visits import rules

SUBJECTS = {"description": "`invoice`, `dispute`: what facts can be attached to"}


class SeenIn(ApiSchema):
    """A kind of fact of `GET /fact-kinds`, and what was seen of it."""

    kind = PlainText(30, required=True)
    detail = PlainText(rules.LONGEST_DETAIL, load_default=None, allow_none=True)


class VisitPromiseIn(ApiSchema):
    """A promise to pay made at the visit, for an invoice (in its currency) or at large."""

    amount = AnyMoney(required=True)
    promised_on = Day(required=True)
    said_by = PlainText(rules.LONGEST_NAME, load_default=None, allow_none=True)
    note = PlainText(1_000, lines=True, load_default=None, allow_none=True)
    invoice_ref = PlainText(64, load_default=None, allow_none=True)


class SignedIn(ApiSchema):
    """An acknowledgement of debt; `signature_id` is a picture of yours, from `POST /files`."""

    amount = AnyMoney(required=True)
    signatory = PlainText(rules.LONGEST_NAME, required=True, blank=False)
    capacity = PlainText(rules.LONGEST_NAME, required=True, blank=False)
    signature_id = fields.UUID(required=True)


class VisitIn(ApiSchema):
    """A report on a visit to a client, named by its reference or its id. `visited_at` is now when left out,
    and never later; `here`: "I am at this client", where the company allows it."""

    client_ref = PlainText(64, load_default=None, allow_none=True)
    client_id = fields.UUID(load_default=None, allow_none=True)
    visited_at = fields.AwareDateTime(load_default=None, allow_none=True)
    outcome = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(rules.OUTCOMES))
    met = PlainText(rules.LONGEST_NAME, load_default=None, allow_none=True)
    note = PlainText(rules.LONGEST_NOTE, lines=True, load_default=None, allow_none=True)
    facts = fields.List(
        fields.Nested(SeenIn), load_default=list, validate=validate.Length(max=rules.MOST_FACTS)
    )
    promise = fields.Nested(VisitPromiseIn, load_default=None, allow_none=True)
    attachment_ids = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=rules.MOST_FILES),
        metadata={"description": "files of yours, from POST /files, that hang on nothing yet"},
    )
    acknowledgement = fields.Nested(SignedIn, load_default=None, allow_none=True)
    here = fields.Boolean(load_default=False)

    @validates_schema
    def _one_client(self, values: dict[str, Any], **_options: object) -> None:
        if bool(values.get("client_ref")) == bool(values.get("client_id")):
            raise ValidationError(str(_l("Indiquez un client.")), "client_ref")


class FactAct(ApiSchema):
    """Which fact, for the replay of an outbox."""

    fact_id = fields.UUID(required=True)


class LinkIn(ApiSchema):
    """What a fact is attached to."""

    subject_type = PlainText(30, required=True, metadata=SUBJECTS)
    subject_id = fields.UUID(required=True)


class FactLinkAct(LinkIn):
    """The same with the fact, for the replay of an outbox."""

    fact_id = fields.UUID(required=True)


class VisitArgs(PageArgs):
    """Whose visits."""

    client_ref = PlainText(64, load_default=None, allow_none=True)


class FactArgs(VisitArgs):
    """Which facts: `seen` are those that stand or fade."""

    state = fields.String(load_default="seen", validate=validate.OneOf(("seen", "all")))


class FactOut(ApiSchema):
    """A fact as it stands today. `weight` and `strength` are null for those who see no risk."""

    id = fields.UUID()
    client_id = fields.UUID()
    client_ref = fields.String()
    visit_id = fields.UUID()
    kind = fields.String()
    name = fields.String()
    detail = fields.String(allow_none=True)
    state = fields.String(validate=validate.OneOf(rules.STATES))
    weight = fields.Integer(allow_none=True)
    strength = fields.Integer(allow_none=True)
    seen_on = fields.Date()
    expires_on = fields.Date()
    noted_by = fields.String()
    confirmed_by = fields.String(allow_none=True)
    confirmed_at = fields.DateTime(allow_none=True)
    ended_at = fields.DateTime(allow_none=True)


class FactKindOut(ApiSchema):
    """A kind of fact that may be chosen."""

    code = fields.String()
    name = fields.String()
    days = fields.Integer(metadata={"description": "for how long it holds"})
    weight = fields.Integer(allow_none=True)


class FactKinds(ApiSchema):
    items = fields.List(fields.Nested(FactKindOut))


class AcknowledgementOut(ApiSchema):
    """`pdf_id` is a file, once the worker has made it; `digest` is over what was signed."""

    id = fields.UUID()
    amount = fields.Nested(MoneySchema)
    words = fields.String()
    signatory = fields.String()
    capacity = fields.String()
    signed_at = fields.DateTime()
    digest = fields.String()
    pdf_id = fields.UUID(allow_none=True)
    pdf_sha256 = fields.String(allow_none=True)


class VisitOut(ApiSchema):
    """A report; its thread has its id. `facts` are names; the files are where they are named one by one."""

    id = fields.UUID()
    thread_id = fields.UUID()
    client_id = fields.UUID()
    client_ref = fields.String()
    visited_at = fields.DateTime()
    outcome = fields.String(allow_none=True)
    met = fields.String(allow_none=True)
    note = fields.String(allow_none=True)
    facts = fields.List(fields.String())
    promise_id = fields.UUID(allow_none=True)
    here_at = fields.DateTime(allow_none=True)
    recorded_by = fields.String()
    recorded_at = fields.DateTime()
    attachments = fields.List(fields.UUID())
    acknowledgement = fields.Nested(AcknowledgementOut, allow_none=True)


class VisitListed(VisitOut):
    """A report in a list, without its files and what was signed."""

    class Meta(ApiSchema.Meta):
        exclude = ("attachments", "acknowledgement")


VisitPage = page_of(VisitListed, "VisitPage")
FactPage = page_of(FactOut, "FactPage")


def visit_json(line: Any) -> dict[str, Any]:
    """A `VisitLine` as the contract shows it in lists."""
    row = line.visit
    plain = ("visited_at", "outcome", "met", "note", "here_at", "recorded_at")
    return {
        **{name: getattr(row, name) for name in plain},
        "id": str(row.id),
        "thread_id": str(row.id),
        "client_id": str(row.client_id),
        "client_ref": line.client.ref,
        "facts": list(line.seen),
        "promise_id": str(row.promise_id) if row.promise_id else None,
        "recorded_by": line.author,
    }


def acknowledgement_json(row: Any) -> dict[str, Any] | None:
    """An `Acknowledgement` as the contract shows it."""
    if row is None:
        return None
    plain = ("words", "signatory", "capacity", "signed_at", "digest", "pdf_sha256")
    found = {name: getattr(row, name) for name in plain}
    pdf_id = str(row.pdf_id) if row.pdf_id else None
    return {**found, "id": str(row.id), "amount": money(row.amount, row.currency), "pdf_id": pdf_id}


def fact_json(line: Any, sees_weight: bool) -> dict[str, Any]:
    """A `FactLine` as the contract shows it."""
    row = line.fact
    plain = ("kind", "detail", "seen_on", "expires_on", "confirmed_at", "ended_at")
    return {
        **{name: getattr(row, name) for name in plain},
        **{name: str(getattr(row, name)) for name in ("id", "client_id", "visit_id")},
        **{name: getattr(line, name) for name in ("client_ref", "name", "state", "noted_by", "confirmed_by")},
        "weight": row.weight if sees_weight else None,
        "strength": line.strength if sees_weight else None,
    }
