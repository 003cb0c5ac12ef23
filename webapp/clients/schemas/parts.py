"""The parts of a sheet as programs and forms write them, and as they are shown."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from webapp.clients.rules import ADDRESS_KINDS, CONTACT_ROLES, DOCUMENT_KINDS, LANGUAGES
from webapp.core.api import ApiSchema, MoneySchema, money
from webapp.core.fields import Amount, Day, PlainText


class PartSchema(ApiSchema):
    """What every part shows besides its own fields."""

    id = fields.UUID(dump_only=True)
    created_at = fields.DateTime(dump_only=True)
    updated_at = fields.DateTime(dump_only=True)


def _text(longest: int, *, lines: bool = False) -> PlainText:
    return PlainText(longest, lines=lines, allow_none=True, load_default=None)


def _named(longest: int) -> PlainText:
    return PlainText(longest, blank=False, required=True)


def _day() -> Day:
    return Day(allow_none=True, load_default=None)


class ContactSchema(PartSchema):
    """A person at the client's."""

    name = _named(120)
    role = fields.String(required=True, validate=validate.OneOf(CONTACT_ROLES))
    job = _text(120)
    phone = _text(30)
    email = PlainText(
        254,
        allow_none=True,
        load_default=None,
    )
    language = fields.String(load_default="fr", validate=validate.OneOf(LANGUAGES))
    preferred = fields.Boolean(load_default=False)


class AddressSchema(PartSchema):
    """A place of the client."""

    kind = fields.String(required=True, validate=validate.OneOf(ADDRESS_KINDS))
    label = _text(120)
    street = _text(200)
    postcode = _text(12)
    city = _named(120)
    country = fields.String(
        load_default="FR",
        validate=validate.Regexp(r"^[A-Z]{2}\Z", error=str(_l("Deux lettres majuscules, comme FR."))),
    )


class ReferenceSchema(PartSchema):
    """Another firm that sells to the client."""

    company = _named(200)
    person = _text(120)
    phone = _text(30)
    heard_on = _day()
    said = _text(2_000, lines=True)


class SignatorySchema(PartSchema):
    """Somebody who may sign for the client."""

    name = _named(120)
    capacity = _named(120)
    since = _day()
    until = _day()
    ceiling = Amount(allow_none=True, load_default=None)


class BankAccountWrite(ApiSchema):
    """An account of the client."""

    iban = PlainText(60, required=True)
    bic = _text(20)
    holder = _text(200)
    bank = _text(120)


class BankAccountSchema(PartSchema):
    """An account as lists show it: `iban` masked."""

    iban = fields.String()
    bic = fields.String(allow_none=True)
    holder = fields.String(allow_none=True)
    bank = fields.String(allow_none=True)


class DocumentSchema(PartSchema):
    """A paper on the client; `file_id` is a stored file of yours that hangs on nothing yet."""

    kind = fields.String(required=True, validate=validate.OneOf(DOCUMENT_KINDS))
    title = _text(200)
    version = _text(40)
    dated_on = _day()
    ends_on = _day()
    file_id = fields.UUID(allow_none=True, load_default=None)


def part_json(part: Any, schema: type[ApiSchema]) -> dict[str, Any]:
    """A part as the contract shows it; money as money."""
    names = [name for name in schema().fields if name != "ceiling"]
    shown = {name: getattr(part, name) for name in names}
    if "ceiling" in schema().fields:
        shown["ceiling"] = money(part.ceiling)
    return shown


def account_json(part: Any, *, full: bool = False) -> dict[str, Any]:
    """An account: masked, unless it was asked for in full (and that was logged)."""
    shown = part_json(part, BankAccountSchema)
    return {**shown, "iban": part.iban if full else part.masked, "bic": part.bic if full else None}


class SignatoryShown(SignatorySchema):
    """A signatory with the ceiling as money."""

    ceiling = fields.Nested(MoneySchema, allow_none=True)  # type: ignore[assignment]
