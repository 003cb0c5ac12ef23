"""The day: what waits, who got worse, what is owed."""

from __future__ import annotations

from collections.abc import Callable

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.extensions import db
from webapp.home.queries.today import list_large_overdue, list_worsened, totals
from webapp.payments.services import record_payment
from webapp.risk.models import Alert, CreditLimit


def breach(client: object, kind: str = "limit_breach", severity: int = 3, level: int = 108) -> None:
    with unit_of_work():
        db.session.add(
            Alert(
                client_id=client.id,
                kind=kind,
                level=level,
                severity=severity,
                exposure=6_480_000,
                limit_amount=6_000_000,
                overdue=100,
                days_late=47,
            )
        )


def test_what_waits_is_ordered_by_gravity_and_links(cast: Cast, browser_of: Callable) -> None:
    late = make_client(cast, legal_name="Delorme")
    over = make_client(cast, legal_name="Morvan")
    slow = make_client(cast, legal_name="Gauthier")
    invoice = make_invoice(cast, late, 846_000, due_in=-21)
    breach(over)
    breach(slow, "delay_breach")
    breach(slow, "limit_warning", severity=1, level=50)
    page = browser_of(cast.bob).get("/").get_data(as_text=True)
    assert "Bonjour Bob" in page and "À jour," in page
    assert "Morvan à 108\u00a0%" in page and "4\u202f800\u00a0€ au-dessus du plafond" in page
    assert "Gauthier : 47 jours de retard" in page
    assert "8\u202f460\u00a0€ échus depuis 21 j" in page and f'href="/invoices/{invoice.id}"' in page
    assert page.index("Morvan à 108") < page.index("échus depuis 21 j") < page.index("Gauthier à 108")
    assert f'href="/clients/{over.id}"' in page


def test_a_quiet_day_says_so(cast: Cast, browser_of: Callable) -> None:
    make_client(cast)
    page = browser_of(cast.bob).get("/").get_data(as_text=True)
    assert "Rien à traiter" in page and "Aucune alerte sur votre client." in page and "Rien d’échu." in page
    assert "Aucune alerte sur" in browser_of(cast.oscar).get("/").get_data(as_text=True)


def test_conversations_that_name_me_wait_for_me(cast: Cast, browser_of: Callable) -> None:
    from webapp.threads.models import Message, Thread, ThreadMember

    client = make_client(cast, legal_name="Delorme")
    invoice = make_invoice(cast, client)
    with unit_of_work():
        db.session.add(Thread(id=invoice.id, subject_type="invoice", last_seq=1))
        db.session.flush()
        db.session.add(
            Message(
                thread_id=invoice.id,
                seq=1,
                author_id=cast.sonia.user_id,
                client_id=invoice.id,
                body="@bob on en est où",
                html="",
            )
        )
        db.session.add(ThreadMember(thread_id=invoice.id, user_id=cast.bob.user_id, mentioned_seq=1))
    page = browser_of(cast.bob).get("/").get_data(as_text=True)
    assert "Sonia vous attend dans un fil" in page and "Delorme" in page


def test_who_got_worse_and_the_largest_late_invoices_stay_in_scope(cast: Cast) -> None:
    fresh = make_client(cast)
    old = make_client(cast)
    other = make_client(cast, rep=cast.oscar, branch="Nantes")
    make_invoice(cast, fresh, 5_000, due_in=-3)
    make_invoice(cast, old, 9_000, due_in=-60)
    make_invoice(cast, other, 90_000, due_in=-3)
    make_invoice(cast, fresh, 80_000, due_in=-2, kind="credit_note")
    assert [row.client.id for row in list_worsened(cast.bob)] == [fresh.id]
    assert [row.client.id for row in list_worsened(cast.alice)] == [other.id, fresh.id]
    assert [row.open for row in list_large_overdue(cast.bob)] == [9_000, 5_000]
    assert [row.open for row in list_large_overdue(cast.alice)] == [90_000, 9_000, 5_000]
    assert [row.open for row in list_large_overdue(cast.chloe, limit=1)] == [9_000]


def test_totals_are_the_sums_of_stored_balances(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 30_000, due_in=-3)
    make_invoice(cast, client, 70_000, due_in=3)
    with unit_of_work():
        record_payment(
            cast.sonia, source="t", source_ref="1", client_id=client.id, received_on=today(), amount=20_000
        )
        db.session.add(CreditLimit(client_id=client.id, amount=0, starts_on=today()))
    seen = totals(cast.bob)
    assert (seen.clients, seen.outstanding, seen.overdue, seen.unapplied) == (1, 80_000, 30_000, 20_000)
    assert seen.overdue_share == 30 and totals(cast.oscar).overdue_share is None
    page = browser_of(cast.bob).get("/").get_data(as_text=True)
    assert "Avoirs et règlements à affecter" in page and "soit 30\u00a0%" in page
    assert "Plafond à 0" in browser_of(cast.bob).get("/clients").get_data(as_text=True)
