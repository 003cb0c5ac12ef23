"""What stands beside an invoice's conversation, and the list of invoices as a page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from flask import Flask, render_template_string

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.invoices.queries import aging, get_invoice, invoice_facts
from webapp.payments.services import record_payment

PANE = (
    "{% from 'invoices/_facts.html' import facts_pane with context %}"
    "{{ facts_pane(invoice, facts, limit=900000) }}"
)


def part_paid(cast: Cast) -> object:
    invoice = make_invoice(cast, make_client(cast, legal_name="Delorme"), 846_000, due_in=-23)
    with unit_of_work():
        record_payment(
            cast.sonia,
            source="bank",
            source_ref="1",
            client_id=invoice.client_id,
            received_on=today() - timedelta(days=3),
            amount=46_000,
            text="VIR DELORME",
            allocations=[(invoice.id, 46_000)],
        )
    return invoice


def test_the_facts_of_a_late_invoice(cast: Cast) -> None:
    invoice = get_invoice(cast.bob, part_paid(cast).id)
    facts = invoice_facts(cast.bob, invoice)
    assert (facts.status, facts.days_late, facts.due_on) == ("overdue", 23, invoice.due_on)
    assert [(row.amount, row.text) for row in facts.allocations] == [(46_000, "VIR DELORME")]
    assert facts.charges.interest == round((800_000 * 23 + 46_000 * 20) * 1215 / 3_650_000)
    assert facts.balance.overdue == 800_000


def test_roles_without_payments_see_none_but_the_same_charges(cast: Cast) -> None:
    invoice = get_invoice(cast.david, part_paid(cast).id)
    facts = invoice_facts(cast.david, invoice)
    assert facts.allocations == () and facts.charges.fee == 4_000


def test_credit_notes_bear_no_interest(cast: Cast) -> None:
    note = make_invoice(cast, make_client(cast), 1_000, due_in=-90, kind="credit_note")
    assert invoice_facts(cast.bob, get_invoice(cast.bob, note.id)).charges is None


def test_the_pane_says_what_is_left_and_since_when(app: Flask, cast: Cast) -> None:
    invoice = get_invoice(cast.bob, part_paid(cast).id)
    with app.test_request_context("/"):
        page = render_template_string(PANE, invoice=invoice, facts=invoice_facts(cast.bob, invoice))
    assert "échue depuis 23 j" in page and "VIR DELORME" in page and "Pénalités à ce jour" in page
    assert "Taux du 2e semestre 2026 non saisi" in page and f"/clients/{invoice.client_id}" in page


def test_the_aging_of_a_scope_and_of_one_client(cast: Cast) -> None:
    first, second = make_client(cast), make_client(cast)
    make_invoice(cast, first, 100, due_in=-10)
    make_invoice(cast, first, 200, due_in=4)
    make_invoice(cast, first, 50, due_in=4, kind="credit_note")
    make_invoice(cast, second, 1_000, due_in=-300)
    whole, one = aging(cast.bob), aging(cast.alice, first.id)
    assert whole.buckets == (200, 100, 0, 0, 0, 1_000) and whole.credits == 50
    assert (one.not_due, one.overdue, one.next_due) == (200, 100, 200)
    assert one.next_due_on == today() + timedelta(days=4)
    assert aging(cast.oscar).overdue == 0 and aging(cast.emma).overdue == 1_100


def test_the_list_shows_what_is_overdue_first_and_pages_in_a_frame(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast, legal_name="Delorme")
    for number in range(52):
        make_invoice(cast, client, 1_000, due_in=-number - 1)
    make_invoice(cast, client, 1_000, due_in=9, ref="LATER-1")
    browser = browser_of(cast.bob)
    page = browser.get("/invoices").get_data(as_text=True)
    assert page.count('class="row row--bill"') == 50 and "LATER-1" not in page
    following = page.split('src="/invoices?')[1].split('"')[0].replace("&amp;", "&")
    more = browser.get(f"/invoices?{following}", headers={"Turbo-Frame": "more-x"}).get_data(as_text=True)
    assert more.count('class="row row--bill"') == 2 and "<html" not in more
    assert "LATER-1" in browser.get("/invoices?status=open").get_data(as_text=True)
    assert "LATER-1" in browser.get(f"/invoices?status=all&client_id={client.id}").get_data(as_text=True)
    assert "Aucune facture pour" in browser.get("/invoices?q=zzz").get_data(as_text=True)
    assert "Aucune facture ici" in browser.get("/invoices?status=paid").get_data(as_text=True)
    assert "Rien d’échu" in browser_of(cast.oscar).get("/invoices?status=overdue").get_data(as_text=True)
