"""A FEC becomes documents, payments and matchings; its balance of account 411 is the ledger's."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.factories.imports import bring, codes, dump, import_file, outstanding, undo, warned
from tests.factories.people import Cast
from webapp.clients.models import Client
from webapp.core.errors import Invalid
from webapp.extensions import db
from webapp.imports.entries import read_ledger
from webapp.imports.parsers.fec import Entry, EntryFault, read_entries, read_layout
from webapp.invoices.models import Invoice
from webapp.payments import ledger
from webapp.payments.models import Allocation, Matching, Payment

REAL = "fec/0000000001FEC20220831.txt"
HEAD = (  # as the law names them
    "JournalCode\tJournalLib\tEcritureNum\tEcritureDate\tCompteNum\tCompteLib\tCompAuxNum\tCompAuxLib\t"
    "PieceRef\tPieceDate\tEcritureLib\tDebit\tCredit\tEcritureLet\tDateLet\tValidDate\tMontantdevise\tIdevise"
)


def line(
    debit: str = "0,00",
    credit: str = "0,00",
    *,
    journal: str = "VE",
    number: int = 1,
    account: str = "411000",
    client: str = "C1",
    piece: str = "F1",
    letters: str = "",
    day: str = "20260901",
) -> str:
    """A line of the books."""
    return "\t".join((journal, "", str(number), day, account, "", client, f"Client {client}", piece, day,
                      "Libellé", debit, credit, letters, "", "", "", ""))  # fmt: skip


def fec(*lines: str) -> str:
    return "\n".join((HEAD, *lines)) + "\n"


def count(model: type, *conditions: object) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*conditions)) or 0  # type: ignore[arg-type]


def opens() -> dict[str, int]:
    """What is open of each live document."""
    rows = db.session.execute(select(Invoice.ref, Invoice.open).where(Invoice.voided_at.is_(None)))
    return dict(rows.tuples().all())


def test_the_books_of_a_real_company_give_the_balance_of_their_account_411(
    cast: Cast, real_files: Path
) -> None:
    row = import_file(cast.sonia, real_files / REAL)
    assert (row.state, row.format, row.kind) == ("imported", "fec", "invoices")
    totals = row.totals
    assert totals["account_balance"] == outstanding() == totals["outstanding_after"] == -662_966
    figures = ("clients", "invoices", "credit_notes", "refunds", "receipts", "lettered", "groups")
    assert [totals[name] for name in figures] == [17, 391, 8, 2, 130, 528, 134]
    assert (count(Client), count(Invoice), count(Payment)) == (17, 401, 130)
    assert list(ledger.verify()) == []
    unbalanced = [each["message"] for each in row.warnings if each["code"] == "unbalanced_group"]
    assert len(unbalanced) == totals["groups_unbalanced"] == 15
    assert any("CPRO00 AARR" in message and "20\u202f685,38" in message for message in unbalanced)
    # Both sides stand in 120 groups; the other 14 have nothing to meet.
    assert count(Matching) == 120 and count(Allocation) == 372


def test_imported_again_it_changes_nothing_and_undone_it_leaves_nothing(cast: Cast, real_files: Path) -> None:
    row = import_file(cast.sonia, real_files / REAL)
    before = dump()
    again = import_file(cast.sonia, real_files / REAL)
    assert (again.counts["created"], again.counts["updated"], again.counts["unchanged"]) == (0, 0, 531)
    assert dump() == before and list(ledger.verify()) == []
    assert undo(cast.sonia, again).state == "undone"
    assert undo(cast.sonia, row).state == "undone"
    live = (
        count(Invoice, Invoice.voided_at.is_(None)),
        count(Payment, Payment.voided_at.is_(None)),
        count(Allocation, Allocation.reversed_at.is_(None)),
        count(Client, Client.archived_at.is_(None)),
    )
    assert live == (0, 0, 0, 0) and outstanding() == 0 and list(ledger.verify()) == []
    import_file(cast.sonia, real_files / REAL)
    assert outstanding() == -662_966 and list(ledger.verify()) == []


def test_letters_put_payments_and_credit_notes_on_invoices(cast: Cast) -> None:
    import_file(
        cast.sonia,
        fec(
            line("100,00", letters="A"),
            line("50,00", piece="F2", number=2, letters="A"),
            line(credit="30,00", piece="AV1", number=3, letters="A"),
            line(credit="120,00", journal="BQ", number=4, letters="A"),
        ),
    )
    assert opens() == {"F1": 0, "F2": 0, "AV1": 0} and outstanding() == 0
    assert db.session.scalars(select(Matching.code)).all() == ["A"]
    assert (
        sorted(db.session.scalars(select(Allocation.amount))) == [20_00, 30_00, 100_00]
        or list(ledger.verify()) == []
    )


def test_a_group_that_does_not_balance_pays_the_oldest_first_and_is_named(cast: Cast) -> None:
    row = import_file(
        cast.sonia,
        fec(
            line("100,00", piece="F2", number=2, letters="B", day="20260910"),
            line("100,00", letters="B", day="20260901"),
            line(credit="130,00", journal="BQ", number=3, letters="B", day="20260930"),
        ),
    )
    assert opens() == {"F1": 0, "F2": 70_00} and outstanding() == 70_00
    said = next(each for each in row.warnings if each["code"] == "unbalanced_group")
    assert "C1 B" in said["message"] and "70,00" in said["message"]


def test_letters_that_come_later_match_what_is_already_there(cast: Cast) -> None:
    sale, money = line("100,00"), line(credit="100,00", journal="BQ", number=2)
    import_file(cast.sonia, fec(sale, money))
    assert opens() == {"F1": 100_00} and outstanding() == 0
    row = import_file(
        cast.sonia,
        fec(line("100,00", letters="A"), line(credit="100,00", journal="BQ", number=2, letters="A")),
    )
    assert (row.counts["created"], row.counts["updated"]) == (0, 2)
    assert opens() == {"F1": 0} and list(ledger.verify()) == []
    undo(cast.sonia, row)
    assert opens() == {"F1": 100_00} and list(ledger.verify()) == []


def test_references_stay_apart_where_clients_share_a_piece_or_one_repeats_it(cast: Cast) -> None:
    import_file(
        cast.sonia,
        fec(
            line("10,00", piece="P", client="C1"),
            line("20,00", piece="P", client="C2", number=2),
            line("30,00", piece="Q", number=3),
            line("40,00", piece="Q", number=4),
            line("50,00", piece="", number=5),
        ),
    )
    assert set(opens()) == {"P/C1", "P/C2", "Q", "Q-2", "VE-5"}


def test_a_debit_of_the_bank_gives_money_back_and_meets_the_payment_it_is_lettered_with(cast: Cast) -> None:
    row = import_file(
        cast.sonia,
        fec(
            line(credit="80,00", journal="BQ", piece="V1", letters="Z"),
            line("80,00", journal="BQ", piece="REJET", number=2, letters="Z", day="20260905"),
        ),
    )
    assert opens() == {"REJET": 0} and outstanding() == 0 and "refunds" in warned(row)


def test_accounts_beside_are_left_out_and_entries_that_do_not_add_up_are_said(cast: Cast) -> None:
    row = bring(
        cast.sonia,
        fec(
            line("100,00"),
            line(credit="90,00", account="706000", client=""),
            line("500,00", account="416000", number=2),
            line(credit="500,00", account="411000", number=2, journal="OD"),
            line("500,00", account="411000", number=3, journal="OD"),
        ),
    )
    said = [(each["code"], each["message"]) for each in row.warnings]
    assert any(code == "account_beside" and "416" in message for code, message in said)
    assert {name for name in ("VE 1", "OD 3") for code, message in said if name in message} == {
        "VE 1",
        "OD 3",
    }


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "iso8859-15", "cp1252"])
@pytest.mark.parametrize("delimiter", ["\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_file_may_be_written_in_every_way_the_law_allows(
    tmp_path: Path, encoding: str, delimiter: str, end: str
) -> None:
    text = fec(line(" 1234,50 ", piece="  FA  1 "), line(credit="1234.50", journal="BQ", number=2))
    path = tmp_path / "fec.txt"
    path.write_bytes(text.replace("\t", delimiter).replace("\n", end).encode(encoding))
    found = list(read_entries(path, read_layout(path)))
    assert all(isinstance(each, Entry) for each in found)
    assert [each.amount for each in found if isinstance(each, Entry)] == [123_450, -123_450]
    assert isinstance(found[0], Entry) and (found[0].piece, found[0].text) == ("FA 1", "Libellé")


def test_amounts_may_come_with_their_side_and_more_columns_may_follow() -> None:
    head = HEAD.replace("Debit\tCredit", "Montant\tSens") + "\tNotes"
    rows = [line("10,00").replace("10,00\t0,00", f"10,00\t{side}") + "\tx" for side in ("D", "C", "+1", "-1")]
    content = "\n".join((head, *rows)).encode()
    found = list(read_entries(content, read_layout(content)))
    assert [each.amount for each in found if isinstance(each, Entry)] == [1000, -1000, 1000, -1000]


@pytest.mark.parametrize(
    ("bad", "column", "code"),
    [
        (line("douze"), "Debit", "not_a_number"),
        (line("1,00", day="20260231"), "EcritureDate", "date"),
        (line("1,00", account=""), "CompteNum", "missing"),
        ("VE\tx", None, "too_few_cells"),
    ],
)
def test_a_bad_line_refuses_the_file_and_names_line_and_column(
    cast: Cast, bad: str, column: str | None, code: str
) -> None:
    before = dump()
    row = bring(cast.sonia, fec(line("1,00"), bad))
    assert codes(row) == {code} and row.errors[0]["row"] == 3 and row.counts["refused"] == 1
    assert column is None or row.errors[0]["column"] == column
    assert dump() == before


def test_a_file_said_to_be_a_fec_that_is_none_is_refused(cast: Cast) -> None:
    import io

    from tests.factories.imports import folder
    from webapp.imports import services

    with pytest.raises(Invalid) as caught:
        services.take_in(
            cast.sonia, "f.txt", io.BytesIO(b"Facture;Client\nF1;C1\n"), folder=folder(), format="fec"
        )
    assert caught.value.code == "no_fec"


def test_a_journal_is_one_of_sales_by_what_it_does_when_its_name_says_nothing() -> None:
    content = fec(
        line("100,00", journal="X9"),
        line(credit="100,00", account="706000", client="", journal="X9"),
        line(credit="5,00", journal="X9", number=2, piece="A1"),
        line("5,00", account="706000", client="", journal="X9", number=2),
    ).encode()
    entries: list[Entry | EntryFault] = list(read_entries(content, read_layout(content)))
    assert [item.role for item in read_ledger(entries).items] == ["invoice", "credit_note"]
