"""Looking into a thread: words in it, what a message said before, who has read it.

Each is a page of its own; with scripts it comes into the thread's sheet.
"""

from __future__ import annotations

from uuid import UUID

from flask import render_template, request

from webapp.core.errors import NotFound
from webapp.threads import queries
from webapp.threads.models import Message
from webapp.threads.subjects import Subject, get_subject
from webapp.threads.views.shell import blueprint
from webapp.users.actor import Actor
from webapp.users.current import current_actor

LONGEST_SEARCH = 200


@blueprint.get("/threads/<uuid:thread_id>/search")
def search(thread_id: UUID) -> str:
    """Messages with the words asked for, each a way to its place."""
    actor = current_actor()
    subject, asked = get_subject(actor, thread_id), request.args.get("q", "")[:LONGEST_SEARCH]
    before = request.args.get("before_seq", 0, type=int)
    page = queries.search_thread(actor, thread_id, asked, before or None)
    return render_template(
        "threads/search.html", subject=subject, thread_id=thread_id, asked=asked, page=page
    )


@blueprint.get("/messages/<uuid:message_id>/versions")
def versions(message_id: UUID) -> str:
    actor = current_actor()
    found = queries.list_versions(actor, message_id)
    message, subject = _message(actor, message_id)
    return render_template("threads/versions.html", versions=found, subject=subject, message=message)


@blueprint.get("/messages/<uuid:message_id>/readers")
def readers(message_id: UUID) -> str:
    actor = current_actor()
    found = queries.list_readers(actor, message_id)
    message, subject = _message(actor, message_id)
    return render_template("threads/readers.html", readers=found, subject=subject, message=message)


def _message(actor: Actor, message_id: UUID) -> tuple[Message, Subject]:
    message = queries.find_message(message_id)
    if message is None:
        raise NotFound()
    return message, get_subject(actor, message.thread_id)
