"""What several kinds of news share: lines and pushes gathered, then written together."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.extensions import db
from webapp.notifications.services.fan_out import Push, notice, write_deliveries, write_notices
from webapp.users.actor import Actor

CHUNK = 500


def with_clients(model: Any, ids: Sequence[uuid.UUID]) -> list[Any]:
    """These rows, each with its client; at most `CHUNK` ids at a time."""
    query = select(model, Client).join(Client, Client.id == model.client_id).where(model.id.in_(ids))
    return list(db.session.execute(query).tuples())


class Told:
    """Inbox lines and pushes, gathered and written together."""

    def __init__(self) -> None:
        self._notices: list[dict[str, Any]] = []
        self._pushes: list[Push] = []

    def tell(
        self,
        people: Iterable[Actor],
        kind: str,
        key: str,
        url: str,
        client_id: uuid.UUID,
        by: uuid.UUID | None = None,
    ) -> None:
        params = {"client_id": str(client_id), **({"by": str(by)} if by else {})}
        for person in people:
            self._notices.append(notice(person.user_id, key, kind, params, url))
            self._pushes.append(Push(key, kind, person.user_id, person.locale, url, url.strip("/")))

    def write(self) -> None:
        write_notices(self._notices)
        write_deliveries(self._pushes)
