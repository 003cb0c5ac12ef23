"""My settings: profile, password, sessions, API tokens, notifications, about."""

from __future__ import annotations

import tomllib
import uuid
from collections.abc import Mapping
from functools import cache, partial

from flask import render_template, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.config import ROOT
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.users import queries, services
from webapp.users.current import current_actor
from webapp.users.models import User
from webapp.users.security import is_password_of
from webapp.users.views import blueprint
from webapp.users.views.answers import Shown, settle, written
from webapp.users.views.password import new_password
from webapp.users.words import LOCALE_NAMES, THEME_NAMES


def _me() -> User:
    user = queries.find_user(current_actor().user_id)
    assert user is not None
    return user


@cache
def version() -> str:
    """What this copy of the product calls itself."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    return str(project["project"]["version"])


def _profile(pane: str, values: Mapping[str, object], errors: Mapping[str, object]) -> str:
    person = queries.find_person(current_actor().user_id)
    choices = {"locales": LOCALE_NAMES, "themes": THEME_NAMES}
    return render_template(
        "users/settings/profile.html", pane=pane, person=person, values=values, errors=errors, **choices
    )


def _values(user: User) -> dict[str, object]:
    return {name: getattr(user, name) or "" for name in ("name", "phone", "locale", "theme")}


@blueprint.get("/settings")
def settings() -> str:
    return _profile("list", _values(_me()), {})


@blueprint.get("/settings/profile")
def profile() -> str:
    return _profile("main", _values(_me()), {})


@blueprint.post("/settings/profile")
def profile_post() -> Shown:
    values = written("name", "phone", "locale", "theme")
    with force_locale(values["locale"] if values["locale"] in LOCALE_NAMES else "fr"):
        said = _("Profil enregistré.")
    act = partial(services.change_profile, current_actor(), **values)
    return settle(act, partial(_profile, "main", values), url_for("users.profile"), said)


@blueprint.get("/settings/password")
def password() -> str:
    return _password({})


def _password(errors: Mapping[str, object]) -> str:
    return render_template("users/settings/password.html", errors=errors)


@blueprint.post("/settings/password")
def password_post() -> Shown:
    actor = current_actor()
    try:
        if not is_password_of(_me(), request.form.get("current", "")):
            raise Invalid(errors={"current": _("Ce n’est pas votre mot de passe actuel.")})
        hashed = new_password()
    except Invalid as refusal:
        return _password(refusal.errors), 422
    act = partial(services.set_password, actor, actor.user_id, hashed)
    said = _("Mot de passe changé. Vos autres appareils sont déconnectés.")
    return settle(act, _password, url_for("users.password"), said)


@blueprint.get("/settings/sessions")
def sessions() -> str:
    found = queries.list_sessions(current_actor().user_id)
    return render_template("users/settings/sessions.html", sessions=found)


def _sessions_again(_errors: Mapping[str, object]) -> str:
    return sessions()


@blueprint.post("/settings/sessions/<uuid:session_id>/end")
def end_session(session_id: uuid.UUID) -> Shown:
    act = partial(services.end_own_session, current_actor(), session_id)
    return settle(act, _sessions_again, url_for("users.sessions"), _("Cet appareil est déconnecté."))


@blueprint.post("/settings/sessions/end-others")
def end_other_sessions() -> Shown:
    act = partial(services.end_other_sessions, current_actor())
    said = _("Vos autres appareils sont déconnectés.")
    return settle(act, _sessions_again, url_for("users.sessions"), said)


def _tokens(token: str | None = None) -> str:
    found = queries.list_tokens(current_actor().user_id)
    return render_template("users/settings/tokens.html", tokens=found, fresh=token)


@blueprint.get("/settings/tokens")
def tokens() -> str:
    return _tokens()


@blueprint.post("/settings/tokens")
def create_token() -> str:
    """The token is in this answer and nowhere else, so there is no redirect."""
    actor = current_actor()
    with unit_of_work():
        token = services.create_token(actor, actor.user_id, request.form.get("label", ""))
    return _tokens(token)


@blueprint.post("/settings/tokens/<uuid:token_id>/end")
def end_token(token_id: uuid.UUID) -> Shown:
    act = partial(services.end_token, current_actor(), token_id)
    said = _("Ce jeton n’ouvre plus rien.")
    return settle(act, lambda _errors: _tokens(), url_for("users.tokens"), said)


@blueprint.get("/settings/notifications")
def notifications() -> str:
    return render_template("users/settings/notifications.html")


@blueprint.get("/settings/about")
def about() -> str:
    return render_template("users/settings/about.html", version=version(), company=queries.company())
