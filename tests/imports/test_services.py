"""What a file does to the books: rows judged, all or nothing, undone in one piece."""

from __future__ import annotations

import io
import uuid
from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.imports import (
    bring,
    codes,
    dump,
    folder,
    import_file,
    outstanding,
    settled,
    undo,
    warned,
    write,
)
from tests.factories.people import Cast
from webapp.clients.models import Client, ClientAlias
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid
from webapp.extensions import db
from webapp.imports import services
from webapp.imports.models import Import
from webapp.invoices.models import Invoice
from webapp.payments import ledger
from webapp.payments.models import Payment
from webapp.payments.services import record_payment
from webapp.risk.models import Alert
from webapp.risk.services import set_limit
from webapp.threads.services import post_message

HEAD = "Facture;Code client;Nom du client;Émise le;Échéance;Montant TTC"
ROW = "F1;C1;Delorme;15/10/2026;30/11/2026;1 200,50"


def text(*rows: str, head: str = HEAD) -> str:
    return "\n".join((head, *rows)) + "\n"


def invoice(ref: str = "F1") -> Invoice:
    db.session.expire_all()
    return db.session.scalars(select(Invoice).where(Invoice.ref == ref)).one()


def receive_payment(cast: Cast, ref: str, amount: int) -> None:
    """Money from elsewhere on one of the file's invoices."""
    found = invoice(ref)
    with unit_of_work():
        record_payment(
            cast.sonia,
            source="bank",
            source_ref=ref,
            client_id=found.client_id,
            received_on=today(),
            amount=amount,
            allocations=[(found.id, amount)],
        )


def refused(cast: Cast, content: str, code: str, row: int = 2) -> Import:
    """The file is refused with that code on that row, and the books stay as they were."""
    before = dump()
    found = bring(cast.sonia, content)
    assert [(each["row"], each["code"]) for each in found.errors] == [(row, code)]
    with pytest.raises(Conflict), unit_of_work():
        services.request_commit(cast.sonia, found.id)
    assert dump() == before
    return found


def test_a_row_becomes_an_invoice_and_a_client(cast: Cast) -> None:
    import_file(cast.sonia, text(ROW))
    found = invoice()
    assert (found.gross, found.open, str(found.issued_on), str(found.due_on)) == (
        120_050,
        120_050,
        "2026-10-15",
        "2026-11-30",
    )
    assert (found.client.ref, found.client.legal_name) == ("C1", "Delorme")
    assert outstanding() == 120_050 and list(ledger.verify()) == []


def test_nothing_is_written_before_somebody_says_so(cast: Cast) -> None:
    before = dump()
    row = bring(cast.sonia, text(ROW))
    assert (row.state, row.counts["created"]) == ("checked", 1)
    assert dump() == before


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        ("F1;C1;Delorme;31/02/2026;30/11/2026;1,00", "date"),
        ("F1;C1;Delorme;jamais;30/11/2026;1,00", "date"),
        (";C1;Delorme;15/10/2026;30/11/2026;1,00", "missing"),
        ("F1;;;15/10/2026;30/11/2026;1,00", "missing"),
        ("F1;C1;Delorme;15/10/2026;30/11/2026;", "missing"),
        ("F1;C1;Delorme;15/10/2026;30/11/2026;douze", "not_a_number"),
        ("F1;C1;Delorme;15/10/2026;30/11/2026;99999999999999,00", "too_large"),
        ("F1;C1;Delorme;15/10/2026;30/11/2026;-5,00", "negative"),
        ("1.93e9;C1;Delorme;15/10/2026;30/11/2026;1,00", "scientific"),
        ("F1;C1;Delorme;15/10/2026", "too_few_cells"),
        ("F1;C1;Delorme;15/10/2026;30/11/2026;1,00;trop", "too_many_cells"),
        (f"{'F' * 70};C1;Delorme;15/10/2026;30/11/2026;1,00", "too_long"),
    ],
)
def test_a_bad_cell_refuses_the_file_and_names_row_and_cause(cast: Cast, bad: str, code: str) -> None:
    rest = [f"G{n};C2;Roux;{n + 12}/10/2026;30/11/2026;10,00" for n in range(6)]
    row = refused(cast, text(bad, *rest), code)
    assert row.errors[0]["message"] and row.counts["refused"] == 1
    assert row.errors[0]["column"] or code.startswith("too_")


def test_a_date_written_otherwise_than_its_column_is_refused(cast: Cast) -> None:
    rows = [f"F{n};C1;Delorme;{n + 12}/10/2026;30/11/2026;1,00" for n in range(5)]
    refused(cast, text(*rows, "F9;C1;Delorme;2026-10-15;30/11/2026;1,00"), "date_format", row=7)


