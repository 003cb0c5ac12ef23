"""Who may give tasks and say that they are done: whoever may write in the thread."""

from __future__ import annotations

from webapp.threads.policy import may_write as may_write_thread
from webapp.threads.subjects import Subject
from webapp.users.actor import Actor
from webapp.users.policy import may


def may_write(actor: Actor, subject: Subject) -> bool:
    return may(actor, "task.write") and may_write_thread(actor, subject)
