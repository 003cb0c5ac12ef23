"""Pages of threads: my conversations, and the thread of an invoice or a client."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from webapp.clients.queries import get_client
from webapp.core.clock import local, now, today
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid, TooLarge
from webapp.core.ids import new_id, parse_id
from webapp.core.rates import messages as message_rate
from webapp.disputes.queries import list_of_invoice
from webapp.files.rules import EXTENSIONS
from webapp.files.serving import all_arrived, keep_arrived
from webapp.invoices.queries import invoice_facts
from webapp.risk.queries import open_alerts_of
from webapp.threads import queries, services
from webapp.threads.acts import read_cards
from webapp.threads.rules import MOST_FILES, in_edit_window
from webapp.threads.subjects import get_subject
from webapp.threads.views import looking
from webapp.threads.views.shell import blueprint, group_names
from webapp.users.actor import Actor
from webapp.users.current import current_actor
from webapp.users.policy import may
from webapp.users.words import ROLE_NAMES

__all__ = ["blueprint", "looking"]
PAGE = 50


@blueprint.get("/threads")
def index() -> str:
    """My conversations; beside them, on wide screens, the invitation to choose one."""
    return render_template("threads/index.html", conversations=_conversations(current_actor()))


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
        disputes=list_of_invoice(actor, invoice_id),
        **_thread(actor, invoice_id),
    )


@blueprint.get("/clients/<uuid:client_id>/thread")
def client(client_id: UUID) -> str:
    """What is said about a client at large."""
    actor = current_actor()
    found = get_client(actor, client_id)
    alerts = _breach(actor, client_id)
    return render_template("threads/client.html", client=found, alerts=alerts, **_thread(actor, client_id))


@blueprint.get("/threads/<uuid:thread_id>/acts/<kind>/<uuid:act_id>")
def act(thread_id: UUID, kind: str, act_id: UUID) -> str:
    """A card by itself, as it stands now: an open page asks for it when it has changed."""
    actor = current_actor()
    get_subject(actor, thread_id)
    queries.get_act(thread_id, kind, act_id)
    return render_template(
        "threads/act.html",
        cards=read_cards(actor, [(kind, act_id)]),
        thread_id=thread_id,
        kind=kind,
        id=act_id,
    )


@blueprint.post("/threads/<uuid:thread_id>/messages")
def post(thread_id: UUID) -> Response:
    """The composer before any script; the form's id makes a second press harmless."""
    actor, form = current_actor(), request.form
    subject = get_subject(actor, thread_id)
    message_rate.take(actor.key)
    try:
        brought = all_arrived("files", MOST_FILES)
        with unit_of_work():
            files = [keep_arrived(each, EXTENSIONS).id for each in brought]
            seq = services.post_message(actor, thread_id, **_written(form), attachment_ids=files).seq
    except (Invalid, TooLarge) as refusal:
        flash(str(next(iter(refusal.errors.values()), refusal)), "bad")
        return redirect(subject.url, 303)
    return redirect(f"{subject.url}#m-{seq}", 303)


def _written(form: Mapping[str, str]) -> dict[str, Any]:
    return {
        "client_id": parse_id(form.get("client_id")) or new_id(),
        "body": form.get("body", ""),
        "reply_to": parse_id(form.get("reply_to")),
    }


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
    return redirect(f"{get_subject(current_actor(), thread_id).url}#m-{seq}", 303)


def _breach(actor: Actor, client_id: UUID) -> list[Any]:
    """Breaches of the client, for those who may know."""
    if not may(actor, "alert.read"):
        return []
    return [line for line in open_alerts_of(actor, [client_id]) if line.alert.kind.endswith("_breach")]


def _conversations(actor: Actor) -> list[dict[str, Any]]:
    return list(queries.list_conversations(actor, limit=40)["items"])


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isdigit() and len(text) < 16 else None


def _thread(actor: Actor, thread_id: UUID) -> dict[str, Any]:
    """What the shared part of the page shows. The caller has let the actor in."""
    page = queries.read_page(thread_id, *_place(), PAGE)
    first, last = (page.items[0]["seq"], page.items[-1]["seq"]) if page.items else (0, page.last_seq)
    standing = queries.find_standing(thread_id, actor.user_id)
    editing = next((m for m in page.items if m["id"] == request.args.get("edit")), None)
    if editing and (editing["author"] or {}).get("id") != str(actor.user_id):
        abort(404)
    return {
        "thread_id": thread_id,
        "page": page,
        "older": first > 1,
        "newer": last < page.last_seq,
        "groups": group_names(),
        "days": _days(page.items),
        "cards": read_cards(actor, _acts(page.items)),
        "standing": standing,
        "fresh": _fresh(page.items, standing.last_read_seq, actor),
        "conversations": _conversations(actor),
        "client_act": new_id(),
        "editing": editing,
        "replying": next((m for m in page.items if m["id"] == request.args.get("reply_to")), None),
        "editable_after": {m["id"] for m in page.items if _editable(m, actor)},
        "roles": {role: str(name) for role, name in ROLE_NAMES.items()},
        "here": url_for(request.endpoint or "", **(request.view_args or {})),
    }


def _place() -> tuple[int | None, int | None]:
    """Which messages the address asks for, as (after, before): around `seq`, or one way from an end."""
    seq, after = _number("seq"), _number("after_seq")
    if seq is not None:
        return max(0, seq - PAGE // 2 - 1), None
    return (after, None) if after is not None else (None, _number("before_seq"))


def _acts(items: list[dict[str, Any]]) -> list[tuple[str, UUID]]:
    return [(m["act"]["kind"], UUID(m["act"]["id"])) for m in items if m["act"]]


def _editable(message: dict[str, Any], actor: Actor) -> bool:
    mine = message["author"] is not None and message["author"]["id"] == str(actor.user_id)
    return (
        mine
        and message["kind"] == "text"
        and in_edit_window(datetime.fromisoformat(message["created_at"]), now())
    )


def _fresh(items: list[dict[str, Any]], read: int, actor: Actor) -> dict[str, int]:
    """Where the unread line stands, and how many others' messages are below it."""
    me = str(actor.user_id)
    new = [m["seq"] for m in items if m["seq"] > read and (m["author"] or {}).get("id") != me]
    return {"seq": new[0], "count": len(new)} if new and read else {"seq": 0, "count": 0}


def _days(items: list[dict[str, Any]]) -> list[tuple[datetime, int, list[dict[str, Any]]]]:
    """Messages by calendar day in Paris: its first instant, how many days ago, what was said."""
    grouped: list[tuple[datetime, int, list[dict[str, Any]]]] = []
    for message in items:
        instant = local(datetime.fromisoformat(message["created_at"]))
        if not grouped or grouped[-1][0].date() != instant.date():
            grouped.append((instant, (today() - instant.date()).days, []))
        grouped[-1][2].append(message)
    return grouped
