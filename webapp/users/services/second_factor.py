"""Verbs about the second factor: authenticator app, recovery codes, who must have one, the way back."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, select

from webapp.core.clock import now
from webapp.core.errors import Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.users import audit, codes, queries
from webapp.users.actor import ROLES, Actor
from webapp.users.events import RightsChanged
from webapp.users.fresh import require_fresh, require_in_person
from webapp.users.models import AuthenticatorApp, Passkey, RecoveryCode
from webapp.users.queries.factors import COMPULSORY
from webapp.users.rules import recovery_code
from webapp.users.services.company import ensure_company, settings_only
from webapp.users.services.people import managed
from webapp.users.services.sessions import end_sessions, live_sessions


def add_app(actor: Actor, secret: str, code: str) -> list[str]:
    """Set up the actor's authenticator app, or another one in its place, once it shows a right code.

    Returns new recovery codes when this is the first factor, else none. Events: SessionEnded then.
    Raises SignInAgain, Forbidden for a token, or Invalid for a code that is not right.
    """
    require_in_person(actor)
    step = codes.step_of(secret, code, None)
    if step is None:
        raise Invalid(errors={"code": _l("Ce code n’est pas le bon. Attendez le suivant et réessayez.")})
    first = not queries.has_second_factor(actor.user_id)
    db.session.execute(delete(AuthenticatorApp).where(AuthenticatorApp.user_id == actor.user_id))
    db.session.add(AuthenticatorApp(user_id=actor.user_id, secret=secret, last_counter=step))
    db.session.flush()
    audit.write(actor, "second_factor.app_add", "user", actor.user_id)
    return protect(actor) if first else []


def protect(actor: Actor) -> list[str]:
    """What the first factor brings: recovery codes, and the end of sessions opened without it.

    Events: SessionEnded.
    """
    others = [each for each in live_sessions(actor.user_id) if each != actor.session_id]
    if others:
        audit.write(actor, "session.end_others", "user", actor.user_id, sessions=others)
        end_sessions(others, "second_factor_added")
    return make_recovery_codes(actor)


def make_recovery_codes(actor: Actor) -> list[str]:
    """Ten new recovery codes, shown once; those given before open nothing any more.

    Raises SignInAgain, Forbidden for a token, or Invalid when there is no second
    factor they could stand in for.
    """
    require_in_person(actor)
    if not queries.has_second_factor(actor.user_id):
        raise Invalid(_l("Ajoutez d’abord une application ou une clé d’accès."))
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == actor.user_id))
    fresh = codes.new_recovery_codes()
    for code in fresh:
        db.session.add(RecoveryCode(id=new_id(), user_id=actor.user_id, code_hash=codes.recovery_hash(code)))
    db.session.flush()
    audit.write(actor, "second_factor.codes", "user", actor.user_id, count=len(fresh))
    return fresh


def remove_app(actor: Actor) -> None:
    """Take the actor's authenticator app away; nothing when there is none.

    Raises SignInAgain, Forbidden for a token, or Invalid when it is the last factor
    and the role must have one.
    """
    require_in_person(actor)
    factors = queries.factors_of(actor.user_id)
    if factors.app is None:
        return
    may_lose_one(actor, factors)
    db.session.delete(factors.app)
    db.session.flush()
    audit.write(actor, "second_factor.app_remove", "user", actor.user_id)
    forget_idle_codes(actor.user_id)


def may_lose_one(actor: Actor, factors: queries.Factors) -> None:
    """Nobody takes away the last factor a role must have. Raises Invalid."""
    if factors.count == 1 and actor.role in queries.second_factor_roles():
        raise Invalid(_l("Votre rôle demande un second facteur. Ajoutez-en un autre avant de le retirer."))


def forget_idle_codes(user_id: uuid.UUID) -> None:
    """Recovery codes go with the last factor: there is nothing left they could stand in for."""
    if not queries.has_second_factor(user_id):
        db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))


def use_app_code(user_id: uuid.UUID, code: str) -> None:
    """Take a code of somebody's authenticator app, once.

    Raises Invalid when it is wrong, too old or used. No audit entry: the session it opens has one.
    """
    app = db.session.get(AuthenticatorApp, user_id, with_for_update=True, populate_existing=True)
    step = codes.step_of(app.secret, code, app.last_counter) if app is not None else None
    if app is None or step is None:
        raise Invalid(errors={"code": _l("Ce code n’est pas le bon, ou il a déjà servi.")})
    app.last_counter, app.used_at = step, now()
    db.session.flush()


def use_recovery_code(user_id: uuid.UUID, text: str) -> None:
    """Take one of somebody's recovery codes, once. Raises Invalid."""
    code = recovery_code(text)
    found = db.session.scalars(
        select(RecoveryCode)
        .where(
            RecoveryCode.user_id == user_id,
            RecoveryCode.used_at.is_(None),
            RecoveryCode.code_hash == (codes.recovery_hash(code) if code else ""),
        )
        .with_for_update()
    ).first()
    actor = queries.find_user_actor(user_id, via="page")
    if found is None or actor is None:
        raise Invalid(errors={"recovery": _l("Ce code de secours n’est pas le bon, ou il a déjà servi.")})
    found.used_at = now()
    db.session.flush()
    audit.write(actor, "second_factor.code_use", "user", user_id)


def reset_second_factor(actor: Actor, user_id: uuid.UUID) -> None:
    """An administrator takes every second factor of a person away and ends their sessions.

    For a lost phone: the next sign-in asks for the password alone, then, where the role must, for a
    new factor. Events: SessionEnded. Raises Forbidden, NotFound, SignInAgain, Invalid for oneself.
    """
    user = managed(actor, user_id)
    require_fresh(actor)
    if user.id == actor.user_id:
        raise Invalid(_l("Un autre administrateur peut retirer votre second facteur."))
    had = queries.factors_of(user.id)
    for table in (AuthenticatorApp, Passkey, RecoveryCode):
        db.session.execute(delete(table).where(table.user_id == user.id))
    audit.write(
        actor, "second_factor.reset", "user", user.id, app=had.app is not None, passkeys=len(had.passkeys)
    )
    end_sessions(live_sessions(user.id), "second_factor_reset")


def set_second_factor_roles(actor: Actor, roles: Iterable[str]) -> None:
    """Say which roles must have a second factor; who lacks one reaches nothing else until it is there.

    Events: RightsChanged for everyone. Raises Forbidden, SignInAgain, or Invalid for an unknown role.
    """
    settings_only(actor)
    require_fresh(actor)
    wanted = set(roles)
    if not wanted <= set(ROLES):
        raise Invalid(errors={"role": _l("Ce rôle n’existe pas.")})
    company = ensure_company()
    before = queries.second_factor_roles()
    after = [role for role in ROLES if role in wanted]
    if before == after:
        return
    company.settings = {**(company.settings or {}), COMPULSORY: after}
    db.session.flush()
    audit.write(actor, "company.second_factor", "company", company.id, before=before, after=after)
    record(RightsChanged(()))
