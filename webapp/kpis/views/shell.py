"""What the pages share: the blueprint, how addresses are read, choices of people."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import Blueprint, request
from flask_babel import gettext as _

from webapp.core.clock import today
from webapp.core.errors import Invalid
from webapp.core.fields import FIRST_YEAR
from webapp.core.ids import parse_id
from webapp.core.money import MAX_AMOUNT, BadAmount, parse_amount

blueprint = Blueprint("kpis", __name__)
PAGE = 50
NOBODY = "none"  # in an address: clients without a representative


def read_day(errors: dict[str, object]) -> date:
    """The day in `as_of`, today without one; what is wrong with it goes into `errors`."""
    written = request.args.get("as_of", "").strip()
    if not written:
        return today()
    try:
        day = date.fromisoformat(written)
    except ValueError:
        errors["as_of"] = _("Cette date n’est pas possible.")
        return today()
    if day > today() or day.year < FIRST_YEAR:
        errors["as_of"] = _("Choisissez aujourd’hui ou une date passée.")
        return today()
    return day


def read_people() -> dict[str, Any]:
    """Representative and branch the list is narrowed to, as queries take them."""
    rep = request.args.get("rep", "")
    return {
        "rep_id": parse_id(rep),
        "no_rep": rep == NOBODY,
        "branch_id": parse_id(request.args.get("branch")),
    }


def written_people(rep_id: uuid.UUID | None, no_rep: bool, branch_id: uuid.UUID | None) -> dict[str, Any]:
    """The same as an address writes them, those at rest left out."""
    rep: object = NOBODY if no_rep else rep_id
    return {key: str(value) for key, value in (("rep", rep), ("branch", branch_id)) if value}


def read_amount(name: str, errors: dict[str, object]) -> int:
    """Cents of an amount in the address, 0 without one; what is wrong with it goes into `errors`."""
    written = request.args.get(name, "")[:40].strip()
    if not written:
        return 0
    try:
        amount = parse_amount(written, ",")
    except BadAmount:
        errors[name] = _("Ce montant n’est pas lisible.")
        return 0
    return min(max(amount, 0), MAX_AMOUNT)


def read_word(name: str, known: tuple[str, ...], otherwise: str) -> str:
    """A parameter of the address that is one of the known words."""
    wanted = request.args.get(name, otherwise)
    return wanted if wanted in known else otherwise


def or_first_page(read: Any, *args: Any) -> Any:
    """What `read` makes of the cursor; a list that changed since starts again."""
    try:
        return read(request.args.get("cursor"), *args)
    except Invalid:
        return None
