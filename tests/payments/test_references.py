"""Which invoices a remittance text names, in the ways banks and clients write them."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from webapp.core.ids import new_id
from webapp.payments.rules.evidence import Item
from webapp.payments.rules.references import read_text


def items(*refs: str) -> list[Item]:
    day = date(2026, 1, 1)
    return [Item(new_id(), ref, 10_000, day + timedelta(days=place), day) for place, ref in enumerate(refs)]


def named(text: str, *refs: str) -> dict[str, str]:
    return {each.item.ref: each.how for each in read_text(text, items(*refs)).mentions}


KNOWN = ("FA-2026-12345", "FA-2026-12346", "FA-2026-12347", "FA-2026-12350", "FA-2025-00042")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("VIR SEPA DUPONT FACT FA-2026-12345", ["FA-2026-12345"]),
        ("vir sepa dupont fa202612345", ["FA-2026-12345"]),
        ("VIR DUPONT FA 2026 12345 MERCI", ["FA-2026-12345"]),
        ("VIR SEPA DUPONT FACT 12345 ET 12346", ["FA-2026-12345", "FA-2026-12346"]),
        ("REGLEMENT FACTURES 12345,12346,12350", ["FA-2026-12345", "FA-2026-12346", "FA-2026-12350"]),
        ("FACT N°12345/46/47", ["FA-2026-12345", "FA-2026-12346", "FA-2026-12347"]),
        ("FACT 12345 A 12347", ["FA-2026-12345", "FA-2026-12346", "FA-2026-12347"]),
        ("FACTURES DU 12345 AU 12350", ["FA-2026-12345", "FA-2026-12346", "FA-2026-12347", "FA-2026-12350"]),
        ("FACT 12345-12347", ["FA-2026-12345", "FA-2026-12346", "FA-2026-12347"]),
        ("REF 0012345", ["FA-2026-12345"]),
        ("Facture n° 42", ["FA-2025-00042"]),
        ("FACT345", ["FA-2026-12345"]),
        ("Règlement fâcture 12346 du 12/03/2026", ["FA-2026-12346"]),
        ("SVWZ+INVOICE 202612347 EREF+NOTPROVIDED", ["FA-2026-12347"]),
        ("/INV/FA-2026-12345/DUPONT", ["FA-2026-12345"]),
    ],
)
def test_references_are_found_as_people_and_banks_write_them(text: str, expected: list[str]) -> None:
    assert sorted(named(text, *KNOWN)) == sorted(expected)


@pytest.mark.parametrize(
    "text",
    [
        "VIR DUPONT SCT2612ZAP012345",
        "VIR DUPONT 12345,00 EUR",
        "VIREMENT DU 12/34/50",
        "VIR DUPONT 42",
        "VIR LOYER 2026",
        "PRLV 345 AVENUE DES FLEURS",
        "FR76 3000 1007 9412 3456 7890 185",
        "",
    ],
)
def test_dates_amounts_bank_codes_and_short_numbers_are_no_references(text: str) -> None:
    assert named(text, *KNOWN) == {}


def test_how_sure_a_mention_is_comes_with_it() -> None:
    assert named("FA-2026-12345", *KNOWN) == {"FA-2026-12345": "exact"}
    assert named("FACT 202612345", *KNOWN) == {"FA-2026-12345": "number"}
    assert named("FACT 12345", *KNOWN) == {"FA-2026-12345": "tail"}
    assert named("220036", "FA 220036") == {"FA 220036": "number"}


def test_an_end_that_several_numbers_share_names_none_of_them() -> None:
    assert named("FACT 345", "A-12345", "A-99345") == {}
    assert named("FACT 42", "A-2025-0042", "A-2026-0042") == {}


def test_a_number_called_invoice_that_nobody_knows_is_said() -> None:
    assert read_text("FACT 99123", items(*KNOWN)).unknown == ("99123",)
    assert read_text("CLIENT 99123", items(*KNOWN)).unknown == ()


def test_texts_of_real_statements_are_read_without_failing(real_files: Path) -> None:
    known = items("12345", "FA 220036", "INV/2018/0057", "É-1", "000", "F")
    count = 0
    for path in sorted((real_files / "bank").rglob("*")):
        if path.is_file():
            for line in path.read_bytes().decode("utf-8", "replace").splitlines():
                count += 1
                assert len(read_text(line, known).mentions) <= len(known)
    assert count > 500


def test_a_hostile_text_is_read_in_no_time() -> None:
    many = items(*(f"F-2026-{number:05d}" for number in range(300)))
    for text in (
        "FACT " + "1 " * 5_000,
        "9" * 10_000,
        "A1" * 5_000,
        "1/" * 5_000,
        "FACT 1 A 99999999",
        "\x00, ",
    ):
        assert len(read_text(text, many).mentions) <= 300


@pytest.mark.parametrize(
    ("text", "expected"), [("FACT 12350 A 12345", 1), ("FACT 12345 A 99999", 1), ("FACT 12345-47", 3)]
)
def test_a_range_that_goes_back_or_is_too_wide_is_not_one(text: str, expected: int) -> None:
    assert len(named(text, *KNOWN)) >= expected
