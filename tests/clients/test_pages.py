"""The list and the sheet as people see them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.factories.books import make_client, make_invoice
from tests.factories.crowd import make_crowd
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.home.services import refresh_lines
from webapp.risk.models import CreditLimit

MOST_QUERIES = 12
TABS = ("invoices", "contacts", "identity", "documents")


def limit(client: object, amount: int) -> None:
    with unit_of_work():
        db.session.add(CreditLimit(client_id=client.id, amount=amount, starts_on=today(), max_days_late=45))
        refresh_lines([client.id])


def names(page: str) -> list[str]:
    return re.findall(r'row__n cut">([^<]*)<', page)


def test_the_most_urgent_come_first_with_the_fact_that_matters(cast: Cast, browser_of: Callable) -> None:
    calm = make_client(cast, legal_name="Lacroix")
    late = make_client(cast, legal_name="Morvan")
    make_client(cast, legal_name="Vidal", insolvency="receivership")
    make_invoice(cast, late, 2_135_000, due_in=-47)
    limit(late, 2_000_000)
    limit(calm, 100_000)
    page = browser_of(cast.bob).get("/clients").get_data(as_text=True)
    assert names(page) == ["Vidal", "Morvan", "Lacroix"]
    assert "Redressement judiciaire" in page and "Bloqué" in page
    assert "21\u202f350\u00a0€ échus, 47 j" in page and "106\u00a0%" in page and "À jour" in page
    assert "Dépassement <b>1</b>" in page and "Échu <b>1</b>" in page and "Les miens" not in page
    assert "Les miens" in browser_of(cast.chloe).get("/clients").get_data(as_text=True)


def test_after_sales_sees_no_limit_no_use_no_score(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast, legal_name="Morvan")
    make_invoice(cast, client, 1_080_000, due_in=-47)
    limit(client, 1_000_000)
    browser = browser_of(cast.david)
    for path in ("/clients", f"/clients/{client.id}", "/clients?filter=breach", "/"):
        page = browser.get(path).get_data(as_text=True)
        # The use in percent, or the sum behind it; in the middle of a hexadecimal id, 108 is nobody's.
        assert not re.search(r"(?<![0-9a-zA-Z_-])108", page)
        assert "Risque" not in page and "Sans plafond" not in page
        assert "Dépassement" not in page and "10\u202f000" not in page and "Disponible" not in page


def test_search_and_filters_work_as_a_plain_form_and_keep_the_state_in_links(
    cast: Cast, browser_of: Callable
) -> None:
    client = make_client(cast, legal_name="Bâti-Sud", city="Bron")
    make_client(cast, legal_name="Delorme")
    make_invoice(cast, client, 1_000, due_in=-3)
    browser = browser_of(cast.bob)
    page = browser.get("/clients?q=bati&filter=overdue&sort=name").get_data(as_text=True)
    assert names(page) == ["Bâti-Sud"]
    assert f"/clients/{client.id}?q=bati&amp;filter=overdue&amp;sort=name" in page
    sheet = browser.get(f"/clients/{client.id}?q=bati&filter=overdue&sort=name").get_data(as_text=True)
    assert names(sheet)[0] == "Bâti-Sud" and 'aria-current="true"' in sheet
    assert 'href="/clients?q=bati&amp;filter=overdue&amp;sort=name"' in sheet
    assert "Aucun client pour « delorm »" in browser.get("/clients?q=delorm&filter=overdue").get_data(
        as_text=True
    )
    assert "Aucun client ici" in browser.get("/clients?filter=overdue_60").get_data(as_text=True)
    assert names(browser.get("/clients?filter=odd&sort=odd&shown=x").get_data(as_text=True)) != []
    assert "dès leur premier import" in browser_of(cast.oscar).get("/clients").get_data(as_text=True)


def test_the_sheet_says_how_much_can_still_be_sold(cast: Cast, browser_of: Callable) -> None:
    client = make_client(
        cast,
        legal_name="Ateliers Delorme",
        siren="732829320",
        siret="73282932000074",
        vat_number="FR44732829320",
        phone="04 78 00 00 00",
        email="elise@delorme.test",
        street="12 rue des Lilas",
        city="Bron",
        insolvency="safeguard",
        insolvency_on=today(),
    )
    late = make_invoice(cast, client, 846_000, due_in=-35)
    make_invoice(cast, client, 300_000, due_in=20)
    make_invoice(cast, client, 20_000, due_in=20, kind="credit_note")
    limit(client, 1_000_000)
    page = browser_of(cast.bob).get(f"/clients/{client.id}").get_data(as_text=True)
    assert "\u2212126\u202f" not in page and "\u22121\u202f260" in page  # beyond the limit
    assert 'href="tel:0478000000"' in page and "geo:0,0?q=12%20rue%20des%20Lilas%2C%20Bron" in page
    assert 'href="mailto:elise%40delorme.test"' in page
    assert "Rien au-delà de 60 jours." in page and "35 j" in page and "Sauvegarde" in page
    assert "Avoirs et règlements à affecter" in page and "Retard toléré : 45 jours." in page
    assert "Fiche créée" in page and "Modifier" not in page
    assert "Avant la visite" in page and "Demandez qui administre l’entreprise" in page
    identity = browser_of(cast.bob).get(f"/clients/{client.id}/identity").get_data(as_text=True)
    assert "732\u00a0829\u00a0320" in identity and "732\u00a0829\u00a0320\u00a000074" in identity
    unpaid = browser_of(cast.bob).get(f"/clients/{client.id}/invoices").get_data(as_text=True)
    assert f'href="/invoices/{late.id}"' in unpaid
    everything = browser_of(cast.alice).get(f"/clients/{client.id}/invoices?invoices=all")
    assert "Avoir" in everything.get_data(as_text=True)
    assert f"/clients/{client.id}/edit" in browser_of(cast.alice).get(f"/clients/{client.id}").get_data(
        as_text=True
    )


def test_a_sheet_with_nothing_on_it_still_answers(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    page = browser_of(cast.bob).get(f"/clients/{client.id}").get_data(as_text=True)
    assert "Sans plafond" in page and "rien d’ouvert" in page and "Demandez qui paie les factures" in page
    for tab, words in (
        ("invoices", "Aucune facture ouverte."),
        ("contacts", "Personne n’est noté ici."),
        ("identity", "Aucun signataire noté."),
        ("documents", "Aucun document."),
    ):
        assert words in browser_of(cast.bob).get(f"/clients/{client.id}/{tab}").get_data(as_text=True)
        assert browser_of(cast.oscar).get(f"/clients/{client.id}/{tab}").status_code == 404
    assert browser_of(cast.oscar).get(f"/clients/{client.id}").status_code == 404
    assert browser_of(cast.bob).get("/clients/not-a-uuid").status_code == 404


def test_a_limit_is_set_where_risk_says(app: Flask, cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    page = browser_of(cast.alice).get(f"/clients/{client.id}").get_data(as_text=True)
    rule = next((rule for rule in app.url_map.iter_rules() if rule.endpoint == "risk.edit_limit"), None)
    assert ("Fixer un plafond" in page) == (rule is not None)
    assert "Fixer un plafond" not in browser_of(cast.bob).get(f"/clients/{client.id}").get_data(as_text=True)


def test_older_activity_comes_in_a_frame(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    for number in range(40):
        make_invoice(cast, client, 1_000, ref=f"T-{number:03d}")
    browser = browser_of(cast.bob)
    page = browser.get(f"/clients/{client.id}").get_data(as_text=True)
    url = re.search(r'src="(/clients/[^"]*/activity[^"]*)"', page).group(1).replace("&amp;", "&")
    older = browser.get(url)
    assert older.status_code == 200 and "Fiche créée" in older.get_data(as_text=True)
    assert "30 factures" in page and "10 factures" in older.get_data(as_text=True)
    assert browser.get(f"/clients/{client.id}/activity?cursor=xx").status_code == 422
    assert browser_of(cast.oscar).get(url).status_code == 404


@pytest.mark.parametrize("size", [400, 20_000])
def test_pages_ask_the_database_at_most_twelve_times_whatever_the_size(
    cast: Cast, browser_of: Callable, count_queries: Callable, size: int
) -> None:
    ids = make_crowd(cast, size)
    for who in (cast.bob, cast.chloe, cast.alice, cast.david):
        browser = browser_of(who)
        browser.get("/clients")
        for path in (
            "/",
            "/clients",
            "/clients?q=000&sort=name",
            "/clients?filter=breach",
            f"/clients/{ids[size // 2]}",
            *(
                f"/clients/{ids[size // 2]}/{tab}"
                for tab in ("invoices", "contacts", "identity", "documents")
            ),
            "/invoices",
        ):
            with count_queries() as sql:
                page = browser.get(path)
            assert page.status_code == 200
            assert len(sql) <= MOST_QUERIES, (who.handle, path, len(sql), sql)
    page = browser_of(cast.bob).get("/clients").get_data(as_text=True)
    assert page.count('class="row"') == 50
    following = re.search(r'src="(/clients\?[^"]*)"', page).group(1).replace("&amp;", "&")
    more = browser_of(cast.bob).get(following, headers={"Turbo-Frame": "more-1"}).get_data(as_text=True)
    assert more.count('class="row"') == 50 and "<html" not in more and "shown=100" in more
    assert not set(names(page)) & set(names(more))
    whole = browser_of(cast.bob).get(f"/clients/{ids[0]}?shown=150").get_data(as_text=True)
    assert whole.count('class="row"') == 150