def test_the_same_row_twice_counts_once_and_another_one_is_refused(cast: Cast) -> None:
    row = bring(cast.sonia, text(ROW, ROW))
    assert (row.counts["created"], row.counts["skipped"], row.errors) == (1, 1, [])
    assert "same_twice" in warned(row)
    other = bring(cast.sonia, text(ROW, ROW.replace("1 200,50", "1 300,00")))
    assert codes(other) == {"duplicate"} and "2" in other.errors[0]["message"]


def test_an_invoice_without_due_date_takes_the_terms_of_its_client(cast: Cast) -> None:
    make_client(cast, ref="C1", legal_name="Delorme", payment_days=45)
    row = import_file(cast.sonia, text(ROW.replace("30/11/2026", "")))
    assert "due_computed" in warned(row)
    assert invoice().due_on == invoice().issued_on + timedelta(days=45)
    assert invoice().due_computed


def test_a_due_date_before_the_issue_is_a_warning(cast: Cast) -> None:
    assert "due_before_issue" in warned(
        import_file(cast.sonia, text(ROW.replace("30/11/2026", "01/10/2026")))
    )


def test_amounts_are_rounded_half_up_and_it_is_said(cast: Cast) -> None:
    row = import_file(cast.sonia, text(ROW.replace("1 200,50", "10,005"), ROW.replace("F1", "F2")))
    assert invoice().gross == 1001 and "rounded" in warned(row)


def test_groups_of_three_digits_are_thousands_and_the_doubt_is_said(cast: Cast) -> None:
    rows = [f'F{n},C1,Delorme,2026-10-15,2026-11-30,"{n},500"' for n in range(1, 4)]
    row = import_file(cast.sonia, text(*rows, head=HEAD.replace(";", ",")))
    assert invoice("F2").gross == 250_000 and "ambiguous_amounts" in warned(row)


def test_another_currency_without_a_rate_is_refused_and_names_currency_and_date(cast: Cast) -> None:
    row = refused(cast, text(ROW + ";USD", head=HEAD + ";Devise"), "no_rate")
    assert "USD, 15/10/2026" in row.errors[0]["message"]
    assert import_file(cast.sonia, text(ROW + ";EUR", head=HEAD + ";Devise")).state == "imported"


def test_a_credit_note_lowers_what_is_owed(cast: Cast) -> None:
    head = HEAD + ";Type de pièce"
    import_file(
        cast.sonia,
        text(ROW + ";Facture", ROW.replace("F1", "A1").replace("1 200,50", "200,50") + ";Avoir", head=head),
    )
    assert (invoice("A1").kind, invoice("A1").gross, outstanding()) == ("credit_note", 20_050, 100_000)
    assert list(ledger.verify()) == []


def test_a_client_is_its_code_and_other_spellings_become_aliases(cast: Cast) -> None:
    row = import_file(cast.sonia, text(ROW, ROW.replace("F1", "F2").replace("Delorme", "DELORME SARL")))
    client = db.session.scalars(select(Client).where(Client.ref == "C1")).one()
    assert client.legal_name == "Delorme"
    assert list(db.session.scalars(select(ClientAlias.name))) == ["DELORME SARL"]
    undo(cast.sonia, row)
    assert list(db.session.scalars(select(ClientAlias.name))) == []


def test_clients_without_a_code_get_one_from_their_name(cast: Cast) -> None:
    head = "Facture;Nom du client;Émise le;Montant TTC"
    import_file(cast.sonia, text("F1;Bâti Sud;15/10/2026;1,00", "F2;bati sud;15/10/2026;1,00", head=head))
    assert invoice("F1").client_id == invoice("F2").client_id
    assert invoice().client.ref == "BATI-SUD"


def test_a_corrected_file_updates_and_undo_gives_the_old_values_back(cast: Cast) -> None:
    import_file(cast.sonia, text(ROW))
    row = import_file(
        cast.sonia, text(ROW.replace("30/11/2026", "15/12/2026").replace("1 200,50", "1 300,00"))
    )
    assert (row.counts["updated"], row.counts["created"]) == (1, 0)
    assert (invoice().gross, str(invoice().due_on)) == (130_000, "2026-12-15")
    undo(cast.sonia, row)
    assert (invoice().gross, str(invoice().due_on), invoice().voided_at) == (120_050, "2026-11-30", None)
    assert outstanding() == 120_050 and list(ledger.verify()) == []


