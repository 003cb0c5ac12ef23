"""A role after an @ names everybody in it who may read the thread."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core.db import unit_of_work
from webapp.threads import queries
from webapp.threads.rules import groups_in, handles_in
from webapp.users.services import create_user


@pytest.fixture
def thread_id(cast: Cast) -> uuid.UUID:
    return make_invoice(cast, make_client(cast)).id


def named(message: Any) -> set[str]:
    return set(message.mentions)


@pytest.mark.parametrize(
    ("text", "who"),
    [
        ("@finance et @SAV", {"sonia", "alice", "emma", "david"}),
        ("@daf", {"emma"}),
        ("@cfo", {"emma"}),
        ("@credit @credit_manager", {"alice"}),
        ("@responsable", {"chloe"}),
        ("@commercial", {"bob"}),
        ("@comptable,", {"sonia"}),
        ("@admin @tous x@finance.fr", set()),
    ],
)
def test_a_role_names_who_may_read_the_thread(
    cast: Cast, thread_id: uuid.UUID, text: str, who: set[str]
) -> None:
    message = say(cast.bob, thread_id, text)
    assert named(message) == {str(getattr(cast, name).user_id) for name in who}
    assert message.html.count("data-role=") == len(groups_in(handles_in(text)))


def test_a_person_of_that_name_comes_first(cast: Cast, thread_id: uuid.UUID) -> None:
    with unit_of_work():
        person = create_user(
            cast.system, email="finance@encours.test", name="Fin Ance", role="cfo", branch=cast.lyon
        )
    message = say(cast.bob, thread_id, "@finance")
    assert named(message) == {str(person.id)} and "data-user" in message.html


def test_who_is_named_by_role_hears_of_it(cast: Cast, thread_id: uuid.UUID) -> None:
    say(cast.bob, thread_id, "@finance, une idée ?")
    conversation = queries.list_conversations(cast.emma)["items"][0]
    assert (conversation["mentioned"], conversation["unread"]) == (True, 1)
    assert queries.list_conversations(cast.nadia)["items"] == []


def test_naming_everybody_costs_the_same_however_many_they_are(
    cast: Cast, thread_id: uuid.UUID, count_queries: Callable[[], Any]
) -> None:
    say(cast.bob, thread_id)
    counts = []
    for size in (1, 12):
        with unit_of_work():
            for number in range(size):
                create_user(
                    cast.system,
                    email=f"c{size}-{number}@encours.test",
                    name=f"Caisse {number}",
                    role="accountant",
                    branch=cast.lyon,
                )
        with count_queries() as sql:
            assert len(named(say(cast.bob, thread_id, "@comptable"))) >= size
        counts.append(len(sql))
    assert counts[0] == counts[1]
