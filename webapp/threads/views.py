"""Pages of threads: my conversations, and the thread of an invoice or a client."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.clients.models import Client
from webapp.clients.queries import get_client
from webapp.core.clock import local, now, today
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid
from webapp.core.ids import new_id, parse_id
from webapp.core.rates import messages as message_rate
from webapp.invoices.queries import invoice_facts
from webapp.risk.queries import open_alerts_of
from webapp.sharing.queries import list_readers
from webapp.threads import queries, services
from webapp.threads.policy import may_write, may_write_to_client
from webapp.threads.rules import CLIENT, client_thread_of, in_edit_window
from webapp.threads.services.posting import NOT_YOURS_TO_WRITE
from webapp.threads.subjects import Subject, get_subject
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.policy import may
from webapp.users.words import ROLE_NAMES, role_name

blueprint = Blueprint("threads", __name__)
PAGE = 50
FOLLOWER_FRAMES = ("followers", "followers-side")  # the same list stands in a sheet and beside


@blueprint.app_template_filter("instant")
def _instant(text: str | None) -> datetime | None:
    """The instant written in a message's wire form."""
    return datetime.fromisoformat(text) if text else None


@blueprint.app_template_filter("role_name")
def _role_name(role: str | None) -> str:
    return _("chez le client") if role == CLIENT else role_name(role) if role else ""


@blueprint.get("/threads")
def index() -> str:
    """My conversations; beside them, on wide screens, the invitation to choose one."""
    actor = current_actor()
    only, named = request.args.get("only"), request.args.get("q", "").strip()[:80]
    only = only if only in queries.FILTERS else None
    return render_template(
        "threads/index.html",
        conversations=_conversations(actor, only, named),
        listing={"only": only, "named": named, "waiting": queries.count_waiting(actor)},
    )


@blueprint.get("/invoices/<uuid:invoice_id>")
def invoice(invoice_id: UUID) -> str:
    """An invoice is its conversation; its facts stand beside."""
    actor = current_actor()
    found, _balance = queries.get_invoice_page(actor, invoice_id)
    facts = invoice_facts(actor, found)
    alerts = _breach(actor, found.client_id)
    limit = alerts[0].alert.limit_amount if alerts else None
    return render_template(
        "threads/invoice.html",
        invoice=found,
        facts=facts,
        alerts=alerts,
        limit=limit,
        **_thread(actor, invoice_id, found.client),
    )


@blueprint.get("/clients/<uuid:client_id>/thread")
def client(client_id: UUID) -> str:
    """What is said about a client at large."""
    actor = current_actor()
    found = get_client(actor, client_id)
    alerts = _breach(actor, client_id)
    return render_template(
        "threads/client.html", client=found, alerts=alerts, **_thread(actor, client_id, found)
    )


@blueprint.post("/threads/<uuid:thread_id>/messages")
def post(thread_id: UUID) -> Response | str:
    """The composer before any script; the form's id makes a second press harmless. What a client reads is
    confirmed first."""
    actor, written = current_actor(), _written()
    subject = get_subject(actor, thread_id)
    if subject.audience == CLIENT and not request.form.get("confirmed"):
        return _confirm(actor, subject, written)
    message_rate.take(actor.key)
    try:
        with unit_of_work():
            seq = services.post_message(actor, thread_id, **written).seq
    except Invalid as refusal:
        flash(str(refusal), "bad")
        return redirect(subject.url, 303)
    return _back(thread_id, seq)


def _written() -> dict[str, Any]:
    """The message in the form."""
    form = request.form
    return {
        "client_id": parse_id(form.get("client_id")) or new_id(),
        "body": form.get("body", ""),
        "reply_to": parse_id(form.get("reply_to")),
    }


def _confirm(actor: Actor, subject: Subject, written: dict[str, Any]) -> str:
    """Who will read it, and what: said once more before it leaves the house."""
    if not may_write(actor, subject):
        raise Forbidden(NOT_YOURS_TO_WRITE)
    readers = list_readers(subject.client_id, subject.id)
    return render_template("threads/confirm.html", subject=subject, written=written, readers=readers)


@blueprint.get("/threads/<uuid:thread_id>/followers")
def followers(thread_id: UUID) -> str:
    """Who follows, how closely I do, and the way to have somebody else follow."""
    actor = current_actor()
    subject = get_subject(actor, thread_id)
    following = queries.list_following(subject)
    known = {each.user_id for each in following}
    asked = request.headers.get("Turbo-Frame")
    return render_template(
        "threads/followers.html" if asked else "threads/followers_page.html",
        frame=asked if asked in FOLLOWER_FRAMES else FOLLOWER_FRAMES[0],
        subject=subject,
        following=following,
        mine=next((each.level for each in following if each.user_id == actor.user_id), None),
        others=[each for each in queries.list_mentionable(subject) if each.user_id not in known],
        writes=may_write(actor, subject),
    )


@blueprint.post("/threads/<uuid:thread_id>/followers")
def add_follower(thread_id: UUID) -> Response:
    """Have a colleague follow."""
    actor, user_id = current_actor(), parse_id(request.form.get("user_id")) or new_id()
    try:
        with unit_of_work():
            services.add_follower(actor, thread_id, user_id)
    except Invalid as refusal:
        flash(next(map(str, refusal.errors.values()), str(refusal)), "error")
    return redirect(get_subject(actor, thread_id).url, 303)


