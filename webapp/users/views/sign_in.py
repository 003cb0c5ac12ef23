"""Sign-in and sign-out; at a desk with the demo, one tap enters as each of the cast."""

from __future__ import annotations

import ipaddress
import math
import time
from collections.abc import Callable

from flask import (
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask_limiter import RequestLimit
from werkzeug.wrappers import Response as Answer

from webapp.core.db import unit_of_work
from webapp.core.pages import LOCALES
from webapp.extensions import limiter
from webapp.users import queries, services
from webapp.users.current import current_actor, find_actor
from webapp.users.models import User
from webapp.users.pending import hold, passkeys_here
from webapp.users.rules import host_name, local_path
from webapp.users.security import SignInForm, enter, leave
from webapp.users.views import blueprint
from webapp.users.views.answers import Shown
from webapp.users.web import public

CAST = ("alice", "bob", "chloe", "david", "emma", "sonia", "ada")
CAST_DOMAIN = "encours.demo"
HOME = "/"


def _who_tries() -> str:
    """Tries are counted per machine and address, so that nobody locks others out."""
    return f"{request.remote_addr}|{request.form.get('email', '').strip().lower()[:254]}"


def _too_many(limit: RequestLimit) -> Response:
    return slowed(limit, lambda seconds: _page(SignInForm(), wait=seconds))


def slowed(limit: RequestLimit, page: Callable[[int], str]) -> Response:
    """The page again (429), saying in how many seconds one may try again."""
    seconds = min(limit.limit.get_expiry(), max(1, math.ceil(limit.reset_at - time.time())))
    answer = make_response(page(seconds), 429)
    answer.headers["Retry-After"] = str(seconds)
    return answer


def _page(form: SignInForm, **more: object) -> str:
    return render_template(
        "users/sign_in.html",
        form=form,
        next=local_path(request.values.get("next")),
        cast=_cast() if may_tap() else [],
        passkeys=passkeys_here(),
        settable=not queries.has_users() and not current_app.config["SETTINGS"].production,
        **more,
    )


def _cast() -> list[object]:
    rows = queries.list_users_of(f"{name}@{CAST_DOMAIN}" for name in CAST)
    found = {row[0].email.split("@")[0]: row for row in rows}
    return [found[name] for name in CAST if name in found]


def may_tap() -> bool:
    """Only at a desk with the demo, and only someone who sits at that very machine."""
    settings = current_app.config["SETTINGS"]
    if not settings.demo or settings.environment != "desk":
        return False
    forwarded = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    if forwarded and not settings.proxies:
        return False
    try:
        # Also the name asked for: another site may point its own name at this machine.
        host = host_name(request.host)
        near = host == "localhost" or ipaddress.ip_address(host).is_loopback
        return near and ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def is_tapped(user: User) -> bool:
    """May whoever sits here be this person at a tap?"""
    name, _at, domain = user.email.partition("@")
    return domain == CAST_DOMAIN and name in CAST and may_tap()


def _go_on() -> Answer:
    return redirect(local_path(request.values.get("next")) or HOME, 303)


def first_step(user: User, how: str, *, remember: bool = True) -> Answer:
    """The password was right: in, or to the second step for who has a second factor."""
    if not queries.has_second_factor(user.id):
        enter(user, how, remember=remember)
        return _go_on()
    hold(user, how, remember=remember, next=local_path(request.values.get("next")))
    return redirect(url_for("users.second_step"), 303)


@blueprint.get("/sign-in")
def sign_in() -> Shown:
    if request.args.get("lang") in LOCALES:
        session["locale"] = request.args["lang"]
        return redirect(url_for("users.sign_in", next=local_path(request.args.get("next"))))
    if find_actor() is not None:
        return _go_on()
    return _page(SignInForm(formdata=None), ended="ended" in request.args)


@blueprint.post("/sign-in")
@limiter.limit("10 per minute", key_func=_who_tries, on_breach=_too_many)
def sign_in_post() -> Shown:
    form = SignInForm()
    if not form.validate():
        return _page(form), 422
    assert isinstance(form.user, User)
    return first_step(form.user, "password", remember=bool(form.remember.data))


@blueprint.post("/sign-in/as/<handle>")
def enter_as(handle: str) -> Answer:
    user = queries.find_user_by_email(f"{handle}@{CAST_DOMAIN}") if handle in CAST and may_tap() else None
    if user is None or not user.active:
        abort(404)
    if queries.find_person(user.id).role in queries.second_factor_roles():
        return first_step(user, "demo")  # a tap stands for the password, not for more
    enter(user, "demo")
    return _go_on()


@blueprint.post("/sign-out")
def sign_out() -> Answer:
    actor = current_actor()
    if actor.session_id is not None:
        with unit_of_work():
            services.end_own_session(actor, actor.session_id, "signed_out")
    leave(actor)
    answer = redirect(url_for("users.sign_in"), 303)
    kept = request.form.get("keep") == "1"
    answer.headers["Clear-Site-Data"] = '"cache"' if kept else '"cache", "storage"'
    return answer


for _endpoint in ("sign_in", "sign_in_post", "enter_as"):
    public(f"users.{_endpoint}")
