"""Disputes of everyone one looks after: the board by state, the list, the figures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from webapp.core.api import cut_page
from webapp.core.clock import today
from webapp.core.money import BadAmount, field_amount
from webapp.core.pages import locale_name, written_amount
from webapp.disputes import queries, rules
from webapp.disputes.queries import Wanted
from webapp.disputes.rules import statistics
from webapp.disputes.schemas import DisputeFilters
from webapp.disputes.views.shell import blueprint
from webapp.users.current import current_actor
from webapp.users.policy import may
from webapp.users.queries import list_actors

PAGE = 50
AGES = (7, 30, 60, 90)
PERIODS = (30, 90, 365)
GROUPS = ("reason", "resolver", "department", "delay")
_NAMES = ("state", "reason", "resolver", "owner", "age", "client_id", "sort")


@blueprint.get("/disputes")
def board() -> str:
    """Every open dispute by state, and what was settled lately."""
    actor, wanted = current_actor(), _wanted()
    columns = queries.board(actor, wanted)
    shown = request.args.get("column", "")
    shown = shown if shown in queries.BOARD_STATES else columns[0].state
    return render_template("disputes/board.html", columns=columns, shown=shown, **_choices(wanted))


@blueprint.get("/disputes/list")
def listing() -> str:
    """The same as a list: filtered, sorted, page by page."""
    wanted = _wanted()
    after = queries.read_position(request.args.get("cursor"), wanted)
    lines = queries.list_disputes(current_actor(), wanted, limit=PAGE, after=after)
    page = cut_page(lines, PAGE, lambda line: queries.position_of(wanted, line))
    return render_template("disputes/list.html", page=page, **_choices(wanted))


@blueprint.get("/disputes/statistics")
def figures() -> str:
    """By reason, resolver, department or delay: how many, how much, how long, at what cost."""
    period, by, day = _period(), _group(), today()
    facts = queries.list_facts(current_actor(), day - timedelta(days=period))
    return render_template(
        "disputes/statistics.html",
        lines=statistics.tally(facts, by, day),
        total=statistics.total(facts, day),
        by=by,
        period=period,
        periods=PERIODS,
        bands=_bands(),
        labels={each.code: each.label for each in queries.list_reasons()},
    )


def _period() -> int:
    days = request.args.get("days", "")
    return int(days) if days in map(str, PERIODS) else PERIODS[1]


def _group() -> str:
    by = request.args.get("by", "")
    return by if by in GROUPS else GROUPS[0]


def _bands() -> list[str]:
    starts = (0, *(last + 1 for last in statistics.BANDS))
    spans = zip(starts, statistics.BANDS, strict=False)
    closed = [_("%(first)s–%(last)s j", first=first, last=last) for first, last in spans]
    return [*closed, _("+ %(days)s j", days=statistics.BANDS[-1])]


def _wanted() -> Wanted:
    """The filters of the address; what cannot be read is left out."""
    given = {name: request.args[name] for name in _NAMES if request.args.get(name)}
    schema = DisputeFilters()
    faults = schema.validate(given)
    values: dict[str, Any] = schema.load({key: each for key, each in given.items() if key not in faults})
    department = values.pop("owner")
    try:
        least = written_amount(request.args.get("least", "")[:20] or "0")
    except BadAmount:
        least = 0
    return Wanted(department=department, **{**values, "least": max(least, 0)})


def params(wanted: Wanted) -> dict[str, Any]:
    """A list's filters as its address has them."""
    plain = {
        "state": wanted.state if wanted.state != "active" else None,
        "reason": wanted.reason,
        "resolver": wanted.resolver,
        "owner": wanted.department,
        "age": wanted.age or None,
        "least": field_amount(wanted.least, "EUR", locale_name()) if wanted.least else None,
        "client_id": wanted.client_id,
        "sort": wanted.sort if wanted.sort != "due" else None,
    }
    return {name: str(each) for name, each in plain.items() if each is not None}


def _choices(wanted: Wanted) -> Mapping[str, Any]:
    actor = current_actor()
    people = [each for each in list_actors() if may(each, "dispute.open")]

    def sorted_by(column: str) -> str:
        """The address of the list by this column, the other way round when it is by it already."""
        sort = f"-{column}" if wanted.sort == column else column
        return url_for("disputes.listing", **params(replace(wanted, sort=sort)))

    return {
        "wanted": wanted,
        "params": params(wanted),
        "sorted_by": sorted_by,
        "mine": wanted.resolver == actor.user_id,
        "people": sorted(people, key=lambda each: each.name),
        "reasons": queries.list_reasons(),
        "ages": AGES,
        "states": rules.STATES,
    }
