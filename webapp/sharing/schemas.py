"""Accesses as the API writes and reads them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, page_of
from webapp.sharing.rules import DAYS, USUAL_DAYS


class AccessChange(ApiSchema):
    """How long it lasts, in days from now."""

    days = fields.Integer(required=True, strict=True, validate=validate.OneOf(DAYS))


class AccessIn(ApiSchema):
    """Who is let in: a contact of the client with an e-mail address; to one thread's subject, or to all."""

    contact_id = fields.UUID(required=True)
    subject_id = fields.UUID(load_default=None, allow_none=True)
    days = fields.Integer(load_default=USUAL_DAYS, strict=True, validate=validate.OneOf(DAYS))


class AccessOut(ApiSchema):
    """An access. `over`: its day has passed, it was taken back, or the contact has left or moved."""

    id = fields.UUID()
    client_id = fields.UUID()
    contact_id = fields.UUID()
    name = fields.String()
    email = fields.String()
    subject_id = fields.UUID(allow_none=True)
    subject = fields.String(allow_none=True)
    state = fields.String(validate=validate.OneOf(("live", "over")))
    given_by = fields.String(allow_none=True)
    created_at = fields.DateTime()
    expires_at = fields.DateTime()
    revoked_at = fields.DateTime(allow_none=True)
    seen_at = fields.DateTime(allow_none=True)


class AccessLinkOut(AccessOut):
    """One access with its link, while it is live."""

    link = fields.Url(allow_none=True, require_tld=False)


AccessPage = page_of(AccessOut, "AccessPage")


def access_json(line: Any) -> dict[str, Any]:
    """A `GrantLine` as the contract shows it: without its link, which no table is to keep."""
    row = line.grant
    found = {name: str(getattr(row, name)) for name in ("id", "client_id", "contact_id")}
    found |= {name: getattr(row, name) for name in ("name", "email")}
    found |= {name: getattr(row, name) for name in ("created_at", "expires_at", "revoked_at", "seen_at")}
    return {
        **found,
        "subject_id": str(row.subject_id) if row.subject_id else None,
        "subject": line.subject.title if line.subject else None,
        "state": "live" if line.live else "over",
        "given_by": line.given_by,
    }
