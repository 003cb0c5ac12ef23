"""What follows from how the acts of one batch went. Pure."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

MOST_COMMANDS = 100  # in one request
MOST_BYTES = 1024 * 1024
MOST_PARENTS = 20
DONE, REPEATED, REFUSED, CONFLICT = "done", "repeated", "refused", "conflict"
STATUSES = (DONE, REPEATED, REFUSED, CONFLICT)
AGAIN = frozenset({"rate_limited", "unavailable"})  # nothing is wrong with the act: send it later


def happened(result: Mapping[str, Any]) -> bool:
    """Whether the act named by this result has its effect; a reused id has, under its first payload."""
    return result["status"] in (DONE, REPEATED) or result["error"]["code"] == "id_reused"


def waits_for(
    parents: Iterable[uuid.UUID],
    results: Mapping[uuid.UUID, Mapping[str, Any]],
    known: Callable[[uuid.UUID], bool],
) -> bool:
    """Whether an act it follows has not happened: refused in this batch, still to come, or never sent.

    `known` says whether an act that is not in this batch was done before.
    """
    return any(
        not happened(results[parent]) if parent in results else not known(parent) for parent in parents
    )


def written_at(made_at: datetime | None, sent_at: datetime | None, received_at: datetime) -> datetime:
    """When the person wrote it, on the server's clock: the device's own may be wrong by days.

    Never later than now. It is shown, and decides nothing.
    """
    if made_at is None:
        return received_at
    try:
        made = made_at.astimezone(UTC)
        if sent_at is not None:
            made += received_at - sent_at.astimezone(UTC)
    except OverflowError:  # a year nobody lives in
        return received_at
    return min(made, received_at)
