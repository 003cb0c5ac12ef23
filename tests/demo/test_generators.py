"""The generators alone: no database, no application."""

from __future__ import annotations

import random
import re
from collections import Counter
from datetime import date

import pytest
from stdnum.eu import vat
from stdnum.fr import siren, siret

from webapp.core.clock import PARIS
from webapp.demo.books import Books, make_books, stream_books
from webapp.demo.companies import BEHAVIOURS, Company, make_companies
from webapp.demo.limits import make_limits
from webapp.demo.paying import is_working_day
from webapp.demo.people import BRANCHES, COMPANY_SIREN, make_people, reps
from webapp.demo.stories import STORIES
from webapp.demo.stories.lines import VOICES
from webapp.demo.talk import Conversation, make_talk

DAY = date(2026, 11, 22)
PEOPLE = make_people()


@pytest.fixture(scope="module")
def companies() -> list[Company]:
    return make_companies(random.Random(1), 400, reps(PEOPLE))


@pytest.fixture(scope="module")
def books(companies: list[Company]) -> Books:
    return make_books(random.Random(2), companies, 12_000, DAY)


@pytest.fixture(scope="module")
def talk(companies: list[Company], books: Books) -> list[Conversation]:
    return make_talk(random.Random(3), books.documents, companies, PEOPLE, {1, 2, 3}, 60, DAY)


def test_forty_people_work_in_six_branches_each_with_a_manager_and_after_sales() -> None:
    assert len(PEOPLE) == 40
    assert len({person.email for person in PEOPLE}) == 40
    assert len(BRANCHES) == 6
    for branch in BRANCHES:
        roles = Counter(person.role for person in PEOPLE if person.branch == branch)
        assert roles["branch_manager"] == 1
        assert roles["after_sales"] == 1
        assert roles["sales_rep"] >= 3
    assert siren.is_valid(COMPANY_SIREN)


def test_every_identifier_is_valid_and_every_name_differs(companies: list[Company]) -> None:
    assert all(siren.is_valid(company.siren) for company in companies)
    assert all(siret.is_valid(company.siret) for company in companies)
    assert all(company.siret.startswith(company.siren) for company in companies)
    assert all(vat.is_valid(company.vat_number) for company in companies)
    assert len({company.trade_name for company in companies}) == len(companies)
    assert len({company.ref for company in companies}) == len(companies)


def test_nobody_real_can_be_called_or_written_to(companies: list[Company]) -> None:
    fictitious = re.compile(r"(04 65 71|02 61 91|05 36 49|06 39 98)( \d\d){2}")
    assert all(fictitious.fullmatch(company.phone) for company in companies)
    assert all(company.email.endswith(".example") for company in companies)


def test_behaviours_come_in_their_shares(companies: list[Company]) -> None:
    shares = Counter(company.behaviour for company in companies)
    assert shares == {name: 4 * share for name, share in BEHAVIOURS.items()}


def test_invoices_are_numbered_in_the_order_of_their_dates(books: Books) -> None:
    assert len(books.documents) == 12_000
    assert len({document.ref for document in books.documents}) == 12_000
    days = [document.issued_on for document in books.documents]
    assert days == sorted(days)
    assert all(is_working_day(day) and day < DAY for day in days)
    numbers = [int(each.ref[7:]) for each in books.documents if each.issued_on.year == DAY.year]
    assert numbers == list(range(1, len(numbers) + 1))


def test_books_in_slices_are_one_company_numbered_by_date(companies: list[Company]) -> None:
    slices = list(stream_books(random.Random(2), companies, 3_000, DAY, size=500))
    assert [books.owners for books in slices][:2] == [range(0, 67), range(67, 134)]
    assert sum(len(books.owners) for books in slices) == len(companies)
    for books in slices:
        assert {document.owner for document in books.documents} <= set(books.owners)
        assert all(receipt.owner in books.owners for receipt in books.receipts)
    documents = [document for books in slices for document in books.documents]
    assert len({document.ref for document in documents}) == len(documents) == 3_000
    documents.sort(key=lambda document: (document.issued_on.year, int(document.ref[7:])))
    assert documents == sorted(documents, key=lambda document: (document.issued_on, document.owner))


