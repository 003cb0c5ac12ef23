"""The company's own questions: defined once, answered with a name and a day, asked again in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from tests.factories.books import make_client
from tests.factories.people import Cast
from webapp.clients.models import CustomValue
from webapp.clients.queries.custom import list_answers, list_fields
from webapp.clients.rules import clean_custom, is_stale
from webapp.clients.services import custom
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.core.ids import new_id


@pytest.mark.parametrize(
    ("kind", "text", "found"),
    [
        ("text", " Décennale chez Axa ", ("Décennale chez Axa", None)),
        ("text", "x" * 401, (None, "long")),
        ("text", "  ", ("", None)),
        ("number", "1\u202f234,50", ("1234.50", None)),
        ("number", "\u22128", ("-8", None)),
        ("number", "huit", (None, "number")),
        ("number", "٣", (None, "number")),
        ("date", "2026-02-28", ("2026-02-28", None)),
        ("date", "2026-02-30", (None, "date")),
        ("yes_no", "yes", ("yes", None)),
        ("yes_no", "oui", (None, "yes_no")),
        ("choice", "Rouge", ("Rouge", None)),
        ("choice", "Vert", (None, "choice")),
    ],
)
def test_each_kind_takes_its_own_answers(kind: str, text: str, found: tuple) -> None:
    assert clean_custom(kind, text, ("Rouge", "Bleu")) == found


def test_an_answer_is_stale_once_its_days_are_over() -> None:
    instant = now()
    assert not is_stale(instant - timedelta(days=30), 30, instant)
    assert is_stale(instant - timedelta(days=30, seconds=1), 30, instant)
    assert not is_stale(instant - timedelta(days=3000), None, instant)


def define(cast: Cast, **values: object) -> object:
    with unit_of_work():
        return custom.define_field(cast.ada, **{"label": "Effectif", "kind": "number", **values})


def test_an_answer_has_its_author_and_one_tap_keeps_it_true(cast: Cast) -> None:
    client, field = make_client(cast), define(cast, valid_days=90)
    with unit_of_work():
        custom.answer_field(cast.bob, client.id, field.id, "12")
    answer = list_answers(client.id)[0]
    assert (answer.value, answer.author, answer.stale) == ("12", "Bob Martin", False)
    with unit_of_work() as session:
        session.execute(update(CustomValue).values(confirmed_at=now() - timedelta(days=91)))
    assert list_answers(client.id)[0].stale
    with unit_of_work():
        custom.confirm_answer(cast.chloe, client.id, field.id)
    answer = list_answers(client.id)[0]
    assert (answer.author, answer.stale) == ("Bob Martin", False)
    with unit_of_work():
        custom.answer_field(cast.alice, client.id, field.id, "")
    assert list_answers(client.id)[0].value is None
    with pytest.raises(NotFound), unit_of_work():
        custom.confirm_answer(cast.bob, client.id, field.id)


def test_only_administrators_define_and_only_insiders_answer(cast: Cast) -> None:
    client, field = make_client(cast), define(cast)
    with pytest.raises(Forbidden), unit_of_work():
        custom.define_field(cast.alice, label="x", kind="text")
    with pytest.raises(NotFound), unit_of_work():
        custom.answer_field(cast.oscar, client.id, field.id, "1")
    with pytest.raises(Invalid), unit_of_work():
        custom.answer_field(cast.bob, client.id, field.id, "beaucoup")
    with pytest.raises(NotFound), unit_of_work():
        custom.answer_field(cast.bob, client.id, new_id(), "1")


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"label": " "}, "label"),
        ({"label": "x" * 81}, "label"),
        ({"kind": "colour"}, "kind"),
        ({"kind": "choice", "choices": ["Un"]}, "choices"),
        ({"kind": "choice", "choices": ["Un", "x" * 81]}, "choices"),
        ({"valid_days": 0}, "valid_days"),
    ],
)
def test_a_question_makes_sense(cast: Cast, values: dict, wrong: str) -> None:
    with pytest.raises(Invalid) as refusal:
        define(cast, **values)
    assert wrong in refusal.value.errors


def test_settings_and_sheets_work_without_scripts(cast: Cast, browser_of: Callable) -> None:
    client, admin, rep = make_client(cast), browser_of(cast.ada), browser_of(cast.bob)
    tokens = {each: each.get("/api/v1/session").get_json()["csrf_token"] for each in (admin, rep)}

    def post(browser: object, path: str, **form: str) -> object:
        return browser.post(path, data={**form, "csrf_token": tokens[browser]})

    url = "/settings/client-sheet"
    wrong = post(admin, url, label="Assurance", kind="choice", choices="Oui")
    assert wrong.status_code == 422 and "une par ligne" in wrong.get_data(as_text=True)
    made = post(admin, url, label="Assurance", kind="choice", choices="Décennale\nAucune", valid_days="365")
    assert made.status_code == 303 and "redemandé après" in admin.get(url).get_data(as_text=True)
    field = list_fields()[0]
    field_id = field.id
    answer = f"/clients/{client.id}/fields/{field_id}"
    assert "Décennale" in rep.get(answer).get_data(as_text=True)
    assert post(rep, answer, value="Autre").status_code == 422
    assert post(rep, answer, value="Décennale").status_code == 303
    page = rep.get(f"/clients/{client.id}/identity").get_data(as_text=True)
    assert "Décennale" in page and "Bob Martin" in page
    assert post(rep, f"{answer}/confirm").status_code == 303
    assert post(admin, f"{url}/{field_id}", label="Assurance", choices="A\nB").status_code == 303
    assert list_fields() == [] and list_fields(archived=True)[0].id == field_id
    assert rep.get(answer).status_code == 404
    assert post(admin, f"{url}/fundable", fundable_days="x").status_code == 422
    assert post(admin, f"{url}/fundable", fundable_days="60").status_code == 303
    assert 'value="60"' in admin.get(url).get_data(as_text=True)


def test_programs_read_and_write_answers(app: Flask, cast: Cast, api_of: Callable) -> None:
    client, api, headers = make_client(cast), app.test_client(), api_of(cast.ada)
    made = api.post("/api/v1/custom-fields", json={"label": "Effectif", "kind": "number"}, headers=headers)
    url = f"/api/v1/clients/{client.id}/custom-values"
    put = api.put(f"{url}/{made.json['id']}", json={"value": "12,5"}, headers=headers)
    assert (made.status_code, put.json["value"], put.json["author"]) == (201, "12.5", "Ada Leroy")
    assert api.get(url, headers=headers).json["items"] == [put.json]
    again = api.post(f"{url}/{made.json['id']}/confirmation", headers=headers)
    assert again.status_code == 200 and again.json["confirmed_at"] >= put.json["confirmed_at"]
