"""Who hears, how urgently, what an answer means: without any database."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from webapp.notifications import rules
from webapp.notifications.rules import Candidate

ROLES = ("sales_rep", "branch_manager", "credit_manager", "cfo", "accountant", "after_sales", "admin")
PEOPLE = {role: UUID(int=number) for number, role in enumerate(ROLES, 1)}


def hearing(kind: str, level: int, *, entitled: bool = True) -> dict[str, bool]:
    people = [Candidate(user_id, role, entitled) for role, user_id in PEOPLE.items()]
    heard = rules.alert_recipients(kind, level, people)
    return {role: heard[user_id] for role, user_id in PEOPLE.items() if user_id in heard}


@pytest.mark.parametrize("kind", ["limit_breach", "delay_breach"])
def test_a_breach_is_pushed_to_every_entitled_person(kind: str) -> None:
    assert hearing(kind, 100) == dict.fromkeys(ROLES, True)
    assert hearing(kind, 100, entitled=False) == {}


@pytest.mark.parametrize(("level", "pushed"), [(50, False), (70, False), (90, True)])
def test_a_warning_tells_three_roles_and_is_pushed_from_ninety(level: int, pushed: bool) -> None:
    expected = dict.fromkeys(("sales_rep", "branch_manager", "credit_manager"), pushed)
    assert hearing("limit_warning", level) == expected


def test_a_message_rings_for_those_named_and_followers_but_not_author_nor_who_looks() -> None:
    author, named, follower, quiet, muted, here = (uuid4() for _ in range(6))
    heard = rules.message_recipients(
        author_id=author,
        mentioned=[named, author, muted, here],
        followers={
            author: "all",
            follower: "all",
            quiet: "mentions",
            muted: "none",
            here: "all",
            named: "all",
        },
        looking={here},
    )
    assert heard == {named: "mention", follower: "message"}


def test_a_topic_is_stable_short_and_different_for_each_person() -> None:
    one, other = uuid4(), uuid4()
    topic = rules.topic("alert:1", one)
    assert topic == rules.topic("alert:1", one) != rules.topic("alert:1", other)
    assert len(topic) == 32 and set(topic) <= set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    )


@pytest.mark.parametrize(
    ("status", "state"),
    [
        (201, "sent"),
        (200, "sent"),
        (404, "gone"),
        (410, "gone"),
        (429, "retry"),
        (503, "retry"),
        (400, "failed"),
        (307, "failed"),
        (413, "failed"),
    ],
)
def test_what_a_status_means(status: int, state: str) -> None:
    assert rules.outcome(status) == state


def test_pauses_double_up_to_a_quarter_of_an_hour_and_end_after_a_day() -> None:
    assert [rules.wait_before_retry(age, None) for age in (0, 5, 40, 5000)] == [5, 5, 40, 900]
    assert rules.wait_before_retry(0, "120") == 120
    assert rules.wait_before_retry(0, "999999") == 3600
    assert rules.wait_before_retry(0, "Wed, 21 Oct 2026 07:28:00 GMT") == 5
    assert rules.wait_before_retry(rules.DAY, "5") is None


def test_urgency() -> None:
    assert [rules.urgency(kind) for kind in ("limit_breach", "delay_breach", "mention", "test")] == [
        "high"
    ] * 4
    assert [rules.urgency(kind) for kind in ("limit_warning", "message")] == ["normal"] * 2


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/131.0 Safari/537.36 Edg/131.0", "Edge, Windows"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Firefox/133.0", "Firefox, Linux"),
        (None, ""),
    ],
)
def test_a_device_is_named_as_people_know_it(agent: str | None, name: str) -> None:
    assert rules.device_name(agent) == name
