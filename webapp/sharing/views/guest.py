"""The client's own pages, by link: a code first, then what is said with them, and their answers.

No session of ours, no socket, no script needed. What a link does not open looks like what does not exist.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import force_locale
from itsdangerous import BadSignature, URLSafeTimedSerializer
from werkzeug.wrappers import Response

from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid, NotFound, RateLimited
from webapp.core.ids import new_id, parse_id
from webapp.core.rates import guests as guest_rate
from webapp.extensions import limiter
from webapp.sharing import queries, services
from webapp.sharing.links import sends_mail
from webapp.sharing.queries import Guest
from webapp.sharing.rules import ENTERED_FOR, masked_email
from webapp.sharing.views.shell import blueprint
from webapp.threads.services import post_message
from webapp.threads.subjects import Subject, get_subject
from webapp.users.queries import company
from webapp.users.web import public

COOKIE = "encours_guest"
TRIES = "20 per minute"
Shown = Response | tuple[str, int]


@blueprint.get("/g/<token>")
@limiter.limit("120 per minute")
def door(token: str) -> Shown:
    """The code, then the client's exchanges; where there is one alone, that one."""
    guest = queries.find_guest(token)
    if guest is None:
        return _nothing()
    if not _has_entered(guest):
        return _ask(guest)
    exchanges = queries.list_exchanges(guest)
    if len(exchanges) == 1 and "all" not in request.args:
        return redirect(url_for("sharing.exchange", token=token, thread_id=exchanges[0].subject.thread_id))
    return _show(guest, "exchanges", exchanges=exchanges, token=token), 200


@blueprint.post("/g/<token>/code")
@limiter.limit(TRIES)
def send_code(token: str) -> Shown:
    """Have a code sent to the address behind the link."""
    guest = queries.find_guest(token)
    if guest is None:
        return _nothing()
    try:
        with unit_of_work():
            services.ask_code(guest)
    except Invalid as refusal:
        return _ask(guest, error=refusal.message, status=422)
    except RateLimited as refusal:
        return _ask(guest, sent=True, error=refusal.message, status=429)
    return _ask(guest, sent=True)


@blueprint.post("/g/<token>")
@limiter.limit(TRIES)
def enter(token: str) -> Shown:
    """Give the code back."""
    guest = queries.find_guest(token)
    if guest is None:
        return _nothing()
    with unit_of_work():
        opened = services.enter(guest, request.form.get("code", ""))
    if not opened:
        return _ask(guest, sent=True, wrong=True, status=422)
    answer = redirect(_going(token) or url_for("sharing.door", token=token), 303)
    _let_in(answer, guest)
    return answer


@blueprint.get("/g/<token>/threads/<uuid:thread_id>")
@limiter.limit("120 per minute")
def exchange(token: str, thread_id: UUID) -> Shown:
    """What is said with the client about one thing, and the field for their answer."""
    guest = queries.find_guest(token)
    subject = _subject(guest, thread_id)
    if guest is None or subject is None:
        return _nothing()
    if not _has_entered(guest):
        return _ask(guest)
    return _exchange(guest, subject, token)


@blueprint.post("/g/<token>/threads/<uuid:thread_id>")
@limiter.limit(TRIES)
def answer(token: str, thread_id: UUID) -> Shown:
    """The client answers; the form's id makes a second press harmless."""
    guest = queries.find_guest(token)
    subject = _subject(guest, thread_id)
    if guest is None or subject is None:
        return _nothing()
    if not _has_entered(guest):
        return _ask(guest)
    body, act = request.form.get("body", ""), parse_id(request.form.get("client_id")) or new_id()
    try:
        guest_rate.take(guest.actor.key)
        with unit_of_work():
            post_message(guest.actor, thread_id, client_id=act, body=body)
    except (Invalid, RateLimited) as refusal:
        return _exchange(guest, subject, token, error=refusal.message, body=body, status=refusal.status)
    return redirect(url_for("sharing.exchange", token=token, thread_id=thread_id) + "#fin", 303)


for _endpoint in ("door", "send_code", "enter", "exchange", "answer"):
    public(f"sharing.{_endpoint}")


def _subject(guest: Guest | None, thread_id: UUID) -> Subject | None:
    try:
        return get_subject(guest.actor, thread_id) if guest is not None else None
    except NotFound:
        return None


def _exchange(
    guest: Guest, subject: Subject, token: str, *, error: object = None, body: str = "", status: int = 200
) -> Shown:
    said = queries.list_said(subject.thread_id)
    last = said[-1]["seq"] if said else 0
    with unit_of_work():
        services.note_seen(guest)
        services.note_read(guest, subject.thread_id, last)
    several = guest.grant.subject_id is None
    shown = {"subject": subject, "said": said, "token": token, "several": several, "act": new_id()}
    return _show(guest, "exchange", error=error, body=body, **shown), status


def _ask(
    guest: Guest, *, sent: bool = False, wrong: bool = False, error: object = None, status: int = 200
) -> Shown:
    """The page that asks for the code. It names nobody but the holder, and half of their address."""
    mails = sends_mail()
    asked = {"sent": sent or not mails, "wrong": wrong, "error": error, "mails": mails, "going": request.path}
    return _show(guest, "door", email=masked_email(guest.grant.email), **asked), status


def _show(guest: Guest, page: str, **values: Any) -> str:
    with force_locale(guest.language):
        return render_template(f"sharing/{page}.html", guest=guest, house=company().name, **values)


def _nothing() -> Shown:
    """Unknown, ended and taken back are one page."""
    return render_template("sharing/nothing.html"), 404


def _seal() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SETTINGS"].secret_key, salt="encours: guest")


def _entered() -> list[str]:
    try:
        kept = _seal().loads(request.cookies.get(COOKIE, ""), max_age=int(ENTERED_FOR.total_seconds()))
    except BadSignature:
        return []
    return kept if isinstance(kept, list) else []


def _has_entered(guest: Guest) -> bool:
    return str(guest.grant.id) in _entered()


def _let_in(answer: Response, guest: Guest) -> None:
    """Remember on this browser that the code was given. The cookie goes to these pages alone."""
    kept = [*_entered(), str(guest.grant.id)][-20:]
    answer.set_cookie(
        COOKIE,
        str(_seal().dumps(kept)),
        max_age=int(ENTERED_FOR.total_seconds()),
        path="/g/",
        httponly=True,
        samesite="Lax",
        secure=current_app.config["SETTINGS"].production,
    )


def _going(token: str) -> str | None:
    """The page of this link that was asked for before the code."""
    path = request.form.get("going", "")
    return path if path.startswith(f"/g/{token}/threads/") and parse_id(path.rpartition("/")[2]) else None
