"""Filters as the addresses of pages have them, and what they are called."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import ValidationError, fields, validate

from webapp.clients.models import Client
from webapp.clients.queries import get_client
from webapp.core.clock import today
from webapp.core.fields import Day, PlainText
from webapp.core.ids import parse_id
from webapp.core.money import MAX_AMOUNT, BadAmount, parse_amount
from webapp.users.actor import Actor
from webapp.users.queries import find_branch, names_of

NOBODY = "none"


class PastDay(Day):
    """Today, or a day before it."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        day = super()._deserialize(value, attr, data, **kwargs)
        if day is not None and day > today():
            raise ValidationError(str(_l("Choisissez aujourd’hui ou une date passée.")))
        return day


class WrittenAmount(fields.Field):  # type: ignore[type-arg]
    """An amount as people write it, in cents."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        try:
            return min(max(parse_amount(str(value)[:40], ","), 0), MAX_AMOUNT)
        except BadAmount as error:
            raise ValidationError(str(_l("Ce montant n’est pas lisible."))) from error


class Somebody(fields.Field):  # type: ignore[type-arg]
    """A representative's id, or `none` for clients without one."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:
        found = NOBODY if value == NOBODY else parse_id(value)
        if found is None:
            raise ValidationError(str(_l("Cette personne n’existe pas.")))
        return found


def word(*known: str, otherwise: str) -> Any:
    """One of the known words."""
    return fields.String(load_default=otherwise, validate=validate.OneOf(known))


def words() -> Any:
    """What was searched for."""
    return PlainText(200, load_default="")


def people_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Representative and branch as queries take them."""
    rep = values.get("rep")
    return {
        "rep_id": None if rep == NOBODY else rep,
        "no_rep": rep == NOBODY,
        "branch_id": values.get("branch"),
    }


def said_people(values: Mapping[str, Any]) -> list[str]:
    """The same in words."""
    found = []
    rep, branch = values.get("rep"), find_branch(values.get("branch"))
    if rep == NOBODY:
        found.append(_("Sans commercial"))
    elif rep is not None:
        found.append(_("Commercial : %(name)s", name=names_of([rep]).get(rep, "?")))
    if branch is not None:
        found.append(_("Agence : %(name)s", name=branch.name))
    return found


def client_of(actor: Actor, client_id: uuid.UUID) -> Client:
    """The client a list is about. Raises NotFound when out of scope."""
    return get_client(actor, client_id)
