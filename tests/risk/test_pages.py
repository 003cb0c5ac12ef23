"""Pages about alerts and limits: what they show, as plain forms, and how much they ask."""

from __future__ import annotations

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import insert

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import alerts_of, make_limit
from tests.factories.people import Cast
from tests.forms import flat, submit
from webapp.clients.models import Client
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.risk.models import Alert
from webapp.risk.queries import current_limit

Browser = Callable[..., FlaskClient]


def breach(cast: Cast, name: str = "Charpentes Morvan") -> Client:
    client = make_client(cast, legal_name=name)
    make_limit(cast, client, 6_000_000)
    make_invoice(cast, client, 2_135_000, due_in=-12, ref=f"F-{name[:4]}-1")
    make_invoice(cast, client, 4_345_000, ref=f"F-{name[:4]}-2")
    return client


def test_a_row_says_the_fact_the_amounts_and_offers_the_act(cast: Cast, browser_of: Browser) -> None:
    client = breach(cast)
    page = browser_of(cast.bob).get("/alerts")
    text = flat(page)
    assert page.status_code == 200
    assert "108 % du plafond, 4 800 € au-dessus." in text
    assert "64 800 € pour 60 000 €, dont 21 350 € échus." in text
    alert = alerts_of(client, state="open")[-1]
    assert f"/alerts/{alert.id}/acknowledge" in text
    assert text.index("Dépassements") < text.index("Charpentes Morvan")


def test_gravest_first_and_filters_narrow(cast: Cast, browser_of: Browser) -> None:
    breach(cast, "Grave SARL")
    warned = make_client(cast, legal_name="Prudence SA")
    make_limit(cast, warned, 100_000)
    make_invoice(cast, warned, 75_000)
    browser = browser_of(cast.alice)
    text = flat(browser.get("/alerts"))
    assert text.index("Grave SARL") < text.index("Prudence SA")
    narrowed = flat(browser.get("/alerts?filter=warning"))
    assert "Prudence SA" in narrowed and "Grave SARL" not in narrowed
    assert "Aucune alerte sous ce filtre." in flat(browser.get("/alerts?filter=mine"))
    assert browser.get("/alerts?filter=nonsense&start=-5").status_code == 200


def test_acknowledging_by_form_moves_it_down_with_name_and_time(cast: Cast, browser_of: Browser) -> None:
    client = breach(cast)
    alert = alerts_of(client, state="open")[-1]
    browser = browser_of(cast.bob)
    answer = submit(browser, f"/alerts/{alert.id}/acknowledge", data={"filter": "breach"})
    assert (answer.status_code, answer.location) == (303, "/alerts?filter=breach")
    page = flat(browser.get("/alerts"))
    assert "Acquittée par vous" in page and f"/alerts/{alert.id}/unacknowledge" in page
    assert "Acquittée par Bob Martin" in flat(browser_of(cast.alice).get("/alerts"))
    detail = flat(browser.get(f"/alerts/{alert.id}"))
    assert "Annuler l’acquittement" in detail
    submit(browser, f"/alerts/{alert.id}/unacknowledge")
    assert alerts_of(client, state="open")[-1].id == alert.id


def test_the_detail_leads_to_the_sheet_the_thread_and_the_limit_and_assigns(
    cast: Cast, browser_of: Browser
) -> None:
    client = breach(cast)
    alert = alerts_of(client, state="open")[-1]
    browser = browser_of(cast.alice)
    page = flat(browser.get(f"/alerts/{alert.id}"))
    for part in (f"/clients/{client.id}", f"/clients/{client.id}/limit", "Fil de F-Char-1", "Dépassement de"):
        assert part in page
    assert "Chloé Vidal, responsable d’agence" in page and "David Nguyen" not in page
    refused = submit(browser, f"/alerts/{alert.id}/assign", data={"user_id": str(cast.david.user_id)})
    assert refused.status_code == 422 and "Cette personne ne voit pas cette alerte." in flat(refused)
    submit(browser, f"/alerts/{alert.id}/assign", data={"user_id": str(cast.chloe.user_id)})
    assert "Confiée à vous" in flat(browser_of(cast.chloe).get("/alerts?filter=mine"))


