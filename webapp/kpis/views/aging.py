"""The aged balance, and the open items behind a line of it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from flask import render_template, request, url_for
from flask_babel import lazy_gettext as _l

from webapp.clients.queries import get_client
from webapp.core.api import encode_cursor
from webapp.core.clock import today
from webapp.core.errors import Forbidden
from webapp.invoices.labels import aging_labels
from webapp.invoices.queries import aging_bounds
from webapp.kpis.formulas.aging import BASES, BY
from webapp.kpis.policy import HIDDEN, may_read
from webapp.kpis.queries.aging import Question
from webapp.kpis.queries.items import PLACES, open_items
from webapp.kpis.queries.listing import SORTS, Choice, read_aged, read_position
from webapp.kpis.queries.people import list_branches, list_reps
from webapp.kpis.views.shell import (
    PAGE,
    blueprint,
    or_first_page,
    read_day,
    read_people,
    read_word,
    written_people,
)
from webapp.users.current import current_actor

SHOWN = 500
GROUPS = {"client": _l("Client"), "rep": _l("Commercial"), "branch": _l("Agence")}
DATES = {"due": _l("Échéance"), "issue": _l("Émission")}
_FALLING = tuple(f"-{name}" for name in SORTS)


@dataclass(frozen=True)
class Address:
    """The state of the page, and links that change a part of it."""

    choice: Choice

    def params(self, **changes: Any) -> dict[str, Any]:
        """The state as query parameters, those at rest left out."""
        choice, asked = self.choice, self.choice.question
        state: dict[str, Any] = {"by": choice.by, "date": asked.basis, "sort": choice.sort}
        if asked.as_of != today():
            state["as_of"] = asked.as_of.isoformat()
        state |= written_people(asked.rep_id, asked.no_rep, asked.branch_id)
        rest = {"by": "client", "date": "due", "sort": "-total"}
        return {key: value for key, value in {**state, **changes}.items() if value and value != rest.get(key)}

    def here(self, **changes: Any) -> str:
        """This page in another state."""
        return url_for("kpis.aging", **self.params(**changes))

    def sorted_by(self, column: str) -> str:
        """This page sorted by a column; falling first, but names; once more turns it round."""
        first, second = (column, f"-{column}") if column == "name" else (f"-{column}", column)
        return self.here(sort=second if self.choice.sort == first else first)

    def items(self, client_id: uuid.UUID, place: str | None = None) -> str:
        """The open items behind a client's line, or behind one amount of it."""
        kept = self.params(by=None, sort=None, rep=None, branch=None)
        return url_for("kpis.aging_items", client_id=client_id, place=place, **kept)

    def clients_of(self, key: uuid.UUID | None, place: str | None = None) -> str:
        """The clients of a representative or a branch, the largest of a column first."""
        name = "rep" if self.choice.by == "rep" else "branch"
        value = str(key) if key else "none"
        return self.here(by=None, sort=f"-{place}" if place else None, **{name: value})

    def behind(self, key: Any, place: str | None = None) -> str:
        """What a line, or one amount of it, is made of."""
        return self.items(key, place) if self.choice.by == "client" else self.clients_of(key, place)


@blueprint.get("/aging")
def aging() -> tuple[str, int]:
    """The aged balance of the reader's scope, as of a day; a cursor gives the next page."""
    actor = current_actor()
    errors: dict[str, object] = {}
    choice = _choice(errors)
    aged = read_aged(actor, choice, limit=PAGE, after=or_first_page(read_position, choice))
    page = render_template(
        "kpis/aging.html",
        aged=aged,
        address=Address(choice),
        labels=aging_labels(aged.bounds, issued=choice.question.basis == "issue"),
        zip=zip,
        next_cursor=encode_cursor(*aged.after) if aged.after else None,
        **_choices(errors),
    )
    return page, 422 if errors else 200


def _choice(errors: dict[str, object]) -> Choice:
    asked = Question(read_day(errors), read_word("date", BASES, "due"), **read_people())
    return Choice(asked, read_word("by", BY, "client"), read_word("sort", SORTS + _FALLING, "-total"))


def _choices(errors: dict[str, object]) -> dict[str, Any]:
    actor = current_actor()
    people = {"reps": list_reps(actor), "branches": list_branches(actor)}
    return {"groups": GROUPS, "dates": DATES, "errors": errors, **people}


@blueprint.get("/aging/<uuid:client_id>")
def aging_items(client_id: uuid.UUID) -> tuple[str, int]:
    """The open items behind a client's line; `place` shows those of one column."""
    actor = current_actor()
    errors: dict[str, object] = {}
    client = get_client(actor, client_id)
    if not may_read(actor):
        raise Forbidden(HIDDEN)
    asked = Question(read_day(errors), read_word("date", BASES, "due"))
    items = open_items(actor, client_id, asked.as_of, asked.basis, aging_bounds())
    place = request.args.get("place") if request.args.get("place") in PLACES else None
    labels = aging_labels(aging_bounds(), issued=asked.basis == "issue")
    shown = {"client": client, "items": items, "place": place, "labels": labels, "most": SHOWN}
    page = render_template("kpis/items.html", **shown, address=Address(Choice(asked)), errors=errors)
    return page, 422 if errors else 200
