"""How somebody outside enters: a code sent to their address, given back within minutes."""

from __future__ import annotations

import hmac
import uuid
from datetime import datetime

from flask_babel import lazy_gettext as _l

from webapp.core.clock import now
from webapp.core.errors import Invalid, RateLimited
from webapp.core.jobs import enqueue
from webapp.extensions import db
from webapp.sharing.links import code_key, new_code, sends_mail
from webapp.sharing.models import AccessGrant
from webapp.sharing.queries import Guest, find_guest_of
from webapp.sharing.rules import CODE_LIFE, HOUR, MOST_TRIES, code_hash, plain_code, wait_for_code
from webapp.users import audit


def ask_code(guest: Guest) -> None:
    """Have a code sent to the address of who holds the link: one a minute, five an hour.

    The job makes the code, so that it stands in no table. Raises RateLimited, Invalid `no_mail` where no
    mail is sent.
    """
    if not sends_mail():
        raise Invalid(_l("Demandez le code à la personne qui vous a donné ce lien."), code="no_mail")
    grant = _locked(guest)
    asked = [datetime.fromisoformat(text) for text in grant.codes_asked]
    wait = wait_for_code(asked, now())
    if wait:
        raise RateLimited(_l("Un code vient d’être envoyé. Attendez un instant."), retry_after=wait)
    kept = [instant for instant in asked if now() - instant < HOUR]
    grant.codes_asked = [instant.isoformat() for instant in (*kept, now())]
    db.session.flush()
    enqueue("sharing.code", f"code:{grant.id}:{grant.codes_asked[-1]}", grant_id=str(grant.id))


def make_code(grant_id: uuid.UUID) -> tuple[Guest, str] | None:
    """A fresh code for who holds this access, good for a quarter of an hour; None when it ended meanwhile."""
    guest = find_guest_of(grant_id)
    if guest is None:
        return None
    code = new_code()
    guest.grant.code_hash = code_hash(code_key(), grant_id, code)
    guest.grant.code_expires_at, guest.grant.code_tries = now() + CODE_LIFE, 0
    db.session.flush()
    return guest, code


def enter(guest: Guest, text: str) -> bool:
    """Is this the code? It opens once; five wrong ones and another has to be asked for.

    Returns whether it opens, so that a wrong try is counted (what is raised would be rolled back).
    """
    grant = _locked(guest)
    expires_at = grant.code_expires_at
    if grant.code_hash is None or expires_at is None or expires_at <= now() or grant.code_tries >= MOST_TRIES:
        return False
    if not hmac.compare_digest(grant.code_hash, code_hash(code_key(), grant.id, plain_code(text))):
        grant.code_tries += 1
        db.session.flush()
        return False
    grant.code_hash = grant.code_expires_at = None
    grant.seen_at = now()
    db.session.flush()
    audit.write(guest.actor, "access.enter", "client", grant.client_id, access=grant.id, name=grant.name)
    return True


def _locked(guest: Guest) -> AccessGrant:
    """The row, for nobody else until the end of the transaction: tries are counted one by one."""
    return db.session.get_one(AccessGrant, guest.grant.id, with_for_update=True, populate_existing=True)
