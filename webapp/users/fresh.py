"""Sign in again: what is delicate asks that the person showed who they are a moment ago.

`require_fresh(actor)` in a service or a view is all it takes: pages lead through the page that asks
again and back, programs get 403 with the code `sign_in_again`. API tokens and commands are exempt:
nobody sits in front of them.
"""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from webapp.core.clock import now
from webapp.core.errors import DomainError, Forbidden
from webapp.users.actor import Actor
from webapp.users.rules import is_recent


class SignInAgain(DomainError):
    """The session is good, but the person showed who they are too long ago."""

    status, code = 403, "sign_in_again"


def is_fresh(actor: Actor) -> bool:
    """Did the person behind this actor give a password or a passkey within ten minutes?"""
    return actor.session_id is None or is_recent(actor.proved_at, now())


def require_fresh(actor: Actor) -> None:
    """Go on only if the person showed who they are within ten minutes. Raises SignInAgain."""
    if not is_fresh(actor):
        raise SignInAgain(_l("Confirmez d’abord que c’est vous."))


def require_in_person(actor: Actor) -> None:
    """The same, and never for an API token: no program gives itself another way to sign in.

    Raises SignInAgain, Forbidden.
    """
    if actor.token_id is not None:
        raise Forbidden(_l("Un jeton d’API ne change pas comment une personne se connecte."))
    require_fresh(actor)
