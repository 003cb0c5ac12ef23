"""The first start of an empty database: company, root branch, first administrator.

Guarded by a token printed on stderr and kept in the instance folder. Never in production, where
`flask users create` does it, and never again once somebody exists.
"""

from __future__ import annotations

import hmac
import secrets
import sys
from collections.abc import Mapping
from pathlib import Path

from flask import Flask, abort, current_app, redirect, render_template, request
from flask_babel import gettext as _

from webapp.config import Settings
from webapp.core.cli import on_prepare
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid, NotFound
from webapp.extensions import limiter
from webapp.users import queries, services
from webapp.users.actor import system_actor
from webapp.users.models import User
from webapp.users.security import enter, make_hash
from webapp.users.views import blueprint
from webapp.users.views.answers import Shown, written
from webapp.users.views.sign_in import HOME
from webapp.users.web import public

FIELDS = ("company", "siren", "branch", "name", "email")


def install(app: Flask) -> None:
    on_prepare(_prepare)


def _prepare(app: Flask) -> None:
    """The company row wherever the demo does not make it, and the way in to an empty database."""
    settings: Settings = app.config["SETTINGS"]
    if settings.demo:
        return
    with unit_of_work():
        services.ensure_company()
    if not settings.production and not queries.has_users():
        announce(settings)


def _token_path(settings: Settings) -> Path:
    return settings.instance_path / "setup_token"


def announce(settings: Settings) -> str:
    """The set-up token, made on first call; says on stderr where to use it."""
    path = _token_path(settings)
    if not path.exists():
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(18))
    token = path.read_text().strip()
    url = f"http://{settings.host}:{settings.port}/setup?token={token}"
    print(f"Encours: nobody has an account yet. Set it up at {url}", file=sys.stderr, flush=True)
    return token


def _open() -> str:
    """The token, while there is something to set up; 404 otherwise."""
    settings: Settings = current_app.config["SETTINGS"]
    if settings.production or queries.has_users():
        abort(404)
    path = _token_path(settings)
    return path.read_text().strip() if path.exists() else announce(settings)


def _page(values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    return render_template("users/setup.html", values=values, errors=errors)


@blueprint.get("/setup")
def setup() -> str:
    _open()
    return _page({"token": request.args.get("token", ""), "branch": _("Siège")}, {})


@blueprint.post("/setup")
@limiter.limit("20 per minute")
def setup_post() -> Shown:
    token, values = _open(), written("token", *FIELDS)
    try:
        if not hmac.compare_digest(values["token"].strip().encode(), token.encode()):
            raise Invalid(errors={"token": _("Ce code n’est pas celui affiché au démarrage.")})
        user = _set_up(values, make_hash(request.form.get("password", "")))
    except Invalid as refusal:
        return _page(values, refusal.errors), 422
    _token_path(current_app.config["SETTINGS"]).unlink(missing_ok=True)
    enter(user, "password")
    return redirect(HOME, 303)


def _set_up(values: Mapping[str, str], password_hash: str) -> User:
    with unit_of_work():
        if queries.has_users():
            raise NotFound()
        actor = system_actor(via="page")
        services.ensure_company()
        try:
            services.set_company(actor, name=values["company"], siren=values["siren"])
        except Invalid as refusal:
            faults = {"company" if key == "name" else key: text for key, text in refusal.errors.items()}
            raise Invalid(errors=faults) from refusal
        root = queries.find_root_branch()
        assert root is not None
        services.rename_branch(actor, root.id, values["branch"] or root.name)
        return services.create_user(
            actor,
            email=values["email"],
            name=values["name"],
            role="admin",
            branch=root,
            password_hash=password_hash,
        )


for _endpoint in ("setup", "setup_post"):
    public(f"users.{_endpoint}")
