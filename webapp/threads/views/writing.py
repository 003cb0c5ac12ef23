"""Saying something in a thread, rewording it, taking it back, reacting: the forms before any script."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid, TooLarge
from webapp.core.ids import new_id, parse_id
from webapp.core.rates import messages as message_rate
from webapp.files.rules import EXTENSIONS
from webapp.files.serving import all_arrived, keep_arrived
from webapp.sharing.queries import list_readers
from webapp.threads import services
from webapp.threads.policy import may_write
from webapp.threads.rules import CLIENT, MOST_FILES
from webapp.threads.services.posting import NOT_YOURS_TO_WRITE
from webapp.threads.subjects import Subject, get_subject
from webapp.threads.views.shell import blueprint
from webapp.users.actor import Actor
from webapp.users.current import current_actor


@blueprint.post("/threads/<uuid:thread_id>/messages")
def post(thread_id: UUID) -> Response | str:
    """The composer; the form's id makes a second press harmless. What a client reads is confirmed first."""
    actor, form = current_actor(), request.form
    subject = get_subject(actor, thread_id)
    if subject.audience == CLIENT and not form.get("confirmed"):
        return _confirm(actor, subject, _written(form))
    message_rate.take(actor.key)
    try:
        brought = all_arrived("files", MOST_FILES)
        with unit_of_work():
            files = [keep_arrived(each, EXTENSIONS).id for each in brought]
            seq = services.post_message(actor, thread_id, **_written(form), attachment_ids=files).seq
    except (Invalid, TooLarge) as refusal:
        flash(str(next(iter(refusal.errors.values()), refusal)), "bad")
        return redirect(subject.url, 303)
    return _back(thread_id, seq)


def _written(form: Mapping[str, str]) -> dict[str, Any]:
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


def _back(thread_id: UUID, seq: int) -> Response:
    subject = get_subject(current_actor(), thread_id)
    return redirect(f"{subject.url}#{'c' if subject.audience == CLIENT else 'm'}-{seq}", 303)
