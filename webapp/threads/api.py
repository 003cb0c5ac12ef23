"""Threads for programs: messages by seq, conversations, follow levels."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any
from uuid import UUID

from webapp.core.api import answer, blueprint, command, decode_cursor, encode_cursor
from webapp.core.rates import messages as message_rate
from webapp.core.replays import replayed
from webapp.threads import queries, services
from webapp.threads.rules import client_thread_of, unread
from webapp.threads.schemas import (
    ConversationsArgs,
    ConversationsOut,
    EditIn,
    FollowersOut,
    FoundOut,
    LevelIn,
    LevelOut,
    LinksArgs,
    LinksOut,
    MessageIn,
    MessageOut,
    MessageReplay,
    MessagesArgs,
    MessagesOut,
    ReactionIn,
    ReadersOut,
    ReadIn,
    SearchArgs,
    ThreadOut,
    ThreadReadOut,
    VersionsOut,
)
from webapp.threads.subjects import get_subject
from webapp.users.current import current_actor

blp = blueprint("threads", __name__, "Conversations about invoices and clients.")


@blp.get("/threads/<uuid:thread_id>/messages")
@blp.arguments(MessagesArgs, location="query")
@blp.response(200, MessagesOut)
def list_messages(args: dict[str, Any], thread_id: UUID) -> Any:
    """Messages after `after_seq`, or the last ones before `before_seq`, in order of seq."""
    after, before = _position(args)
    page = queries.get_page(current_actor(), thread_id, after, before, args["limit"])
    cursor = None
    if page.more:
        forward = after is not None
        cursor = encode_cursor("after" if forward else "before", page.items[-1 if forward else 0]["seq"])
    return answer({"items": page.items, "next_cursor": cursor, "last_seq": page.last_seq, "more": page.more})


def _position(args: dict[str, Any]) -> tuple[int | None, int | None]:
    kept = decode_cursor(args["cursor"], 2)
    if kept is None or not isinstance(kept[1], int):
        return args["after_seq"], args["before_seq"]
    return (kept[1], args["before_seq"]) if kept[0] == "after" else (None, kept[1])


@blp.post("/threads/<uuid:thread_id>/messages")
@blp.arguments(MessageIn)
@blp.response(201, MessageOut)
@command("message.send")
def post_message(values: dict[str, Any], thread_id: UUID) -> Any:
    """Say something. The same `client_id` again answers the first message."""
    actor = current_actor()
    message_rate.take(actor.key)
    message = services.post_message(
        actor,
        thread_id,
        client_id=values["client_id"],
        body=values["body"],
        reply_to=values["reply_to"],
        attachment_ids=values["attachment_ids"],
    )
    return queries.present_one(message.id), 201


@replayed("message.send", MessageReplay)
def send_message(act_id: UUID, values: dict[str, Any]) -> Any:
    """What was written offline. A message already posted under the id is given again, unless it said
    something else: Invalid `id_reused`."""
    actor, client_id = current_actor(), values["client_id"] or act_id
    message = services.post_message(
        actor,
        values["thread_id"],
        client_id=client_id,
        body=values["body"],
        reply_to=values["reply_to"],
        attachment_ids=values["attachment_ids"],
    )
    services.check_first_wording(message, values["body"])
    return queries.present_one(message.id)


@blp.route("/messages/<uuid:message_id>", methods=["PATCH"])
@blp.arguments(EditIn)
@blp.response(200, MessageOut)
@command("message.edit")
def edit_message(values: dict[str, Any], message_id: UUID) -> Any:
    """Reword one's own message, within fifteen minutes."""
    actor = current_actor()
    message_rate.take(actor.key)
    message = services.edit_message(actor, message_id, values["body"])
    return queries.present_one(message.id), 200


@blp.delete("/messages/<uuid:message_id>")
@blp.response(200, MessageOut)
@command("message.delete")
def delete_message(message_id: UUID) -> Any:
    """Take back one's own message; a tombstone keeps its seq."""
    actor = current_actor()
    message_rate.take(actor.key)
    message = services.delete_message(actor, message_id)
    return queries.present_one(message.id), 200


@blp.post("/messages/<uuid:message_id>/reactions")
@blp.arguments(ReactionIn)
@blp.response(200, MessageOut)
@command("message.react")
def react(values: dict[str, Any], message_id: UUID) -> Any:
    """Add (`on`) or take away one's own reaction."""
    actor = current_actor()
    message_rate.take(actor.key)
    message = services.react(actor, message_id, values["emoji"], values["on"])
    return queries.present_one(message.id), 200


@blp.get("/messages/<uuid:message_id>/versions")
@blp.response(200, VersionsOut)
def list_versions(message_id: UUID) -> Any:
    """What the message said, the first wording first, each with since when; nothing of a deleted one."""
    return answer({"items": queries.list_versions(current_actor(), message_id)})


