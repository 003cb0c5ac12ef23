"""Lists as files: the rows and columns of the page, at once or by the worker, for who asked alone."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.exports.reading import read_csv, read_xlsx
from tests.factories.books import make_client, make_invoice
from tests.factories.crowd import make_crowd
from tests.factories.limits import make_limit
from tests.factories.people import Cast
from webapp.core import papers, rates
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid, RateLimited
from webapp.core.jobs import run_due
from webapp.exports import jobs, services
from webapp.exports.definitions import find_listing, listing_names
from webapp.exports.models import Export
from webapp.exports.policy import may_export
from webapp.exports.services.keeping import KEPT
from webapp.extensions import db
from webapp.payments.services import record_payment, write_off
from webapp.users.actor import Actor
from webapp.users.models import AuditEntry, AuditPayload
from webapp.users.services import move_user

Browser = Callable[[Actor], FlaskClient]
ALL = ["aging", "alerts", "clients", "disputes", "invoices", "overdue", "payments", "statement", "write_offs"]


@pytest.fixture(autouse=True)
def at_ease(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test starts with a full allowance."""
    monkeypatch.setattr(rates, "exports", rates.Rate(per_second=1, burst=100))


def ask(browser: FlaskClient, **form: str) -> object:
    token = browser.get("/api/v1/session").get_json()["csrf_token"]
    return browser.post("/exports", data={"csrf_token": token, **form})


def rows_of(browser: FlaskClient, **form: str) -> list[list[str]]:
    found = ask(browser, format="csv", **form)
    assert found.status_code == 200, found.get_data(as_text=True)[:2000]  # type: ignore[attr-defined]
    return read_csv(found.data)  # type: ignore[attr-defined]


def make_books(cast: Cast) -> uuid.UUID:
    """A client of Bob's above its limit, with something of everything; and one of Oscar's."""
    client = make_client(cast, ref="C-BOB", legal_name="=Fonderie", city="Lyon")
    make_limit(cast, client, 50_000)
    invoice = make_invoice(cast, client, 123_456, due_in=-40, ref="F-BOB")
    make_invoice(cast, client, 2_000, due_in=-1, kind="credit_note", ref="A-BOB")
    with unit_of_work():
        record_payment(
            cast.sonia,
            source="t",
            source_ref="V-BOB",
            client_id=client.id,
            received_on=today(),
            amount=5_000,
            allocations=[(invoice.id, 3_000)],
        )
        write_off(cast.sonia, invoice, amount=456, reason="difference")
    other = make_client(cast, ref="C-OSCAR", branch="Nantes", rep=cast.oscar)
    make_invoice(cast, other, 77_700, due_in=-5, ref="F-OSCAR")
    return client.id


def test_every_list_can_be_had(app: Flask) -> None:
    assert listing_names() == ALL


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("format_", ["csv", "xlsx", "pdf"])
def test_each_list_becomes_each_file(cast: Cast, browser_of: Browser, name: str, format_: str) -> None:
    if format_ == "pdf" and not papers.available():
        pytest.skip("WeasyPrint does not find Pango")
    client_id = make_books(cast)
    filters = {"client": str(client_id)} if name == "statement" else {}
    found = ask(browser_of(cast.alice), list=name, format=format_, **filters)
    assert found.status_code == 200, found.get_data(as_text=True)[:3000]  # type: ignore[attr-defined]
    content = found.data  # type: ignore[attr-defined]
    assert (
        content[:4] == {"csv": b"\xef\xbb\xbf" + content[3:4], "xlsx": b"PK\x03\x04", "pdf": b"%PDF"}[format_]
    )
    headers = found.headers  # type: ignore[attr-defined]
    assert headers["Content-Disposition"].startswith("attachment; filename=")
    assert headers["X-Content-Type-Options"] == "nosniff"
    if format_ == "xlsx":
        assert not any(kind == "formula" for row in read_xlsx(content) for kind, _value in row.values())


