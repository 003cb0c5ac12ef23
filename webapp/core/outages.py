"""What a failure below means for who asked: try again, or the disk is full; None when it is our fault."""

from __future__ import annotations

import errno

from flask_babel import lazy_gettext as _l
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolExhausted

from webapp.core.errors import DomainError, StorageFull, Unavailable

FULL = (errno.ENOSPC, errno.EDQUOT)
PG_DISK_FULL = "53100"
AGAIN_SECONDS, AGAIN_WHEN_FULL_SECONDS = 5, 60


def refusal_for(error: BaseException) -> DomainError | None:
    """The refusal that says what a failure of the database or the disk means."""
    if isinstance(error, DomainError):
        return error
    if is_full(error):
        return StorageFull(
            _l("Le disque du serveur est plein : rien n’a été enregistré. Prévenez votre administrateur."),
            retry_after=AGAIN_WHEN_FULL_SECONDS,
        )
    away = isinstance(error, OperationalError | InterfaceError | PoolExhausted)
    if away or (isinstance(error, DBAPIError) and error.connection_invalidated):
        return Unavailable(
            _l("Le service reprend dans un instant. Rien n’est perdu."), retry_after=AGAIN_SECONDS
        )
    return None


def is_full(error: BaseException) -> bool:
    """Whether there was no room left, as the file system, SQLite and PostgreSQL each say it."""
    if isinstance(error, DBAPIError):
        cause = error.orig
        return getattr(cause, "pgcode", None) == PG_DISK_FULL or "disk is full" in str(cause)
    return isinstance(error, OSError) and error.errno in FULL
