"""Which column means what, from names and values of real systems."""

from __future__ import annotations

import pytest

from webapp.imports.columns import fold, headers_key, missing_fields, propose


def proposal(text: str, *rows: str, kind: str = "invoices"):  # type: ignore[no-untyped-def]
    headers = text.split(";")
    cells = [row.split(";") for row in rows]
    samples = {name: [row[index] for row in cells if row[index]] for index, name in enumerate(headers)}
    return propose(kind, headers, samples)


SAGE = proposal("NO_PIECE;CT_NUM;DATE_PIECE;DATE_ECH;MT_TTC;DEVISE", "F1;C1;01/02/2026;01/03/2026;12,50;EUR")


def test_names_of_accounting_systems_are_known() -> None:
    assert SAGE.mapping == {
        "ref": "NO_PIECE",
        "client_ref": "CT_NUM",
        "issued_on": "DATE_PIECE",
        "due_on": "DATE_ECH",
        "gross": "MT_TTC",
        "currency": "DEVISE",
    }


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("N° facture", "ref"), ("invoiceNumber", "ref"), ("doc_id", "ref"), ("Code client", "client_ref"),
        ("customerID", "client_ref"), ("cust_number", "client_ref"), ("name_customer", "client_name"),
        ("Date facture", "issued_on"), ("posting_date", "issued_on"), ("Échéance", "due_on"),
        ("due_in_date", "due_on"), ("Montant TTC", "gross"), ("InvoiceAmount", "gross"),
        ("converted_usd", "gross"), ("Total TTC (EUR)", "gross"), ("Date d’échéance", "due_on"),
        ("Date de règlement", "settled_on"), ("SettledDate", "settled_on"),
        ("SIREN", "siren"), ("Agence", "branch"),
    ],
)  # fmt: skip
def test_a_name_means_its_field(header: str, field: str) -> None:
    value = {"issued_on": "01/02/2026", "due_on": "01/03/2026", "settled_on": "01/03/2026", "gross": "12,50"}
    assert proposal(header, value.get(field, "X1")).mapping == {field: header}


def test_a_column_serves_once() -> None:
    found = proposal("Facture;Client;Nom;Date;Montant;Total", "F1;C1;Delorme;01/02/2026;1;2").mapping
    assert len(set(found.values())) == len(found)


@pytest.mark.parametrize(("value", "field"), [("C-0012", "client_ref"), ("Ateliers Delorme", "client_name")])
def test_a_column_called_client_is_a_code_or_a_name_as_its_values_look(value: str, field: str) -> None:
    assert proposal("Facture;Client;Date;Montant", f"F1;{value};01/02/2026;1").mapping[field] == "Client"


@pytest.mark.parametrize(
    "header",
    [
        "Predicted payment date",
        "date_paiement_prevue",
        "expected_paid_date",
        "Date de règlement estimée",
        "forecast_cleared",
    ],
)
def test_a_prediction_makes_no_payment_and_is_named(header: str) -> None:
    found = proposal(f"Facture;{header}", "F1;01/02/2026")
    assert "settled_on" not in found.mapping
    assert {"prediction"} == {each["reason"] for each in found.ignored if each["column"] == header}


def test_values_that_are_no_dates_do_not_settle_anything() -> None:
    found = proposal("Facture;Date paiement", "F1;672.78")
    assert "settled_on" not in found.mapping
    assert [each["reason"] for each in found.ignored] == ["not_dates"]


def test_fractions_of_a_second_are_left_out_with_their_reason() -> None:
    found = proposal("doc_id;clear_date", "1;2020-04-15 12:25:01.718750000")
    assert [(each["column"], each["reason"]) for each in found.ignored] == [
        ("clear_date", "computed_instant")
    ]


def test_a_clearing_date_with_hours_is_computed_and_one_at_midnight_is_not() -> None:
    timed = proposal("doc_id;clear_date", "1;15/04/2020 12:25", "2;16/04/2020 08:01")
    assert [each["reason"] for each in timed.ignored] == ["computed_hours"]
    booked = proposal("doc_id;clear_date", "1;2020-04-15 00:00:00", "2;2020-04-16 00:00:00")
    assert booked.mapping["settled_on"] == "clear_date"


def test_what_lacks_is_said() -> None:
    assert missing_fields("invoices", {"ref": "a"}) == ["issued_on", "gross", "client_ref"]
    assert missing_fields("invoices", {"ref": "a", "issued_on": "b", "gross": "c", "client_name": "d"}) == []
    assert missing_fields("clients", {"ref": "a"}) == ["legal_name"]


def test_a_header_is_remembered_whatever_its_order_and_case() -> None:
    assert headers_key(["N° Facture", "Client"]) == headers_key(["client", "n facture"])
    assert headers_key(["Facture"]) != headers_key(["Client"])
    assert fold("Échéance (n°)") == "echeancen"


def test_a_file_of_clients_has_its_own_names() -> None:
    found = proposal("Code client;Raison sociale;SIREN;Ville", "C1;Delorme;732829320;Lyon", kind="clients")
    assert found.mapping == {
        "ref": "Code client",
        "legal_name": "Raison sociale",
        "siren": "SIREN",
        "city": "Ville",
    }
