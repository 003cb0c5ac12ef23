"""Pages of limit requests: asked from the client sheet, decided in three taps."""

from __future__ import annotations

import re
from collections.abc import Callable

from flask.testing import FlaskClient

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import make_limit
from tests.factories.people import Cast
from tests.factories.requests import limit_request
from tests.factories.visits import visit
from tests.forms import flat, submit
from webapp.risk.queries import current_limit

Browser = Callable[..., FlaskClient]


def test_the_answer_to_can_i_sell_leads_to_a_request_that_names_a_limit_that_would_do(
    cast: Cast, browser_of: Browser
) -> None:
    client, bob = make_client(cast, legal_name="Ateliers Delorme"), browser_of(cast.bob)
    make_limit(cast, client, 100_000)
    make_invoice(cast, client, 93_000)
    page = bob.get(f"/clients/{client.id}/sell?amount=500").text
    address = re.search(r'href="([^"]*limit-requests/new[^"]*)"', page)
    assert address and address[1].endswith("amount=150000")
    assert 'value="1500"' in bob.get(address[1]).text.replace("\u202f", "")


def test_a_request_is_made_with_evidence_and_its_page_says_everything(
    cast: Cast, browser_of: Browser, count_queries: Callable
) -> None:
    client, bob, chloe = make_client(cast, legal_name="Delorme"), browser_of(cast.bob), browser_of(cast.chloe)
    make_limit(cast, client, 100_000)
    make_invoice(cast, client, 90_000, due_in=-12)
    seen = visit(cast.bob, client.id, "works_stopped")
    form = f"/clients/{client.id}/limit-requests"
    assert "Visite du" in flat(bob.get(f"{form}/new"))
    wrong = submit(bob, form, {"amount": "beaucoup", "reason": "Chantier de l’école"})
    assert wrong.status_code == 422
    assert "Indiquez un montant" in flat(wrong) and "Chantier de l’école" in flat(wrong)
    values = {"amount": "1 500", "reason": "Chantier de l’école", "evidence": f"visit:{seen.id}"}
    made = submit(bob, form, values)
    assert made.status_code == 303
    path = made.headers["Location"]
    own = flat(bob.get(path))
    assert "Vous ne pouvez pas décider de votre demande." in own and "Accorder" not in own
    with count_queries() as counted:
        text = flat(chloe.get(path))
    assert len(counted) <= 12
    for words in ("1 500", "1 000", "Chantier de l’école", "Visite du", "900 €, 12 jours", "Accorder"):
        assert words in text, words
    assert "Dans votre délégation de 20 000 €." in text
    assert f'href="{path.replace("http://localhost", "")}' in chloe.get("/").text


def test_a_manager_approves_less_for_a_time_and_the_limit_stands(cast: Cast, browser_of: Browser) -> None:
    client, chloe = make_client(cast), browser_of(cast.chloe)
    request = limit_request(cast.bob, client, 150_000)
    path = f"/limit-requests/{request.id}"
    assert 'data-sheet-shown-value="true"' in chloe.get(f"{path}?act=approve").text
    values = {"decision": "approve", "amount": "1 200", "ends_on": "2099-03-31", "seen_revision": "1"}
    too_much = submit(chloe, f"{path}/decision", values | {"amount": "2 000"})
    assert too_much.status_code == 422 and "plus que demandé" in flat(too_much)
    assert submit(chloe, f"{path}/decision", values).status_code == 303
    limit = current_limit(client.id)
    assert limit is not None and limit.amount == 120_000
    text = flat(chloe.get(path))
    assert "Accordé" in text and "31/03/2099" in text
    late = submit(browser_of(cast.alice), f"{path}/decision", {"decision": "reject", "reason": "Non"})
    assert late.status_code == 409 and "déjà close" in flat(late)


def test_beyond_an_authority_the_bar_passes_on(cast: Cast, browser_of: Browser) -> None:
    request = limit_request(cast.bob, make_client(cast), 3_000_000)
    chloe, path = browser_of(cast.chloe), f"/limit-requests/{request.id}"
    text = flat(chloe.get(path))
    assert "Au-delà de votre délégation de 20 000 €." in text and "Transmettre" in text
    assert submit(chloe, f"{path}/decision", {"decision": "pass_on"}).status_code == 303
    refused = submit(chloe, f"{path}/decision", {"decision": "approve"})
    assert refused.status_code == 403 and "transmettez" in flat(refused)


def test_a_question_is_answered_on_the_page(cast: Cast, browser_of: Browser) -> None:
    request = limit_request(cast.bob, make_client(cast))
    chloe, bob, path = browser_of(cast.chloe), browser_of(cast.bob), f"/limit-requests/{request.id}"
    mute = submit(chloe, f"{path}/decision", {"decision": "ask", "reason": ""})
    assert mute.status_code == 422 and "Dites pourquoi" in flat(mute)
    assert submit(chloe, f"{path}/decision", {"decision": "ask", "reason": "Qui paie ?"}).status_code == 303
    assert "Qui paie ?" in flat(bob.get(path))
    assert submit(bob, f"{path}/answer", {"answer": "La mairie"}).status_code == 303
    assert "La mairie" in flat(chloe.get(path))
    assert submit(bob, f"{path}/withdraw").status_code == 303
    assert "Retirée" in flat(bob.get("/limit-requests?state=withdrawn"))


def test_after_sales_learns_nothing_of_requests(cast: Cast, browser_of: Browser) -> None:
    client = make_client(cast)
    request, david = limit_request(cast.bob, client), browser_of(cast.david)
    assert david.get(f"/limit-requests/{request.id}").status_code == 404
    assert david.get(f"/clients/{client.id}/limit-requests/new").status_code == 404
    assert str(request.id) not in david.get("/limit-requests").text
