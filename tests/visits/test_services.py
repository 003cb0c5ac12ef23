"""A visit is reported once, whatever carries it; its facts hold, fade, are confirmed and end."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select, update

from tests.factories import pictures
from tests.factories.books import make_client, make_invoice
from tests.factories.disputes import make_dispute
from tests.factories.outbox import act, sync
from tests.factories.people import Cast
from tests.factories.visits import brought, fact_of, visit
from webapp.clients.models import Client
from webapp.core import papers
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.core.jobs import run_due
from webapp.core.money import Money
from webapp.extensions import db
from webapp.files.models import StoredFile
from webapp.files.queries import get_file
from webapp.files.storage import path_of
from webapp.promises.models import Promise
from webapp.threads.models import Message
from webapp.threads.services import post_message
from webapp.threads.subjects import find_subject
from webapp.users.actor import Actor
from webapp.users.models import AuditEntry
from webapp.visits import queries, services
from webapp.visits.models import Acknowledgement, Fact, FactLink, Visit
from webapp.visits.services import Report, Said, Seen, Signed


@pytest.fixture
def client(cast: Cast) -> Client:
    return make_client(cast, legal_name="Ateliers Delorme")


def states(cast: Cast, client: Client) -> dict[str, str]:
    return {line.fact.kind: line.state for line in queries.list_seen(cast.bob, client.id)}


def expire(fact: Fact, days_ago: int) -> None:
    """The fact's last day was so many days ago."""
    with unit_of_work():
        db.session.execute(
            update(Fact).where(Fact.id == fact.id).values(expires_on=today() - timedelta(days=days_ago))
        )


def test_a_report_keeps_facts_promise_files_and_shows_a_card(cast: Cast, client: Client) -> None:
    photo, voice = brought(cast.bob), brought(cast.bob, pictures.webm(42_000), "note.webm")
    day = today() + timedelta(days=5)
    made = visit(
        cast.bob,
        client.id,
        "cash_tension",
        "works_stopped",
        outcome="bad",
        met=" Élise Delorme ",
        note="Atelier calme",
        promise=Said(Money(722_000), day, "Élise"),
        file_ids=(voice, photo),
    )
    assert (made.met, made.note, made.here_at) == ("Élise Delorme", "Atelier calme", None)
    promise = db.session.get_one(Promise, made.promise_id)
    assert (promise.amount, promise.promised_on, promise.client_id) == (722_000, day, client.id)
    assert [each.id for each in queries.files_of(made.id)] == [voice, photo]
    seen = queries.list_seen(cast.alice, client.id)
    assert [(each.name, each.strength, each.tone) for each in seen] == [
        ("Trésorerie tendue", 6, "bad"),
        ("Chantier arrêté", 5, "warn"),
    ]
    assert seen[0].fact.expires_on == today() + timedelta(days=90)
    card = db.session.scalars(select(Message).where(Message.act_id == made.id)).one()
    assert (card.thread_id, card.act_kind) == (client.id, "visit")
    assert card.body == "Visite : mal passée, Trésorerie tendue, Chantier arrêté"
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "visit.record")).one()
    assert (entry.subject_id, entry.actor_id) == (str(made.id), cast.bob.user_id)


