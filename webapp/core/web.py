"""What every answer shares: problem+json or an error page, headers, CSP nonce, actor key."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

import orjson
import structlog
from flask import Flask, Response, current_app, g, render_template, request
from flask_babel import gettext as _
from flask_wtf.csrf import CSRFError
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException
from werkzeug.http import HTTP_STATUS_CODES

from webapp.core import request_log
from webapp.core.errors import DomainError
from webapp.core.outages import refusal_for
from webapp.core.unread import ReadToTheEnd
from webapp.extensions import compress, db

log = structlog.get_logger(__name__)
_actor_key: Callable[[], str] | None = None
_asker: Callable[[], Any] | None = None
SECONDS_IN_TWO_YEARS = 63072000
FILL_BYTES = 50  # at most a hundred signs, as Django's "heal the breach": docs/adr/0012-compressed-answers.md


def use_actor_key(function: Callable[[], str]) -> None:
    """`users` says under which key the running actor's commands are remembered."""
    global _actor_key
    _actor_key = function


def actor_key() -> str:
    """The key of the running actor."""
    if _actor_key is None:
        raise RuntimeError("no actor key was installed")
    return _actor_key()


def use_asker(function: Callable[[], Any]) -> None:
    """`users` says who is asking; features below it know the person by `user_id` alone."""
    global _asker
    _asker = function


def asker() -> Any:
    """Who is asking; raises NotSignedIn. What they may is asked of a policy that knows roles."""
    if _asker is None:
        raise RuntimeError("nobody says who is asking")
    return _asker()


def csp_nonce() -> str:
    """The nonce of this answer (used by Turbo's progress bar alone)."""
    if "csp_nonce" not in g:
        g.csp_nonce = secrets.token_urlsafe(16)
    nonce: str = g.csp_nonce
    return nonce


def wants_json() -> bool:
    return request.path.startswith("/api/") or request.accept_mimetypes.best == "application/json"


def problem(status: int, code: str, detail: object = "", **extra: Any) -> Response:
    """An `application/problem+json` answer (RFC 9457)."""
    body = {
        "type": "about:blank",
        "title": HTTP_STATUS_CODES.get(status, "Error"),
        "status": status,
        "code": code,
        "detail": str(detail),
        "request_id": g.get("request_id"),
        **{key: value for key, value in extra.items() if value is not None},
    }
    text = orjson.dumps(body, default=str, option=orjson.OPT_NON_STR_KEYS)  # lists are named by position
    return Response(text, status=status, content_type="application/problem+json")


def _answer(status: int, code: str, detail: object = "", **extra: Any) -> Response:
    if wants_json():
        return problem(status, code, detail, **extra)
    page = render_template(
        "errors/error.html",
        status=status,
        code=code,
        detail=str(detail),
        request_id=g.get("request_id"),
        written=_written() if status >= 500 else [],
        **extra,
    )
    return Response(page, status=status, content_type="text/html; charset=utf-8")


def _written() -> list[str]:
    """What the form that failed held in words: given back, so that nobody types it again."""
    if request.method != "POST" or "form" not in request.__dict__:
        return []  # reading it now could fail as the rest did
    return [text for name, text in request.form.items() if " " in text.strip() and "password" not in name]


def install(app: Flask) -> None:
    """Register request ids, headers and error handlers on the application."""
    largest = app.config["SETTINGS"].upload_limit
    app.wsgi_app = ReadToTheEnd(app.wsgi_app, largest)  # type: ignore[method-assign]
    app.before_request(request_log.start)
    app.after_request(_finish)
    answer_errors(app)


def answer_errors(app: Flask) -> None:
    """Our answers to refusals and failures; the last to register them wins."""
    app.register_error_handler(DomainError, _on_refusal)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(SQLAlchemyError, _on_failure)
    app.register_error_handler(OSError, _on_failure)
    app.register_error_handler(Exception, _on_surprise)


def _finish(response: Response) -> Response:
    request_log.finish(response)
    response = add_headers(response, production=current_app.config["SETTINGS"].production)
    return _compressed(response)


