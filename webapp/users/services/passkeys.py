"""Verbs about passkeys: add, use, remove."""

from __future__ import annotations

import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from webapp.core.clock import now
from webapp.core.errors import Invalid, NotFound
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.users import audit, queries
from webapp.users.actor import Actor
from webapp.users.fresh import require_in_person
from webapp.users.models import Passkey, User
from webapp.users.passkeys import Challenge, Site, check_creation, check_use, read_answer, refused
from webapp.users.services.second_factor import forget_idle_codes, may_lose_one, protect


def add_passkey(actor: Actor, site: Site, challenge: Challenge, *, answer: str, name: str) -> list[str]:
    """Keep the passkey the actor's browser has just made.

    Returns new recovery codes when this is the first factor, else none. Events: SessionEnded then.
    Raises SignInAgain, Forbidden for a token, or Invalid: no name, an answer that does not hold, a
    passkey known already.
    """
    require_in_person(actor)
    name = " ".join(name.split())
    if not name or len(name) > 80:
        raise Invalid(errors={"name": _l("Donnez-lui un nom d’au plus 80 caractères.")})
    made = check_creation(site, challenge, answer)
    if db.session.scalar(select(Passkey.id).where(Passkey.credential_id == made.credential_id)):
        raise refused()
    first = not queries.has_second_factor(actor.user_id)
    row = Passkey(
        id=new_id(),
        user_id=actor.user_id,
        credential_id=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
    )
    db.session.add(row)
    db.session.flush()
    audit.write(actor, "passkey.add", "passkey", row.id, name=name)
    return protect(actor) if first else []


def use_passkey(site: Site, challenge: Challenge, answer: str, user_id: uuid.UUID | None = None) -> User:
    """Whose passkey signed the challenge: the person, still active. Of `user_id` alone when given.

    A challenge counts once: it must be younger than the passkey's last use. Raises Invalid. No audit
    entry: the session it opens has one.
    """
    given = read_answer(answer)
    passkey = db.session.scalars(
        select(Passkey).where(Passkey.credential_id == given.raw_id).with_for_update()
    ).first()
    if passkey is None or (user_id is not None and passkey.user_id != user_id):
        raise refused()
    if passkey.used_at is not None and challenge.at <= passkey.used_at:
        raise refused()
    verified = check_use(site, challenge, given, passkey)
    user = db.session.get_one(User, passkey.user_id)
    if not user.active:
        raise refused()
    passkey.sign_count, passkey.used_at = verified.new_sign_count, now()
    db.session.flush()
    return user


def remove_passkey(actor: Actor, passkey_id: uuid.UUID) -> None:
    """Take one of the actor's passkeys away; somebody else's looks like none.

    Raises NotFound, SignInAgain, Forbidden for a token, or Invalid when it is the last factor
    and the role must have one.
    """
    row = db.session.get(Passkey, passkey_id)
    if row is None or row.user_id != actor.user_id:
        raise NotFound(_l("Cette clé d’accès n’existe pas."))
    require_in_person(actor)
    may_lose_one(actor, queries.factors_of(actor.user_id))
    db.session.delete(row)
    db.session.flush()
    audit.write(actor, "passkey.remove", "passkey", passkey_id, name=row.name)
    forget_idle_codes(actor.user_id)
