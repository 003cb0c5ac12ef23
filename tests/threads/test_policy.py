from __future__ import annotations

import pytest

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.threads.policy import may_read, may_write
from webapp.threads.queries import readers, readers_among
from webapp.threads.subjects import find_subject, read_subject

READERS = {"alice", "bob", "chloe", "david", "emma", "sonia", "ada"}


@pytest.mark.parametrize("kind", ["invoice", "client"])
def test_who_reads_the_thread_of_a_client_of_bob(cast: Cast, kind: str) -> None:
    client = make_client(cast)
    thread_id = client.id if kind == "client" else make_invoice(cast, client).id
    subject = read_subject(thread_id)
    assert subject is not None
    assert subject.type == kind
    assert {actor.handle for actor in cast if may_read(actor, subject)} == READERS
    assert {actor.handle for actor in cast if may_write(actor, subject)} == READERS
    assert may_write(cast.system, subject)
    everyone = {actor.user_id: actor.handle for actor in cast}
    assert {everyone[found] for found in readers(thread_id, everyone)} == READERS
    assert {everyone[found] for found in readers_among(thread_id, cast)} == READERS
    assert find_subject(cast.oscar, thread_id) is None


def test_nobody_reads_what_does_not_exist(cast: Cast) -> None:
    assert readers(cast.bob.user_id, [cast.bob.user_id]) == set()
    assert readers_among(cast.bob.user_id, cast) == set()
    assert readers(cast.bob.user_id, []) == set()
