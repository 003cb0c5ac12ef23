"""What a device never keeps, and how much it keeps at most."""

from __future__ import annotations

import pytest

from webapp.portfolio import rules

IBAN = "FR1420041010050500013M02606"


@pytest.mark.parametrize(
    "written",
    [
        IBAN,
        IBAN.lower(),
        "FR14 2004 1010 0505 0001 3M02 606",
        "FR14-2004-1010-0505-0001-3M02-606",
        "FR14\u00a02004\u00a01010\u00a00505\u00a00001\u00a03M02\u00a0606",
        "DE89370400440532013000",
        "20041 01005 05000132606 06 30004 1234",
    ],
)
def test_bank_references_written_into_a_message_are_taken_out(written: str) -> None:
    assert rules.without_accounts(f"Virement sur {written} demain") == f"Virement sur {rules.HIDDEN} demain"


def test_two_references_in_a_sentence_are_both_taken_out() -> None:
    said = rules.without_accounts(f"{IBAN}, plus {IBAN}")
    assert said == f"{rules.HIDDEN}, plus {rules.HIDDEN}"


@pytest.mark.parametrize(
    "words",
    [
        "",
        "Facture FA22 0012 à revoir, 12 palettes",
        "06 12 34 56 78 ou 06 98 76 54 32",
        "FR00 n'est pas un compte",
        "FR14",
        "SIREN 732829320, commande FR76ABC12345678901234567890",
        "Réf. AB12" + "C" * 60,
    ],
)
def test_other_figures_stay(words: str) -> None:
    assert rules.without_accounts(words) == words


def test_a_long_message_is_cut_and_says_so() -> None:
    kept = rules.shortened("mot " * 200)
    assert len(kept) <= rules.LONGEST_MESSAGE and kept.endswith("…")
    assert rules.shortened("court") == "court"


def test_each_client_has_its_first_things_only() -> None:
    rows = [("a", 1), ("a", 2), ("a", 3), ("b", 4)]
    assert rules.by_client(rows, 2) == {"a": [1, 2], "b": [4]}


def test_devices_keep_clients_until_the_company_says_otherwise() -> None:
    assert rules.is_on(None) and rules.is_on({})
    assert not rules.is_on({rules.SETTING: False})
