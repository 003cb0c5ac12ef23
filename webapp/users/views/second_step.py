"""The second step of a sign-in, the sign-in by a passkey alone, and who-is-it once more."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response as Answer

from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.extensions import limiter
from webapp.users import pending, queries, services
from webapp.users.current import current_actor
from webapp.users.fresh import is_fresh
from webapp.users.models import User
from webapp.users.passkeys import request_options
from webapp.users.pending import Step, find_step
from webapp.users.rules import local_path
from webapp.users.security import enter, is_password_of
from webapp.users.views import blueprint
from webapp.users.views.answers import Shown
from webapp.users.views.sign_in import HOME, is_tapped, slowed
from webapp.users.web import enrolment, public

# A password is known to whoever stands here: tries are counted per person, wherever they come from.
TRIES = "10 per minute; 60 per hour"
ASKING = "30 per minute"


def _second(step: Step, errors: Mapping[str, object], wait: int = 0) -> str:
    return render_template(
        "users/second_step.html",
        step=step,
        factors=queries.factors_of(step.user.id),
        passkeys=pending.passkeys_here(),
        errors=errors,
        wait=wait,
    )


def _from_the_start() -> Answer:
    flash(_("La connexion a trop attendu. Recommencez."), "warning")
    return redirect(url_for("users.sign_in"), 303)


def _too_many(limit: RequestLimit) -> Response:
    step = find_step()
    if step is None:
        return slowed(limit, lambda seconds: str(seconds))
    return slowed(limit, lambda seconds: _second(step, {}, wait=seconds))


@blueprint.get("/sign-in/second")
def second_step() -> Shown:
    step = find_step()
    return _from_the_start() if step is None else _second(step, {})


@blueprint.post("/sign-in/second")
@limiter.limit(TRIES, key_func=pending.who_steps, on_breach=_too_many)
def second_step_post() -> Shown:
    step = find_step()
    if step is None:
        return _from_the_start()
    try:
        how = _prove_second(step.user)
    except Invalid as refusal:
        return _second(step, refusal.errors), 422
    enter(step.user, f"{step.how}+{how}", remember=step.remember)
    if how == "recovery_code":
        left = queries.factors_of(step.user.id).codes
        flash(ngettext("Il reste %(num)s code de secours.", "Il reste %(num)s codes de secours.", left))
    return redirect(step.next or HOME, 303)


def _prove_second(user: User) -> str:
    """With what the person proves themselves besides the password. Raises Invalid."""
    given = request.form
    if given.get("credential"):
        challenge = pending.take_challenge("second")
        with unit_of_work():
            services.use_passkey(pending.site(), challenge, given["credential"], user.id)
        return "passkey"
    if "recovery" in given:
        with unit_of_work():
            services.use_recovery_code(user.id, given["recovery"])
        return "recovery_code"
    with unit_of_work():
        services.use_app_code(user.id, given.get("code", ""))
    return "app"


@blueprint.post("/sign-in/second/options")
@limiter.limit(ASKING)
def second_step_options() -> dict[str, Any]:
    """What the browser asks one of the person's passkeys for."""
    step = find_step()
    if step is None:
        raise Invalid(_("La connexion a trop attendu. Recommencez."))
    known = queries.factors_of(step.user.id).passkeys
    return request_options(pending.site(), known, pending.new_challenge("second"))


@blueprint.post("/sign-in/passkey/options")
@limiter.limit(ASKING)
def passkey_sign_in_options() -> dict[str, Any]:
    """What the browser asks any passkey of this site for: nothing says whose there are."""
    return request_options(pending.site(), (), pending.new_challenge("sign_in"))


@blueprint.post("/sign-in/passkey")
@limiter.limit("10 per minute")
def passkey_sign_in() -> Answer:
    """In by a passkey alone: it is something one has, and it asked for a finger, a face or a PIN."""
    try:
        challenge = pending.take_challenge("sign_in")
        with unit_of_work():
            user = services.use_passkey(pending.site(), challenge, request.form.get("credential", ""))
    except Invalid:
        flash(_("Cette clé d’accès n’ouvre rien ici. Connectez-vous avec votre mot de passe."), "error")
        return redirect(url_for("users.sign_in", next=local_path(request.form.get("next"))), 303)
    enter(user, "passkey")
    return redirect(local_path(request.form.get("next")) or HOME, 303)


def _me() -> User:
    user = queries.find_user(current_actor().user_id)
    assert user is not None
    return user


def _again(errors: Mapping[str, object], wait: int = 0) -> str:
    user = _me()
    return render_template(
        "users/sign_in_again.html",
        user=user,
        next=local_path(request.values.get("next")),
        has_passkey=bool(queries.factors_of(user.id).passkeys) and pending.passkeys_here(),
        tapped=is_tapped(user),
        errors=errors,
        wait=wait,
    )


@blueprint.get("/sign-in/again")
def sign_in_again() -> Shown:
    if is_fresh(current_actor()):
        return redirect(local_path(request.args.get("next")) or HOME)
    return _again({})


@blueprint.post("/sign-in/again")
@limiter.limit(
    TRIES,
    key_func=lambda: current_actor().key,
    on_breach=lambda limit: slowed(limit, lambda seconds: _again({}, wait=seconds)),
)
def sign_in_again_post() -> Shown:
    try:
        how = _prove_again(_me())
    except Invalid as refusal:
        return _again(refusal.errors), 422
    with unit_of_work():
        services.renew_proof(current_actor(), how)
    return redirect(local_path(request.form.get("next")) or HOME, 303)


def _prove_again(user: User) -> str:
    """With what the person proves to be there still. Raises Invalid."""
    given = request.form
    if given.get("credential"):
        challenge = pending.take_challenge("again")
        with unit_of_work():
            services.use_passkey(pending.site(), challenge, given["credential"], user.id)
        return "passkey"
    if "tap" in given and is_tapped(user):
        return "demo"
    if not is_password_of(user, given.get("password", "")):
        raise Invalid(errors={"password": _("Ce n’est pas votre mot de passe.")})
    return "password"


@blueprint.post("/sign-in/again/options")
@limiter.limit(ASKING)
def sign_in_again_options() -> dict[str, Any]:
    """What the browser asks one of my passkeys for."""
    known = queries.factors_of(current_actor().user_id).passkeys
    return request_options(pending.site(), known, pending.new_challenge("again"))


for _endpoint in ("second_step", "second_step_post", "second_step_options"):
    public(f"users.{_endpoint}")
for _endpoint in ("passkey_sign_in_options", "passkey_sign_in"):
    public(f"users.{_endpoint}")
for _endpoint in ("sign_in_again", "sign_in_again_post", "sign_in_again_options", "sign_out"):
    enrolment(f"users.{_endpoint}")