def test_a_later_file_that_says_settled_records_the_payment_once(cast: Cast) -> None:
    head = HEAD + ";Réglée le"
    import_file(cast.sonia, text(ROW))
    row = import_file(cast.sonia, text(ROW + ";20/11/2026", head=head))
    assert (row.counts["updated"], invoice().open, str(invoice().paid_on)) == (1, 0, "2026-11-20")
    again = import_file(cast.sonia, text(ROW + ";20/11/2026", head=head))
    assert again.counts["unchanged"] == 1
    undo(cast.sonia, row)
    assert (invoice().open, outstanding()) == (120_050, 120_050)
    assert list(ledger.verify()) == []


def test_what_is_left_of_a_partly_paid_invoice_is_what_the_file_settles(cast: Cast) -> None:
    import_file(cast.sonia, text(ROW))
    receive_payment(cast, "F1", 20_050)
    import_file(cast.sonia, text(ROW + ";20/11/2026", head=HEAD + ";Réglée le"))
    assert sorted(db.session.scalars(select(Payment.amount))) == [20_050, 100_000]
    assert invoice().open == 0 and list(ledger.verify()) == []


def test_an_amount_may_not_fall_below_what_was_received(cast: Cast) -> None:
    import_file(cast.sonia, text(ROW))
    receive_payment(cast, "F1", 100_000)
    refused(cast, text(ROW.replace("1 200,50", "900,00")), "below_paid")


def test_an_import_that_exceeds_a_limit_raises_its_alert(cast: Cast) -> None:
    client = make_client(cast, ref="C1", legal_name="Delorme")
    with unit_of_work():
        set_limit(cast.emma, client.id, amount=100_000, max_days_late=None, ends_on=None, source="internal")
    row = bring(cast.sonia, text(ROW))
    assert row.totals["new_breaches"] == 1
    write(cast.sonia, row)
    assert bring(cast.sonia, text(ROW.replace("F1", "F2"))).totals["new_breaches"] == 0, "already above it"
    assert [alert.kind for alert in db.session.scalars(select(Alert))] == ["limit_breach"]


def test_a_cancelled_check_leaves_nothing(cast: Cast) -> None:
    before = dump()
    arrival = services.take_in(cast.sonia, "f.csv", io.BytesIO(text(ROW).encode()), folder=folder())
    with unit_of_work():
        row = services.receive(cast.sonia, arrival)
        services.cancel(cast.sonia, row.id)
        import_id = row.id
    assert settled(import_id).state == "cancelled"
    assert dump() == before


def test_asking_twice_writes_once(cast: Cast) -> None:
    row = bring(cast.sonia, text(ROW))
    for _time in range(2):
        with unit_of_work():
            services.request_commit(cast.sonia, row.id)
    assert settled(row.id).state == "imported"
    with unit_of_work():
        services.request_commit(cast.sonia, row.id)
    settled(row.id)
    assert outstanding() == 120_050


def test_books_that_changed_since_the_check_are_looked_at_again(cast: Cast) -> None:
    first, second = bring(cast.sonia, text(ROW)), bring(cast.alice, text(ROW.replace("1 200,50", "999,00")))
    write(cast.alice, second)
    before = dump()
    row = write(cast.sonia, first)
    assert row.state != "imported" and codes(row) == {"changed_meanwhile"}
    assert dump() == before


def test_columns_named_by_hand_are_remembered_by_header_and_by_name(cast: Cast) -> None:
    odd = text("F1;C1;15/10/2026;12,00", head="AA;BB;CC;DD")
    row = bring(cast.sonia, odd)
    assert row.state == "uploaded"
    mapping = {"ref": "AA", "client_ref": "BB", "issued_on": "CC", "gross": "DD"}
    with unit_of_work():
        services.set_mapping(cast.sonia, row.id, mapping, "Gescom")
    assert settled(row.id).state == "checked"
    assert bring(cast.sonia, odd).mapping == mapping
    assert bring(cast.sonia, odd, mapping_name="Gescom").state == "checked"
    with pytest.raises(Invalid):
        bring(cast.sonia, odd, mapping_name="Autre")


@pytest.mark.parametrize(
    "mapping",
    [
        {"ref": "AA"},
        {"ref": "AA", "client_ref": "AA", "issued_on": "CC", "gross": "DD"},
        {"ref": "ZZ", "client_ref": "BB", "issued_on": "CC", "gross": "DD"},
        {"ref": "AA", "client_ref": "BB", "issued_on": "CC", "gross": "DD", "iban": "AA"},
    ],
)
def test_columns_that_cannot_do_are_refused(cast: Cast, mapping: dict[str, str]) -> None:
    row = bring(cast.sonia, text("F1;C1;15/10/2026;12,00", head="AA;BB;CC;DD"))
    with pytest.raises(Invalid) as caught, unit_of_work():
        services.set_mapping(cast.sonia, row.id, mapping)
    assert caught.value.errors