@blp.get("/messages/<uuid:message_id>/readers")
@blp.response(200, ReadersOut)
def list_readers(message_id: UUID) -> Any:
    """Who opened the thread, and up to where each has read; `read` says whether as far as this message."""
    return answer({"items": queries.list_readers(current_actor(), message_id)})


@blp.get("/threads/<uuid:thread_id>/search")
@blp.arguments(SearchArgs, location="query")
@blp.response(200, FoundOut)
def search_thread(args: dict[str, Any], thread_id: UUID) -> Any:
    """Messages with every word of `q` (or a word that starts so), the newest first, accents ignored."""
    kept = decode_cursor(args["cursor"], 1)
    before = kept[0] if kept and isinstance(kept[0], int) else None
    page = queries.search_thread(current_actor(), thread_id, args["q"], before, args["limit"])
    cursor = encode_cursor(page.items[-1]["seq"]) if page.more else None
    return answer({"items": page.items, "next_cursor": cursor})


@blp.get("/threads/<uuid:thread_id>/links")
@blp.arguments(LinksArgs, location="query")
@blp.response(200, LinksOut)
def list_links(args: dict[str, Any], thread_id: UUID) -> Any:
    """Invoices and clients that messages name, as cards for who asks: at most 200 messages at once."""
    found = queries.list_links(current_actor(), thread_id, args["from_seq"], args["to_seq"])
    return answer({"items": found})


@blp.post("/threads/<uuid:thread_id>/read")
@blp.arguments(ReadIn)
@blp.response(200, ThreadReadOut)
@command("thread.read")
def mark_read(values: dict[str, Any], thread_id: UUID) -> Any:
    """Note up to where the actor has read."""
    seq = services.mark_read(current_actor(), thread_id, values["seq"])
    return {"thread_id": thread_id, "seq": seq}, 200


@blp.put("/threads/<uuid:thread_id>/level")
@blp.arguments(LevelIn)
@blp.response(200, LevelOut)
@command("thread.follow")
def set_level(values: dict[str, Any], thread_id: UUID) -> Any:
    """Follow everything, mentions only, or nothing."""
    services.set_follow_level(current_actor(), thread_id, values["level"])
    return {"thread_id": thread_id, "level": values["level"]}, 200


@blp.get("/threads/<uuid:thread_id>/followers")
@blp.response(200, FollowersOut)
def list_followers(thread_id: UUID) -> Any:
    """Who follows the thread, and how closely."""
    items = queries.list_following(get_subject(current_actor(), thread_id))
    return answer({"items": [asdict(item) for item in items], "next_cursor": None})


@blp.put("/threads/<uuid:thread_id>/followers/<uuid:user_id>")
@blp.response(204)
@command("thread.add_follower")
def add_follower(thread_id: UUID, user_id: UUID) -> Any:
    """Have a colleague who may read it follow the thread."""
    services.add_follower(current_actor(), thread_id, user_id)
    return None, 204


@blp.delete("/threads/<uuid:thread_id>/followers/<uuid:user_id>")
@blp.response(204)
@command("thread.remove_follower")
def remove_follower(thread_id: UUID, user_id: UUID) -> Any:
    """Have them follow no more; being named brings them back."""
    services.remove_follower(current_actor(), thread_id, user_id)
    return None, 204


@blp.get("/threads")
@blp.arguments(ConversationsArgs, location="query")
@blp.response(200, ConversationsOut)
def list_threads(args: dict[str, Any]) -> Any:
    """The conversations the actor follows, the latest first; `only` and `q` narrow them."""
    page = queries.list_conversations(
        current_actor(), args["limit"], args["cursor"], only=args["kept"], named=args["q"].strip()
    )
    items = [{key: value for key, value in item.items() if key != "last_at"} for item in page["items"]]
    return answer({"items": items, "next_cursor": page["next_cursor"]})


@blp.get("/threads/<uuid:thread_id>")
@blp.response(200, ThreadOut)
def get_thread(thread_id: UUID) -> Any:
    """What the thread is about, and where the actor stands in it."""
    return answer(_thread(thread_id))


@blp.get("/invoices/<uuid:invoice_id>/thread")
@blp.response(200, ThreadOut)
def get_invoice_thread(invoice_id: UUID) -> Any:
    """The thread of an invoice: its id is the invoice's."""
    return answer(_thread(invoice_id))


def _thread(thread_id: UUID) -> dict[str, Any]:
    actor = current_actor()
    subject = get_subject(actor, thread_id)
    last = queries.find_last_seq(thread_id)
    member = queries.find_member(thread_id, actor.user_id)
    read = member.last_read_seq if member else 0
    return {
        "id": str(thread_id),
        "thread_id": str(thread_id),
        "subject_type": subject.type,
        "subject_id": str(subject.id),
        "audience": subject.audience,
        "client_thread_id": str(client_thread_of(subject.id)),
        "client_id": str(subject.client_id),
        "title": subject.title,
        "url": subject.url,
        "last_seq": last,
        "last_read_seq": read,
        "unread": unread(last, read, member.mentioned_seq, member.level) if member else 0,
        "level": member.level if member else None,
    }
