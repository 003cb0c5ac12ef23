"""Somebody decides in the place of another for a time: with their authority, in their own name, and never on
what either of them has a part in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories.books import make_client
from tests.factories.people import Cast
from tests.factories.requests import limit_request
from tests.limit_requests.test_pages import flat, submit
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.home.queries.waiting import list_waiting_for
from webapp.limit_requests.models import Delegation, LimitRequest
from webapp.limit_requests.queries import givers_to, list_delegations, list_steps
from webapp.limit_requests.services import Decision, decide_request, delegate, end_delegation
from webapp.notifications.models import Notification
from webapp.risk.queries import current_limit
from webapp.users.actor import Actor
from webapp.users.models import AuditEntry

APPROVE = Decision("approve")
BEYOND_CHLOE = 2_500_000


def proved(actor: Actor) -> Actor:
    """The same person, who has just shown who they are."""
    return replace(actor, session_id=new_id(), proved_at=now())


def give(giver: Actor, taker: Actor, *, starts: int = 0, days: int = 14) -> Delegation:
    first = today() + timedelta(days=starts)
    with unit_of_work():
        return delegate(giver, taker.user_id, first, first + timedelta(days=days))


def decide(actor: Actor, request: LimitRequest, decision: Decision = APPROVE) -> LimitRequest:
    with unit_of_work():
        return decide_request(actor, request.id, decision)


def test_who_stands_in_decides_with_that_authority_and_both_names_are_kept(cast: Cast) -> None:
    request = limit_request(cast.bob, make_client(cast), BEYOND_CHLOE)
    with pytest.raises(Forbidden, match="délégation"):
        decide(proved(cast.chloe), request)
    given = give(cast.alice, cast.chloe)
    decide(proved(cast.chloe), request)
    assert (request.state, request.decided_by, request.decided_for) == (
        "approved",
        cast.chloe.user_id,
        cast.alice.user_id,
    )
    last = list_steps(request.id)[-1]
    assert (last.step.kind, last.name, last.place_of) == ("approve", "Chloé Vidal", "Alice Roux")
    actions = db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_id == str(given.id)))
    assert actions.all() == ["delegation.give"]


def test_within_their_own_authority_they_decide_for_themselves(cast: Cast) -> None:
    give(cast.alice, cast.chloe)
    request = decide(cast.chloe, limit_request(cast.bob, make_client(cast)))
    assert (request.decided_by, request.decided_for) == (cast.chloe.user_id, None)


@pytest.mark.parametrize(("starts", "ended"), [(1, False), (0, True)])
def test_before_its_first_day_and_once_taken_back_it_gives_nothing(
    cast: Cast, starts: int, ended: bool
) -> None:
    given = give(cast.alice, cast.chloe, starts=starts)
    if ended:
        with unit_of_work():
            end_delegation(cast.alice, given.id)
    request = limit_request(cast.bob, make_client(cast), BEYOND_CHLOE)
    with pytest.raises(Forbidden):
        decide(proved(cast.chloe), request)
    assert request.state == "open"


def test_it_is_over_after_its_last_day(cast: Cast) -> None:
    with unit_of_work():
        given = give(cast.alice, cast.chloe)
        given.starts_on, given.ends_on = today() - timedelta(days=3), today() - timedelta(days=1)
    assert givers_to(cast.chloe.user_id) == []
    assert list_delegations(cast.alice.user_id) == []


def test_what_the_giver_lost_the_taker_has_not(cast: Cast) -> None:
    from webapp.users.services import set_active

    give(cast.alice, cast.chloe)
    with unit_of_work():
        set_active(cast.ada, cast.alice.user_id, False)
    assert givers_to(cast.chloe.user_id) == []


def test_nobody_approves_their_own_by_another_nor_the_others_in_their_place(cast: Cast) -> None:
    """Alice asked; Chloe stands in for Alice: not with Alice's authority. Nor Alice with Emma's."""
    own = limit_request(cast.alice, make_client(cast), BEYOND_CHLOE)
    give(cast.alice, cast.chloe)
    with pytest.raises(Forbidden):
        decide(proved(cast.chloe), own)
    give(cast.emma, cast.alice)
    with pytest.raises(Forbidden, match="votre demande"):
        decide(proved(cast.alice), own)
    assert current_limit(own.client_id) is None
    # Emma's authority, in other hands, decides.
    give(cast.emma, cast.chloe, starts=30)
    with pytest.raises(Forbidden):
        decide(proved(cast.chloe), own)
    decide(proved(cast.emma), own)
    assert own.state == "approved"


def test_two_pairs_of_eyes_are_two_people_whoever_stands_in_for_whom(cast: Cast) -> None:
    request = limit_request(cast.bob, make_client(cast), 6_000_000)
    give(cast.alice, cast.chloe)
    decide(proved(cast.chloe), request)
    assert (request.first_by, request.first_for, request.state) == (
        cast.chloe.user_id,
        cast.alice.user_id,
        "open",
    )
    for again in (cast.chloe, cast.alice):
        with pytest.raises(Conflict):
            decide(proved(again), request)
    decide(proved(cast.emma), request)
    assert (request.state, request.decided_by) == ("approved", cast.emma.user_id)


def test_the_one_who_stands_in_is_rung_and_finds_it_waiting(cast: Cast) -> None:
    give(cast.alice, cast.chloe)
    request = limit_request(cast.bob, make_client(cast), BEYOND_CHLOE)
    assert request.stage == "credit_manager"
    rung = select(Notification.user_id).where(Notification.kind == "limit_asked")
    assert set(db.session.scalars(rung)) == {cast.alice.user_id, cast.chloe.user_id}
    assert request.id in {each.id for each in list_waiting_for(cast.chloe)}
    assert request.id not in {each.id for each in list_waiting_for(cast.emma)}


@pytest.mark.parametrize("handle", ["bob", "david", "sonia", "ada"])
def test_who_decides_nothing_has_nothing_to_give_and_takes_nothing(cast: Cast, handle: str) -> None:
    other = getattr(cast, handle)
    with pytest.raises(Forbidden):
        give(other, cast.chloe)
    with pytest.raises(Invalid) as refusal:
        give(cast.alice, other)
    assert set(refusal.value.errors) == {"to_id"}


def test_bad_days_and_people_are_named_beside_their_fields(cast: Cast) -> None:
    day = today()
    cases: list[tuple[object, date | None, date | None, set[str]]] = [
        (None, None, None, {"to_id", "starts_on", "ends_on"}),
        (cast.alice.user_id, day, day, {"to_id"}),
        (uuid4(), day, day, {"to_id"}),
        (cast.chloe.user_id, day - timedelta(days=1), day, {"starts_on"}),
        (cast.chloe.user_id, day, day - timedelta(days=1), {"ends_on"}),
        (cast.chloe.user_id, day, day + timedelta(days=400), {"ends_on"}),
    ]
    for to_id, starts_on, ends_on, fields in cases:
        with pytest.raises(Invalid) as refusal, unit_of_work():
            delegate(cast.alice, to_id, starts_on, ends_on)
        assert set(refusal.value.errors) == fields
    give(cast.alice, cast.chloe)
    with pytest.raises(Invalid) as refusal:
        give(cast.alice, cast.emma, starts=7)
    assert set(refusal.value.errors) == {"starts_on"}
    assert len(db.session.scalars(select(Delegation)).all()) == 1


def test_it_is_taken_back_by_who_gave_it_alone(cast: Cast) -> None:
    given = give(cast.alice, cast.chloe)
    for other in (cast.chloe, cast.emma, cast.bob):
        with pytest.raises(NotFound), unit_of_work():
            end_delegation(other, given.id)
    with unit_of_work():
        end_delegation(cast.alice, given.id)
    with pytest.raises(DomainError), unit_of_work():
        end_delegation(cast.alice, given.id)


def test_the_page_gives_it_says_it_to_both_and_takes_it_back(
    cast: Cast, browser_of: Callable[[Actor], FlaskClient]
) -> None:
    alice, chloe, day = browser_of(cast.alice), browser_of(cast.chloe), today()
    assert browser_of(cast.bob).get("/settings/delegation").status_code == 403
    assert "Délégation" in alice.get("/settings").text
    refused = submit(alice, "/settings/delegation", {"to_id": "", "starts_on": "x", "ends_on": ""})
    assert refused.status_code == 422 and refused.text.count("fs__err") == 3
    form = {"to_id": str(cast.chloe.user_id), "starts_on": day.isoformat(), "ends_on": day.isoformat()}
    assert submit(alice, "/settings/delegation", form).status_code == 303
    assert "Chloé Vidal décide pour vous" in alice.get("/settings/delegation").text
    assert "Vous décidez pour Alice Roux" in chloe.get("/settings/delegation").text
    request = limit_request(cast.bob, make_client(cast), BEYOND_CHLOE)
    assert "Vous décidez pour Alice Roux." in flat(chloe.get(f"/limit-requests/{request.id}"))
    (line,) = list_delegations(cast.alice.user_id)
    path = f"/settings/delegation/{line.delegation.id}/end"
    assert submit(chloe, path).status_code == 404
    assert submit(alice, path).status_code == 303
    assert "Aucune délégation" in alice.get("/settings/delegation").text
