from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.events import after_commit
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.threads import events, queries, services
from webapp.threads.models import Message, MessageVersion, Thread, ThreadMember
from webapp.users.models import AuditEntry

NAUGHTY = [
    "  espaces \n",
    "ﺡﺎﻬﻬ",
    "👩‍👩‍👧 z̷a̷",
    "‮abc",
    "'; DROP TABLE users;--",
    "\u200b",
    "\ufeff a",
    "${7*7}",
    "\r\nx\r\n",
]


@pytest.fixture
def thread_id(cast: Cast):  # type: ignore[no-untyped-def]
    return make_invoice(cast, make_client(cast)).id


def test_seq_starts_at_one_and_has_no_holes(cast: Cast, thread_id) -> None:
    assert [say(cast.bob, thread_id).seq for _ in range(3)] == [1, 2, 3]
    with pytest.raises(Invalid):
        say(cast.bob, thread_id, " ")
    assert say(cast.alice, thread_id).seq == 4
    assert queries.find_last_seq(thread_id) == 4


def test_the_same_client_id_gives_the_first_message_whatever_it_says(cast: Cast, thread_id) -> None:
    act = new_id()
    first = say(cast.bob, thread_id, "un", client_id=act)
    again = say(cast.bob, thread_id, "deux", client_id=act)
    assert (again.id, again.body) == (first.id, "un")
    assert say(cast.alice, thread_id, "trois", client_id=act).id != first.id
    elsewhere = make_invoice(cast, make_client(cast)).id
    with pytest.raises(Invalid) as refusal:
        say(cast.bob, elsewhere, "un", client_id=act)
    assert refusal.value.code == "id_reused"


@pytest.mark.parametrize(
    ("body", "code"),
    [("", "empty"), ("x" * 100_000, "too_long"), ("\x00", "unreadable"), ("\udfff", "unreadable")],
)
def test_what_cannot_be_stored_is_refused_by_name(cast: Cast, thread_id, body: str, code: str) -> None:
    with pytest.raises(Invalid) as refusal:
        say(cast.bob, thread_id, body)
    assert refusal.value.code == code
    assert db.session.get(Thread, thread_id) is None


@pytest.mark.parametrize("body", NAUGHTY)
def test_texts_are_kept_byte_for_byte(cast: Cast, thread_id, body: str) -> None:
    message_id = say(cast.bob, thread_id, body).id
    db.session.expire_all()
    assert db.session.get_one(Message, message_id).body == body
    assert queries.present_one(message_id)["body"] == body


def test_out_of_scope_looks_like_nothing(cast: Cast, thread_id) -> None:
    message_id = say(cast.bob, thread_id).id
    for act in (
        lambda: say(cast.oscar, thread_id),
        lambda: services.mark_read(cast.oscar, thread_id, 1),
        lambda: services.set_follow_level(cast.oscar, thread_id, "all"),
        lambda: services.edit_message(cast.oscar, message_id, "x"),
        lambda: services.delete_message(cast.oscar, message_id),
        lambda: services.react(cast.oscar, message_id, "👍"),
        lambda: queries.get_page(cast.oscar, thread_id),
        lambda: say(cast.bob, new_id()),
        lambda: say(cast.bob, thread_id, reply_to=new_id()),
    ):
        with pytest.raises(NotFound):
            act()


def test_mentions_reach_active_people_who_may_read(cast: Cast, thread_id) -> None:
    message = say(cast.bob, thread_id, "@alice @oscar @personne et encore @Alice")
    assert message.mentions == [str(cast.alice.user_id)]
    assert message.html.count('class="mention"') == 2
    assert "@oscar" in message.html
    assert queries.find_member(thread_id, cast.alice.user_id).mentioned_seq == 1
    assert queries.find_member(thread_id, cast.oscar.user_id) is None


def test_followers_by_role_are_there_from_the_first_message(cast: Cast, thread_id) -> None:
    say(cast.david, thread_id)
    followers = {member.user_id: member.level for member in queries.list_followers(thread_id)}
    assert followers == dict.fromkeys([cast.david.user_id, cast.bob.user_id, cast.chloe.user_id], "all")


def test_levels_are_kept_when_named_or_writing(cast: Cast, thread_id) -> None:
    with pytest.raises(Invalid):
        services.set_follow_level(cast.chloe, thread_id, "none")
    say(cast.bob, thread_id)
    with unit_of_work():
        services.set_follow_level(cast.chloe, thread_id, "none")
        services.mark_read(cast.alice, thread_id, 1)
    assert queries.find_member(thread_id, cast.alice.user_id).level == "seen"
    say(cast.bob, thread_id, "@chloe @alice")
    assert queries.find_member(thread_id, cast.chloe.user_id).level == "none"
    assert queries.find_member(thread_id, cast.alice.user_id).level == "all"
    with pytest.raises(Invalid):
        services.set_follow_level(cast.chloe, thread_id, "loud")


def test_reading_moves_forward_only(cast: Cast, thread_id) -> None:
    for _ in range(3):
        say(cast.bob, thread_id)
    with unit_of_work():
        assert services.mark_read(cast.chloe, thread_id, 2) == 2
        assert services.mark_read(cast.chloe, thread_id, 1) == 2
        assert services.mark_read(cast.chloe, thread_id, 99) == 3
    assert queries.unread_count(cast.chloe) == 0
    say(cast.bob, thread_id)
    assert queries.unread_count(cast.chloe) == 1
    assert queries.unread_count(cast.bob) == 0


