"""Guarantees: what others pay when a client does not, who decides because of it, and when they end."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import alerts_of, make_guarantee, make_limit
from tests.factories.people import Cast
from tests.forms import flat, submit
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.core.money import Money
from webapp.home.queries.accounts import get_account
from webapp.limit_requests.services import Draft, submit_request
from webapp.risk import jobs, queries, rules, services
from webapp.risk.services import GuaranteeInput
from webapp.users.actor import Actor

SignIn = Callable[[Actor], FlaskClient]


def endings(client: object) -> list[tuple[str, int, str]]:
    kinds = rules.ENDINGS
    return [(each.kind, each.level, each.state) for each in alerts_of(client) if each.kind in kinds]


def on(days: int) -> None:
    """The job of the day, so many days from now."""
    with time_machine.travel(now() + timedelta(days=days), tick=False):
        jobs.run_evaluate_delays()


def test_what_is_unsecured_is_the_exposure_less_what_guarantees_pay_today(cast: Cast) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 4_640_000)
    make_guarantee(cast, client, 3_000_000, share=90)
    account = get_account(cast.alice, client.id)
    assert (account.cover, account.insured, account.unsecured) == (2_700_000, 2_700_000, 1_940_000)
    make_guarantee(cast, client, 500_000, kind="bank")
    make_guarantee(cast, client, 700_000, starts_on=today() + timedelta(days=3))
    account = get_account(cast.alice, client.id)
    assert (account.cover, account.insured, account.unsecured) == (3_200_000, 2_700_000, 1_440_000)
    with time_machine.travel(now() + timedelta(days=3), tick=False):
        assert get_account(cast.alice, client.id).cover == 3_900_000


def test_one_withdrawn_pays_no_more_and_stays_in_the_history(cast: Cast) -> None:
    client = make_client(cast)
    row = make_guarantee(cast, client, 300_000, by=cast.alice)
    with unit_of_work():
        services.withdraw_guarantee(cast.emma, row.id)
    [line] = queries.list_guarantees(cast.alice, client.id)
    assert (line.holds, line.recorded_by, line.withdrawn_by) == (False, cast.alice.name, cast.emma.name)
    assert queries.cover_of(client.id) == 0
    with pytest.raises(Conflict), unit_of_work():
        services.withdraw_guarantee(cast.alice, row.id)


def test_the_same_act_twice_is_one_guarantee(cast: Cast) -> None:
    client = make_client(cast)
    given = GuaranteeInput(client.id, "bank", "Banque du Rhône", Money(100_000, "EUR"))
    for _turn in range(2):
        with unit_of_work():
            services.record_guarantee(cast.alice, given)
    assert queries.cover_of(client.id) == 100_000


@pytest.mark.parametrize("who", ["bob", "chloe", "sonia", "david", "ada"])
def test_only_the_credit_manager_and_the_cfo_note_one(cast: Cast, who: str) -> None:
    client = make_client(cast)
    row = make_guarantee(cast, client)
    with pytest.raises(Forbidden), unit_of_work():
        make_guarantee(cast, client, by=getattr(cast, who))
    if who != "david":
        with pytest.raises(Forbidden), unit_of_work():
            services.withdraw_guarantee(getattr(cast, who), row.id)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"kind": "word"}, "kind"),
        ({"giver": "  "}, "giver"),
        ({"giver": "x" * 121}, "giver"),
        ({"giver": "a\x07"}, "giver"),
        ({"reference": "x" * 65}, "reference"),
        ({"amount": Money(0, "EUR")}, "amount"),
        ({"amount": Money(10**15, "EUR")}, "amount"),
        ({"amount": Money(100, "USD")}, "amount"),
        ({"share": 0}, "share"),
        ({"share": 101}, "share"),
        ({"ends_on": -1}, "ends_on"),
    ],
)
def test_what_no_guarantee_can_have_is_said_beside_its_field(
    cast: Cast, change: dict[str, object], field: str
) -> None:
    client = make_client(cast)
    values: dict[str, object] = {"kind": "bank", "giver": "Banque", "amount": Money(100, "EUR"), **change}
    if field == "ends_on":
        values["ends_on"] = today() - timedelta(days=1)
    with pytest.raises(Invalid) as refusal, unit_of_work():
        services.record_guarantee(cast.alice, GuaranteeInput(client.id, **values))
    assert list(refusal.value.errors) == [field]
    assert queries.list_guarantees(cast.alice, client.id) == []


def test_who_decides_is_judged_on_what_nobody_else_would_pay(cast: Cast) -> None:
    client = make_client(cast)
    make_guarantee(cast, client, 9_000_000)
    with unit_of_work():
        row = submit_request(cast.bob, Draft(client.id, Money(10_500_000, "EUR"), "Chantier de l'école"))
        judged, stage, cover = row.judged, row.stage, row.snapshot["cover"]
    assert (judged, stage, cover) == (1_500_000, "branch_manager", 9_000_000)
    # A limit set by hand obeys the same tiers: 105 000 EUR less 90 000 is within 100 000.
    assert make_limit(cast, client, 10_500_000, by=cast.alice).amount == 10_500_000
    other = make_client(cast, ref="C-2")
    with pytest.raises(Forbidden):
        make_limit(cast, other, 10_500_000, by=cast.alice)


def test_an_end_is_said_thirty_seven_and_one_day_before_and_is_over_with_it(cast: Cast) -> None:
    client = make_client(cast)
    make_guarantee(cast, client, ends_on=today() + timedelta(days=40))
    assert endings(client) == []
    for days, level in ((10, 30), (11, 30), (33, 7), (39, 1), (40, 1)):
        on(days)
        assert endings(client)[-1] == ("guarantee_ending", level, "open"), days
    assert [level for _kind, level, _state in endings(client)] == [30, 7, 1]
    assert alerts_of(client)[-1].ends_on == today() + timedelta(days=40)
    on(41)
    assert {state for _kind, _level, state in endings(client)} == {"closed"}


def test_one_renewed_or_withdrawn_closes_the_warning(cast: Cast) -> None:
    client = make_client(cast)
    row = make_guarantee(cast, client, ends_on=today() + timedelta(days=5))
    assert endings(client) == [("guarantee_ending", 7, "open")]
    with unit_of_work():
        services.withdraw_guarantee(cast.alice, row.id)
    assert endings(client) == [("guarantee_ending", 7, "closed")]


def test_a_limit_about_to_end_is_said_unless_it_was_given_for_no_longer(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, ends_on=today() + timedelta(days=20))
    assert endings(client) == []
    on(13)
    assert endings(client) == [("limit_ending", 7, "open")]
    make_limit(cast, client, ends_on=today() + timedelta(days=300))
    assert endings(client) == [("limit_ending", 7, "closed")]
    on(271)
    assert endings(client)[-1] == ("limit_ending", 30, "open")


def test_a_limit_that_ends_on_an_indebted_client_is_warned_of_and_then_breached(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 500_000, ends_on=today() + timedelta(days=60))
    make_invoice(cast, client, 100_000, due_in=90)
    on(59)
    on(61)
    kinds = [(each.kind, each.state) for each in alerts_of(client)]
    assert ("limit_ending", "closed") in kinds and ("limit_breach", "open") in kinds


def test_the_sheet_the_tab_and_the_form_show_what_is_covered(cast: Cast, browser_of: SignIn) -> None:
    client = make_client(cast)
    make_limit(cast, client, 5_000_000)
    make_invoice(cast, client, 4_640_000)
    alice, tab = browser_of(cast.alice), f"/clients/{client.id}/guarantees"
    form = {"kind": "insurer", "giver": "Atlas Crédit", "amount": "30 000", "share": "90"}
    wrong = submit(alice, tab, form | {"share": "x", "ends_on": "hier"})
    assert wrong.status_code == 422 and "pourcentage de 1 à 100" in wrong.text
    assert submit(alice, tab, form).status_code == 303
    sheet = flat(alice.get(f"/clients/{client.id}"))
    assert "Assuré" in sheet and "19 400" in sheet and "à découvert" in sheet
    assert "Atlas Crédit" in alice.get(tab).text and "27 000" in flat(alice.get(tab))
    assert "Retirer" in alice.get(tab).text and "Retirer" not in browser_of(cast.bob).get(tab).text
    david = browser_of(cast.david)
    assert david.get(tab).status_code == 404
    assert "Atlas" not in david.get(f"/clients/{client.id}/activity").text
    [line] = queries.list_guarantees(cast.alice, client.id)
    withdraw = f"/guarantees/{line.guarantee.id}/withdraw"
    assert submit(alice, withdraw).status_code == 303
    assert "retirée" in alice.get(tab).text
    assert submit(alice, withdraw).status_code == 303


def test_programs_read_and_write_guarantees_and_the_exposure_they_leave(
    cast: Cast, app: Flask, api_of: Callable[[Actor], dict[str, str]]
) -> None:
    client, http = make_client(cast), app.test_client()
    make_invoice(cast, client, 1_000_000)
    alice, path = api_of(cast.alice), f"/api/v1/clients/{client.id}/guarantees"
    body = {"kind": "bank", "giver": "Banque", "amount": {"amount": 400_000, "currency": "EUR"}, "share": 50}
    made = http.post(path, json=body, headers=alice)
    assert made.status_code == 201 and made.json["cover"] == {"amount": 200_000, "currency": "EUR"}
    listed = http.get(path, headers=alice).json["items"]
    assert [each["id"] for each in listed] == [made.json["id"]] and listed[0]["holds"]
    exposure = http.get(f"/api/v1/clients/{client.id}/exposure", headers=alice).json
    assert (exposure["cover"]["amount"], exposure["unsecured"]["amount"]) == (200_000, 800_000)
    hidden = http.get(f"/api/v1/clients/{client.id}/exposure", headers=api_of(cast.david)).json
    assert hidden["cover"] is None and hidden["unsecured"] is None
    withdrawal = f"/api/v1/guarantees/{made.json['id']}/withdrawal"
    assert http.post(withdrawal, headers=alice).json["holds"] is False
    assert http.post(withdrawal, headers=alice).status_code == 409
