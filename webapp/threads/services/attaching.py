"""Files on messages: whoever may read the thread reads them, and nobody else (R5, R6)."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.core.errors import Invalid
from webapp.files import policy as files_policy
from webapp.files import services as files
from webapp.threads.queries import find_message
from webapp.threads.rules import CLIENT, MOST_FILES
from webapp.threads.subjects import Subject, find_subject
from webapp.users.actor import Actor

SUBJECT = "message"
TEAM_ONLY = _l("Un fichier se joint pour l’équipe, pas encore pour le client.")
GONE = _l("Une pièce jointe n’est plus disponible. Joignez-la de nouveau.")
TOO_MANY = _l("Joignez au plus %(most)s fichiers.", most=MOST_FILES)
Loose = dict[uuid.UUID, uuid.UUID]  # files that hang on nothing, and whose they are


def find_loose(drafts: Sequence[Any]) -> Loose:
    """Of the files these drafts name, those that may be hung, in one query; none without files."""
    wanted = {file_id for draft in drafts for file_id in draft.attachment_ids}
    return files.may_hang({draft.actor.user_id for draft in drafts}, wanted) if wanted else {}


def take(
    actor: Actor, subject: Subject, file_ids: Sequence[uuid.UUID], loose: Loose
) -> tuple[uuid.UUID, ...]:
    """The files a message takes out of `loose`. Raises Invalid: too many, not theirs, in use, named twice, or
    where the client reads, who has no way to open them."""
    if subject.audience == CLIENT:
        raise Invalid(TEAM_ONLY, code="team_only", errors={"attachment_ids": TEAM_ONLY})
    if len(file_ids) > MOST_FILES:
        raise Invalid(TOO_MANY, code="too_many", errors={"attachment_ids": TOO_MANY})
    if len(set(file_ids)) < len(file_ids) or any(loose.get(found) != actor.user_id for found in file_ids):
        raise Invalid(GONE, code="attachment_gone", errors={"attachment_ids": GONE})
    for file_id in file_ids:
        del loose[file_id]
    return tuple(file_ids)


def _may_read(actor: Actor, message_id: uuid.UUID) -> bool:
    message = find_message(message_id)
    return message is not None and find_subject(actor, message.thread_id) is not None


files_policy.register(SUBJECT, files_policy.SubjectKind(may_read=_may_read))