def test_the_same_act_is_one_visit_and_one_promise(cast: Cast, client: Client) -> None:
    act = new_id()
    said = Said(Money(5_000), today() + timedelta(days=2))
    first, second = (visit(cast.bob, client.id, "stock_high", promise=said, id=act) for _turn in range(2))
    assert first.id == second.id == act
    counted = [db.session.query(each).count() for each in (Visit, Fact, Promise)]
    assert counted == [1, 1, 1]
    with pytest.raises(Invalid, match="déjà servi"):
        visit(cast.alice, client.id, id=act)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"outcome": None}, "note"),
        ({"outcome": "great"}, "outcome"),
        ({"facts": (Seen("no_such"),)}, "facts"),
        ({"facts": (Seen("stock_high"), Seen("stock_high"))}, "facts"),
        ({"note": "a\x00b"}, "note"),
        ({"met": "x" * 121}, "met"),
        ({"here": True}, "here"),
        ({"id": uuid.uuid4()}, "id"),
        ({"file_ids": tuple(new_id() for _each in range(11))}, "files"),
        ({"file_ids": (new_id(),)}, "files"),
        ({"promise": Said(Money(-1), today())}, "promise.amount"),
        ({"promise": Said(Money(100), today() - timedelta(days=1))}, "promise.promised_on"),
        ({"visited_at": now() - timedelta(days=500)}, "visited_at"),
    ],
)
def test_what_cannot_be_reported_is_said_beside_its_field(
    cast: Cast, client: Client, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused, unit_of_work():
        services.record_visit(cast.bob, replace(Report(client.id, outcome="good"), **values))
    assert list(refused.value.errors) == [field]
    assert db.session.query(Visit).count() == 0


def test_only_those_who_meet_the_client_report(cast: Cast, client: Client) -> None:
    with pytest.raises(NotFound):
        visit(cast.oscar, client.id)
    for actor in (cast.ada, cast.system):
        with pytest.raises(Forbidden):
            visit(actor, client.id)
    assert visit(cast.david, client.id).recorded_by == cast.david.user_id


def test_files_are_one_s_own_and_used_once(cast: Cast, client: Client) -> None:
    photo = brought(cast.alice)
    with pytest.raises(Invalid, match="plus disponible"):
        visit(cast.bob, client.id, file_ids=(photo,))
    made = visit(cast.alice, client.id, file_ids=(photo,))
    assert get_file(cast.david, photo).subject_id == made.id
    with pytest.raises(NotFound):
        get_file(cast.oscar, photo)


def test_a_fact_stands_fades_and_is_gone_unless_confirmed(cast: Cast, client: Client) -> None:
    fact = fact_of(visit(cast.bob, client.id, "cash_tension"))
    assert states(cast, client) == {"cash_tension": "standing"}
    expire(fact, 15)
    line = queries.list_seen(cast.bob, client.id)[0]
    assert (line.state, line.strength) == ("fading", 3)
    with unit_of_work():
        services.confirm_fact(cast.chloe, fact.id)
    line = queries.list_seen(cast.bob, client.id)[0]
    assert (line.state, line.strength, line.confirmed_by) == ("standing", 6, cast.chloe.name)
    assert line.fact.expires_on == today() + timedelta(days=90)
    expire(fact, 30)
    assert states(cast, client) == {}
    assert queries.get_fact(cast.bob, fact.id).state == "gone"


def test_what_is_no_longer_true_has_ended_for_good(cast: Cast, client: Client) -> None:
    fact = fact_of(visit(cast.bob, client.id, "works_stopped"))
    with pytest.raises(Forbidden), unit_of_work():
        services.end_fact(cast.ada, fact.id)
    with pytest.raises(NotFound), unit_of_work():
        services.end_fact(cast.oscar, fact.id)
    with unit_of_work():
        services.end_fact(cast.alice, fact.id)
    assert states(cast, client) == {}
    for judge in (services.confirm_fact, services.end_fact):
        with pytest.raises(Conflict), unit_of_work():
            judge(cast.alice, fact.id)
    actions = set(db.session.scalars(select(AuditEntry.action).where(AuditEntry.subject_type == "fact")))
    assert actions == {"fact.end"}


def test_seen_again_the_latest_stands_whichever_is_reported_first(cast: Cast, client: Client) -> None:
    first = fact_of(visit(cast.bob, client.id, "stock_high"))
    second = fact_of(visit(cast.bob, client.id, "stock_high"))
    assert db.session.get_one(Fact, first.id, populate_existing=True).replaced_by == second.id
    before = now() - timedelta(days=9)
    late = fact_of(visit(cast.bob, client.id, "stock_high", visited_at=before))
    assert (late.replaced_by, late.seen_on < second.seen_on) == (second.id, True)
    assert [line.fact.id for line in queries.list_seen(cast.bob, client.id)] == [second.id]


def test_a_clock_that_is_fast_makes_no_visit_of_tomorrow(cast: Cast, client: Client) -> None:
    made = visit(cast.bob, client.id, visited_at=now() + timedelta(hours=30))
    assert made.visited_at <= now()


def test_i_am_at_this_client_keeps_the_hour_once_the_company_allows_it(cast: Cast, client: Client) -> None:
    with pytest.raises(Forbidden), unit_of_work():
        services.set_stamp(cast.alice, True)
    with unit_of_work():
        services.set_stamp(cast.ada, True)
    tapped = now() - timedelta(hours=2)
    assert visit(cast.bob, client.id, visited_at=tapped, here=True).here_at == tapped


def test_facts_are_attached_to_what_is_of_the_same_client(cast: Cast, client: Client) -> None:
    bill = make_invoice(cast, client)
    dispute = make_dispute(cast, bill)
    other = make_invoice(cast, make_client(cast))
    fact = fact_of(visit(cast.bob, client.id, "cash_tension"))
    visit(cast.bob, client.id, "good_news")
    with unit_of_work():
        for _turn in range(2):
            services.attach_fact(cast.bob, fact.id, "dispute", dispute.id)
        services.attach_fact(cast.bob, fact.id, "invoice", bill.id)
    assert db.session.query(FactLink).count() == 2
    beside = queries.facts_beside(cast.alice, "dispute", dispute.id, client.id)
    assert [(each.fact.kind, each.attached) for each in beside] == [
        ("cash_tension", True),
        ("good_news", False),
    ]
    refusals: list[tuple[type[DomainError], object, str, uuid.UUID]] = [
        (Invalid, cast.bob, "invoice", other.id),
        (NotFound, cast.bob, "invoice", new_id()),
        (NotFound, cast.bob, "lawsuit", bill.id),
        (NotFound, cast.oscar, "invoice", bill.id),
        (Forbidden, cast.ada, "invoice", bill.id),
    ]
    for wrong, actor, kind, thing in refusals:
        with pytest.raises(wrong), unit_of_work():
            services.attach_fact(actor, fact.id, kind, thing)  # type: ignore[arg-type]
    expire(fact, 40)  # faded away, it stays where it was attached
    assert queries.facts_beside(cast.bob, "dispute", dispute.id, client.id)[0].state == "gone"
    with unit_of_work():
        services.detach_fact(cast.bob, fact.id, "dispute", dispute.id)
    assert db.session.query(FactLink).count() == 1


def test_an_administrator_names_weighs_and_retires_facts(cast: Cast, client: Client) -> None:
    with unit_of_work():
        own = services.save_kind(cast.ada, None, label=" Toiture  refaite ", weight=-2, days=30).code
        services.save_kind(cast.ada, "stock_high", label="", weight=8, days=10, used=False)
    assert own == "toiture_refaite"
    with unit_of_work():
        assert (
            services.save_kind(cast.ada, None, label="Toiture refaite", weight=1, days=9).code == f"{own}_2"
        )
    assert "stock_high" not in {each.code for each in queries.list_kinds(used=True)}
    made = visit(cast.bob, client.id, own)
    assert queries.facts_of_visit(cast.bob, made.id)[0].name == "Toiture refaite"
    assert fact_of(made).weight == -2
    with pytest.raises(Invalid):
        visit(cast.bob, client.id, "stock_high")
    with pytest.raises(Forbidden), unit_of_work():
        services.save_kind(cast.alice, own, label="x", weight=1, days=1)
    for values in ({"weight": 11}, {"weight": None}, {"days": 0}, {"days": 731}, {"label": ""}):
        with pytest.raises(Invalid) as refused, unit_of_work():
            services.save_kind(cast.ada, own, **{"label": "x", "weight": 1, "days": 1, **values})  # type: ignore[arg-type]
        assert list(refused.value.errors) == list(values)


def test_a_visit_is_something_people_talk_about(cast: Cast, client: Client) -> None:
    made = visit(cast.bob, client.id)
    with unit_of_work():
        post_message(cast.chloe, made.id, client_id=new_id(), body="Et le chantier de Bron ?")
    with force_locale("fr"):
        subject = find_subject(cast.alice, made.id)
    assert subject is not None
    assert (subject.title, subject.url) == (f"Visite du {today():%d/%m/%Y}", f"/visits/{made.id}/thread")
    assert find_subject(cast.oscar, made.id) is None
    with pytest.raises(NotFound), unit_of_work():
        post_message(cast.oscar, made.id, client_id=new_id(), body="?")


def signed(cast: Cast, **values: object) -> Signed:
    picture = brought(cast.bob, pictures.png(), "signature.png")
    given = {"amount": Money(722_050), "signatory": "Élise Delorme", "capacity": "gérante", **values}
    return Signed(**{"signature_id": picture, **given})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": Money(0)}, "signed.amount"),
        ({"amount": Money(100, "USD")}, "signed.amount"),
        ({"signatory": " "}, "signed.signatory"),
        ({"capacity": "x" * 121}, "signed.capacity"),
        ({"signature_id": new_id()}, "signed.signature"),
    ],
)
def test_a_debt_is_acknowledged_by_somebody_for_an_amount(
    cast: Cast, client: Client, values: dict[str, object], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        visit(cast.bob, client.id, signed=signed(cast, **values))
    assert list(refused.value.errors) == [field]
    assert db.session.query(Visit).count() == 0


def test_an_acknowledgement_becomes_one_paper_with_its_digest(cast: Cast, client: Client) -> None:
    if not papers.available():
        pytest.skip("WeasyPrint does not find Pango")
    made = visit(cast.bob, client.id, signed=signed(cast))
    for _turn in range(2):
        run_due()
    row = db.session.scalars(select(Acknowledgement).where(Acknowledgement.visit_id == made.id)).one()
    assert row.words == "sept mille deux cent vingt euros et cinquante centimes"
    assert (row.debtor, row.signatory, row.capacity) == ("Ateliers Delorme", "Élise Delorme", "gérante")
    assert row.sealed_at is not None and len(row.digest) == 64 and row.pdf_id is not None
    paper = get_file(cast.alice, row.pdf_id)
    content = path_of(paper.sha256).read_bytes()
    assert content.startswith(b"%PDF-") and hashlib.sha256(content).hexdigest() == row.pdf_sha256
    assert paper.name == "Reconnaissance de dette Ateliers Delorme.pdf"
    for file_id in (row.pdf_id, row.signature_id):
        with pytest.raises(NotFound):
            get_file(cast.oscar, file_id)
    hung = select(StoredFile.id).where(StoredFile.subject_type == "acknowledgement")
    assert set(db.session.scalars(hung)) == {row.pdf_id, row.signature_id}
    actions = select(AuditEntry.action).where(AuditEntry.subject_type == "acknowledgement")
    assert sorted(db.session.scalars(actions)) == ["acknowledgement.seal", "acknowledgement.sign"]


def test_what_a_phone_kept_is_replayed_through_the_same_commands(
    app: Flask, cast: Cast, client: Client, api_of: Callable[[Actor], dict[str, str]]
) -> None:
    report = act(
        "visit.record",
        new_id(),
        client_id=str(client.id),
        outcome="good",
        facts=[{"kind": "good_news", "detail": "Carnet plein"}],
        promise={"amount": {"amount": 5_000, "currency": "EUR"}, "promised_on": today().isoformat()},
        visited_at=now().isoformat(),
    )
    browser, headers = app.test_client(), api_of(cast.bob)
    results = [sync(browser, headers, report)[0] for _turn in range(3)]
    assert [each["status"] for each in results] == ["done", "repeated", "repeated"]
    assert results[0]["result"]["id"] == report["id"] and db.session.query(Visit).count() == 1
    fact = fact_of(db.session.get_one(Visit, uuid.UUID(report["id"])))
    assert fact.detail == "Carnet plein"
    judged = [act(name, fact_id=str(fact.id)) for name in ("fact.confirm", "fact.end")]
    *_first, last = sync(browser, headers, *judged)
    assert last["result"]["state"] == "ended" and last["result"]["weight"] == -4
