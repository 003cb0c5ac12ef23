"""Limit requests for tests, made through the real service."""

from __future__ import annotations

from datetime import date

from webapp.clients.models import Client
from webapp.core.db import unit_of_work
from webapp.core.money import Money
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.services import Draft, submit_request
from webapp.users.actor import Actor


def limit_request(
    actor: Actor,
    client: Client,
    amount: int = 150_000,
    *,
    reason: str = "Chantier de l’école, payé par la mairie.",
    ends_on: date | None = None,
    evidence: tuple = (),
) -> LimitRequest:
    """A request of `amount` cents by this person."""
    draft = Draft(client.id, Money(amount, "EUR"), reason, ends_on=ends_on, evidence=evidence)
    with unit_of_work():
        return submit_request(actor, draft)
