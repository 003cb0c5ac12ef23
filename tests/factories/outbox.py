"""Acts as a device keeps them, and their replay."""

from __future__ import annotations

import uuid
from typing import Any

from flask.testing import FlaskClient

from webapp.core.clock import now


def act(
    name: str, act_id: uuid.UUID | None = None, after: tuple[uuid.UUID, ...] = (), **payload: Any
) -> dict[str, Any]:
    """One command of `/api/v1/sync`."""
    return {
        "id": str(act_id or uuid.uuid4()),
        "name": name,
        "payload": payload,
        "made_at": now().isoformat(),
        "after": [str(parent) for parent in after],
    }


def message(thread_id: uuid.UUID, body: str = "Bonjour", **more: Any) -> dict[str, Any]:
    return act("message.send", thread_id=str(thread_id), body=body, **more)


def sync(
    client: FlaskClient, headers: dict[str, str], *commands: dict[str, Any], **envelope: Any
) -> list[Any]:
    """Replay; the results, in order."""
    answer = client.post("/api/v1/sync", json={"commands": list(commands), **envelope}, headers=headers)
    assert answer.status_code == 200, answer.get_data(as_text=True)
    found: list[Any] = answer.get_json()["results"]
    assert [each["id"] for each in found] == [each["id"] for each in commands]
    return found
