"""Who is told of a loss: those who may decide when it is asked, the one who asked when it is decided."""

from __future__ import annotations

import uuid

from webapp.extensions import db
from webapp.notifications.services.fan_out import Push, notice, write_deliveries, write_notices
from webapp.payments.models import WriteOff
from webapp.users.policy import may
from webapp.users.queries import list_actors


def tell_of_loss_asked(write_off_id: uuid.UUID) -> None:
    """Inbox lines and pushes to everyone who may decide, but not to the one who asks."""
    row = db.session.get_one(WriteOff, write_off_id)
    people = [person.user_id for person in list_actors() if may(person, "write_off.decide")]
    _tell(row, "write_off_asked", [each for each in people if each != row.requested_by], row.requested_by)


def tell_of_loss_decided(write_off_id: uuid.UUID) -> None:
    """The answer, to the one who asked."""
    row = db.session.get_one(WriteOff, write_off_id)
    if row.requested_by is not None:
        _tell(row, "write_off_decided", [row.requested_by], row.decided_by)


def _tell(row: WriteOff, kind: str, people: list[uuid.UUID], by: uuid.UUID | None) -> None:
    key, url, tag = f"{kind}:{row.id}", f"/write-offs/{row.id}", f"write-off-{row.id}"
    params = {"client_id": str(row.client_id), **({"by": str(by)} if by else {})}
    actors = list_actors(people) if people else []
    write_notices([notice(person.user_id, key, kind, params, url) for person in actors])
    write_deliveries([Push(key, kind, person.user_id, person.locale, url, tag) for person in actors])
