"""Pages of tasks: mine, one of them, and the form that a message fills."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from webapp.core.api import cut_page
from webapp.core.clock import today
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid
from webapp.core.ids import new_id, parse_id
from webapp.core.said import day_said
from webapp.tasks import queries, rules, services
from webapp.tasks.policy import may_write
from webapp.tasks.services import Draft
from webapp.threads.models import Message
from webapp.threads.queries import list_mentionable
from webapp.threads.queries.quoted import find_in_thread
from webapp.threads.subjects import Subject, get_subject
from webapp.users.current import current_actor

blueprint = Blueprint("tasks", __name__)
Shown = str | Response | tuple[str, int]
FILTERS = ("mine", "all", "done")
PAGE = 50


@blueprint.get("/tasks")
def index() -> str:
    """My tasks, the latest ones first; or everybody's, or those that are done."""
    actor, only = current_actor(), request.args.get("filter", "mine")
    only = only if only in FILTERS else "mine"
    after = read_cursor(request.args.get("cursor"), (as_day, as_id))
    lines = queries.list_tasks(actor, mine=only == "mine", done=only == "done", limit=PAGE, after=after)
    page = cut_page(lines, PAGE, lambda line: (line.task.due_on, line.task.id))
    return render_template(
        "tasks/index.html", page=page, only=only, subjects=queries.subjects_of(page["items"])
    )


@blueprint.get("/tasks/<uuid:task_id>")
def task(task_id: UUID) -> str:
    """One task: do it, hand it over, put it off."""
    return _page(task_id, {})


@blueprint.get("/threads/<uuid:thread_id>/tasks/new")
def new(thread_id: UUID) -> str:
    """The form, filled with what the message says."""
    subject, message = get_subject(current_actor(), thread_id), _message(thread_id)
    day = day_said(message.body, today()) if message else None
    values = {
        "text": rules.text_of(message.body) if message else "",
        "owner_id": str(current_actor().user_id),
        "due_on": day.isoformat() if day else "",
    }
    return _form(subject, values, {})


@blueprint.post("/threads/<uuid:thread_id>/tasks")
def add(thread_id: UUID) -> Shown:
    """Give it, or show the form again with what is to be corrected."""
    subject, message = get_subject(current_actor(), thread_id), _message(thread_id)
    act = parse_id(request.form.get("act")) or new_id()
    text, owner_id = request.form.get("text", ""), parse_id(request.form.get("owner_id"))
    try:
        draft = Draft(thread_id, text, owner_id, _day(), message.id if message else None, act)
        with unit_of_work():
            services.add_task(current_actor(), draft)
    except Invalid as refusal:
        return _form(subject, request.form, refusal.errors), 422
    flash(_("Tâche confiée."))
    return redirect(f"{subject.url}#act-{act}", 303)


@blueprint.post("/tasks/<uuid:task_id>/change")
def change(task_id: UUID) -> Shown:
    """Hand it over, or put it off."""
    try:
        owner_id, due_on = parse_id(request.form.get("owner_id")), _day()
        with unit_of_work():
            services.change_task(current_actor(), task_id, owner_id=owner_id or new_id(), due_on=due_on)
    except Invalid as refusal:
        return _page(task_id, refusal.errors), 422
    flash(_("Tâche modifiée."))
    return redirect(url_for("tasks.task", task_id=task_id), 303)


@blueprint.post("/tasks/<uuid:task_id>/done")
def done(task_id: UUID) -> Response:
    """Done, or with `reopen` taken up again; back to where it was pressed."""
    actor, finished = current_actor(), not request.form.get("reopen")
    with unit_of_work():
        thread_id = services.set_done(actor, task_id, finished).thread_id
    if request.form.get("back") == "list":
        return redirect(url_for("tasks.index"), 303)
    return redirect(f"{get_subject(actor, thread_id).url}#act-{task_id}", 303)


def _message(thread_id: UUID) -> Message | None:
    return find_in_thread(current_actor(), thread_id, parse_id(request.values.get("message")))


def _day() -> date:
    """The day of the form. Raises Invalid beside it."""
    try:
        return date.fromisoformat(request.form.get("due_on", ""))
    except ValueError:
        raise Invalid(errors={"due_on": _("Indiquez un jour.")}) from None


def _page(task_id: UUID, errors: Mapping[str, object]) -> str:
    actor = current_actor()
    line = queries.get_task(actor, task_id)
    subject = get_subject(actor, line.task.thread_id)
    return render_template(
        "tasks/task.html",
        line=line,
        subject=subject,
        people=list_mentionable(subject),
        may_write=may_write(actor, subject),
        errors={name: [message] for name, message in errors.items()},
    )


def _form(subject: Subject, values: Mapping[str, str], errors: Mapping[str, object]) -> str:
    return render_template(
        "tasks/form.html",
        subject=subject,
        message=_message(subject.id),
        people=list_mentionable(subject),
        values=values,
        errors={name: [message] for name, message in errors.items()},
        act=parse_id(request.form.get("act")) or new_id(),
    )
