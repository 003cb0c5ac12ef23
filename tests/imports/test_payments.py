"""Payments by file, stock files that clear what they no longer name, and other currencies."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.factories.imports import bring, codes, dump, import_file, outstanding, settled, undo, warned
from tests.factories.people import Cast
from webapp.clients.models import Client
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.money import to_rate
from webapp.extensions import db
from webapp.imports import queries, services
from webapp.imports.models import Import
from webapp.invoices.models import ExchangeRate, Invoice
from webapp.payments import ledger
from webapp.payments.models import Payment
from webapp.users.models import Company

INVOICES = "Facture;Code client;Émise le;Échéance;Montant TTC"
PAYMENTS = "Référence;Code client;Reçu le;Montant reçu;Mode de règlement;Factures réglées"


def text(head: str, *rows: str) -> str:
    return "\n".join((head, *rows)) + "\n"


def bill(*rows: tuple[str, str, str]) -> str:
    """A file of invoices: (ref, client, amount)."""
    return text(INVOICES, *(f"{ref};{client};01/09/2026;30/09/2026;{amount}" for ref, client, amount in rows))


def opens() -> dict[str, int]:
    db.session.expire_all()
    rows = db.session.execute(select(Invoice.ref, Invoice.open).where(Invoice.voided_at.is_(None)))
    return dict(rows.tuples().all())


@pytest.fixture
def billed(cast: Cast) -> Import:
    """Three invoices of two clients."""
    return import_file(cast.sonia, bill(("F1", "C1", "100,00"), ("F2", "C1", "50,00"), ("F3", "C2", "30,00")))


def test_a_payment_settles_the_invoices_it_names_and_the_rest_waits(cast: Cast, billed: Import) -> None:
    row = import_file(
        cast.sonia,
        text(PAYMENTS, "R1;C1;15/10/2026;120,00;Virement;F1, F2", "R2;C2;16/10/2026;10,00;chèque;"),
        kind="payments",
    )
    assert opens() == {"F1": 0, "F2": 30_00, "F3": 30_00} and outstanding() == 50_00
    found = {each.source_ref: each for each in db.session.scalars(select(Payment))}
    assert (found["R1"].method, found["R1"].unapplied, str(found["R1"].received_on)) == (
        "transfer",
        0,
        "2026-10-15",
    )
    assert (found["R2"].method, found["R2"].unapplied) == ("cheque", 10_00)
    assert row.totals["outstanding_after"] == outstanding() and list(ledger.verify()) == []
    undo(cast.sonia, row)
    assert opens() == {"F1": 100_00, "F2": 50_00, "F3": 30_00} and outstanding() == 180_00
    assert list(ledger.verify()) == []


def test_the_same_file_of_payments_twice_counts_once_and_two_equal_rows_stay_two(
    cast: Cast, billed: Import
) -> None:
    head = "Code client;Reçu le;Montant reçu"
    twice = text(head, "C1;15/10/2026;20,00", "C1;15/10/2026;20,00")
    assert import_file(cast.sonia, twice, kind="payments").counts["created"] == 2
    before = dump()
    assert import_file(cast.sonia, twice, kind="payments").counts["unchanged"] == 2
    assert dump() == before and outstanding() == 140_00


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("R1;C9;15/10/2026;1,00;;", "unknown_client"),
        ("R1;C1;15/10/2026;1,00;;F9", "unknown_invoice"),
        ("R1;C1;15/10/2026;1,00;;F3", "unknown_invoice"),
        ("R1;C1;15/10/2026;-1,00;;", "negative"),
        ("R1;C1;;1,00;;", "missing"),
    ],
)
def test_a_payment_that_cannot_be_taken_refuses_the_file(
    cast: Cast, billed: Import, bad: str, code: str
) -> None:
    before = dump()
    rows = [f"S{n};C1;{n + 12}/10/2026;1,00;;" for n in range(5)]
    row = bring(cast.sonia, text(PAYMENTS, bad, *rows), kind="payments")
    assert codes(row) == {code} and row.errors[0]["row"] == 2 and dump() == before


def test_a_payment_known_with_other_values_is_refused_and_too_much_is_said(
    cast: Cast, billed: Import
) -> None:
    row = import_file(cast.sonia, text(PAYMENTS, "R1;C2;15/10/2026;40,00;;F3"), kind="payments")
    assert "over_paid" in warned(row) and opens()["F3"] == 0
    again = bring(cast.sonia, text(PAYMENTS, "R1;C2;15/10/2026;41,00;;F3"), kind="payments")
    assert codes(again) == {"changed_payment"}


def stock(cast: Cast, content: str) -> Import:
    """A stock file, checked."""
    return bring(cast.sonia, content, mode="stock")


def test_a_stock_file_clears_what_it_no_longer_names_and_undo_opens_it_again(
    cast: Cast, billed: Import
) -> None:
    share_of_stock(cast, 50)
    row = stock(cast, bill(("F1", "C1", "100,00"), ("F2", "C1", "50,00"), ("F4", "C2", "5,00")))
    assert (row.state, row.counts["cleared"], row.counts["created"]) == ("checked", 1, 1)
    assert "cleared" in warned(row)
    assert [each.values["ref"] for each in queries.list_rows(cast.sonia, row.id, ["cleared"], 9)] == ["F3"]
    with unit_of_work():
        services.request_commit(cast.sonia, row.id)
    row = settled(row.id)
    assert row.state == "imported" and opens() == {"F1": 100_00, "F2": 50_00, "F3": 0, "F4": 5_00}
    payment = db.session.scalars(select(Payment)).one()
    assert (payment.received_on, payment.amount) == (today(), 30_00)
    assert row.totals["outstanding_after"] == outstanding() == 155_00 and list(ledger.verify()) == []
    undo(cast.sonia, row)
    assert opens() == {"F1": 100_00, "F2": 50_00, "F3": 30_00} and list(ledger.verify()) == []


def share_of_stock(cast: Cast, percent: int) -> None:
    with unit_of_work():
        company = db.session.scalars(select(Company)).one()
        company.settings = {**company.settings, "stock_clear_share": percent}


def test_a_stock_file_that_would_clear_too_much_is_refused(cast: Cast, billed: Import) -> None:
    before = dump()
    row = stock(cast, bill(("F1", "C1", "100,00")))
    assert (row.state, codes(row)) == ("refused", {"stock_share"}) and dump() == before
    assert "2 des 3" in row.errors[0]["message"] and "30" in row.errors[0]["message"]


def test_a_stock_file_leaves_documents_of_other_sources_alone(cast: Cast, billed: Import) -> None:
    other = "N° facture;Client;Date facture;Total TTC"
    import_file(cast.sonia, text(other, "X1;C1;01/09/2026;7,00"))
    row = stock(cast, text(other, "X1;C1;01/09/2026;7,00", "X2;C1;02/09/2026;8,00"))
    assert (row.state, row.counts.get("cleared", 0)) == ("checked", 0)


def test_credits_a_stock_file_no_longer_names_meet_the_debits_that_went_with_them(cast: Cast) -> None:
    head = INVOICES + ";Type"
    rows = [f"{ref};C1;01/09/2026;30/09/2026;{amount};{kind}" for ref, amount, kind in
            (("F1", "100,00", "FA"), ("A1", "40,00", "AV"), ("F2", "9,00", "FA"))]  # fmt: skip
    import_file(cast.sonia, text(head, *rows))
    share_of_stock(cast, 70)
    row = stock(cast, text(head, rows[2]))
    with unit_of_work():
        services.request_commit(cast.sonia, row.id)
    assert settled(row.id).state == "imported"
    assert opens() == {"F1": 0, "A1": 0, "F2": 9_00} and outstanding() == 9_00
    assert list(db.session.scalars(select(Payment.amount))) == [60_00] and list(ledger.verify()) == []


def test_a_credit_that_nothing_can_absorb_stays_open_and_is_said(cast: Cast) -> None:
    head = INVOICES + ";Type"
    rows = ["F1;C1;01/09/2026;30/09/2026;10,00;FA", "A1;C1;01/09/2026;30/09/2026;40,00;AV"]
    import_file(cast.sonia, text(head, *rows, "F2;C2;01/09/2026;30/09/2026;5,00;FA"))
    share_of_stock(cast, 70)
    row = stock(cast, text(head, "F2;C2;01/09/2026;30/09/2026;5,00;FA"))
    assert "credit_left" in warned(row)
    with unit_of_work():
        services.request_commit(cast.sonia, row.id)
    row = settled(row.id)
    assert opens() == {"F1": 0, "A1": 30_00, "F2": 5_00}
    assert outstanding() == row.totals["outstanding_after"] == -25_00 and list(ledger.verify()) == []


def test_an_amount_in_another_currency_takes_the_rate_of_its_row_or_of_the_table(cast: Cast) -> None:
    with unit_of_work() as session:
        session.add(ExchangeRate(currency="USD", on=date(2026, 8, 31), rate=to_rate(Decimal("0.9"))))
        session.add(ExchangeRate(currency="JPY", on=date(2026, 8, 31), rate=to_rate(Decimal("0.006"), 0)))
    head = INVOICES + ";Devise;Cours"
    each = "{};C1;01/09/2026;30/09/2026;{};{};{}".format
    body = [each("F1", "100,00", "USD", ""), each("F2", "100,00", "USD", "0,8")]
    body += [each("F3", "100,00", "EUR", ""), each("F4", "1000,00", "JPY", "")]
    row = import_file(cast.sonia, text(head, *body))
    values = dict(db.session.execute(select(Invoice.ref, Invoice.gross_value)).tuples().all())
    assert values == {"F1": 90_00, "F2": 80_00, "F3": 100_00, "F4": 6_00}
    assert outstanding() == 276_00 == row.totals["outstanding_after"] and list(ledger.verify()) == []
    assert import_file(cast.sonia, text(head, *body)).counts["unchanged"] == 4
    early = bring(cast.sonia, text(head, "F9;C1;30/08/2026;30/09/2026;1,00;USD;"))
    assert codes(early) == {"no_rate"} and "USD, 30/08/2026" in early.errors[0]["message"]


def test_a_payment_in_another_currency_settles_an_invoice_in_the_same(cast: Cast) -> None:
    import_file(cast.sonia, text(INVOICES + ";Devise;Cours", "F1;C1;01/09/2026;30/09/2026;100,00;USD;0,9"))
    head = PAYMENTS + ";Devise;Cours"
    bad = bring(cast.sonia, text(head, "R1;C1;15/10/2026;100,00;;F1;EUR;"), kind="payments")
    assert codes(bad) == {"unknown_invoice"}
    import_file(cast.sonia, text(head, "R1;C1;15/10/2026;100,00;;F1;USD;0,95"), kind="payments")
    assert opens() == {"F1": 0} and outstanding() == 0 and list(ledger.verify()) == []
    assert db.session.scalars(select(Client.ref)).all() == ["C1"]
