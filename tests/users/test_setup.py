"""The first start of an empty database."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from tests.users.conftest import PASSWORD, csrf_of
from webapp.config import Settings
from webapp.core.db import unit_of_work
from webapp.users import queries
from webapp.users.views import setup

FIELDS = {
    "company": "Delorme SAS",
    "siren": "732 829 320",
    "branch": "Lyon",
    "name": "Ada Leroy",
    "email": "ada@delorme.fr",
    "password": PASSWORD,
}


@pytest.fixture
def token(settings: Settings, db: object) -> object:
    path = Path(settings.instance_path) / "setup_token"
    path.unlink(missing_ok=True)
    yield setup.announce(settings)
    path.unlink(missing_ok=True)


def test_the_printed_token_makes_the_company_and_its_administrator_once(
    app: Flask, token: str, capsys: pytest.CaptureFixture[str]
) -> None:
    client = app.test_client()
    assert 'href="/setup"' in client.get("/sign-in").get_data(as_text=True)
    page = f"/setup?token={token}"
    assert token in client.get(page).get_data(as_text=True)
    fields = {**FIELDS, "csrf_token": csrf_of(client, page), "token": token}
    assert client.post("/setup", data=fields).status_code == 303
    assert client.get("/api/v1/session").json["role"] == "admin"
    company = queries.company()
    assert (company.name, company.siren) == ("Delorme SAS", "732829320")
    assert [branch.name for branch in queries.list_branches()] == ["Lyon"]
    assert client.get("/setup").status_code == 404
    assert (
        client.post("/setup", data=fields | {"csrf_token": csrf_of(client, "/settings/profile")}).status_code
        == 404
    )


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("token", "faux", "pas celui affiché"),
        ("company", "", "Indiquez un nom."),
        ("siren", "123", "SIREN n’est pas valable"),
        ("email", "ada", "Indiquez une adresse e-mail."),
        ("password", "court", "au moins 10"),
    ],
)
def test_each_fault_is_said_beside_its_field(
    app: Flask, token: str, field: str, value: str, said: str
) -> None:
    client = app.test_client()
    fields = {**FIELDS, "csrf_token": csrf_of(client, "/setup"), "token": token, field: value}
    answer = client.post("/setup", data=fields)
    assert answer.status_code == 422
    assert said in answer.get_data(as_text=True)
    assert not queries.has_users()


def test_production_has_no_set_up_page(app: Flask, token: str, setting: Callable[..., None]) -> None:
    setting(environment="production")
    assert app.test_client().get("/setup").status_code == 404


def test_preparing_makes_the_company_and_announces_the_way_in(
    app: Flask, token: str, setting: Callable[..., None], capsys: pytest.CaptureFixture[str]
) -> None:
    with unit_of_work() as session:
        for table in ("branches", "company"):
            session.execute(text(f"DELETE FROM {table}"))
    setup._prepare(app)
    assert queries.company().name == "Ma société"
    assert token in capsys.readouterr().err
    setting(demo=True)
    setup._prepare(app)
    assert capsys.readouterr().err == ""
