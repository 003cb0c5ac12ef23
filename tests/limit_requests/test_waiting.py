"""A request that nobody answers goes to the role above, and is over in the end."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from tests.factories.books import make_client
from tests.factories.people import Cast
from tests.factories.requests import limit_request
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict
from webapp.extensions import db
from webapp.limit_requests.jobs import run_waiting
from webapp.limit_requests.models import LimitRequest
from webapp.limit_requests.queries import list_steps
from webapp.limit_requests.rules import answer_day
from webapp.limit_requests.services import (
    Decision,
    answer_question,
    decide_request,
    escalate_unanswered,
    expire_forgotten,
)
from webapp.notifications.models import Notification


def late(request: LimitRequest, days: int = 1) -> LimitRequest:
    """Its day to be answered has been over for so long."""
    with unit_of_work():
        request.answer_by = today() - timedelta(days=days)
    return request


def escalate() -> int:
    with unit_of_work():
        return escalate_unanswered(today())


def steps(request: LimitRequest) -> list[tuple[str, str | None]]:
    return [(line.step.kind, line.name) for line in list_steps(request.id)]


def told(user_id: object) -> list[str]:
    return list(
        db.session.scalars(
            select(Notification.kind).where(Notification.user_id == user_id).order_by(Notification.id)
        )
    )


@pytest.mark.parametrize(
    ("day", "answered"),
    [("2026-11-30", "2026-12-02"), ("2026-12-03", "2026-12-07"), ("2026-12-04", "2026-12-08"),
     ("2026-12-05", "2026-12-08")],
)  # fmt: skip
def test_two_working_days_are_left_to_answer(day: str, answered: str) -> None:
    assert answer_day(date.fromisoformat(day)) == date.fromisoformat(answered)


def test_what_nobody_answered_in_time_goes_up_one_role_at_a_time(cast: Cast) -> None:
    request = limit_request(cast.bob, make_client(cast))
    assert (request.stage, request.answer_by) == ("branch_manager", answer_day(today()))
    assert escalate() == 0, "not on the day itself"
    assert escalate_on_the_last_day(request) == 0
    late(request)
    assert escalate() == 1
    assert (request.stage, request.answer_by) == ("credit_manager", answer_day(today()))
    assert "limit_asked" in told(cast.alice.user_id) and "limit_asked" not in told(cast.emma.user_id)
    late(request)
    assert escalate() == 1
    assert request.stage == "cfo" and "limit_asked" in told(cast.emma.user_id)
    late(request)
    assert escalate() == 1, "looked at once more, and not every day"
    assert (request.stage, request.answer_by, escalate()) == ("cfo", None, 0)
    assert steps(request) == [("submit", "Bob Martin"), ("escalate", None), ("escalate", None)]


def escalate_on_the_last_day(request: LimitRequest) -> int:
    late(request, days=0)
    return escalate()


def test_the_one_it_went_past_may_still_decide(cast: Cast) -> None:
    request = late(limit_request(cast.bob, make_client(cast)))
    escalate()
    with unit_of_work():
        decide_request(cast.chloe, request.id, Decision("approve"))
    assert (request.state, request.decided_by) == ("approved", cast.chloe.user_id)


def test_it_is_not_late_while_it_waits_for_who_asked_and_has_its_time_again_after(cast: Cast) -> None:
    request = limit_request(cast.bob, make_client(cast))
    with unit_of_work():
        decide_request(cast.chloe, request.id, Decision("ask", reason="Qui paie ?"))
    late(request)
    assert escalate() == 0
    with unit_of_work():
        answer_question(cast.bob, request.id, "La mairie")
    assert (request.stage, request.answer_by) == ("branch_manager", answer_day(today()))


def test_it_never_goes_to_who_asked(cast: Cast) -> None:
    request = late(limit_request(cast.alice, make_client(cast)))
    assert request.stage == "branch_manager"
    escalate()
    assert request.stage == "cfo", "past the credit manager who asked"


def test_after_thirty_days_it_is_over_and_who_asked_hears_of_it(cast: Cast) -> None:
    client = make_client(cast)
    old, young = limit_request(cast.bob, client), limit_request(cast.bob, client)
    with unit_of_work():
        old.asked_at = now() - timedelta(days=31)
        assert expire_forgotten(now()) == 1
    assert (old.state, young.state) == ("expired", "open")
    assert told(cast.bob.user_id) == ["limit_expired"]
    with pytest.raises(Conflict), unit_of_work():
        decide_request(cast.chloe, old.id, Decision("approve"))


def test_the_morning_does_both_and_a_second_run_nothing(cast: Cast) -> None:
    client = make_client(cast)
    old, waiting = limit_request(cast.bob, client), late(limit_request(cast.bob, client))
    with unit_of_work():
        old.asked_at = now() - timedelta(days=31)
    run_waiting()
    run_waiting()
    db.session.refresh(old)
    db.session.refresh(waiting)
    assert (old.state, waiting.stage) == ("expired", "credit_manager")
    assert [kind for kind, _name in steps(waiting)] == ["submit", "escalate"]
