"""Giving somebody at a client's access to its exchanges, for longer or shorter, and ending it."""

from __future__ import annotations

import uuid
from datetime import timedelta

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.clients.models import Contact
from webapp.core.clock import now
from webapp.core.errors import Conflict, Invalid
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.sharing.links import code_key, link_token, new_code
from webapp.sharing.models import AccessGrant
from webapp.sharing.queries import covering, find_guest_of, get_grant, get_shared_client, invited
from webapp.sharing.rules import DAYS, TOLD_CODE_LIFE, USUAL_DAYS, code_hash, is_live, token_hash
from webapp.threads.subjects import Subject, get_subject
from webapp.users import audit
from webapp.users.actor import NOBODY, Actor


def give_access(
    actor: Actor,
    client_id: uuid.UUID,
    contact_id: uuid.UUID,
    *,
    subject_id: uuid.UUID | None = None,
    days: int = USUAL_DAYS,
) -> AccessGrant:
    """Let a contact read and answer what is said with the client, about everything or about one subject.

    Who holds the same access already keeps it, as long as asked for now at least. Raises NotFound,
    Forbidden, Invalid.
    """
    client = get_shared_client(actor, client_id)
    _check_days(days)
    contact = db.session.get(Contact, contact_id)
    if contact is None or contact.client_id != client.id or not contact.email:
        raise Invalid(errors={"contact_id": _l("Choisissez un contact qui a une adresse e-mail.")})
    if subject_id is not None and get_subject(actor, subject_id).client_id != client.id:
        raise Invalid(errors={"subject_id": _l("Cette facture est d’un autre client.")})
    return _give(actor, contact, subject_id, days)


def invite(actor: Actor, subject: Subject) -> list[AccessGrant]:
    """Who will read what is written to the client about this; its first contact is given access when nobody
    has any. Empty when no contact has an address."""
    found = covering(subject.client_id, subject.id)
    if found:
        return found
    contact = invited(subject.client_id)
    return [_give(actor, contact, None, USUAL_DAYS)] if contact else []


def _give(actor: Actor, contact: Contact, subject_id: uuid.UUID | None, days: int) -> AccessGrant:
    ends, email = now() + timedelta(days=days), (contact.email or "").lower()
    same = select(AccessGrant).where(
        AccessGrant.contact_id == contact.id, AccessGrant.email == email, AccessGrant.revoked_at.is_(None)
    )
    for known in db.session.scalars(same):
        if known.subject_id == subject_id and is_live(known.expires_at, None, now()):
            known.expires_at = max(known.expires_at, ends)
            return known
    grant_id = new_id()
    row = AccessGrant(
        id=grant_id,
        client_id=contact.client_id,
        contact_id=contact.id,
        subject_id=subject_id,
        name=contact.name,
        email=email,
        token_hash=token_hash(link_token(grant_id)),
        created_by=None if actor.user_id == NOBODY else actor.user_id,
        expires_at=ends,
        code_tries=0,
        codes_asked=[],
    )
    db.session.add(row)
    db.session.flush()
    given = {"contact": str(contact.id), "name": contact.name, "subject": subject_id, "until": ends}
    audit.write(actor, "access.give", "client", contact.client_id, access=grant_id, **given)
    return row


def change_access(actor: Actor, client_id: uuid.UUID, grant_id: uuid.UUID, *, days: int) -> AccessGrant:
    """Have an access last `days` from now, longer or shorter than it would.

    Raises NotFound, Invalid, Conflict `access_over` when it is over or its contact has left.
    """
    grant = get_grant(actor, client_id, grant_id)
    _check_days(days)
    if find_guest_of(grant_id) is None:
        raise Conflict(_l("Cet accès est terminé."), code="access_over")
    before, grant.expires_at = grant.expires_at, now() + timedelta(days=days)
    db.session.flush()
    told = {"name": grant.name, "before": before, "until": grant.expires_at}
    audit.write(actor, "access.change", "client", client_id, access=grant_id, **told)
    return grant


def revoke_access(actor: Actor, client_id: uuid.UUID, grant_id: uuid.UUID) -> None:
    """End an access at once; twice is once. Raises NotFound."""
    grant = get_grant(actor, client_id, grant_id)
    if grant.revoked_at is None:
        grant.revoked_at, grant.code_hash = now(), None
        db.session.flush()
        audit.write(actor, "access.revoke", "client", client_id, access=grant_id, name=grant.name)


def _check_days(days: int) -> None:
    if days not in DAYS:
        raise Invalid(errors={"days": _l("Ce choix n’existe pas.")})


def tell_code(actor: Actor, client_id: uuid.UUID, grant_id: uuid.UUID) -> str:
    """A code to say on the phone, for a day; it takes the place of the one before. Raises NotFound, Invalid.

    For houses that send no mail: who says it has to know whom they talk to.
    """
    grant = get_grant(actor, client_id, grant_id)
    if not is_live(grant.expires_at, grant.revoked_at, now()):
        raise Invalid(_l("Cet accès est terminé."))
    code = new_code()
    grant.code_hash = code_hash(code_key(), grant.id, code)
    grant.code_expires_at, grant.code_tries = now() + TOLD_CODE_LIFE, 0
    db.session.flush()
    audit.write(actor, "access.tell_code", "client", client_id, access=grant_id, name=grant.name)
    return code
