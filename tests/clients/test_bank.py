"""Bank references behind their wall: valid, masked, read by few, logged, and found nowhere else."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, text, update

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.clients.models import BankAccount
from webapp.clients.rules import clean_bic, clean_iban, mask_iban
from webapp.clients.services import bank
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.extensions import db
from webapp.users.models import AuditEntry, AuditPayload, UserSession

IBAN = "FR7630006000011234567890189"
CANARY = IBAN[4:-4]  # what no mask shows


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (None, "iban_missing"),
        ("  ", "iban_missing"),
        (IBAN[:-1] + "8", "iban_key"),
        ("FR7", "iban_key"),
        ("é" * 20, "iban_form"),
        ("FR76 3000 6000 0112 3456 7890 18", "iban_key"),
    ],
)
def test_a_wrong_iban_says_what_is_wrong(text: str | None, code: str) -> None:
    found, fault = clean_iban(text)
    assert found is None and fault == code


def test_ibans_and_bics_are_kept_compact_and_masked() -> None:
    assert clean_iban("FR76 3000 6000 0112 3456 7890 189") == (IBAN, None)
    assert clean_iban("de89 3704 0044 0532 0130 00") == ("DE89370400440532013000", None)
    assert mask_iban(IBAN) == "FR76 •••• 0189"
    assert (clean_bic("agrifrpp882"), clean_bic(" "), clean_bic("AGRI")) == (
        ("AGRIFRPP882", None),
        (None, None),
        (None, "bic"),
    )


def add(cast: Cast, client: object, **values: object) -> BankAccount:
    with unit_of_work():
        return bank.add_account(cast.sonia, client.id, {"iban": IBAN, "bic": "AGRIFRPP882", **values})


def test_only_finance_writes_and_reads_and_each_full_reading_is_logged(cast: Cast) -> None:
    client = make_client(cast)
    row = add(cast, client)
    with pytest.raises(Invalid):
        add(cast, client)  # the same account twice
    with pytest.raises(Invalid):
        add(cast, client, iban="DE89370400440532013000", bic="?")
    for actor in (cast.bob, cast.chloe, cast.ada, cast.david):
        with pytest.raises(Forbidden), unit_of_work():
            bank.read_account(actor, client.id, row.id)
    with pytest.raises(NotFound), unit_of_work():
        bank.read_account(cast.oscar, client.id, row.id)
    with unit_of_work():
        assert bank.read_account(cast.emma, client.id, row.id).iban == IBAN
        assert [each.iban for each in bank.read_accounts(cast.alice, client.id)] == [IBAN]
    readings = db.session.scalars(
        select(AuditEntry.actor_id).where(AuditEntry.action == "bank_account.read").order_by(AuditEntry.id)
    ).all()
    assert readings == [cast.emma.user_id, cast.alice.user_id]


def test_a_full_reading_asks_again_who_it_is(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    add(cast, client)
    browser, url = browser_of(cast.alice), f"/clients/{client.id}/bank-accounts"
    page = browser.get(url).get_data(as_text=True)
    assert "FR76\u00a03000" in page
    with unit_of_work():
        db.session.execute(update(UserSession).values(proved_at=now() - timedelta(minutes=11)))
    stale = browser.get(url)
    assert stale.status_code == 303 and stale.location.startswith("/sign-in/again")
    api = browser.get(f"/api/v1{url}/{db.session.scalar(select(BankAccount.id))}")
    assert (api.status_code, api.json["code"]) == (403, "sign_in_again")
    assert "FR76 •••• 0189" in browser.get(f"/clients/{client.id}/documents").get_data(as_text=True)
    counted = select(AuditEntry.id).where(AuditEntry.action == "bank_account.read")
    assert len(db.session.scalars(counted).all()) == 1


def test_programs_see_lists_masked_and_one_in_full(app: Flask, cast: Cast, api_of: Callable) -> None:
    client, api = make_client(cast), app.test_client()
    headers, base = api_of(cast.sonia), f"/api/v1/clients/{client.id}/bank-accounts"
    made = api.post(base, json={"iban": IBAN, "bic": "AGRIFRPP882", "bank": "Crédit"}, headers=headers)
    assert made.status_code == 201 and made.json["iban"] == "FR76 •••• 0189" and made.json["bic"] is None
    assert CANARY not in api.get(base, headers=headers).get_data(as_text=True)
    assert api.get(f"{base}/{made.json['id']}", headers=headers).json["iban"] == IBAN
    wrong = api.post(base, json={"iban": IBAN[:-1] + "8"}, headers=headers)
    assert wrong.status_code == 422 and "clé" in str(wrong.json["errors"]["iban"])
    assert api.delete(f"{base}/{made.json['id']}", headers=headers).status_code == 204


def test_the_number_is_in_no_page_search_timeline_log_event_or_line(
    app: Flask,
    cast: Cast,
    browser_of: Callable,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    client = make_client(cast)
    make_invoice(cast, client, 1_000)
    add(cast, client, holder="Delorme", bank="Crédit du Rhône")
    for who in (cast.sonia, cast.alice, cast.bob, cast.ada):
        browser = browser_of(who)
        for path in (
            f"/clients/{client.id}",
            *(f"/clients/{client.id}/{tab}" for tab in ("contacts", "identity", "documents", "activity")),
            "/clients",
            f"/clients?q={CANARY}",
            f"/api/v1/clients?q={IBAN}",
            f"/api/v1/clients/{client.id}",
            f"/api/v1/clients/{client.id}/timeline",
        ):
            answer = browser.get(path)
            found = answer.get_data(as_text=True).replace(f"q={CANARY}", "").replace(f"« {CANARY} »", "")
            assert answer.status_code == 200, path
            assert CANARY not in found.replace(f'value="{CANARY}"', ""), (who.handle, path)
    assert browser_of(cast.alice).get(f"/api/v1/clients?q={IBAN}").json["items"] == []
    tables = set(db.metadata.tables) - {"client_bank_accounts"}
    for name in sorted(tables):
        for row in db.session.execute(text(f'SELECT * FROM "{name}"')):
            assert CANARY not in str(tuple(row)), name
    captured = capfd.readouterr()
    # The addresses asked for above hold it on purpose; nothing else that is logged does.
    assert CANARY not in caplog.text.replace(f"q={CANARY}", "")
    assert CANARY not in (captured.out + captured.err).replace(f"q={CANARY}", "")
    assert all(CANARY not in body for body in db.session.scalars(select(AuditPayload.body)))
