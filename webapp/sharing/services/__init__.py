"""Verbs of accesses: give, change, end, enter with a code, read, tell by mail."""

from webapp.sharing.services.entering import ask_code, enter, make_code
from webapp.sharing.services.giving import change_access, give_access, invite, revoke_access, tell_code
from webapp.sharing.services.reading import note_read, note_seen
from webapp.sharing.services.telling import tell_client

__all__ = [
    "ask_code",
    "change_access",
    "enter",
    "give_access",
    "invite",
    "make_code",
    "note_read",
    "note_seen",
    "revoke_access",
    "tell_client",
    "tell_code",
]
