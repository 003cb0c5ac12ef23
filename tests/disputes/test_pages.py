"""Pages of disputes: they work without scripts, say what is wrong, and cost few queries."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.disputes import fresh, make_dispute
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core.clock import today
from webapp.disputes.models import Dispute
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.users.actor import Actor

Browser = Callable[[Actor], FlaskClient]
Count = Callable[[], Any]


@pytest.fixture
def invoice(cast: Cast) -> Invoice:
    return make_invoice(cast, make_client(cast), 100_000, due_in=-5)


def send(browser: FlaskClient, path: str, **form: object) -> Any:
    token = browser.get("/api/v1/session").get_json()["csrf_token"]
    return browser.post(path, data={"csrf_token": token, **form})


def text(answer: Any) -> str:
    return re.sub(r"<[^>]+>", "", answer.text).replace("\u202f", " ").replace("\u00a0", " ")


def test_a_dispute_is_opened_from_a_message_without_any_script(
    cast: Cast, browser_of: Browser, invoice: Invoice
) -> None:
    message = say(cast.bob, invoice.id, "6 panneaux rayés")
    bob = browser_of(cast.bob)
    thread = bob.get(f"/invoices/{invoice.id}").text
    assert f"/invoices/{invoice.id}/dispute?message={message.id}" in thread
    form = bob.get(f"/invoices/{invoice.id}/dispute?message={message.id}").text
    assert "6 panneaux rayés</textarea>" in form and "Qualité" in form
    act = re.search(r'name="dispute_id" value="([^"]+)"', form)
    given = {
        "reason": "quality", "part": "amount", "amount": "300,00", "text": "6 panneaux rayés",
        "message_id": str(message.id), "dispute_id": act[1] if act else "",
    }  # fmt: skip
    assert send(bob, f"/invoices/{invoice.id}/dispute", **given).status_code == 303
    send(bob, f"/invoices/{invoice.id}/dispute", **given)
    (dispute,) = db.session.scalars(select(Dispute)).all()
    assert (dispute.amount, dispute.message_id, str(dispute.id)) == (30_000, message.id, given["dispute_id"])
    shown = text(bob.get(f"/invoices/{invoice.id}"))
    assert "Litige · Qualité" in shown and "David Nguyen" in shown and "700,00 €" in shown


@pytest.mark.parametrize(
    ("form", "said"),
    [
        ({"part": "amount", "amount": "", "reason": "price", "text": "x"}, "Indiquez le montant contesté."),
        ({"part": "amount", "amount": "abc", "reason": "price", "text": "x"}, "par exemple 12,50"),
        ({"part": "amount", "amount": "2000", "reason": "price", "text": "x"}, "entre 0 € et 1 000 €"),
        ({"part": "whole", "text": "x"}, "Choisissez un motif."),
        ({"part": "whole", "reason": "price", "text": ""}, "Dites ce que le client conteste."),
    ],
)
def test_a_fault_is_said_beside_its_field(
    cast: Cast, browser_of: Browser, invoice: Invoice, form: dict, said: str
) -> None:
    answer = send(browser_of(cast.bob), f"/invoices/{invoice.id}/dispute", **form)
    assert answer.status_code == 422 and said in text(answer)


def test_what_is_all_contested_cannot_be_contested_again(
    cast: Cast, browser_of: Browser, invoice: Invoice
) -> None:
    make_dispute(cast, invoice, None)
    bob = browser_of(cast.bob)
    assert "Toute la facture est déjà contestée." in bob.get(f"/invoices/{invoice.id}/dispute").text
    credit = make_invoice(cast, invoice.client, 500, kind="credit_note")
    assert bob.get(f"/invoices/{credit.id}/dispute").status_code == 404


def test_each_reader_is_offered_the_acts_of_their_role(
    cast: Cast, browser_of: Browser, invoice: Invoice
) -> None:
    url = f"/disputes/{make_dispute(cast, invoice).id}"
    offered = {
        cast.bob: {"withdrawal"},
        cast.david: {"proposal", "rejection", "following", "withdrawal"},
        cast.sonia: {"credit", "proposal", "rejection", "following", "withdrawal"},
        cast.ada: set(),
    }
    for person, acts in offered.items():
        page = browser_of(person).get(url).text
        assert set(re.findall(r"\?act=(\w+)#act", page)) == acts, person.name
        for act in ("credit", "proposal", "rejection", "following", "withdrawal"):
            form = 'id="act"' in browser_of(person).get(f"{url}?act={act}").text
            assert form == (act in acts), (person.name, act)


def test_a_dispute_goes_from_hand_to_hand_on_its_page(
    cast: Cast, browser_of: Browser, invoice: Invoice
) -> None:
    dispute = make_dispute(cast, invoice)
    url = f"/disputes/{dispute.id}"
    david, sonia = browser_of(cast.david), browser_of(cast.sonia)
    given = {"resolver_id": str(cast.david.user_id), "due_on": "demain", "seen_revision": "1"}
    assert "Indiquez une date." in send(david, f"{url}/following", **given).text
    given |= {"resolver_id": str(cast.chloe.user_id), "due_on": today().isoformat()}
    assert send(david, f"{url}/following", **given).status_code == 303
    assert (fresh(dispute.id).resolver_id, fresh(dispute.id).due_on) == (cast.chloe.user_id, today())
    chloe = browser_of(cast.chloe)
    assert send(chloe, f"{url}/waiting", state="waiting_client", seen_revision="1").status_code == 409
    assert send(chloe, f"{url}/waiting", state="waiting_client").status_code == 303
    assert send(chloe, f"{url}/proposal", amount="250", text="Vu").status_code == 303
    assert "propose un avoir de 250,00 €" in text(sonia.get(url))
    form = sonia.get(f"{url}?act=credit").text
    assert 'value="250,00"' in form
    assert "Indiquez le numéro" in send(sonia, f"{url}/credit", credit_ref="", amount="250").text
    assert send(sonia, f"{url}/credit", credit_ref="A-1", amount="300").status_code == 303
    assert (fresh(dispute.id).state, fresh(dispute.id).resolution_amount) == ("accepted_credit", 30_000)
    page = text(browser_of(cast.bob).get(url))
    assert "Réglé par avoir" in page and "A-1" in page
    assert send(sonia, f"{url}/rejection", text="Non").status_code == 409


def test_an_open_credit_note_is_offered_and_attached(
    cast: Cast, browser_of: Browser, invoice: Invoice
) -> None:
    dispute = make_dispute(cast, invoice)
    make_invoice(cast, invoice.client, 30_000, ref="A-77", kind="credit_note")
    sonia = browser_of(cast.sonia)
    assert "A-77 · 300,00 €" in text(sonia.get(f"/disputes/{dispute.id}?act=credit"))
    send(sonia, f"/disputes/{dispute.id}/credit", known_ref="A-77", credit_ref="", amount="300")
    assert fresh(dispute.id).state == "accepted_credit"


def test_a_rejection_and_a_withdrawal(cast: Cast, browser_of: Browser, invoice: Invoice) -> None:
    first, second = make_dispute(cast, invoice), make_dispute(cast, invoice)
    david = browser_of(cast.david)
    assert "Dites pourquoi" in send(david, f"/disputes/{first.id}/rejection", text="").text
    assert send(david, f"/disputes/{first.id}/rejection", text="Conforme").status_code == 303
    assert send(browser_of(cast.bob), f"/disputes/{second.id}/withdrawal", text="").status_code == 303
    assert (fresh(first.id).state, fresh(second.id).state) == ("rejected", "withdrawn")


def test_the_board_and_the_list_filter_and_cost_few_queries(
    cast: Cast, browser_of: Browser, count_queries: Count
) -> None:
    for number in range(12):
        invoice = make_invoice(cast, make_client(cast, legal_name=f"Client n{number}"), 100_000)
        make_dispute(cast, invoice, 10_000, reason="quality" if number % 3 else "price")
    outside = make_invoice(
        cast, make_client(cast, rep=cast.oscar, branch="Nantes", legal_name="Nantais"), 9_000
    )
    make_dispute(cast, outside, 9_000, actor=cast.oscar)
    bob = browser_of(cast.bob)
    for path in ("/disputes", "/disputes/list", "/disputes/statistics", "/disputes?reason=price&least=50"):
        bob.get(path)
        with count_queries() as sql:
            page = bob.get(path)
        assert page.status_code == 200 and len(sql) <= 12, (path, "\n".join(sql))
        assert "Nantais" not in page.text
    assert bob.get("/disputes?reason=price").text.count('class="row row--bill"') == 4
    assert bob.get("/disputes?resolver=none").text.count('class="row row--bill"') == 0
    listed = bob.get("/disputes/list?sort=-amount&state=all&age=x&reason=quality")
    assert listed.text.count('<th scope="row">') == 8
    assert "12" in text(bob.get("/disputes/statistics?by=department&days=365"))
    assert "Personne" not in text(bob.get("/disputes/statistics?by=resolver"))


def test_a_dispute_shows_on_the_sheet_the_timeline_and_the_overdue_list(
    cast: Cast, browser_of: Browser, invoice: Invoice, count_queries: Count
) -> None:
    make_dispute(cast, invoice)
    bob = browser_of(cast.bob)
    sheet = f"/clients/{invoice.client_id}"
    bob.get(sheet)
    with count_queries() as sql:
        page = text(bob.get(sheet))
    assert len(sql) <= 12, "\n".join(sql)
    assert "300 € en litige" in page and "dont 300 € déjà échus" in page and "Litige ouvert" in page
    assert "David Nguyen" in bob.get(f"{sheet}/disputes").text
    assert "dont 300,00 € en litige" in text(bob.get("/overdue"))


def test_reasons_are_settings(cast: Cast, browser_of: Browser, invoice: Invoice) -> None:
    ada, given = browser_of(cast.ada), {"department": "sales", "role": "sales_rep", "delay_days": "4"}
    url = "/settings/dispute-reasons"
    assert "Qualité" in ada.get(url).text
    assert "Indiquez un nom" in send(ada, url, label="", **given).text
    assert send(ada, url, label="Emballage", **given).status_code == 303
    assert send(ada, f"{url}/quality", label="Casse", **given).status_code == 303
    assert "Indiquez un nombre" in send(ada, f"{url}/quality", **{**given, "delay_days": "x"}).text
    assert ada.get(f"{url}/nothing").status_code == 404
    form = browser_of(cast.bob).get(f"/invoices/{invoice.id}/dispute").text
    assert "Emballage" in form and "Qualité" not in form and "Casse" not in form
