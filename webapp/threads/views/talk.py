"""What the shared part of a thread's page shows: both threads of a subject, and where its reader stands."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from flask import abort, request, url_for
from flask_babel import gettext as _

from webapp.core.clock import local, now, today
from webapp.core.ids import new_id
from webapp.home.queries.talks import Around
from webapp.threads import queries
from webapp.threads.acts import Known, read_cards
from webapp.threads.policy import may_write_to_client
from webapp.threads.rules import CLIENT, client_thread_of, in_edit_window
from webapp.threads.views.shell import group_names
from webapp.users.actor import Actor
from webapp.users.words import ROLE_NAMES

PAGE = 50


def conversations_of(actor: Actor, only: str | None = None, named: str = "") -> list[dict[str, Any]]:
    """The list at the left."""
    return list(queries.list_conversations(actor, limit=40, only=only, named=named)["items"])


def talk_of(actor: Actor, thread_id: UUID, around: Around, known: Known | None = None) -> dict[str, Any]:
    """What the templates `_talk.html`, `_strip.html` and `_list.html` need. The caller has let the actor in,
    and says which acts it has read already."""
    exchange_id = client_thread_of(thread_id)
    talk = queries.read_both(actor, thread_id, *_place(), _number("client_before"), PAGE)
    page, exchange = talk.team, talk.client
    items = queries.interleave(page.items, exchange.items)
    read = {
        str(thread_id): talk.standing.last_read_seq,
        str(exchange_id): talk.client_standing.last_read_seq,
    }
    first, last = (page.items[0]["seq"], page.items[-1]["seq"]) if page.items else (0, page.last_seq)
    return {
        "thread_id": thread_id,
        "page": page,
        "older": first > 1,
        "newer": last < page.last_seq,
        "exchange_id": exchange_id,
        "exchange": exchange,
        "alerts": [around.breach] if around.breach else [],
        "counts": around.counts,
        "writes_client": may_write_to_client(actor, around.client),
        "client_name": around.client.name,
        "groups": group_names(),
        "days": _days(items),
        "cards": read_cards(actor, _acts(items), known or {}),
        "standing": talk.standing,
        "exchange_standing": talk.client_standing,
        "fresh": _fresh(items, read, actor),
        "conversations": conversations_of(actor),
        "client_act": new_id(),
        "editing": _editing(items, actor),
        "replying": next((m for m in items if m["id"] == request.args.get("reply_to")), None),
        "editable_after": {m["id"] for m in items if _editable(m, actor)},
        "roles": {CLIENT: _("chez le client"), **{role: str(name) for role, name in ROLE_NAMES.items()}},
        "here": url_for(request.endpoint or "", **(request.view_args or {})),
    }


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 16 else None


def _place() -> tuple[int | None, int | None]:
    """Which messages the address asks for, as (after, before): around `seq`, or one way from an end."""
    seq, after = _number("seq"), _number("after_seq")
    if seq is not None:
        return max(0, seq - PAGE // 2 - 1), None
    return (after, None) if after is not None else (None, _number("before_seq"))


def _editing(items: list[dict[str, Any]], actor: Actor) -> dict[str, Any] | None:
    """The message being reworded, which is one's own."""
    found = next((m for m in items if m["id"] == request.args.get("edit")), None)
    if found and (found["author"] or {}).get("id") != str(actor.user_id):
        abort(404)
    return found


def _acts(items: list[dict[str, Any]]) -> list[tuple[str, UUID]]:
    return [(m["act"]["kind"], UUID(m["act"]["id"])) for m in items if m["act"]]


def _editable(message: dict[str, Any], actor: Actor) -> bool:
    if message["kind"] != "text" or message["author"]["id"] != str(actor.user_id):
        return False
    return in_edit_window(datetime.fromisoformat(message["created_at"]), now())


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
