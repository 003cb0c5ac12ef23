"""The second factor as a service: nothing is taken twice, nothing is lost by accident, all is noted."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from tests.factories.people import Cast
from tests.threads.test_concurrency import together
from tests.users.authenticator import Phone
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.core.events import after_commit
from webapp.extensions import db as database
from webapp.users import codes, queries, services
from webapp.users.actor import Actor
from webapp.users.events import RightsChanged, SessionEnded
from webapp.users.fresh import SignInAgain, is_fresh
from webapp.users.models import AuditEntry, AuthenticatorApp, RecoveryCode
from webapp.users.passkeys import Challenge, Site

SITE = Site("localhost", "http://localhost")
heard: list[object] = []


@after_commit(RightsChanged, SessionEnded)
def _hear(event: object) -> None:
    heard.append(event)


@pytest.fixture(autouse=True)
def _silence(cast: Cast) -> None:
    heard.clear()


def signed_in(actor: Actor) -> Actor:
    """The actor in a session opened just now."""
    with unit_of_work():
        session_id = services.start_session(actor.user_id, ip=None, user_agent=None).id
    found = queries.find_session_actor(session_id)
    assert found is not None
    return found


def code_of(secret: str) -> str:
    """What the app shows now."""
    return codes._totp().generate_totp_password(secret)


def with_app(actor: Actor) -> tuple[Actor, str, list[str]]:
    """The actor signed in, the secret of the app set up a minute ago, the recovery codes."""
    here, secret = signed_in(actor), codes.new_secret()
    with time_machine.travel(now() - timedelta(minutes=1)), unit_of_work():
        given = services.add_app(here, secret, code_of(secret))
    return here, secret, given


def with_passkey(actor: Actor, phone: Phone, name: str = "Téléphone") -> list[str]:
    challenge = Challenge(b"c" * 32, now())
    with unit_of_work():
        return services.add_passkey(actor, SITE, challenge, answer=phone.create(challenge.value), name=name)


def acts_of(actor: Actor) -> list[str]:
    rows = select(AuditEntry.action).where(AuditEntry.actor_id == actor.user_id).order_by(AuditEntry.id)
    return [act for act in database.session.scalars(rows) if not act.startswith("session.")]


def test_an_app_is_kept_once_it_shows_a_right_code_and_its_secret_is_not_readable(cast: Cast) -> None:
    bob, secret = signed_in(cast.bob), codes.new_secret()
    with pytest.raises(Invalid), unit_of_work():
        services.add_app(bob, secret, "000000")
    assert not queries.has_second_factor(bob.user_id)
    with unit_of_work():
        given = services.add_app(bob, secret, code_of(secret))
    assert len(set(given)) == 10
    kept = database.session.get_one(AuthenticatorApp, bob.user_id)
    assert codes.typed_secret(secret).replace("-", "") not in kept.secret
    hashes = set(database.session.scalars(select(RecoveryCode.code_hash)))
    assert len(hashes) == 10 and not hashes & set(given)
    assert acts_of(bob) == ["second_factor.app_add", "second_factor.codes"]


def test_a_code_of_the_app_is_taken_once_and_none_before_it(cast: Cast) -> None:
    bob, secret, _given = with_app(cast.bob)
    earlier = codes._totp()._totp.from_source(secret).generate(now() - timedelta(seconds=30)).token
    code = code_of(secret)
    with unit_of_work():
        services.use_app_code(bob.user_id, f"{code[:3]} {code[3:]}")
    for again in (code, earlier, "", "abc", "123456789"):
        with pytest.raises(Invalid), unit_of_work():
            services.use_app_code(bob.user_id, again)
    with time_machine.travel(now() + timedelta(seconds=31)), unit_of_work():
        services.use_app_code(bob.user_id, code_of(secret))


def test_the_code_that_set_the_app_up_does_not_open_a_session_as_well(cast: Cast) -> None:
    bob, secret = signed_in(cast.bob), codes.new_secret()
    code = code_of(secret)
    with unit_of_work():
        services.add_app(bob, secret, code)
    with pytest.raises(Invalid), unit_of_work():
        services.use_app_code(bob.user_id, code)


def test_another_key_reads_no_secret(cast: Cast, app: object) -> None:
    bob, secret, _given = with_app(cast.bob)
    stranger = codes.OneUseTotp({"1": "f" * 64}, codes.ISSUER)
    assert not stranger.verify_totp(code_of(secret), secret, codes.Seen(None), window=30)
    assert bob.proved_at is not None


def test_a_recovery_code_opens_once_for_its_owner_alone(cast: Cast) -> None:
    bob, _secret, given = with_app(cast.bob)
    with pytest.raises(Invalid), unit_of_work():
        services.use_recovery_code(cast.david.user_id, given[0])
    with unit_of_work():
        services.use_recovery_code(bob.user_id, given[0].upper().replace("-", " "))
    assert queries.factors_of(bob.user_id).codes == 9
    for wrong in (given[0], "0000-0000-0000", ""):
        with pytest.raises(Invalid), unit_of_work():
            services.use_recovery_code(bob.user_id, wrong)
    with unit_of_work():
        fresh = services.make_recovery_codes(bob)
    with pytest.raises(Invalid), unit_of_work():
        services.use_recovery_code(bob.user_id, given[1])
    with unit_of_work():
        services.use_recovery_code(bob.user_id, fresh[0])
    assert acts_of(bob)[-3:] == ["second_factor.code_use", "second_factor.codes", "second_factor.code_use"]


def test_the_first_factor_ends_the_sessions_opened_without_it_and_the_next_does_not(cast: Cast) -> None:
    elsewhere, here = signed_in(cast.bob), signed_in(cast.bob)
    assert len(with_passkey(here, Phone())) == 10
    assert heard == [SessionEnded((elsewhere.session_id,), "second_factor_added")]
    third = signed_in(cast.bob)
    assert with_passkey(here, Phone(), "Clé USB") == []
    assert queries.find_session_actor(third.session_id) is not None  # type: ignore[arg-type]


def test_a_passkey_proves_its_owner_and_says_when_it_was_used(cast: Cast) -> None:
    bob, phone = signed_in(cast.bob), Phone()
    with_passkey(bob, phone)
    phone.handle = bob.user_id.bytes
    challenge = Challenge(b"d" * 32, now())
    with unit_of_work():
        user = services.use_passkey(SITE, challenge, phone.get(challenge.value))
    assert user.id == bob.user_id
    kept = queries.factors_of(bob.user_id).passkeys[0]
    assert (kept.sign_count, kept.name) == (1, "Téléphone")
    assert kept.used_at is not None and kept.used_at >= challenge.at


def answers(phone: Phone, bob: Actor) -> dict[str, tuple[Site, Challenge, str, uuid.UUID | None]]:
    """What must not open anything: where, asked what, answered what, of whom."""
    asked = Challenge(b"e" * 32, now())
    good = phone.get(asked.value)
    weak = replace(phone, verifies=False).get(asked.value)
    abroad = replace(phone, origin="http://evil.example").get(asked.value)
    other_host = replace(phone, host="evil.example").get(asked.value)
    stranger = replace(phone, key=Phone().key).get(asked.value)
    handle = replace(phone, handle=b"x" * 16).get(asked.value)
    unknown = Phone().get(asked.value)
    rewound = replace(phone, count=-1).get(asked.value)
    return {
        "another challenge": (SITE, Challenge(b"f" * 32, now()), good, None),
        "somebody else's": (SITE, asked, good, uuid.uuid4()),
        "no finger asked": (SITE, asked, weak, None),
        "another origin": (SITE, asked, abroad, None),
        "another site": (SITE, asked, other_host, None),
        "another key": (SITE, asked, stranger, None),
        "another owner": (SITE, asked, handle, None),
        "a key nobody knows": (SITE, asked, unknown, None),
        "a copy that lags behind": (SITE, asked, rewound, None),
        "older than the last use": (SITE, Challenge(asked.value, now() - timedelta(minutes=4)), good, None),
        "nothing": (SITE, asked, "", None),
        "no JSON object": (SITE, asked, "[]", None),
        "an empty object": (SITE, asked, "{}", None),
        "half an answer": (SITE, asked, good.replace('"signature"', '"sig"'), None),
        "not base64": (SITE, asked, good.replace('"rawId": "', '"rawId": "é'), None),
        "cut short": (SITE, asked, good[:-40], None),
    }


def test_whatever_is_wrong_with_a_passkey_it_opens_nothing(cast: Cast) -> None:
    bob, phone = signed_in(cast.bob), Phone(count=5)
    with_passkey(bob, phone)
    used = Challenge(b"g" * 32, now())
    with unit_of_work():
        services.use_passkey(SITE, used, phone.get(used.value))
    wrong = answers(phone, bob)
    for name, (site, challenge, answer, user_id) in wrong.items():
        with pytest.raises(Invalid), unit_of_work():
            services.use_passkey(site, challenge, answer, user_id)
        assert queries.factors_of(bob.user_id).passkeys[0].sign_count == 6, name
    site, challenge, good, _user_id = wrong["older than the last use"]
    with unit_of_work():
        services.use_passkey(site, replace(challenge, at=now()), good, bob.user_id)


def test_an_answer_is_good_once(cast: Cast) -> None:
    bob, phone = signed_in(cast.bob), Phone()
    with_passkey(bob, phone)
    challenge = Challenge(b"h" * 32, now())
    answer = phone.get(challenge.value)
    with unit_of_work():
        services.use_passkey(SITE, challenge, answer)
    with pytest.raises(Invalid), unit_of_work():
        services.use_passkey(SITE, challenge, answer)


def test_the_same_code_or_answer_sent_many_times_at_once_opens_once(app: Flask, cast: Cast) -> None:
    bob, secret, given = with_app(cast.bob)
    phone, challenge = Phone(), Challenge(b"k" * 32, now())
    with_passkey(bob, phone)
    code, answer = code_of(secret), phone.get(challenge.value)
    acts: list[Callable[[], object]] = [
        lambda: services.use_app_code(bob.user_id, code),
        lambda: services.use_recovery_code(bob.user_id, given[0]),
        lambda: services.use_passkey(SITE, challenge, answer),
    ]

    def attempt(number: int) -> str:
        with unit_of_work():
            acts[number % 3]()
        return f"opened by {number % 3}"

    opened = [each for each in together(app, 12, attempt) if not isinstance(each, Invalid)]
    assert sorted(map(str, opened)) == ["opened by 0", "opened by 1", "opened by 2"]


def test_who_is_disabled_enters_by_no_passkey(cast: Cast) -> None:
    phone = Phone()
    with_passkey(signed_in(cast.bob), phone)
    with unit_of_work():
        services.set_active(cast.ada, cast.bob.user_id, False)
    challenge = Challenge(b"i" * 32, now())
    with pytest.raises(Invalid), unit_of_work():
        services.use_passkey(SITE, challenge, phone.get(challenge.value))


def test_a_passkey_has_a_name_verifies_the_person_and_belongs_to_one(cast: Cast) -> None:
    bob, phone = signed_in(cast.bob), Phone()
    for name in ("", "  ", "x" * 81):
        with pytest.raises(Invalid):
            with_passkey(bob, phone, name)
    for faulty in (replace(phone, verifies=False), replace(phone, origin="http://evil.example")):
        with pytest.raises(Invalid):
            with_passkey(bob, faulty)
    with_passkey(bob, phone)
    with pytest.raises(Invalid):
        with_passkey(signed_in(cast.david), phone)
    garbage = Challenge(b"j" * 32, now())
    for answer in ("", "{}", "null", phone.create(garbage.value)[:-60]):
        with pytest.raises(Invalid), unit_of_work():
            services.add_passkey(bob, SITE, garbage, answer=answer, name="x")


CHANGES: dict[str, Callable[[Cast, Actor], object]] = {
    "add_app": lambda _cast, me: services.add_app(me, codes.new_secret(), "123456"),
    "remove_app": lambda _cast, me: services.remove_app(me),
    "make_recovery_codes": lambda _cast, me: services.make_recovery_codes(me),
    "add_passkey": lambda _cast, me: with_passkey(me, Phone()),
    "remove_passkey": lambda _cast, me: services.remove_passkey(
        me, queries.factors_of(me.user_id).passkeys[0].id
    ),
    "reset_second_factor": lambda cast, me: services.reset_second_factor(me, cast.bob.user_id),
    "set_second_factor_roles": lambda _cast, me: services.set_second_factor_roles(me, ["cfo"]),
}


@pytest.mark.parametrize("name", CHANGES)
def test_changing_how_one_signs_in_asks_for_a_sign_in_of_a_moment_ago(cast: Cast, name: str) -> None:
    me = signed_in(cast.ada)
    with_passkey(me, Phone())
    stale = replace(me, proved_at=now() - timedelta(minutes=10))
    with pytest.raises(SignInAgain), unit_of_work():
        CHANGES[name](cast, stale)
    with pytest.raises(SignInAgain), unit_of_work():
        CHANGES[name](cast, replace(me, proved_at=None))


@pytest.mark.parametrize("name", list(CHANGES)[:5])
def test_a_program_gives_itself_no_way_to_sign_in(cast: Cast, name: str) -> None:
    me = signed_in(cast.ada)
    with_passkey(me, Phone())
    token = replace(me, session_id=None, proved_at=None, token_id=uuid.uuid4(), via="api")
    assert is_fresh(token)
    with pytest.raises(Forbidden), unit_of_work():
        CHANGES[name](cast, token)
    with pytest.raises(Forbidden), unit_of_work():
        services.renew_proof(token, "password")


def test_what_is_added_is_taken_away_again_and_the_codes_go_with_the_last(cast: Cast) -> None:
    bob, _secret, _given = with_app(cast.bob)
    with_passkey(bob, Phone())
    with unit_of_work():
        services.remove_app(bob)
    assert queries.factors_of(bob.user_id).codes == 10
    passkey = queries.factors_of(bob.user_id).passkeys[0].id
    with pytest.raises(NotFound), unit_of_work():
        services.remove_passkey(signed_in(cast.david), passkey)
    with unit_of_work():
        services.remove_passkey(bob, passkey)
        services.remove_app(bob)
    left = queries.factors_of(bob.user_id)
    assert (left.count, left.codes) == (0, 0)
    assert acts_of(bob)[-2:] == ["second_factor.app_remove", "passkey.remove"]
    with pytest.raises(Invalid), unit_of_work():
        services.make_recovery_codes(bob)


def test_a_role_that_must_have_a_factor_keeps_the_last_one(cast: Cast) -> None:
    bob, _secret, _given = with_app(cast.bob)
    with unit_of_work():
        services.set_second_factor_roles(cast.ada, ["sales_rep"])
    with pytest.raises(Invalid), unit_of_work():
        services.remove_app(bob)
    with_passkey(bob, Phone())
    with unit_of_work():
        services.remove_app(bob)
    with pytest.raises(Invalid), unit_of_work():
        services.remove_passkey(bob, queries.factors_of(bob.user_id).passkeys[0].id)
    assert queries.has_second_factor(bob.user_id)


def test_an_administrator_gives_somebody_a_way_back_in(cast: Cast) -> None:
    bob, _secret, _given = with_app(cast.bob)
    with_passkey(bob, Phone())
    heard.clear()
    with pytest.raises(Forbidden), unit_of_work():
        services.reset_second_factor(cast.emma, bob.user_id)
    with pytest.raises(Invalid), unit_of_work():
        services.reset_second_factor(cast.ada, cast.ada.user_id)
    with pytest.raises(NotFound), unit_of_work():
        services.reset_second_factor(cast.ada, uuid.uuid4())
    with unit_of_work():
        services.reset_second_factor(cast.ada, bob.user_id)
    left = queries.factors_of(bob.user_id)
    assert (left.count, left.codes) == (0, 0)
    assert heard == [SessionEnded((bob.session_id,), "second_factor_reset")]
    assert acts_of(cast.ada)[-1] == "second_factor.reset"


def test_the_company_says_which_roles_must_and_every_socket_is_asked_again(cast: Cast) -> None:
    assert queries.second_factor_roles() == []
    with pytest.raises(Forbidden), unit_of_work():
        services.set_second_factor_roles(cast.emma, ["cfo"])
    with pytest.raises(Invalid), unit_of_work():
        services.set_second_factor_roles(cast.ada, ["boss"])
    with unit_of_work():
        services.set_second_factor_roles(cast.ada, ["cfo", "admin", "cfo"])
    assert queries.second_factor_roles() == ["cfo", "admin"]
    assert heard == [RightsChanged(())]
    with unit_of_work():
        services.set_second_factor_roles(cast.ada, ["admin", "cfo"])
    assert acts_of(cast.ada) == ["company.second_factor"]
    assert signed_in(cast.emma).must_enrol and not signed_in(cast.bob).must_enrol
    here, _secret, _given = with_app(cast.emma)
    assert here.must_enrol
    again = queries.find_session_actor(here.session_id)  # type: ignore[arg-type]
    assert again is not None and not again.must_enrol
