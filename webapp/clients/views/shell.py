"""What the pages about clients share: the blueprint and the list pane with its state in the URL."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from babel.dates import format_date
from flask import Blueprint, request, url_for
from flask_babel import lazy_gettext as _l

from webapp.core.api import cut_page
from webapp.core.clock import today
from webapp.core.money import NO_BREAK_SPACE
from webapp.core.pages import locale_name
from webapp.home.queries import accounts
from webapp.home.queries.accounts import Account, Choice
from webapp.users.actor import Actor

blueprint = Blueprint("clients", __name__)

PAGE, MOST_SHOWN = 50, 500
FILTERS = {
    "all": (_l("Tous"), None),
    "breach": (_l("Dépassement"), "octagon-alert"),
    "overdue": (_l("Échu"), "clock"),
    "overdue_60": (_l("Échu > 60 j"), "calendar-x"),
    "no_limit": (_l("Sans plafond"), "shield"),
    "mine": (_l("Les miens"), "user"),
}
SORTS = {
    "urgency": _l("Les plus urgents d’abord"),
    "name": _l("Par nom"),
    "outstanding": _l("Par encours"),
}


@dataclass(frozen=True)
class Listing:
    """The list pane: rows, filters with their counts, and links that keep its state."""

    choice: Choice
    rows: list[Account]
    next_cursor: str | None
    counts: dict[str, int]
    shown: int
    path: str

    def params(self, **changes: object) -> dict[str, Any]:
        """The state as query parameters, those at rest left out."""
        state = {"q": self.choice.q, "filter": self.choice.filter, "sort": self.choice.sort, **changes}
        rest: dict[str, Any] = {"q": "", "filter": "all", "sort": "urgency", "shown": PAGE}
        return {key: value for key, value in state.items() if value != rest.get(key)}

    def here(self, **changes: object) -> str:
        """This page with the list in another state."""
        return url_for(
            request.endpoint or "clients.index", **(request.view_args or {}), **self.params(**changes)
        )

    def index_url(self, **changes: object) -> str:
        """The list alone, in this state."""
        return url_for("clients.index", **self.params(**changes))

    def client_url(self, client_id: UUID) -> str:
        """A client's sheet beside the list as it is."""
        return url_for("clients.sheet", client_id=client_id, **self.params(shown=self.shown))


def read_listing(actor: Actor, *, more: bool = False) -> Listing:
    """The list pane that the request's parameters describe; `more`: one page after a cursor."""
    names = accounts.filters_of(actor)
    wanted, sort = request.args.get("filter", "all"), request.args.get("sort", "urgency")
    choice = Choice(
        q=request.args.get("q", "")[:200],
        filter=wanted if wanted in names else "all",
        sort=sort if sort in SORTS else "urgency",
    )
    shown = min(max(request.args.get("shown", PAGE, type=int), PAGE), MOST_SHOWN)
    after = accounts.read_position(request.args.get("cursor"), choice.sort) if more else None
    limit = PAGE if more else shown
    rows = accounts.list_accounts(actor, choice, limit=limit, after=after)
    page = cut_page(rows, limit, accounts.position_of)
    counts = {} if more else accounts.count_by_filter(actor)
    return Listing(choice, page["items"], page["next_cursor"], counts, shown, request.path)


@blueprint.app_template_filter("grouped")
def grouped(digits: str, *sizes: int) -> str:
    """Digits in groups, as people read them: `732 829 320`."""
    groups, start = [], 0
    for size in sizes:
        groups.append(digits[start : start + size])
        start += size
    return NO_BREAK_SPACE.join([*groups, digits[start:]]).strip(NO_BREAK_SPACE)


@blueprint.app_template_filter("short_day")
def short_day(value: date) -> str:
    """`30 nov.`, with the year when it is another one."""
    pattern = "d MMM" if value.year == today().year else "d MMM yyyy"
    return format_date(value, pattern, locale=locale_name())


@blueprint.app_template_global("options")
def options(names: list[str], chosen: str | None) -> list[tuple[str, str]]:
    """Names as the choices of a select; what was chosen stays, known or not."""
    first = [("", "")] if not chosen else [] if chosen in names else [(chosen, chosen)]
    return first + [(name, name) for name in names]