def test_a_file_holds_what_the_page_shows_with_its_filters(cast: Cast, browser_of: Browser) -> None:
    make_books(cast)
    browser = browser_of(cast.alice)
    rows = rows_of(browser, list="overdue")
    assert [row[2] for row in rows[1:]] == ["F-BOB", "F-OSCAR"]
    assert rows[1][1] == "'=Fonderie" and rows[1][6] == "40" and rows[1][-1] == "1200,00"
    assert len(rows_of(browser, list="overdue", bucket="1")) == 2
    assert len(rows_of(browser, list="invoices", status="all")) == 5
    assert [row[0] for row in rows_of(browser, list="invoices", status="all", q="F-OSC")[1:]] == ["F-OSCAR"]
    assert [row[0] for row in rows_of(browser, list="clients", filter="breach")[1:]] == ["C-BOB"]
    aged = rows_of(browser, list="aging", decimals="iso")
    assert aged[1][:3] == ["C-BOB", "'=Fonderie", "1160.00"] and aged[1][5] == "1200.00"
    assert aged[1][-2:] == ["-20.00", "-20.00"]
    assert [row[0] for row in rows_of(browser, list="aging", by="branch", sort="name")[1:]] == [
        "Lyon",
        "Nantes",
    ]


def test_a_statement_is_the_line_of_the_aged_balance_and_bears_an_address(
    cast: Cast, browser_of: Browser
) -> None:
    client_id = make_books(cast)
    rows = rows_of(browser_of(cast.bob), list="statement", client=str(client_id))
    assert {row[0]: row[-1] for row in rows[1:]} == {"F-BOB": "1200,00", "A-BOB": "-20,00", "V-BOB": "-20,00"}
    listing = find_listing("statement")
    assert listing is not None
    values = listing.schema().load({"client": str(client_id)})
    assert listing.letter(cast.bob, values) == ["=Fonderie", "Lyon"]


def test_everyone_gets_the_rows_of_their_scope(cast: Cast, browser_of: Browser) -> None:
    client_id = make_books(cast)
    for name in ("invoices", "overdue", "aging", "clients", "payments", "write_offs", "alerts"):
        for who, foreign in (
            (cast.bob, "OSCAR"),
            (cast.oscar, "BOB"),
            (cast.nadia, "BOB"),
            (cast.chloe, "OSCAR"),
        ):
            text = str(rows_of(browser_of(who), list=name))
            assert foreign not in text, (name, who.name)
    for who in (cast.oscar, cast.nadia):
        found = ask(browser_of(who), list="statement", client=str(client_id), format="csv")
        assert found.status_code == 404  # type: ignore[attr-defined]


def test_after_sales_gets_no_limit_no_payment_and_no_filter_that_tells_them(
    cast: Cast, browser_of: Browser
) -> None:
    make_books(cast)
    browser = browser_of(cast.david)
    heads = rows_of(browser, list="clients")[0]
    assert not {"Plafond", "Disponible", "Utilisation", "Risque"} & set(heads)
    assert "500,00" not in str(rows_of(browser, list="clients"))
    for name in ("aging", "alerts", "payments", "write_offs", "statement"):
        assert ask(browser, list=name, format="csv").status_code == 403  # type: ignore[attr-defined]
    for filter_ in ("breach", "no_limit"):
        refused = ask(browser, list="clients", format="csv", filter=filter_)
        assert refused.status_code == 422  # type: ignore[attr-defined]


