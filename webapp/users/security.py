"""Sign-in on Flask-Security: its forms, hashing and reset links, on our own sessions.

A browser is signed in by a `user_sessions` row; Flask-Login's current user is read from the same
answer as our actor, so nothing is asked of the database twice. Hashing never runs on the loop.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask, current_app, request, session
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import UserMixin as LoginMixin
from flask_login import logout_user as _forget_login
from flask_security import Security, SQLAlchemyUserDatastore, hash_password, login_user
from flask_security.forms import LoginForm
from flask_security.recoverable import generate_reset_password_token, reset_password_token_status
from flask_security.utils import verify_password
from passlib.hash import argon2
from wtforms import BooleanField, EmailField, PasswordField
from wtforms.validators import InputRequired, Length

from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.core.offload import run_blocking
from webapp.extensions import db
from webapp.users import codes
from webapp.users.actor import Actor
from webapp.users.current import SESSION_KEY, find_actor
from webapp.users.models import User
from webapp.users.pending import start_over
from webapp.users.rules import PASSWORD_MAX, PASSWORD_MIN, local_path, password_fault
from webapp.users.services import start_session
from webapp.users.session_cookie import NewestCookie

CONFIG = {
    "SECURITY_PASSWORD_HASH": "argon2",  # nosec B105 # the name of an algorithm
    "SECURITY_PASSWORD_SINGLE_HASH": ["argon2"],
    "SECURITY_PASSWORD_SCHEMES": ["argon2"],
    "SECURITY_DEPRECATED_PASSWORD_SCHEMES": [],
    # OWASP's floor for argon2id: 19 MiB, two passes.
    "SECURITY_PASSWORD_HASH_PASSLIB_OPTIONS": {
        "argon2__type": "ID",
        "argon2__memory_cost": 19456,
        "argon2__time_cost": 2,
        "argon2__parallelism": 1,
    },
    "SECURITY_RESET_PASSWORD_WITHIN": timedelta(days=1),
    "SECURITY_JOIN_USER_ROLES": False,
    "SECURITY_DEFAULT_REMEMBER_ME": True,
    "SECURITY_CLI_USERS_NAME": None,
    "SECURITY_CLI_ROLES_NAME": None,
    "PERMANENT_SESSION_LIFETIME": timedelta(days=30),
    # Answers stay free of Set-Cookie; `seen` renews a kept cookie once a minute.
    "SESSION_REFRESH_EACH_REQUEST": False,
}


class OffLoop:
    """Flask-Security's hashing context, each call of which runs away from the event loop."""

    def __init__(self, context: Any) -> None:
        self._context = context

    def hash(self, secret: str | bytes, **options: Any) -> str:
        hashed: str = run_blocking(self._context.hash, secret, **options)
        return hashed

    def verify(self, secret: str | bytes, hashed: str | None) -> bool:
        return bool(run_blocking(self._context.verify, secret, hashed))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)


class Person(LoginMixin):  # type: ignore[misc]
    """Flask-Login's current user, made from the actor that was read anyway."""

    def __init__(self, actor: Actor, uniquifier: str) -> None:
        self.actor = actor
        self.fs_uniquifier = uniquifier
        self.roles: list[Any] = []

    def get_id(self) -> str:
        return self.fs_uniquifier


class SignInForm(LoginForm):  # type: ignore[misc]
    """E-mail and password. Whatever was wrong, the answer is the same and takes as long."""

    email = EmailField(
        _l("Adresse e-mail"),
        validators=[InputRequired(_l("Indiquez votre adresse e-mail.")), Length(max=254)],
        render_kw={"autocomplete": "username", "inputmode": "email", "autocapitalize": "none"},
    )
    password = PasswordField(
        _l("Mot de passe"),
        validators=[InputRequired(_l("Indiquez votre mot de passe.")), Length(max=PASSWORD_MAX)],
        render_kw={"autocomplete": "current-password"},
    )
    remember = BooleanField(_l("Rester connecté sur cet appareil"), default=True)

    def validate(self, **kwargs: Any) -> bool:
        self.email.data = (self.email.data or "").strip().lower()
        self.next.data = local_path(self.next.data) or ""
        if super().validate(**kwargs):
            return True
        if self.email.data and self.password.data:
            self.email.errors = []
            self.password.errors = [_("L’adresse ou le mot de passe n’est pas le bon.")]
        return False


def install(app: Flask) -> None:
    """Bind Flask-Security: hashing off the loop, current user from our sessions, none of its pages."""
    for key, value in CONFIG.items():
        app.config.setdefault(key, value)
    # Flask sets these two itself, before any setting of ours could be a default.
    for key in ("PERMANENT_SESSION_LIFETIME", "SESSION_REFRESH_EACH_REQUEST"):
        app.config[key] = CONFIG[key]
    app.session_interface = NewestCookie()
    codes.configure(app)
    security = Security(totp_cls=codes.OneUseTotp)
    datastore = SQLAlchemyUserDatastore(db, User, None)  # type: ignore[arg-type]
    security.init_app(app, datastore, register_blueprint=False, login_form=SignInForm)
    argon2.get_backend()
    security.pwd_context = OffLoop(security.pwd_context)
    security.login_manager.user_loader(_find_person)
    security.login_manager.request_loader(lambda _request: None)


def _find_person(uniquifier: str) -> Person | None:
    actor = None if request.endpoint == "static" else find_actor()
    return Person(actor, uniquifier) if actor is not None else None


def enter(user: User, how: str, *, remember: bool = True) -> None:
    """Sign a person in on this browser: a fresh session, whatever the browser came with."""
    start_over()
    with unit_of_work():
        row = start_session(user.id, ip=request.remote_addr, user_agent=request.user_agent.string, how=how)
    login_user(user, remember=False, authn_via=[how])
    session.permanent = remember
    session[SESSION_KEY] = str(row.id)


def leave(actor: Actor | None) -> None:
    """Forget who was signed in on this browser, but not how pages were shown to them."""
    _forget_login()
    session.clear()
    if actor is not None:
        session["locale"], session["theme"] = actor.locale, actor.theme


def make_hash(password: str, field: str = "password") -> str:
    """The argon2 hash of a new password. Raises Invalid when it is too short or too long."""
    password = current_app.extensions["security"].password_util.normalize(password)
    fault = password_fault(password)
    if fault == "short":
        text = _("Choisissez au moins %(n)s caractères.", n=PASSWORD_MIN)
    elif fault == "long":
        text = _("Choisissez au plus %(n)s caractères.", n=PASSWORD_MAX)
    else:
        return str(hash_password(password))
    raise Invalid(errors={field: text})


def hash_as_given(password: str) -> str:
    """The argon2 hash of a password an operator chose, whatever its length."""
    return str(hash_password(current_app.extensions["security"].password_util.normalize(password)))


def is_password_of(user: User, password: str) -> bool:
    """Is it this person's password? Someone without one has none that fits."""
    normal = current_app.extensions["security"].password_util.normalize(password)
    if not user.password:
        hash_password(normal)
        return False
    return bool(verify_password(normal, user.password))


def make_reset_token(user: User) -> str:
    """A token that sets a new password once, within a day."""
    return str(generate_reset_password_token(user))


def find_reset_user(token: str) -> User | None:
    """Whom a reset token is for; None when it is used up, too old or made up."""
    expired, invalid, user = reset_password_token_status(token)
    return None if expired or invalid or user is None or not user.active else user
