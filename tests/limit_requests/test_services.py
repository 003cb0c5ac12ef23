"""A limit is asked for and decided once, by somebody else, within their authority."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import levels_of, make_limit
from tests.factories.people import Cast
from tests.factories.requests import limit_request
from tests.factories.visits import visit
from tests.threads.test_concurrency import together
from webapp.clients.models import Client
from webapp.clients.services import upsert_client
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.core.money import Money
from webapp.extensions import db
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.queries import get_request, list_requests, list_steps
from webapp.limit_requests.services import (
    Decision,
    Draft,
    answer_question,
    decide_request,
    submit_request,
    withdraw_request,
)
from webapp.notifications.models import Notification
from webapp.risk.models import CreditLimit
from webapp.risk.queries import current_limit
from webapp.users.actor import Actor
from webapp.users.fresh import SignInAgain
from webapp.users.models import AuditEntry

APPROVE = Decision("approve")


def decide(actor: Actor, request: LimitRequest, decision: Decision = APPROVE) -> LimitRequest:
    with unit_of_work():
        return decide_request(actor, request.id, decision)


def proved(actor: Actor) -> Actor:
    """The same person, who has just shown who they are."""
    return replace(actor, session_id=new_id(), proved_at=now())


def heard(actor: Actor, kind: str) -> int:
    rows = db.session.scalars(
        select(Notification).where(Notification.user_id == actor.user_id, Notification.kind == kind)
    )
    return len(rows.all())


def breached(cast: Cast) -> Client:
    client = make_client(cast, legal_name="Ateliers Delorme")
    make_limit(cast, client, 100_000)
    make_invoice(cast, client, 120_000, due_in=-5)
    return client


def test_what_a_representative_asks_their_branch_manager_approves_and_the_alert_closes(cast: Cast) -> None:
    client = breached(cast)
    assert levels_of(client, state="open") == [100]
    request = limit_request(cast.bob, client, 200_000)
    assert (request.state, request.stage, request.judged) == ("open", "branch_manager", 200_000)
    assert request.snapshot["exposure"] == request.snapshot["overdue"] == 120_000
    assert heard(cast.chloe, "limit_asked") == 1 and heard(cast.bob, "limit_asked") == 0
    end = today() + timedelta(days=90)
    decide(cast.chloe, request, Decision("approve", amount=Money(150_000, "EUR"), ends_on=end))
    limit = current_limit(client.id)
    assert limit is not None and (limit.id, limit.amount) == (request.limit_id, 150_000)
    assert (limit.ends_on, limit.source, limit.set_by) == (end, "temporary", cast.chloe.user_id)
    assert (request.state, request.granted, request.decided_by) == ("approved", 150_000, cast.chloe.user_id)
    assert levels_of(client, state="open") == []
    assert heard(cast.bob, "limit_decided") == 1
    assert [line.step.kind for line in list_steps(request.id)] == ["submit", "approve"]
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == str(request.id)))
    assert actions.all() == ["limit_request.submit", "limit_request.approve"]


def test_nobody_decides_their_own_request_not_even_after_a_change_of_role(cast: Cast) -> None:
    client = make_client(cast)
    own = limit_request(cast.chloe, client)
    with pytest.raises(Forbidden, match="votre demande"):
        decide(cast.chloe, own)
    promoted = replace(cast.chloe, role="cfo")
    with pytest.raises(Forbidden, match="votre demande"):
        decide(promoted, own)
    assert own.stage == "credit_manager", "it goes to somebody else at once"
    assert current_limit(client.id) is None


@pytest.mark.parametrize("handle", ["bob", "david", "sonia", "ada"])
def test_who_answers_for_no_risk_decides_nothing(cast: Cast, handle: str) -> None:
    request = limit_request(cast.chloe, make_client(cast))
    with pytest.raises((Forbidden, NotFound)):
        decide(getattr(cast, handle), request)


def test_what_is_beyond_an_authority_is_passed_on(cast: Cast) -> None:
    request = limit_request(cast.bob, make_client(cast), 2_500_000)
    assert request.stage == "credit_manager"
    with pytest.raises(Forbidden, match="délégation"):
        decide(cast.chloe, request)
    decide(cast.chloe, request, Decision("pass_on", reason="Je suis pour."))
    assert (request.state, request.stage) == ("open", "credit_manager")
    decide(cast.alice, request, Decision("pass_on"))
    assert request.stage == "cfo" and heard(cast.emma, "limit_asked") == 1
    with pytest.raises(Conflict):
        decide(cast.emma, request, Decision("pass_on"))
    decide(cast.emma, request)
    assert request.state == "approved"


def test_the_exposure_of_the_day_counts_for_the_authority(cast: Cast) -> None:
    client = make_client(cast)
    request = limit_request(cast.bob, client, 1_500_000)
    make_invoice(cast, client, 2_500_000)
    with pytest.raises(Forbidden, match="délégation"):
        decide(cast.chloe, request)


def test_above_a_sum_two_people_approve_the_same_terms(cast: Cast) -> None:
    client = make_client(cast)
    request = limit_request(cast.bob, client, 6_000_000)
    decide(
        cast.alice,
        request,
        Decision("approve", amount=Money(5_500_000, "EUR"), conditions="Caution du gérant"),
    )
    assert (request.state, request.first_by) == ("open", cast.alice.user_id)
    assert current_limit(client.id) is None
    with pytest.raises(Conflict, match="second"):
        decide(cast.alice, request)
    decide(cast.emma, request, Decision("approve", amount=Money(1, "EUR")))
    limit = current_limit(client.id)
    assert limit is not None and limit.amount == 5_500_000 and request.conditions == "Caution du gérant"
    assert [line.step.kind for line in list_steps(request.id)] == ["submit", "second", "approve"]


def test_terms_of_a_first_approval_are_forgotten_when_more_is_said(cast: Cast) -> None:
    request = limit_request(cast.bob, make_client(cast), 6_000_000)
    decide(cast.alice, request, Decision("approve", conditions="Caution du gérant"))
    decide(cast.emma, request, Decision("ask", reason="Qui paie ?"))
    with unit_of_work():
        answer_question(cast.bob, request.id, "La mairie.")
    assert (request.first_by, request.granted, request.conditions) == (None, None, None)
    assert decide(cast.alice, request).first_by == cast.alice.user_id


def test_a_large_approval_asks_who_it_is_again(cast: Cast) -> None:
    request = limit_request(cast.bob, make_client(cast), 2_500_000)
    seated = replace(cast.alice, session_id=new_id(), proved_at=now() - timedelta(hours=1))
    with pytest.raises(SignInAgain):
        decide(seated, request)
    assert decide(proved(cast.alice), request).state == "approved"


def test_a_question_goes_back_and_the_answer_is_shown_before_anything_is_decided(cast: Cast) -> None:
    request = limit_request(cast.bob, make_client(cast))
    seen = request.revision
    decide(cast.chloe, request, Decision("ask", reason="Qui paie ?"))
    assert request.state == "returned" and heard(cast.bob, "limit_returned") == 1
    with pytest.raises(Conflict):
        decide(cast.chloe, request)
    with pytest.raises(Forbidden), unit_of_work():
        answer_question(cast.chloe, request.id, "Moi")
    with unit_of_work():
        answer_question(cast.bob, request.id, "La mairie.")
    assert (request.state, heard(cast.chloe, "limit_asked")) == ("open", 2)
    with pytest.raises(Conflict) as refused:
        decide(cast.chloe, request, Decision("approve", seen_revision=seen))
    assert refused.value.code == "stale"
    assert (
        decide(cast.chloe, request, Decision("approve", seen_revision=request.revision)).state == "approved"
    )


def test_a_refusal_says_why_and_closes(cast: Cast) -> None:
    client = make_client(cast)
    request = limit_request(cast.bob, client)
    with pytest.raises(Invalid) as refused:
        decide(cast.chloe, request, Decision("reject", reason=" "))
    assert "reason" in refused.value.errors
    decide(cast.chloe, request, Decision("reject", reason="Trop de retard."))
    assert request.state == "rejected" and current_limit(client.id) is None
    with pytest.raises(Conflict):
        decide(cast.alice, request)
    with pytest.raises(Conflict), unit_of_work():
        withdraw_request(cast.bob, request.id)


def test_what_is_withdrawn_is_decided_by_nobody(cast: Cast) -> None:
    request = limit_request(cast.bob, make_client(cast))
    with pytest.raises(Forbidden), unit_of_work():
        withdraw_request(cast.chloe, request.id)
    with unit_of_work():
        withdraw_request(cast.bob, request.id)
    assert request.state == "withdrawn"
    with pytest.raises(Conflict):
        decide(cast.chloe, request)


def test_fifty_approvals_at_once_set_one_limit(app: Flask, cast: Cast) -> None:
    client = make_client(cast)
    request_id, client_id = limit_request(cast.bob, client).id, client.id

    def approve(number: int) -> str:
        actor = (cast.chloe, cast.alice, cast.emma)[number % 3]
        try:
            with unit_of_work():
                return decide_request(actor, request_id, APPROVE).state
        except DomainError as refusal:
            db.session.rollback()
            return refusal.code

    said = together(app, 50, approve)
    assert said.count("approved") == 1 and said.count("conflict") == 49, said
    limits = db.session.scalars(select(CreditLimit).where(CreditLimit.client_id == client_id)).all()
    assert len(limits) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount": Money(0, "EUR")}, "amount"),
        ({"amount": Money(-5, "EUR")}, "amount"),
        ({"amount": Money(100, "USD")}, "amount"),
        ({"amount": Money(10**13, "EUR")}, "amount"),
        ({"reason": "  "}, "reason"),
        ({"reason": "x" * 2_001}, "reason"),
        ({"ends_on": today() - timedelta(days=1)}, "ends_on"),
        ({"max_days_late": -1}, "max_days_late"),
        ({"evidence": (("visit", new_id()),)}, "evidence"),
    ],
)
def test_what_no_limit_can_be_is_refused_beside_its_field(cast: Cast, change: dict, field: str) -> None:
    draft = Draft(make_client(cast).id, Money(100_000, "EUR"), "Un chantier")
    with pytest.raises(Invalid) as refused, unit_of_work():
        submit_request(cast.bob, replace(draft, **change))
    assert field in refused.value.errors
    assert list_requests(cast.alice) == []


@pytest.mark.parametrize("amount", [Money(200_000, "EUR"), Money(-1, "EUR"), Money(10, "USD")])
def test_no_more_is_granted_than_was_asked(cast: Cast, amount: Money) -> None:
    request = limit_request(cast.bob, make_client(cast), 150_000)
    with pytest.raises(Invalid) as refused:
        decide(cast.chloe, request, Decision("approve", amount=amount))
    assert "amount" in refused.value.errors


def test_evidence_is_of_the_same_client(cast: Cast) -> None:
    client, other = make_client(cast), make_client(cast)
    seen, elsewhere = visit(cast.bob, client.id, "works_stopped"), visit(cast.bob, other.id, "works_stopped")
    request = limit_request(cast.bob, client, evidence=(("visit", seen.id),))
    assert request.evidence == [{"kind": "visit", "id": str(seen.id)}]
    with pytest.raises(Invalid):
        limit_request(cast.bob, client, evidence=(("visit", elsewhere.id),))


def test_the_same_id_is_the_same_request(cast: Cast) -> None:
    client = make_client(cast)
    draft = Draft(client.id, Money(100_000, "EUR"), "Un chantier")
    for _ in range(2):
        with unit_of_work():
            submit_request(cast.bob, draft)
    assert len(list_requests(cast.bob)) == 1
    with pytest.raises(Invalid) as refused, unit_of_work():
        submit_request(cast.chloe, draft)
    assert refused.value.code == "id_reused"


def test_requests_follow_their_client_and_stay_behind_the_wall_of_limits(cast: Cast) -> None:
    client = make_client(cast)
    request = limit_request(cast.bob, client)
    assert list_requests(cast.david) == [] and list_requests(cast.oscar) == []
    for stranger in (cast.david, cast.oscar):
        with pytest.raises(NotFound):
            get_request(stranger, request.id)
    with unit_of_work():
        upsert_client(cast.system, client.ref, {"branch": "Nantes", "sales_rep": None})
    with pytest.raises(NotFound):
        decide(cast.chloe, request)
    assert [line.request.id for line in list_requests(cast.alice)] == [request.id]
