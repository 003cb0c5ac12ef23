"""What a thread says of a task where no card can be shown: in French, like all that is stored in one."""

from __future__ import annotations

from flask_babel import force_locale
from flask_babel import gettext as _

from webapp.core.pages import long_day
from webapp.tasks.models import Task


def words_of(task: Task, owner: str) -> str:
    """`Tâche pour Bob Martin, vendredi 27 novembre : rappeler Élise`."""
    with force_locale("fr"):
        return _(
            "Tâche pour %(name)s, %(day)s : %(text)s", name=owner, day=long_day(task.due_on), text=task.text
        )
