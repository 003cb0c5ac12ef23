"""Who follows a conversation from its first message on: by role, as the company decides."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.promises import press
from tests.factories.talk import say
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid
from webapp.extensions import db
from webapp.threads import queries, rules
from webapp.threads.models import ThreadMember
from webapp.threads.rules import client_thread_of
from webapp.threads.services import set_default_followers
from webapp.users.models import AuditEntry


def decide(cast: Cast, **levels: str) -> None:
    with unit_of_work():
        set_default_followers(cast.ada, levels)


def levels_of(cast: Cast, thread_id: uuid.UUID) -> dict[str, str]:
    """Handle -> level of who follows."""
    names = {actor.user_id: actor.handle for actor in cast}
    members = db.session.scalars(select(ThreadMember).where(ThreadMember.thread_id == thread_id))
    return {names[member.user_id]: member.level for member in members}


def begun(cast: Cast) -> uuid.UUID:
    """A conversation that Emma, who is company-wide, begins about an invoice of Bob's client in Lyon."""
    invoice = make_invoice(cast, make_client(cast))
    say(cast.emma, invoice.id)
    return invoice.id


def test_until_somebody_decides_the_representative_and_the_branchs_managers_follow(cast: Cast) -> None:
    assert levels_of(cast, begun(cast)) == {"emma": "all", "bob": "all", "chloe": "all"}


def test_each_role_follows_as_closely_as_it_was_decided_where_the_client_is_its_own(cast: Cast) -> None:
    decide(cast, sales_rep="mentions", after_sales="all", credit_manager="mentions", branch_manager="")
    assert levels_of(cast, begun(cast)) == {
        "emma": "all",
        "bob": "mentions",
        "david": "all",
        "alice": "mentions",
    }


def test_the_clients_thread_begins_the_same_way_and_those_that_began_stay_as_they_are(cast: Cast) -> None:
    before = begun(cast)
    decide(cast, accountant="all")
    say(cast.emma, before, "encore")
    assert levels_of(cast, before) == {"emma": "all", "bob": "all", "chloe": "all"}
    say(cast.emma, client_thread_of(before))
    assert levels_of(cast, client_thread_of(before)) == {"emma": "all", "sonia": "all"}


def test_nobody_follows_by_default_when_no_role_does(cast: Cast) -> None:
    decide(cast)
    assert levels_of(cast, begun(cast)) == {"emma": "all"}


def test_only_administrators_decide_and_it_is_in_the_audit_trail(cast: Cast) -> None:
    with pytest.raises(Forbidden), unit_of_work():
        set_default_followers(cast.alice, {"cfo": "all"})
    for wrong in ({"admin": "all"}, {"cfo": "none"}, {"nobody": "all"}):
        with pytest.raises(Invalid) as refused, unit_of_work():
            set_default_followers(cast.ada, wrong)
        assert refused.value.errors.keys() == wrong.keys()
    assert queries.default_following() == rules.FOLLOWING
    decide(cast, cfo="all")
    assert queries.default_following() == {"cfo": "all"}
    query = select(AuditEntry.actor_id).where(AuditEntry.action == "company.default_followers")
    assert db.session.scalars(query).all() == [cast.ada.user_id]


def test_what_is_kept_and_makes_no_sense_is_left_out() -> None:
    assert rules.following(None) == rules.FOLLOWING
    assert rules.following({"cfo": "mentions", "admin": "all", "sales_rep": "x"}) == {"cfo": "mentions"}
    assert rules.following({}) == {}


def test_the_settings_page_shows_what_holds_and_changes_it(cast: Cast, browser_of: Any) -> None:
    browser = browser_of(cast.ada)
    page = browser.get("/settings/followers").text
    assert page.count('<option value="all" selected>') == 2
    assert press(browser, "/settings/followers", cfo="mentions", sales_rep="").status_code == 303
    assert queries.default_following() == {"cfo": "mentions"}
    assert '<option value="mentions" selected>' in browser.get("/settings/followers").text
    refused = press(browser, "/settings/followers", cfo="always")
    assert refused.status_code == 422
    assert "Ce choix n’existe pas." in refused.text
    assert browser_of(cast.bob).get("/settings/followers").status_code == 403
