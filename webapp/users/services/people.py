"""Verbs about people: make, place, disable, describe, give a password."""

from __future__ import annotations

import secrets
import uuid

from flask_babel import lazy_gettext as _l
from sqlalchemy import select, update

from webapp.core.clock import now, today
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.users import audit, queries
from webapp.users.actor import ROLES, Actor
from webapp.users.events import RightsChanged
from webapp.users.models import ApiToken, Branch, Membership, User
from webapp.users.policy import may_manage_users
from webapp.users.rules import handle_base
from webapp.users.services.sessions import end_sessions, live_sessions


def make_handle(email: str) -> str:
    """The @handle of an address: the part before the @, folded, numbered when taken."""
    base = handle_base(email)
    taken = set(db.session.scalars(select(User.handle).where(User.handle.startswith(base, autoescape=True))))
    handle, number = base, 2
    while handle in taken:
        handle, number = f"{base}{number}", number + 1
    return handle


def create_user(
    actor: Actor,
    *,
    email: str,
    name: str,
    role: str,
    branch: Branch,
    password_hash: str | None = None,
    locale: str = "fr",
) -> User:
    """Make a person with a role in a branch. Events: RightsChanged.

    Raises Forbidden, or Invalid when the e-mail was ever used or the role is unknown.
    """
    if actor.role != "system" and not may_manage_users(actor):
        raise Forbidden(_l("Seul un administrateur crée des comptes."))
    email = email.strip().lower()
    _check_new(email, name, role)
    user = User(
        id=new_id(),
        email=email,
        name=" ".join(name.split()),
        handle=make_handle(email),
        password=password_hash,
        active=True,
        fs_uniquifier=secrets.token_hex(16),
        locale=locale,
    )
    db.session.add(user)
    db.session.flush()
    _place(user.id, role, branch.id)
    audit.write(actor, "user.create", "user", user.id, role=role, branch=branch.name)
    record(RightsChanged((user.id,)))
    return user


def _check_new(email: str, name: str, role: str) -> None:
    faults: dict[str, object] = {}
    if role not in ROLES:
        faults["role"] = _l("Ce rôle n’existe pas.")
    local, _at, domain = email.partition("@")
    if not local or not domain or len(email) > 254 or any(letter.isspace() for letter in email):
        faults["email"] = _l("Indiquez une adresse e-mail.")
    elif queries.find_user_by_email(email):
        faults["email"] = _l("Cette adresse a déjà un compte.")
    faults |= _name_faults(name)
    if faults:
        raise Invalid(errors=faults)


def _name_faults(name: str) -> dict[str, object]:
    if not name.strip():
        return {"name": _l("Indiquez un nom.")}
    return {"name": _l("Ce nom est trop long.")} if len(name) > 120 else {}


def _place(user_id: uuid.UUID, role: str, branch_id: uuid.UUID) -> None:
    db.session.execute(
        update(Membership)
        .where(Membership.user_id == user_id, Membership.ends_on.is_(None))
        .values(ends_on=today())
    )
    db.session.add(
        Membership(id=new_id(), user_id=user_id, role=role, branch_id=branch_id, starts_on=today())
    )
    db.session.flush()


def move_user(actor: Actor, user_id: uuid.UUID, *, role: str, branch: Branch) -> None:
    """Give a person another role or branch, from now; nothing when both stay. Events: RightsChanged.

    Raises Forbidden, NotFound, or Invalid (unknown role, own role taken away).
    """
    user = managed(actor, user_id)
    if role not in ROLES:
        raise Invalid(errors={"role": _l("Ce rôle n’existe pas.")})
    if user.id == actor.user_id and role != actor.role:
        raise Invalid(errors={"role": _l("Un autre administrateur peut changer votre rôle.")})
    found = queries.find_person(user.id)
    before = {"role": found.role, "branch": found.branch} if found else {}
    if before == {"role": role, "branch": branch.name}:
        return
    _place(user.id, role, branch.id)
    audit.write(actor, "user.move", "user", user.id, role=role, branch=branch.name, before=before)
    record(RightsChanged((user.id,)))


def set_active(actor: Actor, user_id: uuid.UUID, active: bool) -> None:
    """Disable a person (every session and token ends at once) or let them in again.

    Events: RightsChanged, SessionEnded. Raises Forbidden, NotFound, Invalid for oneself.
    """
    user = managed(actor, user_id)
    if user.id == actor.user_id and not active:
        raise Invalid(_l("Vous ne pouvez pas désactiver votre propre compte."))
    user.active = active
    audit.write(actor, "user.enable" if active else "user.disable", "user", user.id)
    if not active:
        end_sessions(live_sessions(user.id), "disabled")
        db.session.execute(
            update(ApiToken)
            .where(ApiToken.user_id == user.id, ApiToken.ended_at.is_(None))
            .values(ended_at=now())
        )
    record(RightsChanged((user.id,)))


def change_profile(actor: Actor, *, name: str, phone: str, locale: str, theme: str) -> User:
    """Say otherwise who I am and how I read. Raises Invalid with the fields at fault."""
    user = db.session.get_one(User, actor.user_id)
    faults = _name_faults(name)
    if len(phone) > 30 or any(letter not in "+0123456789 .-()/" for letter in phone):
        faults["phone"] = _l("Indiquez un numéro de téléphone.")
    if locale not in ("fr", "en"):
        faults["locale"] = _l("Cette langue n’est pas proposée.")
    if theme not in ("system", "light", "dark"):
        faults["theme"] = _l("Ce thème n’existe pas.")
    if faults:
        raise Invalid(errors=faults)
    fresh = {
        "name": " ".join(name.split()),
        "phone": phone.strip() or None,
        "locale": locale,
        "theme": theme,
    }
    before = {key: getattr(user, key) for key in fresh}
    if before == fresh:
        return user
    for key, value in fresh.items():
        setattr(user, key, value)
    changed = {key: [before[key], value] for key, value in fresh.items() if before[key] != value}
    db.session.flush()
    audit.write(actor, "user.profile", "user", user.id, changed=changed)
    return user


def set_password(actor: Actor, user_id: uuid.UUID, password_hash: str) -> None:
    """Store a new password, hashed beforehand; every other session of the person ends.

    Events: SessionEnded. Raises NotFound, or Forbidden for somebody else's.
    """
    user = db.session.get(User, user_id) if user_id == actor.user_id else managed(actor, user_id)
    if user is None:
        raise NotFound(_l("Cette personne n’existe pas."))
    user.password = password_hash
    # Links made for the former password open nothing any more.
    user.fs_uniquifier = secrets.token_hex(16)
    db.session.flush()
    audit.write(actor, "user.password", "user", user.id)
    others = [each for each in live_sessions(user.id) if each != actor.session_id]
    end_sessions(others, "password_changed")


def managed(actor: Actor, user_id: uuid.UUID) -> User:
    """The person an administrator is about to change. Raises Forbidden, NotFound."""
    if actor.role != "system" and not may_manage_users(actor):
        raise Forbidden(_l("Seul un administrateur gère les comptes."))
    user = queries.find_user(user_id)
    if user is None:
        raise NotFound(_l("Cette personne n’existe pas."))
    return user
