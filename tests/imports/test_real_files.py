"""Two files from real systems: exact totals, twice without change, undone to nothing, revived."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.factories.imports import bring, dump, import_file, outstanding, undo, warned, write
from tests.factories.people import Cast
from webapp.clients.models import Client
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.payments import ledger
from webapp.payments.models import Allocation, Payment
from webapp.users import audit
from webapp.users.models import AuditEntry

IBM, HIGHRADIUS = "ar/ibm_late_payment_histories.csv", "ar/highradius_open_items_iso_dates.csv"
# file: invoices, clients, gross, payments, outstanding (cents)
EXPECTED = {
    IBM: (2466, 100, 14_770_318, 2466, 0),
    HIGHRADIUS: (9681, 694, 31_042_785_902, 0, 31_042_785_902),
}


def count(model: type, *conditions: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]


def books() -> tuple[int, int, int, int, int]:
    live = Invoice.voided_at.is_(None)
    gross = int(db.session.scalar(select(func.sum(Invoice.gross)).where(live)) or 0)
    payments = count(Payment, Payment.voided_at.is_(None))
    return count(Invoice, live), count(Client, Client.archived_at.is_(None)), gross, payments, outstanding()


@pytest.mark.parametrize("name", EXPECTED)
def test_a_real_file_is_imported_to_the_cent(cast: Cast, real_files: Path, name: str) -> None:
    row = import_file(cast.sonia, real_files / name)
    assert row.state == "imported"
    assert books() == EXPECTED[name]
    invoices, clients, gross, payments, _owed = EXPECTED[name]
    assert row.counts == {"created": invoices, "updated": 0, "unchanged": 0, "skipped": 0, "refused": 0}
    assert (row.totals["gross"], row.totals["payments"], row.totals["clients_created"]) == (
        gross,
        payments,
        clients,
    )
    assert row.totals["outstanding_after"] - row.totals["outstanding_before"] == outstanding()
    assert list(ledger.verify()) == []


@pytest.mark.parametrize("name", EXPECTED)
def test_imported_again_it_changes_nothing(cast: Cast, real_files: Path, name: str) -> None:
    import_file(cast.sonia, real_files / name)
    before = dump()
    again = import_file(cast.sonia, real_files / name)
    assert (again.counts["created"], again.counts["updated"]) == (0, 0)
    assert again.counts["unchanged"] == EXPECTED[name][0]
    assert dump() == before


@pytest.mark.parametrize("name", EXPECTED)
def test_undone_it_leaves_no_sum_and_imported_again_it_revives(
    cast: Cast, real_files: Path, name: str
) -> None:
    row = import_file(cast.sonia, real_files / name)
    assert undo(cast.sonia, row).state == "undone"
    assert books() == (0, 0, 0, 0, 0)
    assert count(Allocation, Allocation.reversed_at.is_(None)) == 0
    assert list(ledger.verify()) == []
    ids = set(db.session.scalars(select(Invoice.id)))
    again = import_file(cast.sonia, real_files / name)
    assert again.counts["created"] == EXPECTED[name][0]
    assert books() == EXPECTED[name]
    assert set(db.session.scalars(select(Invoice.id))) == ids, "the same documents live again"
    assert list(ledger.verify()) == []


def test_one_import_is_one_audit_entry(cast: Cast, real_files: Path) -> None:
    before = count(AuditEntry)
    import_file(cast.sonia, real_files / IBM)
    assert count(AuditEntry) == before + 1
    assert audit.verify().faults == []


def test_a_settled_date_pays_on_its_day_and_a_paperless_date_is_no_issue_date(
    cast: Cast, real_files: Path
) -> None:
    row = import_file(cast.sonia, real_files / IBM)
    assert row.mapping["issued_on"] == "InvoiceDate"
    invoice = db.session.scalars(select(Invoice).where(Invoice.ref == "0000611365")).one()
    assert (invoice.gross, invoice.open, str(invoice.issued_on), str(invoice.due_on)) == (
        5594,
        0,
        "2013-01-02",
        "2013-02-01",
    )
    assert (str(invoice.paid_on), invoice.late_days) == ("2013-01-15", -17)


def test_a_clear_date_with_fractions_of_a_second_pays_nothing_and_says_so(
    cast: Cast, real_files: Path
) -> None:
    row = bring(cast.sonia, real_files / HIGHRADIUS)
    assert "settled_on" not in row.mapping and row.totals["payments"] == 0
    said = next(each for each in row.warnings if each["code"] == "computed_instant")
    assert "clear_date" in said["message"] and "Réglée le" in said["message"]
    assert {"float_refs", "currency_assumed", "currency_hint", "aliases"} <= warned(row)
    write(cast.sonia, row)
    invoice = db.session.scalars(select(Invoice).where(Invoice.ref == "2960623488")).one()
    assert invoice.gross == 230_979
    client = db.session.get_one(Client, invoice.client_id)
    assert (client.ref, client.legal_name) == ("0140105686", "SYSC llc")


def test_a_file_without_invoice_numbers_is_not_guessed_at(cast: Cast, real_files: Path) -> None:
    before = dump()
    row = bring(cast.sonia, real_files / "ar/cassandra_invoices_train.csv")
    assert row.state == "uploaded" and "ref" not in row.mapping
    assert "settled_on" not in row.mapping
    assert (row.mapping["issued_on"], row.mapping["gross"]) == ("Invoice_Date", "Amount")
    assert dump() == before