@blueprint.post("/threads/<uuid:thread_id>/followers/<uuid:user_id>/remove")
def remove_follower(thread_id: UUID, user_id: UUID) -> Response:
    """Have somebody follow no more."""
    actor = current_actor()
    with unit_of_work():
        services.remove_follower(actor, thread_id, user_id)
    return redirect(get_subject(actor, thread_id).url, 303)


@blueprint.get("/threads/<uuid:thread_id>/readers")
def readers(thread_id: UUID) -> str:
    """Who at the client's will read what is written to them: asked when somebody is about to."""
    subject = get_subject(current_actor(), thread_id)
    names = list_readers(subject.client_id, subject.id) if subject.audience == CLIENT else []
    return render_template("threads/readers.html", readers=names, subject=subject)


@blueprint.post("/messages/<uuid:message_id>/edit")
def edit(message_id: UUID) -> Response:
    with unit_of_work():
        message = services.edit_message(current_actor(), message_id, request.form.get("body", ""))
        thread_id, seq = message.thread_id, message.seq
    return _back(thread_id, seq)


@blueprint.post("/messages/<uuid:message_id>/delete")
def delete(message_id: UUID) -> Response:
    with unit_of_work():
        message = services.delete_message(current_actor(), message_id)
        thread_id, seq = message.thread_id, message.seq
    return _back(thread_id, seq)


@blueprint.post("/messages/<uuid:message_id>/react")
def react(message_id: UUID) -> Response:
    """A press on a sign already given takes it back (`off`)."""
    emoji, off = request.form.get("emoji", ""), request.form.get("off", "")
    with unit_of_work():
        message = services.react(current_actor(), message_id, off or emoji, on=not off)
        thread_id, seq = message.thread_id, message.seq
    return _back(thread_id, seq)


@blueprint.post("/threads/<uuid:thread_id>/level")
def level(thread_id: UUID) -> Response:
    actor = current_actor()
    with unit_of_work():
        services.set_follow_level(actor, thread_id, request.form.get("level", ""))
    return redirect(get_subject(actor, thread_id).url, 303)


def _back(thread_id: UUID, seq: int) -> Response:
    subject = get_subject(current_actor(), thread_id)
    return redirect(f"{subject.url}#{'c' if subject.audience == CLIENT else 'm'}-{seq}", 303)


def _breach(actor: Actor, client_id: UUID) -> list[Any]:
    """Breaches of the client, for those who may know."""
    if not may(actor, "alert.read"):
        return []
    return [line for line in open_alerts_of(actor, [client_id]) if line.alert.kind.endswith("_breach")]


def _conversations(actor: Actor, only: str | None = None, named: str = "") -> list[dict[str, Any]]:
    return list(queries.list_conversations(actor, limit=40, only=only, named=named)["items"])


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _thread(actor: Actor, thread_id: UUID, client: Client) -> dict[str, Any]:
    """What the shared part of the page shows. The caller has let the actor in."""
    before = _number("before_seq")
    page, exchange = queries.read_both(thread_id, before, _number("client_before"), PAGE)
    exchange_id = client_thread_of(thread_id)
    items = queries.interleave(page.items, exchange.items)
    standings = queries.find_standings([thread_id, exchange_id], actor.user_id)
    editing = next((m for m in items if m["id"] == request.args.get("edit")), None)
    writes_client = may_write_to_client(actor, client)
    if editing and (editing["author"] or {}).get("id") != str(actor.user_id):
        abort(404)
    return {
        "thread_id": thread_id,
        "page": page,
        "exchange_id": exchange_id,
        "exchange": exchange,
        "writes_client": writes_client,
        "client_name": client.name,
        "days": _days(items),
        "standing": standings[thread_id],
        "exchange_standing": standings[exchange_id],
        "fresh": _fresh(items, {str(key): found.last_read_seq for key, found in standings.items()}, actor),
        "conversations": _conversations(actor),
        "client_act": new_id(),
        "editing": editing,
        "replying": next((m for m in items if m["id"] == request.args.get("reply_to")), None),
        "editable_after": {m["id"] for m in items if _editable(m, actor)},
        "roles": {CLIENT: _("chez le client"), **{role: str(name) for role, name in ROLE_NAMES.items()}},
        "here": url_for(request.endpoint or "", **(request.view_args or {})),
    }


def _editable(message: dict[str, Any], actor: Actor) -> bool:
    mine = message["author"] is not None and message["author"]["id"] == str(actor.user_id)
    return mine and in_edit_window(datetime.fromisoformat(message["created_at"]), now())


def _fresh(items: list[dict[str, Any]], read: dict[str, int], actor: Actor) -> dict[str, Any]:
    """Before which message the unread line stands, and how many others' are below it."""
    me = str(actor.user_id)
    new = [m["id"] for m in items if m["seq"] > read[m["thread_id"]] and (m["author"] or {}).get("id") != me]
    return {"id": new[0], "count": len(new)} if new and any(read.values()) else {"id": "", "count": 0}


def _days(items: list[dict[str, Any]]) -> list[tuple[datetime, int, list[dict[str, Any]]]]:
    """Messages by calendar day in Paris: its first instant, how many days ago, what was said."""
    grouped: list[tuple[datetime, int, list[dict[str, Any]]]] = []
    for message in items:
        instant = local(datetime.fromisoformat(message["created_at"]))
        if not grouped or grouped[-1][0].date() != instant.date():
            grouped.append((instant, (today() - instant.date()).days, []))
        grouped[-1][2].append(message)
    return grouped