def test_undo_is_refused_once_somebody_wrote_or_paid(cast: Cast) -> None:
    row = import_file(cast.sonia, text(ROW, ROW.replace("F1", "F2")))
    with unit_of_work():
        post_message(cast.sonia, invoice("F1").id, client_id=uuid.uuid4(), body="Litige sur la livraison")
    receive_payment(cast, "F2", 500)
    before = dump()
    with pytest.raises(Conflict) as caught, unit_of_work():
        services.undo(cast.sonia, row.id)
    assert caught.value.errors["refs"] == ["F1", "F2"]
    assert dump() == before


def test_undo_is_refused_when_a_later_file_changed_a_document(cast: Cast) -> None:
    first = import_file(cast.sonia, text(ROW))
    second = import_file(cast.sonia, text(ROW.replace("1 200,50", "1 300,00")))
    for row, allowed in ((first, False), (second, True), (first, True)):
        if allowed:
            undo(cast.sonia, row)
            continue
        with pytest.raises(Conflict) as caught, unit_of_work():
            services.undo(cast.sonia, row.id)
        assert caught.value.errors["refs"] == ["F1"]
    assert outstanding() == 0 and list(ledger.verify()) == []


def test_a_correction_foreseen_from_other_values_is_not_written(cast: Cast) -> None:
    import_file(cast.sonia, text(ROW))
    first = bring(cast.sonia, text(ROW.replace("1 200,50", "1 300,00")))
    import_file(cast.alice, text(ROW.replace("1 200,50", "1 400,00")))
    assert codes(write(cast.sonia, first)) == {"changed_meanwhile"}
    assert invoice().gross == 140_000


def test_undo_archives_new_clients_and_keeps_those_others_stand_on(cast: Cast) -> None:
    row = import_file(cast.sonia, text(ROW, ROW.replace("F1", "F2").replace("C1", "C2")))
    make_invoice(cast, db.session.scalars(select(Client).where(Client.ref == "C2")).one(), 700)
    undo(cast.sonia, row)
    archived = {client.ref: client.archived_at is not None for client in db.session.scalars(select(Client))}
    assert archived == {"C1": True, "C2": False}
    assert outstanding() == 700 and list(ledger.verify()) == []


def test_undo_ends_after_thirty_days_and_works_once(cast: Cast) -> None:
    row = import_file(cast.sonia, text(ROW))
    with time_machine.travel(now() + timedelta(days=31)), pytest.raises(Conflict), unit_of_work():
        services.undo(cast.sonia, row.id)
    undo(cast.sonia, row)
    with pytest.raises(Conflict), unit_of_work():
        services.undo(cast.sonia, row.id)


@pytest.mark.parametrize("name", ["", "  ", "\x01\x7f"])
def test_a_client_without_a_name_one_can_read_is_refused_at_the_check(cast: Cast, name: str) -> None:
    row = bring(cast.sonia, text(f"C1;{name};Lyon", head="Code client;Raison sociale;Ville"), kind="clients")
    assert (row.counts["refused"], row.errors[0]["code"]) == (1, "missing")


def test_field_roles_do_not_import(cast: Cast) -> None:
    for actor in (cast.bob, cast.chloe, cast.david):
        with pytest.raises(Forbidden):
            bring(actor, text(ROW))


def test_files_left_alone_go_after_a_week(cast: Cast) -> None:
    from pathlib import Path

    row = bring(cast.sonia, text(ROW))
    path = Path(row.path)
    assert path.exists()
    with time_machine.travel(now() + timedelta(days=8)), unit_of_work():
        assert services.discard_old_files() == 1
    assert not path.exists() and settled(row.id).state == "cancelled"


def test_a_file_of_clients_creates_and_corrects(cast: Cast) -> None:
    head = "Code client;Raison sociale;SIREN;Ville"
    import_file(cast.sonia, text("C1;Delorme;732 829 320;Lyon", "C2;Roux;;Nantes", head=head), kind="clients")
    row = import_file(
        cast.sonia, text("C1;Delorme;732829320;Paris", "C2;Roux;;Nantes", head=head), kind="clients"
    )
    assert (row.counts["updated"], row.counts["unchanged"]) == (1, 1)
    found = db.session.scalars(select(Client).where(Client.ref == "C1")).one()
    assert (found.siren, found.city) == ("732829320", "Paris")
    undo(cast.sonia, row)
    db.session.expire_all()
    assert found.city == "Lyon"


def test_a_wrong_siren_is_named(cast: Cast) -> None:
    row = bring(
        cast.sonia, text("C1;Delorme;732829321", head="Référence;Raison sociale;SIREN"), kind="clients"
    )
    assert codes(row) == {"siren_key"}
