"""Verbs about people, each with its events, its refusals and its audit entry (R9)."""

from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from sqlalchemy import func, select

from tests.factories.people import Cast
from webapp.core.db import unit_of_work
from webapp.core.errors import DomainError, Forbidden, Invalid, NotFound
from webapp.core.events import after_commit
from webapp.extensions import db as database
from webapp.users import queries, services
from webapp.users.actor import system_actor
from webapp.users.events import RightsChanged, SessionEnded
from webapp.users.models import ApiToken, AuditEntry, Membership, User

heard: list[object] = []


@after_commit(RightsChanged, SessionEnded)
def _hear(event: object) -> None:
    heard.append(event)


@pytest.fixture(autouse=True)
def _silence(cast: Cast) -> None:
    heard.clear()


def entries() -> int:
    return database.session.scalar(select(func.count()).select_from(AuditEntry)) or 0


def open_session(cast: Cast, who: str) -> uuid.UUID:
    with unit_of_work():
        return services.start_session(getattr(cast, who).user_id, ip=None, user_agent=None).id


ACTS: dict[str, Callable[[Cast], object]] = {
    "set_company": lambda cast: services.set_company(cast.ada, name="Autre"),
    "create_branch": lambda cast: services.create_branch(cast.ada, "Lyon-Est", cast.lyon.id),
    "ensure_branch": lambda cast: services.ensure_branch(cast.alice, "Brest"),
    "rename_branch": lambda cast: services.rename_branch(cast.ada, cast.lyon.id, "Lyon-Ouest"),
    "create_user": lambda cast: services.create_user(
        cast.ada, email="zoe@x.fr", name="Zoé", role="cfo", branch=cast.lyon
    ),
    "move_user": lambda cast: services.move_user(
        cast.ada, cast.bob.user_id, role="after_sales", branch=cast.nantes
    ),
    "set_active": lambda cast: services.set_active(cast.ada, cast.bob.user_id, False),
    "change_profile": lambda cast: services.change_profile(
        cast.bob, name="Bob M.", phone="", locale="en", theme="dark"
    ),
    "set_password": lambda cast: services.set_password(cast.bob, cast.bob.user_id, "$argon2id$x"),
    "start_session": lambda cast: services.start_session(cast.bob.user_id, ip=None, user_agent=None),
    "create_token": lambda cast: services.create_token(cast.bob, cast.bob.user_id, "essai"),
}


@pytest.mark.parametrize("name", ACTS)
def test_every_change_leaves_one_audit_entry_in_its_own_transaction(cast: Cast, name: str) -> None:
    before = entries()
    with pytest.raises(RuntimeError), unit_of_work():
        ACTS[name](cast)
        raise RuntimeError("the act is undone")
    assert entries() == before
    with unit_of_work():
        ACTS[name](cast)
    assert entries() == before + 1


def test_ending_sessions_and_tokens_leaves_an_entry_each(cast: Cast) -> None:
    one, two = open_session(cast, "bob"), open_session(cast, "bob")
    before = entries()
    with unit_of_work():
        services.end_own_session(cast.bob, one)
    with unit_of_work():
        assert services.end_other_sessions(cast.bob) == 1
    with unit_of_work():
        assert services.end_other_sessions(cast.bob) == 0
    assert entries() == before + 2
    assert heard == [SessionEnded((one,), "ended"), SessionEnded((two,), "ended")]
    with unit_of_work():
        services.create_token(cast.bob, cast.bob.user_id)
    token = queries.list_tokens(cast.bob.user_id)[0]
    with pytest.raises(NotFound):
        services.end_token(cast.david, token.id)
    with unit_of_work():
        services.end_token(cast.bob, token.id)
    assert queries.list_tokens(cast.bob.user_id) == []


def test_a_role_change_is_told_and_the_former_place_stays_in_the_books(cast: Cast) -> None:
    with unit_of_work():
        services.move_user(cast.ada, cast.bob.user_id, role="after_sales", branch=cast.nantes)
    assert heard == [RightsChanged((cast.bob.user_id,))]
    places = database.session.scalars(select(Membership).where(Membership.user_id == cast.bob.user_id)).all()
    assert len(places) == 2
    actor = queries.find_user_actor(cast.bob.user_id)
    assert actor is not None
    assert (actor.role, actor.branch_id) == ("after_sales", cast.nantes.id)
    with unit_of_work():
        services.move_user(cast.ada, cast.bob.user_id, role="after_sales", branch=cast.nantes)
    assert len(heard) == 1


def test_disabling_ends_every_session_and_token_at_once(cast: Cast) -> None:
    session_id = open_session(cast, "bob")
    with unit_of_work():
        token = services.create_token(cast.bob, cast.bob.user_id)
    heard.clear()
    with unit_of_work():
        services.set_active(cast.ada, cast.bob.user_id, False)
    assert heard == [SessionEnded((session_id,), "disabled"), RightsChanged((cast.bob.user_id,))]
    assert queries.find_session_actor(session_id) is None
    assert queries.find_token_actor(token) is None
    with unit_of_work():
        services.set_active(cast.ada, cast.bob.user_id, True)
    assert queries.find_session_actor(session_id) is None
    assert database.session.scalars(select(ApiToken).where(ApiToken.ended_at.is_(None))).all() == []


