"""Who follows a thread and how closely, and who at the client's reads the other one."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request
from werkzeug.wrappers import Response

from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.core.ids import new_id, parse_id
from webapp.sharing.queries import list_readers
from webapp.threads import queries, services
from webapp.threads.policy import may_write
from webapp.threads.rules import CLIENT
from webapp.threads.subjects import get_subject
from webapp.threads.views.shell import blueprint
from webapp.users.current import current_actor

FRAMES = ("followers", "followers-side")  # the same list stands in a sheet and beside


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
        frame=asked if asked in FRAMES else FRAMES[0],
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


@blueprint.post("/threads/<uuid:thread_id>/level")
def level(thread_id: UUID) -> Response:
    """How closely one follows: everything, what names one, nothing."""
    actor = current_actor()
    with unit_of_work():
        services.set_follow_level(actor, thread_id, request.form.get("level", ""))
    return redirect(get_subject(actor, thread_id).url, 303)


@blueprint.get("/threads/<uuid:thread_id>/readers")
def client_readers(thread_id: UUID) -> str:
    """Who at the client's will read what is written to them: asked when somebody is about to."""
    subject = get_subject(current_actor(), thread_id)
    names = list_readers(subject.client_id, subject.id) if subject.audience == CLIENT else []
    return render_template("threads/client_readers.html", readers=names, subject=subject)