def test_nothing_to_do_names_how_many_clients_are_followed(cast: Cast, browser_of: Browser) -> None:
    for _number in range(3):
        make_client(cast)
    assert "Aucune alerte sur vos 3 clients." in flat(browser_of(cast.bob).get("/alerts"))


def test_who_may_not_see_it_finds_nothing(cast: Cast, browser_of: Browser) -> None:
    client = breach(cast)
    alert = alerts_of(client, state="open")[-1]
    for actor in (cast.david, cast.oscar):
        browser = browser_of(actor)
        assert browser.get(f"/alerts/{alert.id}").status_code == 404
        assert submit(browser, f"/alerts/{alert.id}/acknowledge").status_code == 404
        assert browser.get(f"/clients/{client.id}/limit").status_code == 404
        assert "Morvan" not in browser.get("/alerts").text


def test_a_limit_is_set_by_form_and_wrong_values_stay_beside_their_fields(
    cast: Cast, browser_of: Browser
) -> None:
    client = make_client(cast)
    browser, url = browser_of(cast.alice), f"/clients/{client.id}/limit"
    assert "Aucun plafond n’a encore été fixé." in flat(browser.get(url))
    wrong = {"amount": "beaucoup", "max_days_late": "x", "ends_on": "demain", "source": "internal"}
    refused = flat(submit(browser, url, data=wrong))
    for part in (
        "par exemple 60 000",
        "Indiquez un nombre de jours.",
        "Indiquez une date.",
        'value="beaucoup"',
    ):
        assert part in refused
    beyond = submit(browser, url, data={"amount": "100 000,01"})
    assert beyond.status_code == 403 and "seule la DAF fixe un plafond" in flat(beyond)
    past = submit(browser, url, data={"amount": "10", "ends_on": "2020-01-01"})
    assert past.status_code == 422 and "Cette date est déjà passée." in flat(past)
    saved = submit(browser, url, data={"amount": "60 000,50", "max_days_late": "30", "source": "insurer"})
    assert (saved.status_code, saved.location) == (303, f"/clients/{client.id}")
    limit = current_limit(client.id)
    assert (limit.amount, limit.max_days_late, limit.source) == (6_000_050, 30, "insurer")
    page = flat(browser.get(url))
    assert 'value="60 000,50"' in page and "en vigueur" in page
    reading = flat(browser_of(cast.bob).get(url))
    assert "Enregistrer le plafond" not in reading and "en vigueur" in reading
    assert submit(browser_of(cast.bob), url, data={"amount": "5"}).status_code == 403


def test_the_page_asks_twelve_queries_with_five_thousand_alerts_and_twenty_thousand_clients(
    cast: Cast, browser_of: Browser, count_queries: Callable[..., object]
) -> None:
    client = breach(cast)
    alert = alerts_of(client, state="open")[-1]
    ids = [new_id() for _number in range(20_000)]
    with unit_of_work():
        rows = [
            {
                "id": client_id,
                "ref": f"B{number}",
                "legal_name": f"Bulk {number}",
                "branch_id": cast.lyon.id,
                "sales_rep_id": cast.bob.user_id,
                "country": "FR",
                "payment_days": 30,
                "end_of_month": False,
                "sort_name": f"bulk {number}",
                "search_text": f"bulk {number}",
                "revision": 1,
                "created_at": now(),
                "updated_at": now(),
            }
            for number, client_id in enumerate(ids)
        ]
        db.session.execute(insert(Client), rows)
        raised = [
            {
                "id": new_id(),
                "client_id": client_id,
                "kind": "limit_breach",
                "level": 100,
                "severity": 3,
                "state": "open",
                "exposure": 200,
                "limit_amount": 100,
                "overdue": 0,
                "currency": "EUR",
                "raised_at": now(),
            }
            for client_id in ids[:5000]
        ]
        db.session.execute(insert(Alert), raised)
    for actor in (cast.bob, cast.chloe, cast.alice):
        browser = browser_of(actor)
        for url in ("/alerts", f"/alerts/{alert.id}", "/alerts?filter=delay", "/alerts?start=50"):
            browser.get(url)
            with count_queries() as sql:
                page = browser.get(url)
            assert page.status_code == 200
            assert len(sql) <= 12, (url, actor.handle, len(sql))
    assert page.text.count('class="alert"') == 50
