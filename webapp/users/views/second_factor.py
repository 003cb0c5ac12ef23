"""My sign-in: authenticator app, passkeys, recovery codes."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from functools import partial
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.users import codes, pending, queries, services
from webapp.users.current import current_actor
from webapp.users.fresh import require_in_person
from webapp.users.models import User
from webapp.users.passkeys import creation_options
from webapp.users.rules import is_address
from webapp.users.views import blueprint
from webapp.users.views.answers import Shown, settle, written
from webapp.users.web import enrolment
from webapp.users.words import device_name


def _me() -> User:
    user = queries.find_user(current_actor().user_id)
    assert user is not None
    return user


def _overview(errors: Mapping[str, object], name: str | None = None) -> str:
    actor = current_actor()
    return render_template(
        "users/settings/security.html",
        factors=queries.factors_of(actor.user_id),
        compulsory=actor.role in queries.second_factor_roles(),
        passkeys=pending.passkeys_here(),
        by_name=_by_name(),
        name=device_name(request.user_agent.string) if name is None else name,
        errors=errors,
    )


def _by_name() -> str | None:
    """This page at an address that may have passkeys, for who sits at the machine itself."""
    if not is_address(pending.site().host) or not request.host.startswith("127.0.0.1"):
        return None
    return f"{request.scheme}://{request.host.replace('127.0.0.1', 'localhost')}{url_for('users.security')}"


def _codes(fresh: list[str]) -> str:
    """Recovery codes are in this answer and nowhere else, so there is no redirect."""
    return render_template("users/settings/recovery_codes.html", codes=fresh, then=pending.take_going())


@blueprint.get("/settings/security")
def security() -> str:
    return _overview({})


def _app(secret: str, errors: Mapping[str, object]) -> str:
    address = codes.app_address(secret, _me().email)
    return render_template(
        "users/settings/authenticator.html",
        address=address,
        picture=codes.qr_code(address),
        secret=codes.typed_secret(secret),
        sealed=pending.offer_secret(current_actor(), secret),
        errors=errors,
    )


@blueprint.get("/settings/security/app")
def authenticator() -> str:
    require_in_person(current_actor())
    return _app(codes.new_secret(), {})


@blueprint.post("/settings/security/app")
def add_authenticator() -> Shown:
    actor = current_actor()
    secret = pending.offered_secret(actor, request.form.get("secret", ""))
    if secret is None:
        flash(_("Cette page a trop attendu. Voici un autre code à lire."))
        return redirect(url_for("users.authenticator"), 303)
    try:
        with unit_of_work():
            fresh = services.add_app(actor, secret, request.form.get("code", ""))
    except Invalid as refusal:
        return _app(secret, refusal.errors), 422
    return _codes(fresh) if fresh else redirect(url_for("users.security"), 303)


@blueprint.post("/settings/security/app/remove")
def remove_authenticator() -> Shown:
    act = partial(services.remove_app, current_actor())
    return settle(act, _overview, url_for("users.security"), _("Application retirée."))


@blueprint.post("/settings/security/codes")
def recovery_codes() -> Shown:
    try:
        with unit_of_work():
            fresh = services.make_recovery_codes(current_actor())
    except Invalid as refusal:
        return _overview({"_": refusal.message}), 422
    return _codes(fresh)


@blueprint.post("/settings/security/passkeys/options")
def passkey_options() -> dict[str, Any]:
    """What the browser asks a new passkey for."""
    actor = current_actor()
    require_in_person(actor)
    known = queries.factors_of(actor.user_id).passkeys
    return creation_options(pending.site(), _me(), known, pending.new_challenge("add"))


@blueprint.post("/settings/security/passkeys")
def add_passkey() -> Shown:
    actor, given = current_actor(), written("name", "credential")
    try:
        challenge = pending.take_challenge("add")
        with unit_of_work():
            fresh = services.add_passkey(
                actor, pending.site(), challenge, answer=given["credential"], name=given["name"]
            )
    except Invalid as refusal:
        return _overview(refusal.errors, given["name"]), 422
    return _codes(fresh) if fresh else redirect(url_for("users.security"), 303)


@blueprint.post("/settings/security/passkeys/<uuid:passkey_id>/remove")
def remove_passkey(passkey_id: uuid.UUID) -> Shown:
    act = partial(services.remove_passkey, current_actor(), passkey_id)
    return settle(act, _overview, url_for("users.security"), _("Clé d’accès retirée."))


for _endpoint in ("security", "authenticator", "add_authenticator", "passkey_options", "add_passkey"):
    enrolment(f"users.{_endpoint}")