WRONG = {
    "no such list": ({"list": "users"}, 404),
    "no such format": ({"format": "exe"}, 422),
    "no such decimals": ({"decimals": "roman"}, 422),
    "an unknown filter": ({"iban": "1"}, 422),
    "an unknown status": ({"status": "late"}, 422),
    "a search that is too long": ({"q": "a" * 201}, 422),
    "no id": ({"client_id": "x"}, 422),
    "a NUL": ({"q": "a\0b"}, 422),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_makes_no_sense_is_refused(cast: Cast, browser_of: Browser, name: str) -> None:
    change, status = WRONG[name]
    form = {"list": "invoices", "format": "csv", **change}
    assert ask(browser_of(cast.alice), **form).status_code == status  # type: ignore[attr-defined]
    assert db.session.scalar(select(Export.id)) is None


def test_a_day_to_come_and_a_filter_of_another_list_are_refused(cast: Cast) -> None:
    for filters in ({"as_of": (today() + timedelta(days=1)).isoformat()}, {"bucket": "2"}, {"sort": "-iban"}):
        with pytest.raises(Invalid):
            services.ask(cast.alice, "aging", "csv", filters)
    with pytest.raises(Forbidden):
        services.ask(cast.david, "aging", "csv", {})


def test_each_file_is_in_the_audit_trail_with_its_filters_and_rows(cast: Cast, browser_of: Browser) -> None:
    make_books(cast)
    rows_of(browser_of(cast.alice), list="overdue", bucket="2")
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "export.make")).one()
    body = json.loads(db.session.get_one(AuditPayload, entry.id).body)
    assert entry.actor_id == cast.alice.user_id
    assert body == {"listing": "overdue", "format": "csv", "filters": {"bucket": "2"}, "rows": 1}


def start_large(cast: Cast, monkeypatch: pytest.MonkeyPatch, actor: Actor | None = None) -> Export:
    """A list too long to be answered at once, left to the worker."""
    monkeypatch.setitem(services.asking.AT_ONCE, "csv", 10)
    make_crowd(cast, 30)
    who = actor or cast.bob
    asked = services.ask(who, "invoices", "csv", {"status": "all"})
    assert services.make_now(who, asked, Path(jobs.current_app.instance_path) / "exports") is None
    with unit_of_work():
        return services.enqueue_export(who, asked)


