"""Asking for a limit, answering what is asked back, withdrawing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.clients.models import Client
from webapp.clients.queries import get_client, survivor_of
from webapp.core.clock import today
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.ids import new_id
from webapp.core.money import Money
from webapp.core.plain_text import text_fault
from webapp.extensions import db
from webapp.invoices.models import Balance
from webapp.limit_requests import rules
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.policy import may_ask
from webapp.limit_requests.queries import find_evidence, get_request
from webapp.limit_requests.services.stepping import forget_terms, list_deciders, note_step, stage_for
from webapp.risk.queries import cover_of, current_limit
from webapp.risk.rules import days_overdue, in_force
from webapp.risk.services import limit_faults
from webapp.users.actor import Actor

CLOSED = _l("Cette demande est déjà close.")


@dataclass(frozen=True)
class Draft:
    """A request as it is made: `evidence` are pairs (kind, id). `id` is the act's one UUID."""

    client_id: uuid.UUID
    amount: Money
    reason: str
    max_days_late: int | None = None
    ends_on: date | None = None
    evidence: tuple[tuple[str, uuid.UUID], ...] = ()
    id: uuid.UUID = field(default_factory=new_id)


def submit_request(actor: Actor, draft: Draft) -> LimitRequest:
    """Ask for a limit, with the figures of this moment; the same id again is the same request.

    Raises NotFound (client out of scope), Forbidden, Invalid by field. Events: LimitRequestChanged.
    """
    client = survivor_of(get_client(actor, draft.client_id))
    if not may_ask(actor):
        raise Forbidden(_l("Votre rôle ne demande pas de plafond."))
    known = db.session.get(LimitRequest, draft.id)
    if known is not None:
        if (known.asked_by, known.client_id) != (actor.user_id, client.id):
            raise Invalid(_l("Cet identifiant a déjà servi pour une autre demande."), code="id_reused")
        return known
    _check(client, draft)
    snapshot = _figures(client)
    judged = rules.judged_on(draft.amount.amount, snapshot["exposure"], snapshot["cover"])
    request = LimitRequest(
        id=draft.id,
        client_id=client.id,
        amount=draft.amount.amount,
        currency=draft.amount.currency,
        max_days_late=draft.max_days_late,
        ends_on=draft.ends_on,
        reason=draft.reason.strip(),
        evidence=[{"kind": kind, "id": str(found)} for kind, found in dict.fromkeys(draft.evidence)],
        snapshot=snapshot,
        judged=judged,
        stage=stage_for(list_deciders(), client, judged, {actor.user_id}) or rules.deciders(judged)[-1],
        state=rules.OPEN,
        revision=0,
        asked_by=actor.user_id,
    )
    db.session.add(request)
    facts: dict[str, Any] = {"client": client.ref, "limit": request.amount, "judged": judged}
    note_step(actor, request, rules.SUBMIT, stage=request.stage, **facts)
    return request


def answer_question(actor: Actor, request_id: uuid.UUID, words: str) -> LimitRequest:
    """Answer what was asked back: the request waits for a decision again, as it now reads.

    Raises NotFound, Forbidden when it is somebody else's, Conflict when nothing was asked, Invalid.
    Events: LimitRequestChanged.
    """
    request = _own(actor, request_id)
    if request.state != rules.RETURNED:
        raise Conflict(_l("Cette demande n’attend pas de réponse."))
    check_words(words, "answer", _l("Écrivez votre réponse."))
    request.state = rules.OPEN
    forget_terms(request)  # who approved saw less than this
    note_step(actor, request, rules.ANSWER, words.strip())
    return request


def withdraw_request(actor: Actor, request_id: uuid.UUID) -> LimitRequest:
    """Take one's own request back. Raises NotFound, Forbidden, Conflict. Events: LimitRequestChanged."""
    request = _own(actor, request_id)
    if request.state in rules.CLOSED:
        raise Conflict(CLOSED)
    request.state = rules.WITHDRAWN
    forget_terms(request)
    note_step(actor, request, rules.WITHDRAW)
    return request


def check_words(words: str, name: str, missing: object) -> None:
    """Raises Invalid beside `name` for no words, too many, or unreadable ones."""
    fault: object = None
    if not words.strip():
        fault = missing
    elif len(words.strip()) > rules.LONGEST_TEXT:
        fault = _l("Dites-le en %(n)s caractères au plus.", n=rules.LONGEST_TEXT)
    else:
        fault = text_fault(words, lines=True)
    if fault is not None:
        raise Invalid(errors={name: fault})


def _own(actor: Actor, request_id: uuid.UUID) -> LimitRequest:
    request = get_request(actor, request_id).request
    db.session.refresh(request, with_for_update=True)
    if request.asked_by != actor.user_id:
        raise Forbidden(_l("Cette demande est celle de quelqu’un d’autre."))
    return request


def _check(client: Client, draft: Draft) -> None:
    """Raises Invalid with a sentence beside each field at fault."""
    amount = draft.amount
    errors = limit_faults(
        amount.amount, amount.currency, draft.max_days_late, None, draft.ends_on, "internal"
    )
    if amount.amount == 0:
        errors["amount"] = _l("Indiquez un montant supérieur à 0 €.")
    try:
        check_words(draft.reason, "reason", _l("Dites pourquoi."))
    except Invalid as refusal:
        errors |= refusal.errors
    wanted = set(draft.evidence)
    if len(wanted) > rules.MOST_EVIDENCE or len(find_evidence(client.id, list(wanted))) != len(wanted):
        errors["evidence"] = _l("Une des pièces n’est pas de ce client.")
    if errors:
        raise Invalid(_l("La demande n’est pas envoyée."), errors=errors)


def _figures(client: Client) -> dict[str, Any]:
    """What is known of the client now, to be read with the request whatever comes later. Cents, days."""
    balance, limit, day = db.session.get(Balance, client.id), current_limit(client.id), today()
    return {
        "exposure": balance.exposure if balance else 0,
        "overdue": balance.overdue if balance else 0,
        "orders": balance.open_orders if balance else 0,
        "unbilled": balance.unbilled_amount if balance else 0,
        "cover": cover_of(client.id),
        "days_late": days_overdue(balance.overdue_since, day) if balance else None,
        "limit": in_force(limit.amount, limit.ends_on, day) if limit else None,
    }
