"""Reads of clients, always inside the actor's scope."""

from webapp.clients.queries.finding import (
    MISSING,
    find_client,
    get_client,
    get_client_by_ref,
    list_aliases,
    list_choices,
    map_aliases,
    map_by_ref,
    survivor_of,
)

__all__ = [
    "MISSING",
    "find_client",
    "get_client",
    "get_client_by_ref",
    "list_aliases",
    "list_choices",
    "map_aliases",
    "map_by_ref",
    "survivor_of",
]
