"""What happened with a client, newest first, in one list whatever feature it comes from."""

from webapp.home.queries.timeline.happenings import (
    FAMILIES,
    Happening,
    grouped,
    last_edit,
    list_happenings,
    position_of,
    read_position,
)

__all__ = [
    "FAMILIES",
    "Happening",
    "grouped",
    "last_edit",
    "list_happenings",
    "position_of",
    "read_position",
]
