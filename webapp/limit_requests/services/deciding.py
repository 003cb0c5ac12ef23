"""Deciding on a limit request. Its effect, the limit, is set in the same transaction."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from flask_babel import lazy_gettext as _l

from webapp.clients.models import Client
from webapp.core.clock import now
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.jobs import enqueue
from webapp.core.money import Money, format_money
from webapp.extensions import db
from webapp.invoices.models import Balance
from webapp.limit_requests import rules
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.queries import authority_for, get_request
from webapp.limit_requests.services.asking import CLOSED, check_words
from webapp.limit_requests.services.stepping import forget_terms, note_step
from webapp.risk.queries import cover_of
from webapp.risk.services import limit_faults, place_limit
from webapp.users.actor import NOBODY, Actor
from webapp.users.fresh import require_fresh
from webapp.users.policy import may


@dataclass(frozen=True)
class Decision:
    """`kind` is one of `rules.DECISIONS`. `amount` and `ends_on` are what was asked unless said otherwise;
    who says `seen_revision` decides on nothing they have not seen."""

    kind: str
    reason: str = ""
    amount: Money | None = None
    ends_on: date | None = None
    conditions: str | None = None
    seen_revision: int | None = None


def decide_request(actor: Actor, request_id: uuid.UUID, decision: Decision) -> LimitRequest:
    """Approve (as asked, less, or for a time), refuse, ask back, or pass on to whose authority it takes.

    Above 50 000 EUR two people approve the same terms. Raises NotFound, Forbidden (role, one's own request,
    beyond one's authority), SignInAgain, Conflict (decided already, or changed since it was seen), Invalid by
    field. Events: LimitRequestChanged, LimitChanged when a limit was set.
    """
    line = get_request(actor, request_id)
    request, client = line.request, line.client
    db.session.refresh(request, with_for_update=True)
    _check_right(actor, request)
    if decision.seen_revision is not None and decision.seen_revision != request.revision:
        raise Conflict(_l("Cette demande a changé depuis que vous l’avez ouverte. La voici."), code="stale")
    if decision.kind == rules.APPROVE:
        return _approve(actor, request, client, decision)
    if decision.kind == rules.PASS_ON:
        return _pass_on(actor, request, decision)
    check_words(decision.reason, "reason", _l("Dites pourquoi."))
    if decision.kind == rules.REJECT:
        _close(actor, request, rules.REJECTED)
        forget_terms(request)
    else:
        request.state = rules.RETURNED
    note_step(actor, request, decision.kind, decision.reason.strip())
    return request


def _check_right(actor: Actor, request: LimitRequest) -> None:
    if not may(actor, "limit.approve"):
        raise Forbidden(_l("Votre rôle ne décide pas des plafonds."))
    if request.asked_by == actor.user_id:
        raise Forbidden(_l("Vous ne pouvez pas décider de votre demande."), code="own_request")
    if request.state in rules.CLOSED:
        raise Conflict(CLOSED)
    if request.state == rules.RETURNED:
        raise Conflict(_l("Cette demande attend la réponse de qui l’a faite."))


def _approve(actor: Actor, request: LimitRequest, client: Client, decision: Decision) -> LimitRequest:
    amount, ends_on, conditions = _terms(request, decision)
    db.session.refresh(client, with_for_update=True)
    balance = db.session.get(Balance, client.id)
    judged = rules.judged_on(amount, balance.exposure if balance else 0, cover_of(client.id))
    if request.first_by == actor.user_id:
        raise Conflict(_l("Vous avez déjà donné votre accord : il en faut un second, d’une autre personne."))
    if actor.user_id == request.first_for:
        raise Conflict(_l("Votre accord a déjà été donné en votre nom : il en faut un second."))
    whose = authority_for(actor, request, client, judged)
    if whose is None:
        raise Forbidden(_beyond(actor), code="beyond_authority")
    place = whose.user_id if whose.user_id != actor.user_id else None
    if rules.needs_proof(judged):
        require_fresh(actor)
    facts = {"limit": amount, "ends_on": ends_on.isoformat() if ends_on else None, "judged": judged}
    if rules.needs_second(judged) and request.first_by is None:
        request.first_by, request.first_for = actor.user_id, place
        request.granted, request.granted_until, request.conditions = amount, ends_on, conditions
        note_step(actor, request, rules.SECOND, decision.reason.strip() or None, in_place_of=place, **facts)
        return request
    limit = place_limit(
        actor,
        client,
        amount=amount,
        currency=request.currency,
        max_days_late=request.max_days_late,
        ends_on=ends_on,
        source="temporary" if ends_on else "internal",
    )
    request.granted, request.granted_until, request.conditions = amount, ends_on, conditions
    request.limit_id, request.decided_for = limit.id, place
    _close(actor, request, rules.APPROVED)
    note_step(actor, request, rules.APPROVE, decision.reason.strip() or None, in_place_of=place, **facts)
    return request


def _terms(request: LimitRequest, decision: Decision) -> tuple[int, date | None, str | None]:
    """Amount, end and conditions: those of who approved first, else the decision's, else what was asked."""
    if request.first_by is not None and request.granted is not None:
        return request.granted, request.granted_until, request.conditions
    money = decision.amount or Money(request.amount, request.currency)
    ends_on = decision.ends_on or request.ends_on
    errors = limit_faults(money.amount, money.currency, request.max_days_late, None, ends_on, "internal")
    if money.amount > request.amount:
        errors["amount"] = _l("C’est plus que demandé.")
    conditions = (decision.conditions or "").strip() or None
    if conditions:
        try:
            check_words(conditions, "conditions", None)
        except Invalid as refusal:
            errors |= refusal.errors
    if errors:
        raise Invalid(_l("La décision n’est pas enregistrée."), errors=errors)
    return money.amount, ends_on, conditions


def _pass_on(actor: Actor, request: LimitRequest, decision: Decision) -> LimitRequest:
    """To the next role above who passes it on."""
    stage = rules.above(actor.role, request.judged)
    if stage is None:
        raise Conflict(_l("Personne ne décide au-dessus de vous : la décision vous revient."))
    request.stage = stage
    note_step(actor, request, rules.PASS_ON, decision.reason.strip() or None, stage=stage)
    return request


def _close(actor: Actor, request: LimitRequest, state: str) -> None:
    request.state = state
    request.decided_by = None if actor.user_id == NOBODY else actor.user_id
    request.decided_at = now()
    enqueue("limit_requests.record", f"limit_requests.record:{request.id}", request_id=str(request.id))


def _beyond(actor: Actor) -> object:
    ceiling = rules.TIERS.get(actor.role) or 0
    amount = format_money(ceiling, locale=actor.locale, cents=False)
    return _l("Au-delà de votre délégation de %(amount)s : transmettez la demande.", amount=amount)