def test_nothing_is_settled_beyond_what_it_is_or_before_it_was_issued(books: Books) -> None:
    for document in books.documents:
        assert 0 <= document.open <= document.gross
        assert sum(amount for _due, amount in document.parts) == document.gross
        assert all(document.issued_on < paid_on < DAY for _n, _amount, paid_on in document.paid)
    allocated = Counter[int]()
    for document in books.documents:
        for index, amount, _day in document.paid:
            allocated[index] += amount
    assert all(allocated[n] == receipt.allocated for n, receipt in enumerate(books.receipts))
    assert any(receipt.extra for receipt in books.receipts)
    assert any(document.kind == "credit_note" for document in books.documents)
    assert any(len(document.parts) > 1 for document in books.documents)


def _late(books: Books, companies: list[Company], behaviour: str, months: range) -> float:
    """Days late, weighted by amount, of invoices due that many months ago, unpaid ones until today."""
    weight = days = 0
    for document in books.documents:
        age = (DAY - document.due_on).days // 30
        owner = companies[document.owner]
        if document.kind == "invoice" and age in months and owner.behaviour == behaviour:
            end = document.paid[-1][2] if document.open == 0 else DAY
            days += (end - document.due_on).days * document.gross
            weight += document.gross
    return days / weight


def test_behaviours_differ_measurably(companies: list[Company], books: Books) -> None:
    year = range(1, 12)
    assert _late(books, companies, "punctual", year) < 3
    assert 20 < _late(books, companies, "late", year) < 45
    assert _late(books, companies, "disputing", year) > 12
    before = _late(books, companies, "sinking", range(15, 22))
    after = _late(books, companies, "sinking", range(2, 6))
    assert before < 12
    assert after > before + 25


def test_limits_leave_a_few_breaches_and_most_clients_half_way(companies: list[Company]) -> None:
    rng = random.Random(4)
    owed = [int(rng.lognormvariate(13.2, 1)) for _ in companies]
    late = [rng.choice((0, 0, 0, 10, 50)) for _ in companies]
    limits = make_limits(random.Random(5), companies, owed, late, DAY)
    use = [owed[limit.owner] / limit.amount for limit in limits]
    assert 310 <= len(limits) <= 370
    assert 9 <= sum(1 for each in use if each > 1) <= 14
    assert sum(1 for each in use if each < 0.5) > 250
    assert sum(1 for limit in limits if limit.max_days_late and late[limit.owner] > limit.max_days_late) <= 12
    assert all(limit.amount % 50_000 == 0 for limit in limits)


def test_conversations_read_as_french_and_name_people_of_the_house(talk: list[Conversation]) -> None:
    assert len(talk) == 60
    handles = {person.handle for person in PEOPLE}
    for conversation in talk:
        assert 3 <= len(conversation.posts) <= 15
        for post in conversation.posts:
            assert "'" not in post.body
            assert "{" not in post.body
            assert not re.search(r"[^\u202f\u00a0][?!;»]", post.body)
            assert set(re.findall(r"@([\w.-]+\w)", post.body)) <= handles
    assert len({post.body for each in talk for post in each.posts}) > 300


def test_conversations_run_forward_in_working_hours_before_today(talk: list[Conversation]) -> None:
    for conversation in talk:
        hours = [post.at for post in conversation.posts]
        assert hours == sorted(hours)
        for place, post in enumerate(conversation.posts):
            local = post.at.astimezone(PARIS)
            assert local.date() < DAY
            assert is_working_day(local.date())
            assert 8 <= local.hour < 19
            assert post.reply_to is None or post.reply_to < place


def test_storylines_are_well_formed_and_many() -> None:
    assert len(STORIES) >= 8
    assert len({wording for story in STORIES for line in story.lines for wording in line.wordings}) >= 60
    for story in STORIES:
        for place, line in enumerate(story.lines):
            assert line.voice in VOICES
            for other in (line.to, line.same_as):
                assert other is None or other < place
            if line.same_as is not None:
                assert len(story.lines[line.same_as].wordings) == len(line.wordings)


def test_a_tiny_company_and_an_empty_one_are_possible() -> None:
    few = make_companies(random.Random(1), 1, reps(PEOPLE))
    assert len(make_books(random.Random(1), few, 3, DAY).documents) == 3
    assert make_books(random.Random(1), [], 0, DAY) == Books([], [])
    assert make_books(random.Random(1), few, 0, DAY).documents == []
    assert make_talk(random.Random(1), [], few, PEOPLE, set(), 5, DAY) == []