def test_a_new_password_ends_all_other_sessions(cast: Cast) -> None:
    mine, other = open_session(cast, "bob"), open_session(cast, "bob")
    actor = queries.find_session_actor(mine)
    assert actor is not None
    heard.clear()
    with unit_of_work():
        services.set_password(actor, actor.user_id, "$argon2id$x")
    assert heard == [SessionEnded((other,), "password_changed")]
    assert queries.find_session_actor(mine) is not None


def test_a_new_branch_widens_what_those_above_see(cast: Cast) -> None:
    with unit_of_work():
        below = services.create_branch(cast.ada, "Lyon-Est", cast.lyon.id)
    told = {user for event in heard for user in event.user_ids}  # type: ignore[attr-defined]
    assert {cast.chloe.user_id, cast.alice.user_id} <= told
    assert cast.nadia.user_id not in told
    chloe = queries.find_user_actor(cast.chloe.user_id)
    assert chloe is not None
    assert below.id in chloe.branch_ids


REFUSED: list[tuple[str, Callable[[Cast], object], type[DomainError]]] = [
    ("a rep makes no branch", lambda c: services.ensure_branch(c.bob, "Brest"), Forbidden),
    ("a rep sets no company", lambda c: services.set_company(c.bob, name="x"), Forbidden),
    ("a company has a name", lambda c: services.set_company(c.ada, name="  "), Invalid),
    ("a name has an end", lambda c: services.set_company(c.ada, name="x" * 201), Invalid),
    ("a SIREN has a key", lambda c: services.set_company(c.ada, siren="123456789"), Invalid),
    ("names of branches are taken once", lambda c: services.create_branch(c.ada, "Lyon", None), Invalid),
    ("a parent exists", lambda c: services.create_branch(c.ada, "Brest", uuid.uuid4()), NotFound),
    ("a branch exists", lambda c: services.rename_branch(c.ada, uuid.uuid4(), "Brest"), NotFound),
    ("no two of a name", lambda c: services.rename_branch(c.ada, c.lyon.id, "Nantes"), Invalid),
    ("a rep moves nobody", lambda c: services.set_active(c.bob, c.david.user_id, False), Forbidden),
    ("nobody of that id", lambda c: services.set_active(c.ada, uuid.uuid4(), False), NotFound),
    ("not oneself", lambda c: services.set_active(c.ada, c.ada.user_id, False), Invalid),
    (
        "not one's own role",
        lambda c: services.move_user(c.ada, c.ada.user_id, role="cfo", branch=c.lyon),
        Invalid,
    ),
    (
        "a role exists",
        lambda c: services.move_user(c.ada, c.bob.user_id, role="boss", branch=c.lyon),
        Invalid,
    ),
    (
        "a rep creates nobody",
        lambda c: services.create_user(c.bob, email="a@b.fr", name="A", role="cfo", branch=c.lyon),
        Forbidden,
    ),
    ("not another's password", lambda c: services.set_password(c.bob, c.david.user_id, "x"), Forbidden),
    ("another's session", lambda c: services.end_own_session(c.bob, uuid.uuid4()), NotFound),
    ("sessions of others", lambda c: services.end_sessions_of(c.bob, c.david.user_id), Forbidden),
    ("sessions of nobody", lambda c: services.end_sessions_of(c.ada, uuid.uuid4()), NotFound),
    ("tokens for others", lambda c: services.create_token(c.bob, c.david.user_id), Forbidden),
]


@pytest.mark.parametrize(("why", "act", "refusal"), REFUSED, ids=[row[0] for row in REFUSED])
def test_what_is_refused(
    cast: Cast, why: str, act: Callable[[Cast], object], refusal: type[DomainError]
) -> None:
    before = entries()
    with pytest.raises(refusal), unit_of_work():
        act(cast)
    assert entries() == before


def test_every_fault_of_a_new_person_is_named(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work():
        services.create_user(cast.ada, email="bob @x", name=" ", role="boss", branch=cast.lyon)
    assert set(refused.value.errors) == {"email", "name", "role"}


def test_an_address_is_never_used_again_not_even_of_a_disabled_person(cast: Cast) -> None:
    with unit_of_work():
        services.set_active(cast.ada, cast.bob.user_id, False)
    with pytest.raises(Invalid), unit_of_work():
        services.create_user(cast.ada, email=" BOB@encours.test", name="Bob", role="cfo", branch=cast.lyon)


def test_a_taken_handle_is_numbered(cast: Cast) -> None:
    with unit_of_work():
        user = services.create_user(
            cast.ada, email="bob@autre.fr", name="Bob B", role="sales_rep", branch=cast.lyon
        )
    assert user.handle == "bob2"


def test_a_profile_names_each_fault_and_changes_nothing(cast: Cast) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work():
        services.change_profile(cast.bob, name="", phone="<script>", locale="de", theme="pink")
    assert set(refused.value.errors) == {"name", "phone", "locale", "theme"}
    before = entries()
    with unit_of_work():
        same = database.session.get_one(User, cast.bob.user_id)
        services.change_profile(cast.bob, name=same.name, phone="", locale=same.locale, theme=same.theme)
    assert entries() == before


def test_jobs_may_do_what_administrators_do(cast: Cast) -> None:
    open_session(cast, "bob")
    with unit_of_work():
        assert services.end_sessions_of(system_actor(), cast.bob.user_id) == 1
