"""What facts can be attached to. Features above register their kind at import; a limit request will."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from webapp.core.errors import NotFound
from webapp.disputes.queries import get_dispute
from webapp.invoices.queries import get_invoice
from webapp.users.actor import Actor
from webapp.visits.words import NOTHING_THERE


@dataclass(frozen=True)
class Attachable:
    """A kind of thing. `client_of(actor, id)` says whose it is, and raises NotFound out of scope; `url(id)`
    is where its attached facts are shown."""

    type: str
    client_of: Callable[[Actor, uuid.UUID], uuid.UUID]
    url: Callable[[uuid.UUID], str]


_kinds: dict[str, Attachable] = {}


def register(kind: Attachable) -> None:
    """Make a kind of thing something facts can be attached to."""
    _kinds[kind.type] = kind


def get_kind(subject_type: str) -> Attachable:
    """The kind of that name, or NotFound."""
    if subject_type not in _kinds:
        raise NotFound(NOTHING_THERE)
    return _kinds[subject_type]


def _client_of_invoice(actor: Actor, invoice_id: uuid.UUID) -> uuid.UUID:
    return get_invoice(actor, invoice_id).client_id


def _client_of_dispute(actor: Actor, dispute_id: uuid.UUID) -> uuid.UUID:
    found: Any = get_dispute(actor, dispute_id).dispute
    client_id: uuid.UUID = found.client_id
    return client_id


register(Attachable("invoice", _client_of_invoice, lambda found: f"/invoices/{found}"))
register(Attachable("dispute", _client_of_dispute, lambda found: f"/disputes/{found}"))
