"""JSON of imports: bring, watch, correct columns, write, take back; only for those who may."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.imports import outstanding
from tests.factories.people import Cast
from webapp.core import jobs
from webapp.users.actor import Actor

GOOD = b"Facture;Code client;\xc3\x89mise le;Montant TTC\nF1;C1;15/10/2026;12,50\nF2;C1;16/10/2026;7,50\n"
Headers = dict[str, str]


@pytest.fixture
def program(app: Flask, cast: Cast) -> FlaskClient:
    return app.test_client()


def send(program: FlaskClient, headers: Headers, content: bytes, **form: str) -> Any:
    data = {"file": (io.BytesIO(content), "factures.csv"), **form}
    return program.post("/api/v1/imports", data=data, headers=headers)


def act(program: FlaskClient, headers: Headers, path: str, key: str | None = None) -> Any:
    return program.post(path, headers={**headers, "Idempotency-Key": key or str(uuid.uuid4())})


def test_a_file_is_brought_checked_written_and_taken_back(
    program: FlaskClient, cast: Cast, api_of: Callable[[Actor], Headers]
) -> None:
    headers = api_of(cast.sonia)
    sent = send(program, headers, GOOD)
    assert (sent.status_code, sent.json["state"]) == (202, "checking")
    here = f"/api/v1/imports/{sent.json['id']}"
    jobs.run_due()
    found = program.get(here, headers=headers).json
    assert (found["state"], found["rows_total"], found["rows_done"]) == ("checked", 2, 2)
    assert found["counts"]["created"] == 2
    assert found["totals"]["gross"] == {"amount": 2000, "currency": "EUR"}
    rows = program.get(f"{here}/rows?outcome=created&limit=1", headers=headers).json
    assert [row["values"]["ref"] for row in rows["items"]] == ["F1"]
    after = program.get(f"{here}/rows?limit=1&cursor={rows['next_cursor']}", headers=headers).json
    assert [row["values"]["ref"] for row in after["items"]] == ["F2"]
    key = str(uuid.uuid4())
    assert {act(program, headers, f"{here}/commit", key).status_code for _time in range(2)} == {202}
    jobs.run_due()
    assert program.get(here, headers=headers).json["state"] == "imported"
    assert outstanding() == 2000
    assert act(program, headers, f"{here}/undo").json["state"] == "undone"
    assert outstanding() == 0
    assert act(program, headers, f"{here}/undo").status_code == 409
    assert [each["id"] for each in program.get("/api/v1/imports", headers=headers).json["items"]] == [
        sent.json["id"]
    ]


def test_what_is_no_csv_is_refused_in_words(
    program: FlaskClient, cast: Cast, api_of: Callable[[Actor], Headers]
) -> None:
    headers = api_of(cast.sonia)
    answer = send(program, headers, b"%PDF-1.7")
    assert (answer.status_code, answer.json["code"]) == (422, "is_pdf")
    assert "PDF" in answer.json["errors"]["file"]
    assert send(program, headers, GOOD, kind="nonsense").status_code == 422
    assert program.post("/api/v1/imports", data={}, headers=headers).status_code == 422


def test_columns_can_be_named_and_wrong_ones_are_said(
    program: FlaskClient, cast: Cast, api_of: Callable[[Actor], Headers]
) -> None:
    headers = api_of(cast.sonia)
    sent = send(program, headers, b"AA;BB;CC;DD\nF1;C1;15/10/2026;12,50\n").json
    assert sent["state"] == "uploaded"
    here = f"/api/v1/imports/{sent['id']}"
    wrong = program.put(f"{here}/mapping", json={"mapping": {"ref": "AA"}}, headers=headers)
    assert wrong.status_code == 422 and {"gross", "issued_on", "client_ref"} <= wrong.json["errors"].keys()
    mapping = {"ref": "AA", "client_ref": "BB", "issued_on": "CC", "gross": "DD"}
    right = program.put(f"{here}/mapping", json={"mapping": mapping, "name": "Gescom"}, headers=headers)
    assert (right.status_code, right.json["state"]) == (202, "checking")
    jobs.run_due()
    assert program.get(here, headers=headers).json["counts"]["created"] == 1


def test_a_file_with_a_refused_row_cannot_be_written(
    program: FlaskClient, cast: Cast, api_of: Callable[[Actor], Headers]
) -> None:
    headers = api_of(cast.sonia)
    sent = send(program, headers, GOOD.replace(b"12,50", b"douze")).json
    jobs.run_due()
    here = f"/api/v1/imports/{sent['id']}"
    assert program.get(here, headers=headers).json["errors"][0]["row"] == 2
    assert act(program, headers, f"{here}/commit").status_code == 409
    assert outstanding() == 0


def test_field_roles_have_no_imports(
    program: FlaskClient, cast: Cast, api_of: Callable[[Actor], Headers]
) -> None:
    here = f"/api/v1/imports/{send(program, api_of(cast.sonia), GOOD).json['id']}"
    for actor in (cast.bob, cast.chloe, cast.david):
        headers = api_of(actor)
        assert send(program, headers, GOOD).status_code == 403
        assert program.get("/api/v1/imports", headers=headers).status_code == 403
        assert program.get(here, headers=headers).status_code in (403, 404)
        assert act(program, headers, f"{here}/commit").status_code in (403, 404)
    assert program.get(f"/api/v1/imports/{uuid.uuid4()}", headers=api_of(cast.sonia)).status_code == 404
