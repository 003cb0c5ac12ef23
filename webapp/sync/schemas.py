"""The outbox on the wire."""

from __future__ import annotations

from datetime import UTC

from marshmallow import fields, validate

from webapp.core.api import ApiSchema
from webapp.core.fields import PlainText
from webapp.sync import rules


class CommandIn(ApiSchema):
    """One act as it was written: its UUID, its kind, what the kind takes."""

    id = fields.UUID(required=True)
    name = PlainText(80, required=True, blank=False)
    payload = fields.Dict(keys=fields.String(), required=True)
    made_at = fields.AwareDateTime(
        default_timezone=UTC,
        load_default=None,
        allow_none=True,
        metadata={"description": "by the device's clock; shown, never decisive"},
    )
    after = fields.List(
        fields.UUID(),
        load_default=list,
        validate=validate.Length(max=rules.MOST_PARENTS),
        metadata={"description": "acts that must have happened before; else refused with `depends_on`"},
    )


class SyncIn(ApiSchema):
    """Acts in the order they were written."""

    commands = fields.List(
        fields.Nested(CommandIn), required=True, validate=validate.Length(max=rules.MOST_COMMANDS)
    )
    sent_at = fields.AwareDateTime(
        default_timezone=UTC,
        load_default=None,
        allow_none=True,
        metadata={"description": "now, by the same clock as `made_at`"},
    )
    user_id = fields.UUID(
        load_default=None,
        allow_none=True,
        metadata={"description": "whose acts these are; refused (403) else"},
    )


class RefusalOut(ApiSchema):
    """Why not; `rate_limited`, `unavailable` and `depends_on` mean: later."""

    code = fields.String()
    message = fields.String()
    errors = fields.Raw(metadata={"description": "field -> what is wrong with it"})
    retry_after = fields.Integer()


class LineOut(ApiSchema):
    label = fields.String()
    text = fields.String()


class StandingOut(ApiSchema):
    """The thing as it is now, in words."""

    kind = fields.String()
    id = fields.UUID()
    title = fields.String()
    url = fields.String()
    lines = fields.List(fields.Nested(LineOut))


class ConflictOut(ApiSchema):
    """Both sides: what was written, and how things stand now."""

    yours = fields.Dict(keys=fields.String())
    now = fields.Nested(StandingOut, allow_none=True)


class ResultOut(ApiSchema):
    id = fields.UUID()
    status = fields.String(validate=validate.OneOf(rules.STATUSES))
    written_at = fields.AwareDateTime()
    result = fields.Raw(metadata={"description": "what the API answers to the same act"})
    error = fields.Nested(RefusalOut)
    conflict = fields.Nested(ConflictOut)


class SyncOut(ApiSchema):
    """One result for each command, in order."""

    results = fields.List(fields.Nested(ResultOut))