def _compressed(response: Response) -> Response:
    """Small, where a page is read: pages, and JSON that a page asks for. Other programs get JSON as it is."""
    if response.mimetype != "text/html" and "Sec-Fetch-Mode" not in request.headers:
        return response
    response.headers["X-Fill"] = secrets.token_hex(secrets.randbelow(FILL_BYTES))
    return compress.after_request(response)


def _on_refusal(error: DomainError) -> Response:
    db.session.rollback()
    response = _answer(
        error.status,
        error.code,
        error.message,
        errors=error.errors or None,
        retry_after=error.retry_after,
    )
    if error.retry_after:
        response.headers["Retry-After"] = str(error.retry_after)
    return response


def _on_csrf(_error: CSRFError) -> Response:
    return _answer(400, "csrf", _("Cette page est ouverte depuis trop longtemps. Rechargez-la."))


def _on_http(error: HTTPException) -> Response:
    if isinstance(error.response, Response):
        return error.response
    messages = (getattr(error, "data", None) or {}).get("messages")
    status = error.code or 500
    response = _answer(
        status, _code(status), "" if messages else _sentence(status), errors=_flatten(messages)
    )
    for name, value in error.get_headers():
        if name.lower() in ("allow", "retry-after"):
            response.headers[name] = value
    return response


def _on_failure(error: SQLAlchemyError | OSError) -> Response:
    refusal = refusal_for(error)
    if refusal is None:
        return _on_surprise(error)
    log.error("cannot serve", error=str(getattr(error, "orig", error)), status=refusal.status)
    return _on_refusal(refusal)


def _on_surprise(error: Exception) -> Response:
    db.session.rollback()
    log.exception("unexpected error", error=type(error).__name__)
    return _answer(500, "server_error", _sentence(500))


def add_headers(response: Response, *, production: bool) -> Response:
    """Security headers on every answer (R20); data is never stored by a shared cache."""
    nonce = csp_nonce()
    response.headers.setdefault(
        "Content-Security-Policy",
        "default-src 'self'; script-src 'self'; "
        f"style-src 'self' 'nonce-{nonce}'; img-src 'self' blob: data:; media-src 'self' blob:; "
        "connect-src 'self'; manifest-src 'self'; worker-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    )
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
    response.headers.setdefault("X-Robots-Tag", "noindex")
    response.headers.setdefault(
        "Permissions-Policy", "camera=(self), microphone=(self), geolocation=(self), payment=()"
    )
    if "Cache-Control" not in response.headers:
        response.headers["Cache-Control"] = "no-store"
    if production:
        response.headers.setdefault(
            "Strict-Transport-Security", f"max-age={SECONDS_IN_TWO_YEARS}; includeSubDomains"
        )
    return response


def _code(status: int) -> str:
    known = {
        401: "not_signed_in",
        403: "forbidden",
        404: "not_found",
        405: "method_not_allowed",
        413: "too_large",
        422: "invalid",
        429: "rate_limited",
        503: "unavailable",
        507: "unavailable",
    }
    return known.get(status, "bad_request" if status < 500 else "server_error")


def _sentence(status: int) -> str:
    if status == 404:
        return _("Introuvable. Cela n’existe pas, ou n’est pas dans votre portefeuille.")
    if status == 413:
        return _("Ce fichier est trop gros.")
    if status == 429:
        return _("Trop d’essais à la suite. Attendez un instant.")
    if status == 503:
        return _("Le service reprend dans un instant. Rien n’est perdu.")
    if status >= 500:
        return _("Une erreur est survenue de notre côté. Rien n’est perdu.")
    return ""


def _flatten(messages: Any) -> Any:
    """webargs groups messages by place (`json`, `query`); the contract shows fields alone."""
    if not isinstance(messages, dict):
        return messages
    flat: dict[str, Any] = {}
    for place, found in messages.items():
        if place in ("json", "query", "form", "headers", "files") and isinstance(found, dict):
            flat.update(found)
        elif place in ("json", "query", "form", "headers", "files"):
            flat["_"] = found
        else:
            flat[place] = found
    return flat
