"""JSON of tasks: give, hand over, do, read."""

from __future__ import annotations

import uuid
from typing import Any

from flask import Response

from webapp.core.api import act_id, answer, blueprint, command, cut_page
from webapp.core.cursors import as_day, as_id, read_cursor
from webapp.core.replays import replayed
from webapp.tasks import queries, services
from webapp.tasks.schemas import (
    TaskArgs,
    TaskChange,
    TaskDone,
    TaskDoneReplay,
    TaskIn,
    TaskOut,
    TaskPage,
    task_json,
)
from webapp.tasks.services import Draft
from webapp.users.current import current_actor

blp = blueprint("tasks", __name__, "Things to do about what a thread is about.")


@blp.get("/tasks")
@blp.arguments(TaskArgs, location="query")
@blp.response(200, TaskPage)
def list_tasks(args: dict[str, Any]) -> Response:
    """Tasks about the clients one sees, the earliest day first."""
    after = read_cursor(args.pop("cursor"), (as_day, as_id))
    lines = queries.list_tasks(current_actor(), after=after, **args)
    page = cut_page(lines, args["limit"], lambda line: (line.task.due_on, line.task.id))
    return answer({**page, "items": [task_json(line) for line in page["items"]]})


@blp.post("/tasks")
@blp.arguments(TaskIn)
@blp.response(201, TaskOut)
@command("task.add")
def add_task(values: dict[str, Any]) -> tuple[Any, int]:
    """Give somebody something to do by a day."""
    return _add(act_id(), values), 201


@replayed("task.add", TaskIn, path="/tasks")
def _add(task_id: uuid.UUID, values: dict[str, Any]) -> Any:
    return _shown(services.add_task(current_actor(), Draft(id=task_id, **values)).id)


@blp.get("/tasks/<uuid:task_id>")
@blp.response(200, TaskOut)
def get_task(task_id: uuid.UUID) -> Response:
    """One task."""
    return answer(_shown(task_id))


@blp.route("/tasks/<uuid:task_id>", methods=["PATCH"])
@blp.arguments(TaskChange)
@blp.response(200, TaskOut)
@command("task.change")
def change_task(values: dict[str, Any], task_id: uuid.UUID) -> tuple[Any, int]:
    """Hand it over, or put it off."""
    services.change_task(current_actor(), task_id, **values)
    return _shown(task_id), 200


@blp.post("/tasks/<uuid:task_id>/done")
@blp.arguments(TaskDone)
@blp.response(200, TaskOut)
@command("task.done")
def set_done(values: dict[str, Any], task_id: uuid.UUID) -> tuple[Any, int]:
    """Say that it is done, or take it up again (`done` false)."""
    return _set_done(act_id(), {"task_id": task_id, **values}), 200


@replayed("task.done", TaskDoneReplay)
def _set_done(_act_id: uuid.UUID, values: dict[str, Any]) -> Any:
    services.set_done(current_actor(), values["task_id"], values["done"])
    return _shown(values["task_id"])


def _shown(task_id: uuid.UUID) -> dict[str, Any]:
    return task_json(queries.get_task(current_actor(), task_id))
