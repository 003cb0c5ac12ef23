"""Choosing a new password by the one-time link an administrator handed over."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from flask import abort, render_template, request, url_for
from flask_babel import gettext as _

from webapp.core.errors import Invalid
from webapp.extensions import limiter
from webapp.users import queries, services
from webapp.users.models import User
from webapp.users.security import find_reset_user, make_hash
from webapp.users.views import blueprint
from webapp.users.views.answers import Shown, settle
from webapp.users.web import public


def _user_of(token: str) -> User:
    user = find_reset_user(token)
    if user is None:
        abort(404)
    return user


def new_password() -> str:
    """The hash of the password written twice in the form. Raises Invalid with the field at fault."""
    password = request.form.get("password", "")
    hashed = make_hash(password)
    if password != request.form.get("again", ""):
        raise Invalid(errors={"again": _("Les deux mots de passe diffèrent.")})
    return hashed


@blueprint.get("/password/<token>")
def choose_password(token: str) -> str:
    return render_template("users/choose_password.html", user=_user_of(token), errors={})


@blueprint.post("/password/<token>")
@limiter.limit("20 per minute")
def choose_password_post(token: str) -> Shown:
    user = _user_of(token)

    def again(errors: Mapping[str, object]) -> str:
        return render_template("users/choose_password.html", user=user, errors=errors)

    try:
        hashed = new_password()
    except Invalid as refusal:
        return again(refusal.errors), 422
    actor = queries.find_user_actor(user.id, via="page")
    if actor is None:
        abort(404)
    said = _("Votre mot de passe est enregistré. Connectez-vous.")
    act = partial(services.set_password, actor, user.id, hashed)
    return settle(act, again, url_for("users.sign_in"), said)


for _endpoint in ("choose_password", "choose_password_post"):
    public(f"users.{_endpoint}")