def test_a_long_list_is_made_by_the_worker(
    cast: Cast, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = start_large(cast, monkeypatch)
    browser = browser_of(cast.bob)
    assert browser.get(f"/exports/{row.id}/file").status_code == 409
    assert "Le fichier se prépare" in browser.get(f"/exports/{row.id}").get_data(as_text=True)
    run_due()
    assert "Le fichier est prêt" in browser.get(f"/exports/{row.id}").get_data(as_text=True)
    found = browser.get(f"/exports/{row.id}/file")
    assert len(read_csv(found.data)) == 61
    assert "invoices" not in browser.get("/exports").get_data(as_text=True).split("<main", 1)[0]
    db.session.expire_all()
    assert db.session.get_one(Export, row.id).rows_done == 60


def test_a_file_is_for_who_asked_as_long_as_their_rights_are_the_same(
    cast: Cast, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = start_large(cast, monkeypatch)
    run_due()
    for other in (cast.alice, cast.ada, cast.chloe, cast.oscar):
        for path in (f"/exports/{row.id}", f"/exports/{row.id}/file", f"/api/v1/exports/{row.id}"):
            assert browser_of(other).get(path).status_code == 404
    assert browser_of(cast.bob).get(f"/exports/{row.id}/file").status_code == 200
    with unit_of_work():
        move_user(cast.ada, cast.bob.user_id, role="sales_rep", branch=cast.nantes)
    assert browser_of(cast.bob).get(f"/exports/{row.id}/file").status_code == 404
    assert browser_of(cast.bob).get("/api/v1/exports").get_json()["items"] == []


def test_rights_lost_before_the_worker_comes_stop_it(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    row = start_large(cast, monkeypatch)
    with unit_of_work():
        move_user(cast.ada, cast.bob.user_id, role="after_sales", branch=cast.lyon)
    run_due()
    db.session.expire_all()
    assert db.session.get_one(Export, row.id).state == "cancelled"


def test_an_export_can_be_stopped_before_and_while_it_is_written(
    cast: Cast, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    row = start_large(cast, monkeypatch)
    browser = browser_of(cast.bob)
    token = browser.get("/api/v1/session").get_json()["csrf_token"]
    assert browser.post(f"/exports/{row.id}/cancel", data={"csrf_token": token}).status_code == 303
    run_due()
    db.session.expire_all()
    assert db.session.get_one(Export, row.id).state == "cancelled"
    folder = Path(jobs.current_app.instance_path) / "exports"
    with unit_of_work():
        row = db.session.get_one(Export, row.id)
        row.state, row.cancel_requested = "waiting", False

    def stopped_meanwhile() -> object:
        db.session.commit()
        found = db.session.get_one(Export, row.id)
        found.cancel_requested = found.state == "writing"
        return unit_of_work()

    services.run_export(cast.bob, row.id, folder, stopped_meanwhile)
    db.session.expire_all()
    assert db.session.get_one(Export, row.id).state == "cancelled"
    assert not list(folder.glob(f"{row.id.hex}*"))


def test_a_paper_of_too_many_rows_says_what_to_take_instead(
    cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    if not papers.available():
        pytest.skip("WeasyPrint does not find Pango")
    monkeypatch.setitem(services.writing.MOST, "pdf", 20)
    make_crowd(cast, 30)
    asked = services.ask(cast.bob, "invoices", "pdf", {"status": "all"})
    with unit_of_work():
        row = services.enqueue_export(cast.bob, asked)
    run_due()
    db.session.expire_all()
    row = db.session.get_one(Export, row.id)
    assert row.state == "failed" and "CSV" in str(row.reason)


def test_a_desk_without_pango_offers_no_paper(
    cast: Cast, browser_of: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papers, "available", lambda: False)
    browser = browser_of(cast.alice)
    assert "lui manque la bibliothèque Pango" in browser.get("/exports/new?list=clients").get_data(
        as_text=True
    )
    assert ask(browser, list="clients", format="pdf").status_code == 503  # type: ignore[attr-defined]


def test_files_go_after_a_week_and_what_was_asked_stays(cast: Cast, browser_of: Browser) -> None:
    make_books(cast)
    browser = browser_of(cast.alice)
    rows_of(browser, list="clients")
    row = db.session.scalars(select(Export)).one()
    assert Path(row.path).is_file()
    path = Path(row.path)
    with unit_of_work():
        assert services.discard_old_files() == 0
        row.created_at = now() - KEPT - timedelta(minutes=1)
        db.session.flush()
        assert services.discard_old_files() == 1
    assert not path.exists()
    assert browser.get(f"/exports/{row.id}/file").status_code == 404
    assert "n’est plus gardé" in browser.get(f"/exports/{row.id}").get_data(as_text=True)


def test_asking_again_and_again_is_slowed_down(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "exports", rates.Rate(per_second=1 / 6, burst=20))
    for _number in range(20):
        services.ask(cast.alice, "clients", "csv", {})
    with pytest.raises(RateLimited):
        services.ask(cast.alice, "clients", "csv", {})
    services.ask(cast.bob, "clients", "csv", {})


def test_programs_ask_watch_and_fetch(app: Flask, cast: Cast, api_of: Callable[..., dict[str, str]]) -> None:
    make_books(cast)
    headers = {**api_of(cast.alice), "Idempotency-Key": str(uuid.uuid4())}
    body = {"list": "aging", "format": "csv", "filters": {"by": "branch"}}
    client = app.test_client()
    first = client.post("/api/v1/exports", json=body, headers=headers)
    again = client.post("/api/v1/exports", json=body, headers=headers)
    assert first.status_code == again.status_code == 201 and first.get_json() == again.get_json()
    assert first.get_json()["state"] == "done" and first.get_json()["rows_done"] == 2
    found = client.get(f"/api/v1/exports/{first.get_json()['id']}/file", headers=headers)
    assert len(read_csv(found.data)) == 3
    listed = client.get("/api/v1/exports", headers=headers).get_json()["items"]
    assert [each["id"] for each in listed] == [first.get_json()["id"]]
    wrong = client.post("/api/v1/exports", json={**body, "filters": {"by": "x"}}, headers=api_of(cast.alice))
    assert wrong.status_code == 422


def test_whoever_may_read_a_list_may_have_it(cast: Cast) -> None:
    listing = find_listing("payments")
    assert listing is not None
    assert [may_export(each, listing) for each in (cast.sonia, cast.bob, cast.david)] == [True, True, False]
    assert not may_export(replace(cast.bob, role="after_sales"), listing)
