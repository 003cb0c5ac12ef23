"""Reads of visits, facts and their kinds, inside the actor's scope."""

from webapp.visits.queries.facts import (
    FactLine,
    facts_beside,
    facts_of_visit,
    get_fact,
    list_facts,
    list_seen,
    list_seen_of,
    standing_of_kind,
)
from webapp.visits.queries.kinds import find_kind, list_kinds, stamp_is_on
from webapp.visits.queries.visits import (
    VisitLine,
    cards,
    files_of,
    find_acknowledgement,
    get_acknowledgement,
    get_visit,
    list_visits,
)

__all__ = [
    "FactLine",
    "VisitLine",
    "cards",
    "facts_beside",
    "facts_of_visit",
    "files_of",
    "find_acknowledgement",
    "find_kind",
    "get_acknowledgement",
    "get_fact",
    "get_visit",
    "list_facts",
    "list_kinds",
    "list_seen",
    "list_seen_of",
    "list_visits",
    "stamp_is_on",
    "standing_of_kind",
]
