"""What a list is, as a file: its columns, who may have it, how its rows are read, page by page.

Features register their lists; nobody edits a central table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.core.api import ApiSchema
from webapp.core.money import minor_digits
from webapp.users.actor import Actor

PAGE = 1000
KINDS = ("text", "day", "number", "money", "percent")
Values = Mapping[str, Any]
Pages = Iterator[Sequence[Any]]


@dataclass(frozen=True)
class Column:
    """One column. `value` reads it from a row: text, a day, a whole number, or minor units of `currency`.

    `total`: amounts of the company's currency that may be added up.
    """

    name: str
    label: object
    kind: str
    value: Callable[[Any], Any]
    currency: Callable[[Any], str] = lambda _row: "EUR"
    total: bool = False
    width: int = 14

    def digits(self, row: Any) -> int:
        """Decimals of this column's amounts."""
        return minor_digits(self.currency(row))


def _nothing(_actor: Actor, _values: Values) -> list[str]:
    return []


@dataclass(frozen=True)
class Listing:
    """A list that can be had as a file.

    `schema` reads the filters of its page's address; `columns` are those this actor may see; `pages`
    are rows inside the actor's scope, read anew a page at a time; `said` says the filters in words;
    `letter` gives the lines of an address, for papers that are sent to somebody.
    """

    name: str
    title: object
    right: str
    schema: type[ApiSchema]
    columns: Callable[[Actor, Values], Sequence[Column]]
    pages: Callable[[Actor, Values], Pages]
    said: Callable[[Actor, Values], list[str]] = _nothing
    letter: Callable[[Actor, Values], list[str]] = _nothing


_listings: dict[str, Listing] = {}


def register_listing(listing: Listing) -> None:
    """Offer a list as a file."""
    _listings[listing.name] = listing


def find_listing(name: str) -> Listing | None:
    return _listings.get(name)


def listing_names() -> list[str]:
    """Every list there is, in order."""
    return sorted(_listings)


def by_pages(
    read: Callable[[int, Any], Sequence[Any]], position: Callable[[Any], tuple[object, ...]]
) -> Pages:
    """Pages from a query that gives `limit + 1` rows after a position, until there are no more."""
    after: Any = None
    while True:
        rows = read(PAGE, after)
        if rows:
            yield rows[:PAGE]
        if len(rows) <= PAGE:
            return
        after = position(rows[PAGE - 1])


def in_pages(rows: Sequence[Any]) -> Pages:
    """The same from rows that are all there already."""
    for start in range(0, len(rows), PAGE):
        yield rows[start : start + PAGE]