def test_an_edit_keeps_the_earlier_text_and_the_audit(cast: Cast, thread_id) -> None:
    message_id = say(cast.bob, thread_id, "un").id
    with unit_of_work():
        services.edit_message(cast.bob, message_id, "un")
        edited = services.edit_message(cast.bob, message_id, "deux @alice")
    assert (edited.body, edited.edited_at is not None) == ("deux @alice", True)
    versions = db.session.scalars(select(MessageVersion.body).where(MessageVersion.message_id == message_id))
    assert versions.all() == ["un"]
    assert _audited("message.edit") == 1
    with pytest.raises(Forbidden):
        services.edit_message(cast.alice, message_id, "trois")
    with unit_of_work() as session:
        session.get_one(Message, message_id).created_at = now() - timedelta(minutes=16)
    with pytest.raises(Conflict) as late:
        services.edit_message(cast.bob, message_id, "trois")
    assert late.value.code == "too_late"


def test_a_deleted_message_leaves_a_tombstone(cast: Cast, thread_id) -> None:
    message_id = say(cast.bob, thread_id, "secret @alice").id
    with unit_of_work():
        services.react(cast.alice, message_id, "👍")
    with pytest.raises(Forbidden):
        services.delete_message(cast.alice, message_id)
    with unit_of_work():
        services.delete_message(cast.bob, message_id)
        services.delete_message(cast.bob, message_id)
    shown = queries.present_one(message_id)
    assert (shown["body"], shown["html"], shown["mentions"], shown["reactions"]) == ("", "", [], [])
    assert shown["deleted_at"] and shown["seq"] == 1
    assert _audited("message.delete") == 1
    assert queries.search_thread(cast.bob, thread_id, "secret").items == []
    for act in (
        lambda: services.edit_message(cast.bob, message_id, "x"),
        lambda: services.react(cast.bob, message_id, "👍"),
    ):
        with pytest.raises(Conflict):
            act()


def test_reactions_are_one_a_person_and_sign(cast: Cast, thread_id) -> None:
    message_id = say(cast.bob, thread_id).id
    with unit_of_work():
        for _ in range(2):
            services.react(cast.alice, message_id, "👍")
        services.react(cast.bob, message_id, "👍")
    (shown,) = queries.present_one(message_id)["reactions"]
    assert (shown["emoji"], set(shown["user_ids"])) == (
        "👍",
        {str(cast.alice.user_id), str(cast.bob.user_id)},
    )
    with unit_of_work():
        services.react(cast.alice, message_id, "👍", on=False)
        services.react(cast.bob, message_id, "👍", on=False)
    assert queries.present_one(message_id)["reactions"] == []
    with pytest.raises(Invalid):
        services.react(cast.bob, message_id, "bravo")
    with unit_of_work():
        for code in range(20):
            services.react(cast.bob, message_id, chr(0x1F600 + code))
        with pytest.raises(Invalid):
            services.react(cast.bob, message_id, "👍")


def test_a_reply_quotes_what_it_answers(cast: Cast, thread_id) -> None:
    first = say(cast.bob, thread_id, "Qui passe lundi ?")
    answer = say(cast.alice, thread_id, "Moi", reply_to=first.id)
    quote = queries.present_one(answer.id)["quote"]
    assert (quote["seq"], quote["name"], quote["excerpt"]) == (1, "Bob Martin", "Qui passe lundi ?")


def test_a_system_line_has_no_author(cast: Cast, thread_id) -> None:
    with unit_of_work():
        line = services.post_system_line(thread_id, "Plafond dépassé")
    shown = queries.present_one(line.id)
    assert (shown["author"], shown["kind"], shown["seq"]) == (None, "system", 1)
    with pytest.raises(NotFound):
        services.post_system_line(new_id(), "x")


def test_events_follow_each_act_once(cast: Cast, thread_id) -> None:
    heard: list[object] = []
    kinds = (
        events.MessagesPosted,
        events.MessageEdited,
        events.MessageDeleted,
        events.MessageReacted,
        events.ThreadRead,
    )
    after_commit(*kinds)(heard.append)
    act = new_id()
    message = say(cast.bob, thread_id, client_id=act)
    say(cast.bob, thread_id, client_id=act)
    with unit_of_work():
        services.react(cast.alice, message.id, "👍")
        services.edit_message(cast.bob, message.id, "mieux")
        services.mark_read(cast.alice, thread_id, 1)
        services.delete_message(cast.bob, message.id)
    assert [type(event).__name__ for event in heard] == [
        "MessagesPosted",
        "MessageReacted",
        "MessageEdited",
        "ThreadRead",
        "MessageDeleted",
    ]


def _audited(action: str) -> int:
    return db.session.scalar(select(func.count()).where(AuditEntry.action == action)) or 0


def test_members_are_counted_once(cast: Cast, thread_id) -> None:
    for _ in range(3):
        say(cast.bob, thread_id, "@chloe")
    assert db.session.scalar(select(func.count()).select_from(ThreadMember)) == 2
