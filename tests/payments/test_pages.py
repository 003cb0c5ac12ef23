"""The pages of payments: the list, one payment, the desk, many at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.payments.test_matching import first, opens, pay, sound
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.payments.models import Matching, Payment


@pytest.fixture
def sonia(browser_of: Callable, cast: Cast) -> FlaskClient:
    return browser_of(cast.sonia)


def post(browser: FlaskClient, path: str, **form: object) -> object:
    token = browser.get("/api/v1/session").json["csrf_token"]
    return browser.post(path, data={"csrf_token": token, **form})


def text(answer: object) -> str:
    return re.sub(r"\s+", " ", answer.get_data(as_text=True))  # type: ignore[attr-defined]


def test_the_desk_shows_the_best_proposal_and_accepting_goes_on_to_the_next(
    cast: Cast, sonia: FlaskClient
) -> None:
    client = make_client(cast, legal_name="Menuiserie Lopes")
    invoice = make_invoice(cast, client, 12_000)
    one, two = pay(cast, client, 12_000, f"FACT {invoice.ref}", ago=4), pay(cast, client, 77, ago=2)
    key, ids = first(one).key, (one.id, two.id)
    page = text(sonia.get("/matching"))
    assert "Menuiserie Lopes" in page and f"Le libellé cite {invoice.ref}." in page and "Sûre" in page
    assert f'data-matching-following-value="/matching?payment={ids[1]}"' in page
    answer = post(sonia, f"/payments/{ids[0]}/accept", key=key, **{"from": "desk", "next": ids[1]})
    assert answer.status_code == 303 and answer.location == f"/matching?payment={ids[1]}"
    after = text(sonia.get(answer.location))
    matching = db.session.scalars(select(Matching)).one()
    assert "Règlement lettré." in after and f"/matchings/{matching.id}/undo" in after
    again = post(sonia, f"/payments/{ids[0]}/accept", key=key)
    assert "Sonia Petit vient de lettrer ce règlement." in text(sonia.get(again.location))
    undone = post(sonia, f"/matchings/{matching.id}/undo")
    assert undone.location == f"/payments/{ids[0]}"
    assert "Annulé le" in text(sonia.get(undone.location)) and opens(invoice) == [12_000] and sound()


def test_a_refusal_is_offered_back(cast: Cast, sonia: FlaskClient) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 12_000)
    payment = pay(cast, client, 12_000)
    key, url = first(payment).key, f"/payments/{payment.id}"
    answer = post(sonia, f"{url}/refuse", key=key)
    page = text(sonia.get(answer.location))
    assert "Proposition refusée" in page and key not in page.split("</main>")[0]
    undo = f"{url}/reconsider?key={key}"
    assert undo in page
    assert key in text(sonia.get(post(sonia, undo).location))


def test_by_hand_with_what_is_wrong_beside_it(cast: Cast, sonia: FlaskClient) -> None:
    client = make_client(cast)
    one, two = make_invoice(cast, client, 12_000), make_invoice(cast, client, 3_000)
    note = make_invoice(cast, client, 500, kind="credit_note")
    url, ids = f"/payments/{pay(cast, client, 14_450).id}", [one.id, two.id, note.id]
    proposal = first(db.session.scalars(select(Payment)).one())
    form = text(sonia.get(f"{url}?hand=1&from={proposal.key}"))
    assert 'value="120,00"' in form and form.count('inputmode="decimal"') == 3
    wrong = post(sonia, f"{url}/match", **{f"on-{ids[0]}": "douze", f"on-{ids[1]}": "30"})
    assert wrong.status_code == 422 and "« douze » n’est pas un montant" in text(wrong)
    too_much = post(sonia, f"{url}/match", **{f"on-{ids[0]}": "120", f"on-{ids[1]}": "30"})
    assert too_much.status_code == 422 and "dépassent le règlement" in text(too_much)
    amounts = {f"on-{ids[0]}": "120", f"on-{ids[1]}": "29,50", f"on-{ids[2]}": "5,00"}
    done = post(sonia, f"{url}/match", write_off="difference", **amounts)
    assert done.status_code == 303 and opens(one, two, note) == [0, 0, 0] and sound()
    page = text(sonia.get(url))
    assert "écart passé en perte" in page and f"par l’avoir {note.ref}" in page


def test_a_bank_that_takes_it_back(cast: Cast, sonia: FlaskClient) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 12_000)
    payment = pay(cast, client, 12_000, ago=3)
    url = f"/payments/{payment.id}"
    post(sonia, f"{url}/accept", key=first(payment).key)
    for form in (
        {},
        {"returned_on": "x", "reason": "other"},
        {"returned_on": "2020-01-01", "reason": "other"},
    ):
        assert post(sonia, f"{url}/return", **form).status_code == 422
    done = post(sonia, f"{url}/return", returned_on=today().isoformat(), reason="opposition")
    page = text(sonia.get(done.location))
    assert "Rejeté par la banque" in page and "Opposition du payeur" in page
    assert opens(invoice) == [12_000] and sound()


def test_the_sure_ones_at_once_and_back(cast: Cast, sonia: FlaskClient) -> None:
    invoices = []
    for number in range(13):
        client = make_client(cast)
        invoices.append(make_invoice(cast, client, 1_000 + number))
        pay(cast, client, 1_000 + number)
    page = text(sonia.get("/matching/sure"))
    chosen = re.findall(r'name="chosen" value="([^"]+)"', page)
    assert len(chosen) == 13
    answer = post(sonia, "/matching/sure", chosen=[*chosen[:12], "nonsense", f"{new_id()}:x"])
    page = text(sonia.get(answer.location))
    assert "12 règlements lettrés." in page and "1 règlement a changé entre-temps" in page
    undo = re.search(r"/matching/batches/[0-9a-f-]+/undo", page)
    assert undo and sum(opens(*invoices)) == 1_012
    assert "12 lettrages annulés." in text(sonia.get(post(sonia, undo[0]).location))
    assert sum(opens(*invoices)) == sum(range(1_000, 1_013)) and sound()


def test_who_reads_and_who_does_not(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 12_000)
    url = f"/payments/{pay(cast, client, 12_000).id}"
    for who in (cast.bob, cast.chloe):
        page = text(browser_of(who).get(url))
        assert "Reste à lettrer" in page and "Accepter" not in page and "rejeté" not in page
        assert browser_of(who).get("/payments").status_code == 200
        assert browser_of(who).get("/matching").status_code == 403
    assert browser_of(cast.david).get("/payments").status_code == 403
    assert browser_of(cast.oscar).get(url).status_code == 404


def test_the_list_is_filtered_and_paged(cast: Cast, sonia: FlaskClient) -> None:
    client = make_client(cast, legal_name="Écluse")
    for number in range(55):
        pay(cast, client, 100 + number, f"CHQ {number:03d}", ago=number)
    page = text(sonia.get("/payments?state=to_match"))
    assert page.count('class="row row--bill"') == 50
    more = re.search(r'src="(/payments[^"]+cursor=[^"]+)"', page)
    rest = sonia.get(more[1].replace("&amp;", "&"), headers={"Turbo-Frame": "more-x"})
    assert text(rest).count('class="row row--bill"') == 5
    for query, found in (
        ("q=CHQ+007", 1),
        ("q=1,07", 1),
        ("q=ecluse", 50),
        ("q=nobody", 0),
        ("state=returned", 0),
    ):
        assert text(sonia.get(f"/payments?{query}")).count('class="row row--bill"') == found, query
    day = (today() - timedelta(days=2)).isoformat()
    assert text(sonia.get(f"/payments?since={day}")).count('class="row row--bill"') == 3
    assert sonia.get("/payments?since=x&until=%00&client_id=x&q=%00&state=zz").status_code == 200
    assert sonia.get("/payments?cursor=xx").status_code == 422


def test_five_thousand_payments_wait_and_the_desk_reads_little(
    cast: Cast, sonia: FlaskClient, count_queries: Callable
) -> None:
    clients = [make_client(cast) for _ in range(40)]
    for client in clients:
        make_invoice(cast, client, 12_000)
    rows = [
        {
            "id": new_id(),
            "source": "bank",
            "source_ref": str(number),
            "client_id": clients[number % 40].id,
            "received_on": today() - timedelta(days=number % 300),
            "amount": 12_000,
            "unapplied": 12_000,
            "amount_value": 12_000,
            "unapplied_value": 12_000,
            "recorded_at": now(),
        }
        for number in range(5_000)
    ]
    with unit_of_work():
        db.session.execute(insert(Payment), rows)
    sonia.get("/matching")
    waiting, one = rows[99]["id"], f"/payments/{rows[7]['id']}"
    desks = ("/matching", "/matching?list=1", f"/matching?payment={waiting}", "/matching/sure")
    for path in (*desks, "/payments", one, f"{one}?hand=1"):
        with count_queries() as sql:
            answer = sonia.get(path)
        assert answer.status_code == 200 and len(sql) <= 12, (path, len(sql))
        assert len(answer.data) < 200_000
