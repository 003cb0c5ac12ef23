"""Forms of limit requests: what is read from them, and what the sheet of approval offers to press."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _

from webapp.core.clock import today
from webapp.core.errors import Invalid
from webapp.core.ids import new_id, parse_id
from webapp.core.money import BadAmount, Money, format_money
from webapp.core.pages import locale_name, written_amount
from webapp.limit_requests import rules
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.services import Decision

FIELDS = ("amount", "max_days_late", "ends_on", "reason")
ASKED, OTHER = "asked", "other"  # of the choices of amount and end; any other is one to press
MOST_CONDITIONS = 5


@dataclass(frozen=True)
class Choices:
    """What can be pressed instead of written: amounts in cents, days, conditions in words. What was asked
    comes last and is chosen already; an end of None stands for none."""

    amounts: tuple[int, ...]
    ends: tuple[date | None, ...]
    conditions: tuple[str, ...]


def choices_of(row: LimitRequest, *, out: int, overdue: int, limit: int) -> Choices:
    """For who decides now, on the client as it stands now: what is out and ordered, and overdue of it, and
    the limit of today, in cents."""
    conditions = [_("Acompte de 30 %")]
    if overdue > 0:
        first = format_money(overdue, row.currency, locale_name(), cents=False)
        conditions.insert(0, _("%(amount)s reçus d’abord", amount=first))
    return Choices(
        rules.amounts_to_grant(row.amount, out, limit),
        rules.ends_to_grant(row.ends_on, today()),
        tuple(conditions),
    )


def read_draft(form: Any) -> dict[str, Any]:
    """What a draft takes. Raises Invalid beside each field that cannot be read."""
    errors: dict[str, object] = {}
    written = {name: form.get(name, "").strip() for name in FIELDS}
    values: dict[str, Any] = {"reason": written["reason"], "id": parse_id(form.get("act")) or new_id()}
    values["amount"] = _amount(written["amount"], errors)
    days = written["max_days_late"]
    if days and not (days.isascii() and days.isdigit() and len(days) < 6):
        errors["max_days_late"] = _("Indiquez un nombre de jours.")
    values["max_days_late"] = int(days) if days and "max_days_late" not in errors else None
    values["ends_on"] = _day(written["ends_on"], errors)
    pairs = [each.partition(":") for each in form.getlist("evidence")[: rules.MOST_EVIDENCE + 1]]
    values["evidence"] = tuple((kind, parse_id(found) or new_id()) for kind, _colon, found in pairs)
    if errors:
        raise Invalid(errors=errors)
    return values


def read_decision(form: Any) -> Decision:
    """What the service takes: for amount and end what was pressed, or written beside `other`. Raises Invalid
    beside each field that cannot be read."""
    errors: dict[str, object] = {}
    kind = form.get("decision", "")
    if kind not in rules.DECISIONS:
        raise Invalid(errors={"decision": _("Choisissez une décision.")})
    granted, until = form.get("granted", OTHER), form.get("until", OTHER)
    if granted == OTHER:
        written = form.get("amount", "").strip()
        amount = _amount(written, errors) if written or "granted" in form else None
    else:
        amount = None if granted == ASKED else _pressed(granted, errors)
    ends_on = None if until == ASKED else _day(form.get("ends_on", "") if until == OTHER else until, errors)
    if until == OTHER and "until" in form and ends_on is None:
        errors.setdefault("ends_on", _("Indiquez une date."))
    if errors:
        raise Invalid(errors=errors)
    conditions = [each.strip() for each in form.getlist("conditions")[:MOST_CONDITIONS] if each.strip()]
    return Decision(
        kind,
        reason=form.get("reason", ""),
        amount=amount,
        ends_on=ends_on,
        conditions=" ; ".join(conditions) or None,
        seen_revision=form.get("seen_revision", type=int),
    )


def _amount(written: str, errors: dict[str, object]) -> Money | None:
    try:
        return Money(written_amount(written), "EUR")
    except BadAmount:
        errors["amount"] = _("Indiquez un montant, par exemple 60 000.")
        return None


def _pressed(cents: str, errors: dict[str, object]) -> Money | None:
    if cents.isascii() and cents.isdigit() and len(cents) < 16:
        return Money(int(cents), "EUR")
    errors["amount"] = _("Choisissez un montant.")
    return None


def read_day(written: str) -> date | None:
    """None for no day; raises ValueError for what is none."""
    return date.fromisoformat(written.strip()) if written.strip() else None


def _day(written: str, errors: dict[str, object]) -> date | None:
    try:
        return read_day(written)
    except ValueError:
        errors["ends_on"] = _("Indiquez une date.")
        return None
