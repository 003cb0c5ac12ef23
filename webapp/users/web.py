"""Sign-in as every request meets it: who is asking, default deny, CSRF, template globals."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, g, has_request_context, redirect, request, session, url_for
from flask_babel import lazy_gettext as _l
from flask_babel import refresh
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import SQLAlchemyError

from webapp.core import web
from webapp.core.errors import Forbidden, NotSignedIn
from webapp.core.outages import refusal_for
from webapp.core.pages import LOCALES, Counts
from webapp.extensions import csrf, db
from webapp.users import pending, seen
from webapp.users.actor import Actor
from webapp.users.current import current_actor, find_actor
from webapp.users.fresh import SignInAgain
from webapp.users.policy import RIGHTS, may
from webapp.users.rules import local_path

View = TypeVar("View", bound=Callable[..., Any])
_public: set[str] = {"static", "api-docs.openapi_json"}
_enrolment: set[str] = set()
UNSAFE = frozenset({"POST", "PUT", "PATCH", "DELETE"})


def public(endpoint: str) -> None:
    """Name an endpoint that answers without a session. Everything else asks for one."""
    _public.add(endpoint)


def is_public(endpoint: str) -> bool:
    return endpoint in _public


def enrolment(endpoint: str) -> None:
    """Name an endpoint that answers to somebody who still has to add a second factor."""
    _enrolment.add(endpoint)


def is_enrolment(endpoint: str) -> bool:
    return endpoint in _enrolment


class Rights:
    """`may.limit_set` in templates: the actor's rights as attributes (dots become underscores)."""

    def __init__(self, actor: Any) -> None:
        self._actor = actor

    def __getattr__(self, name: str) -> bool:
        if name.startswith("_"):
            raise AttributeError(name)
        for right in RIGHTS:
            if right.replace(".", "_") == name:
                return self._actor is not None and may(self._actor, right)
        raise AttributeError(name)


def choose_locale() -> str:
    """The person's language; before sign-in, the browser's, French by default."""
    actor = g.get("actor")
    if actor is not None:
        return str(actor.locale)
    if not has_request_context():  # jobs and commands
        return "fr"
    chosen = session.get("locale")
    if chosen in LOCALES:
        return str(chosen)
    return request.accept_languages.best_match(LOCALES, default="fr") or "fr"


def _ask_to_sign_in() -> Response:
    """What someone without a live session gets: 401 for programs, the sign-in page for people.

    A form sent after the session ended leads back to the page that held it; what was written is
    kept there by the `draft` controller.
    """
    if web.wants_json():
        raise NotSignedIn(_l("Connectez-vous pour continuer."))
    if request.method in UNSAFE:
        return redirect(url_for("users.sign_in", next=_here(), ended=1), 303)  # type: ignore[return-value]
    return redirect(url_for("users.sign_in", next=_here()))  # type: ignore[return-value]


def _here() -> str | None:
    """The page the person is on: the one asked for, or the one that held the form that was sent."""
    if request.method not in UNSAFE:
        return local_path(request.full_path.rstrip("?"))
    page = urlsplit(request.referrer or "")
    path = page.path + (f"?{page.query}" if page.query else "")
    return local_path(path) if page.netloc == request.host else None


def _lead_to_enrol() -> Response:
    """The role must have a second factor and there is none: pages lead to where one adds it."""
    if web.wants_json():
        raise Forbidden(
            _l("Ajoutez d’abord un second facteur à votre compte."), code="second_factor_required"
        )
    going = _here()
    if going is not None:
        pending.remember_going(going)
    return redirect(url_for("users.security"), 303)  # type: ignore[return-value]


def _on_stale_proof(refusal: SignInAgain) -> Response:
    """Pages ask who it is once more, then come back; what was written is kept by the `draft` controller."""
    db.session.rollback()
    if web.wants_json():
        return web.problem(refusal.status, refusal.code, refusal.message)
    return redirect(url_for("users.sign_in_again", next=_here()), 303)  # type: ignore[return-value]


def _who(endpoint: str | None) -> Actor | None:
    """Who asks. What is for everybody answers to nobody in particular while the database is away."""
    try:
        return find_actor()
    except SQLAlchemyError as error:
        if endpoint is None or not is_public(endpoint) or refusal_for(error) is None:
            raise
        g.actor = None
        return None


def install(app: Flask) -> None:
    """Ask for a session everywhere but on public endpoints, for a second factor where the role must
    have one, check CSRF, fill templates."""
    web.use_actor_key(lambda: current_actor().key)
    web.use_asker(current_actor)
    app.register_error_handler(SignInAgain, _on_stale_proof)

    @app.before_request
    def _gate() -> Response | None:
        endpoint = request.endpoint
        if endpoint == "static":
            return None
        actor = _who(endpoint)
        refresh()
        if endpoint is None:
            return None  # nothing answers there: 404 or 405
        if actor is None and not is_public(endpoint):
            return _ask_to_sign_in()
        if actor is not None and actor.must_enrol and not (is_public(endpoint) or is_enrolment(endpoint)):
            return _lead_to_enrol()
        if request.method in UNSAFE and (actor is None or actor.token_id is None):
            csrf.protect()
        if actor is not None and actor.session_id is not None:
            seen.note(actor.session_id)
        return None

    @app.context_processor
    def _people() -> dict[str, Any]:
        actor = g.get("actor")
        return {
            "actor": actor,
            "may": Rights(actor),
            "counts": Counts(actor),
            "theme": actor.theme if actor else session.get("theme", "system"),
            "csrf_token": generate_csrf,
            "demo": current_app.config["SETTINGS"].demo,
        }
