"""What is overdue, as a list to work through.

Beside the list of invoices, which says where one stands and is narrow enough for a thumb: this one is
by part, so that it adds up to the aged balance, in any order, with the people behind each line.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for

from webapp.clients.queries import find_client
from webapp.core.api import cut_page
from webapp.core.clock import today
from webapp.core.ids import parse_id
from webapp.invoices.labels import aging_labels
from webapp.invoices.queries import aging_bounds
from webapp.kpis.formulas.aging import total_of
from webapp.kpis.policy import may_read
from webapp.kpis.queries.aging import Question, aging_lines
from webapp.kpis.queries.overdue import SORTS, Wanted, list_overdue, position_of, read_position
from webapp.kpis.queries.people import list_branches, list_reps
from webapp.kpis.views.shell import (
    PAGE,
    blueprint,
    or_first_page,
    read_amount,
    read_people,
    read_word,
    written_people,
)
from webapp.users.current import current_actor

_FALLING = tuple(f"-{name}" for name in SORTS)


@dataclass(frozen=True)
class Address:
    """The state of the list, and links that change a part of it."""

    wanted: Wanted

    def params(self, **changes: Any) -> dict[str, Any]:
        """The state as query parameters, those at rest left out."""
        wanted = self.wanted
        state: dict[str, Any] = {
            "bucket": wanted.bucket,
            "sort": wanted.sort,
            "client": wanted.client_id,
            "least": f"{wanted.least // 100},{wanted.least % 100:02d}" if wanted.least else None,
            **written_people(wanted.rep_id, wanted.no_rep, wanted.branch_id),
            **changes,
        }
        return {key: value for key, value in state.items() if value and (key, value) != ("sort", "-late")}

    def here(self, **changes: Any) -> str:
        """This list in another state."""
        return url_for("kpis.overdue", **self.params(**changes))

    def sorted_by(self, column: str) -> str:
        """This list sorted by a column; figures fall first, words rise; once more turns it round."""
        words = column in ("client", "rep", "branch", "ref")
        first, second = (column, f"-{column}") if words else (f"-{column}", column)
        return self.here(sort=second if self.wanted.sort == first else first)


@blueprint.get("/overdue")
def overdue() -> tuple[str, int]:
    """Overdue parts of invoices of the reader's scope, latest first; a cursor gives the next page."""
    actor = current_actor()
    errors: dict[str, object] = {}
    wanted = read_wanted(errors)
    rows = list_overdue(actor, wanted, limit=PAGE, after=or_first_page(read_position, wanted))
    page = render_template(
        "kpis/overdue.html",
        page=cut_page(rows, PAGE, lambda late: position_of(wanted, late)),
        address=Address(wanted),
        labels=aging_labels(aging_bounds()),
        errors=errors,
        **_around(wanted),
    )
    return page, 422 if errors else 200


def read_wanted(errors: dict[str, object]) -> Wanted:
    """What the address asks for."""
    bucket = read_word("bucket", ("1", "2", "3", "4", "5"), "")
    return Wanted(
        bucket=int(bucket) if bucket else None,
        client_id=parse_id(request.args.get("client")),
        least=read_amount("least", errors),
        sort=read_word("sort", SORTS + _FALLING, "-late"),
        **read_people(),
    )


def _around(wanted: Wanted) -> dict[str, Any]:
    """Totals by bucket for those who see the aged balance, and the choices of people."""
    actor, total = current_actor(), None
    if may_read(actor) and wanted.client_id is None:
        asked = Question(today(), rep_id=wanted.rep_id, no_rep=wanted.no_rep, branch_id=wanted.branch_id)
        total = total_of(aging_lines(actor, asked, aging_bounds()))
    client = find_client(actor, wanted.client_id) if wanted.client_id else None
    return {"total": total, "client": client, "reps": list_reps(actor), "branches": list_branches(actor)}
