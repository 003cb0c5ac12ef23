"""Hostile text through every field, by JSON and by form: stored unchanged or refused, never a failure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from flask import Flask

from tests.factories.books import make_client, make_invoice
from tests.factories.naughty import naughty_strings
from tests.factories.people import Cast
from webapp.clients.queries import get_client
from webapp.extensions import db

pytestmark = pytest.mark.promise("R10")

FIELDS = ("legal_name", "trade_name", "trade", "street", "postcode", "city", "phone", "email")
CHECKED = ("siren", "siret", "vat_number", "sales_rep", "country", "insolvency")


def test_by_json_into_clients(app: Flask, cast: Cast, api_of: Callable, real_files: Path) -> None:
    api, headers, url = app.test_client(), api_of(cast.sonia), "/api/v1/clients"
    for number, text in enumerate(naughty_strings(real_files)):
        body = {"legal_name": f"N {number}", **dict.fromkeys(FIELDS[number % 8 :][:2], text)}
        data = json.dumps({**body, CHECKED[number % 6]: text} if number % 3 == 0 else body)
        answer = api.put(
            f"{url}/by-ref/N-{number}", data=data, headers=headers, content_type="application/json"
        )
        assert answer.status_code in (201, 422), (text, answer.status_code)
        if answer.status_code == 201:
            stored = api.get(f"{url}/by-ref/N-{number}", headers=headers).json
            for name in FIELDS:
                assert stored[name] == body.get(name), (text, name)


def test_by_address_and_search(
    app: Flask, cast: Cast, api_of: Callable, browser_of: Callable, real_files: Path
) -> None:
    api, headers, browser = app.test_client(), api_of(cast.sonia), browser_of(cast.sonia)
    client = make_client(cast)
    for text in naughty_strings(real_files):
        word = quote(text, errors="replace", safe="")
        for path in (
            f"/api/v1/clients?q={word}",
            f"/api/v1/clients?cursor={word}",
            f"/api/v1/clients/by-ref/{word}",
            f"/api/v1/invoices?q={word}",
            f"/api/v1/invoices/by-ref/{word}",
            f"/api/v1/payments?client_ref={word}",
            f"/api/v1/clients/{client.id}/timeline?cursor={word}",
        ):
            assert api.get(path, headers=headers).status_code < 500, (path, text)
        body = json.dumps({"legal_name": "x"})
        answer = api.put(
            f"/api/v1/clients/by-ref/{word}", data=body, headers=headers, content_type="application/json"
        )
        assert answer.status_code < 500, text
    for text in naughty_strings(real_files)[::5]:
        word = quote(text, errors="replace", safe="")
        for path in (
            f"/clients?q={word}&filter={word}&sort={word}&shown={word}",
            f"/invoices?q={word}&status={word}",
        ):
            assert browser.get(path).status_code == 200, (path, text)


def test_by_form_into_the_sheet(cast: Cast, browser_of: Callable, real_files: Path) -> None:
    client = make_client(cast)
    browser, url = browser_of(cast.sonia), f"/clients/{client.id}/edit"
    token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(url).get_data(as_text=True)).group(1)
    form = {"legal_name": "x", "payment_days": "30", "csrf_token": token}
    for number, text in enumerate(naughty_strings(real_files)):
        if "\ud800" in text:
            continue  # a browser cannot send it in a form
        name = FIELDS[number % 8]
        answer = browser.post(url, data={**form, name: text})
        assert answer.status_code in (303, 422), (text, answer.status_code)
        if answer.status_code == 303:
            db.session.expire_all()
            assert getattr(get_client(cast.sonia, client.id), name) == (text or None)
        if number % 25 == 0 and text.strip():
            assert "<script>alert" not in browser.get(f"/clients/{client.id}").get_data(as_text=True)


def test_by_json_into_invoices_and_payments(
    app: Flask, cast: Cast, api_of: Callable, real_files: Path
) -> None:
    api, headers = app.test_client(), api_of(cast.sonia)
    client = make_client(cast)
    invoice = make_invoice(cast, client, 10**9)
    money = {"amount": 1, "currency": "EUR"}
    for number, text in enumerate(naughty_strings(real_files)):
        bill = {"client_ref": client.ref, "issued_on": "2026-11-01", "due_on": "2026-12-01", "gross": money}
        paid = {"client_ref": client.ref, "received_on": "2026-11-01", "amount": money}
        odd_bill = (
            {"client_ref": text}
            if number % 3 == 0
            else {"kind": text}
            if number % 3 == 1
            else {"due_on": text}
        )
        share = {"allocations": [{"invoice_ref": text, "amount": money}]}
        odd_paid = {"ref": text} if number % 3 == 0 else {"text": text} if number % 3 == 1 else share
        word = quote(text, errors="replace", safe="")
        for method, path, body in (
            ("PUT", f"by-ref/{word}", bill),
            ("PUT", f"by-ref/B-{number}", {**bill, **odd_bill}),
            ("POST", "", {**paid, **odd_paid}),
        ):
            url = f"/api/v1/invoices/{path}" if method == "PUT" else "/api/v1/payments"
            answer = api.open(
                url, method=method, data=json.dumps(body), headers=headers, content_type="application/json"
            )
            assert answer.status_code < 500, (text, answer.status_code)
            if method == "POST" and answer.status_code == 201 and "text" in odd_paid:
                assert answer.json["text"] == text
    assert db.session.get(type(invoice), invoice.id).open <= 10**9
