"""Tasks as the API writes and reads them."""

from __future__ import annotations

from typing import Any

from marshmallow import fields, validate

from webapp.core.api import ApiSchema, PageArgs, page_of
from webapp.core.fields import Day, PlainText
from webapp.tasks import rules


class TaskIn(ApiSchema):
    """Something to do about what a thread is about. `owner_id` must be able to read the thread."""

    thread_id = fields.UUID(required=True)
    text = PlainText(rules.LONGEST_TEXT, required=True, blank=False)
    owner_id = fields.UUID(required=True)
    due_on = Day(required=True)
    message_id = fields.UUID(load_default=None, allow_none=True)


class TaskChange(ApiSchema):
    """Whose it is from now on, and by when."""

    owner_id = fields.UUID(required=True)
    due_on = Day(required=True)


class TaskDone(ApiSchema):
    """Done, or taken up again."""

    done = fields.Boolean(load_default=True)


class TaskDoneReplay(TaskDone):
    """The same from an outbox, which names the task."""

    task_id = fields.UUID(required=True)


class TaskArgs(PageArgs):
    """Which tasks: one's own with `mine`, those that are done with `done`."""

    mine = fields.Boolean(load_default=False)
    done = fields.Boolean(load_default=False)
    thread_id = fields.UUID(load_default=None, allow_none=True)


class TaskOut(ApiSchema):
    """A task."""

    id = fields.UUID()
    thread_id = fields.UUID()
    client_id = fields.UUID()
    message_id = fields.UUID(allow_none=True)
    text = fields.String()
    owner_id = fields.UUID()
    owner = fields.String()
    due_on = fields.Date()
    state = fields.String(validate=validate.OneOf(("open", "done")))
    created_by = fields.UUID()
    created_at = fields.DateTime()
    done_by = fields.UUID(allow_none=True)
    done_at = fields.DateTime(allow_none=True)


TaskPage = page_of(TaskOut, "TaskPage")


def task_json(line: Any) -> dict[str, Any]:
    """A `TaskLine` as the contract shows it."""
    row = line.task
    plain = ("text", "due_on", "created_at", "done_at")
    ids = ("id", "thread_id", "client_id", "message_id", "owner_id", "created_by", "done_by")
    found = {name: getattr(row, name) for name in plain}
    found |= {name: str(getattr(row, name)) if getattr(row, name) else None for name in ids}
    return {**found, "owner": line.owner, "state": "done" if row.done_at else "open"}
