"""The sheet of approval: what it offers to press, and what is read of it."""

from __future__ import annotations

from datetime import date

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from webapp.core.errors import Invalid
from webapp.core.money import Money
from webapp.limit_requests.forms import read_decision
from webapp.limit_requests.rules import amounts_to_grant, ends_to_grant, quarter_end

DAY = date(2026, 11, 30)


def pressed(**more: object) -> MultiDict:
    fields = {"decision": "approve", "granted": "asked", "until": "asked", "amount": "", "ends_on": ""}
    return MultiDict(fields | more)


@pytest.fixture(autouse=True)
def words(app: Flask) -> object:
    with app.test_request_context():
        yield


@pytest.mark.parametrize(
    ("asked", "out", "limit", "offered"),
    [
        (5_000_000, 4_640_000, 4_500_000, (4_700_000, 5_000_000)),  # the example of DESIGN
        (5_000_000, 4_640_000, 4_700_000, (5_000_000,)),
        (5_000_000, 4_990_000, 4_500_000, (5_000_000,)),
        (150_000, 93_000, 0, (100_000, 150_000)),
        (150_000, 0, 0, (150_000,)),
        (150_000, -20_000, 0, (150_000,)),
    ],
)
def test_less_is_offered_when_it_would_still_cover_what_is_out(
    asked: int, out: int, limit: int, offered: tuple[int, ...]
) -> None:
    assert amounts_to_grant(asked, out, limit) == offered


def test_the_ends_offered_are_quarters_and_what_was_asked_comes_last() -> None:
    assert ends_to_grant(None, DAY) == (date(2026, 12, 31), date(2027, 3, 31), None)
    assert ends_to_grant(None, date(2026, 12, 20)) == (date(2027, 3, 31), date(2027, 6, 30), None)
    assert ends_to_grant(date(2027, 1, 31), DAY) == (date(2026, 12, 31), date(2027, 1, 31))
    assert ends_to_grant(date(2026, 12, 5), DAY) == (date(2026, 12, 5),)
    assert [quarter_end(date(2027, month, 1)).isoformat()[5:] for month in (1, 3, 4, 9, 10, 12)] == [
        "03-31", "03-31", "06-30", "09-30", "12-31", "12-31",
    ]  # fmt: skip


def test_what_is_chosen_already_is_what_was_asked() -> None:
    decision = read_decision(pressed())
    assert (decision.kind, decision.amount, decision.ends_on, decision.conditions) == (
        "approve", None, None, None,
    )  # fmt: skip


def test_what_is_pressed_or_written_is_what_is_granted() -> None:
    form = pressed(granted="4700000", until="2027-03-31", amount="1", ends_on="2030-01-01")
    form.setlist("conditions", ["7 220 € reçus d’abord", "Acompte de 30 %", " "])
    decision = read_decision(form)
    assert (decision.amount, decision.ends_on) == (Money(4_700_000, "EUR"), date(2027, 3, 31))
    assert decision.conditions == "7 220 € reçus d’abord ; Acompte de 30 %"
    other = read_decision(pressed(granted="other", until="other", amount="48 500", ends_on="2027-02-28"))
    assert (other.amount, other.ends_on) == (Money(4_850_000, "EUR"), date(2027, 2, 28))


@pytest.mark.parametrize(
    ("more", "fields"),
    [
        ({"granted": "other"}, {"amount"}),
        ({"granted": "other", "amount": "beaucoup"}, {"amount"}),
        ({"granted": "-1"}, {"amount"}),
        ({"granted": "٣"}, {"amount"}),
        ({"granted": "9" * 20}, {"amount"}),
        ({"until": "other"}, {"ends_on"}),
        ({"until": "demain"}, {"ends_on"}),
        ({"until": "2027-02-30", "granted": "x"}, {"amount", "ends_on"}),
        ({"decision": "perhaps"}, {"decision"}),
    ],
)
def test_what_cannot_be_read_is_said_beside_its_field(more: dict[str, str], fields: set[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        read_decision(pressed(**more))
    assert set(refusal.value.errors) == fields
