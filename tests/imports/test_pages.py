"""The pages: bring, columns, control, undo, with plain forms."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories.imports import import_file, outstanding
from tests.factories.people import Cast
from webapp.core import jobs
from webapp.users.actor import Actor

HEAD = "Facture;Code client;Nom du client;Émise le;Échéance;Montant TTC"
GOOD = f"{HEAD}\nF1;C1;Delorme;15/10/2026;30/11/2026;1 200,50\n"


class Desk:
    """Somebody at the pages of imports."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser
        page = browser.get("/imports").get_data(as_text=True)
        self.token = page.split('name="csrf-token" content="')[1].split('"')[0]

    def post(self, path: str, **form: Any) -> Any:
        return self.browser.post(path, data={"csrf_token": self.token, **form})

    def bring(self, content: str | bytes, name: str = "factures.csv") -> Any:
        body = content.encode() if isinstance(content, str) else content
        return self.post("/imports", file=(io.BytesIO(body), name), kind="invoices")

    def control(self, content: str) -> str:
        """Bring the file and let its check run; where its page is."""
        where = str(self.bring(content).headers["Location"])
        jobs.run_due()
        return where

    def read(self, path: str) -> str:
        answer = self.browser.get(path)
        assert answer.status_code == 200
        return str(answer.get_data(as_text=True))


@pytest.fixture
def desk(cast: Cast, browser_of: Callable[[Actor], FlaskClient]) -> Desk:
    return Desk(browser_of(cast.sonia))


def test_a_file_goes_through_control_import_and_undo(desk: Desk) -> None:
    where = desk.control(GOOD)
    page = desk.read(where)
    assert "Rien n’est encore écrit" in page and "Importer 1 ligne" in page
    assert "F1" in page or "F1" in desk.read(f"{where}?show=created")
    assert desk.post(f"{where}/commit").status_code == 303
    assert desk.post(f"{where}/commit").status_code == 303, "pressed twice"
    jobs.run_due()
    assert outstanding() == 120_050
    assert "Annuler l’import" in desk.read(where)
    desk.post(f"{where}/undo")
    assert outstanding() == 0 and "a été annulé" in desk.read(where)


def test_progress_is_shown_while_the_worker_is_at_it(desk: Desk) -> None:
    where = desk.bring(GOOD).headers["Location"]
    page = desk.read(where)
    assert "<progress" in page and "import-progress" in page
    desk.post(f"{where}/cancel")
    jobs.run_due()
    assert "Import abandonné" in desk.read(where)


def test_old_stands_struck_above_new_and_a_bad_cell_is_marked(desk: Desk, cast: Cast) -> None:
    import_file(cast.sonia, GOOD)
    changed = GOOD.replace("30/11/2026", "15/12/2026") + "F2;C1;Delorme;31/02/2026;30/11/2026;5,00\n"
    changed += "".join(f"G{n};C1;Delorme;{n}/10/2026;30/11/2026;5,00\n" for n in range(20, 26))
    page = desk.read(desk.control(changed))
    assert "<del>30/11/2026</del> <ins>15/12/2026</ins>" in page
    assert "date impossible" in page
    bar = page.split("act--imp")[1]
    assert "/commit" not in bar and "Apporter le fichier corrigé" in bar


def test_refused_rows_come_as_a_csv_that_runs_nothing(desk: Desk) -> None:
    rows = "".join(f"G{n};C1;Delorme;{n}/10/2026;30/11/2026;5,00\n" for n in range(20, 26))
    where = desk.control(GOOD.replace("F1", "=1+1").replace("1 200,50", "douze") + rows)
    answer = desk.browser.get(f"{where}/refused.csv")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    text = answer.get_data(as_text=True)
    assert "'=1+1" in text and "douze" in text and "G20" not in text


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"%PDF-1.7", "Ce fichier est un PDF"),
        (b"", "Ce fichier est vide"),
        (b"Facture;Client\n", "une ligne de titres"),
    ],
)
def test_a_file_that_will_not_do_is_explained_beside_the_field(
    desk: Desk, content: bytes, sentence: str
) -> None:
    answer = desk.bring(content)
    page = answer.get_data(as_text=True)
    assert answer.status_code == 422 and sentence in page and 'aria-describedby="file-error"' in page


def test_no_file_is_an_error_of_the_field(desk: Desk) -> None:
    assert "Choisissez un fichier" in desk.post("/imports", kind="invoices").get_data(as_text=True)


def test_columns_nobody_recognises_are_asked_for(desk: Desk) -> None:
    where = desk.control("AA;BB;CC;DD\nF1;C1;15/10/2026;12,50\n")
    assert "<select" in desk.read(where)
    missing = desk.post(f"{where}/mapping", ref="AA")
    assert missing.status_code == 422 and "Aucune colonne ne donne" in missing.get_data(as_text=True)
    done = desk.post(
        f"{where}/mapping", ref="AA", client_ref="BB", issued_on="CC", gross="DD", model_name="Gescom"
    )
    assert done.status_code == 303
    jobs.run_due()
    assert "Importer 1 ligne" in desk.read(where)


def test_pages_of_a_large_import_cost_few_queries(desk: Desk, count_queries: Any) -> None:
    rows = "".join(f"F{n};C{n % 9};Client {n % 9};15/10/2026;30/11/2026;{n},00\n" for n in range(1, 400))
    where = desk.control(f"{HEAD}\n{rows}")
    for path in ("/imports", where, f"{where}?show=created&after=60"):
        with count_queries() as sql:
            desk.read(path)
        assert len(sql) <= 12, path


def test_a_file_above_the_limit_is_refused_in_a_sentence(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "MAX_CONTENT_LENGTH", 1000)
    answer = desk.bring(GOOD + "x" * 5000)
    assert answer.status_code == 413 and "trop gros" in answer.get_data(as_text=True)


def test_field_roles_have_no_page(cast: Cast, browser_of: Callable[[Actor], FlaskClient]) -> None:
    assert browser_of(cast.bob).get("/imports").status_code in (403, 404)
