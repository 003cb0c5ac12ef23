"""Pure decisions about uploads in pieces."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from webapp.files.rules import resuming


@pytest.mark.parametrize(
    ("text", "number"),
    [("0", 0), ("15728640", 15728640), ("-1", None), ("+1", None), (" 1", None), ("²", None), ("", None),
     (None, None), ("9" * 16, None)],
)  # fmt: skip
def test_a_header_holds_a_whole_number_or_nothing(text: str | None, number: int | None) -> None:
    assert resuming.whole_number(text) == number


def test_metadata_is_read_as_the_protocol_writes_it() -> None:
    assert resuming.metadata("") == {}
    assert resuming.metadata("filename cmVsZXbDqS5wZGY=, is_confidential") == {
        "filename": "relevé.pdf",
        "is_confidential": "",
    }


@pytest.mark.parametrize("header", ["a !", "a YQ==,a YQ==", "a " + "Y" * 5_000, "a /w=="])
def test_other_metadata_is_refused(header: str) -> None:
    with pytest.raises(ValueError):
        resuming.metadata(header)


@pytest.mark.parametrize(
    ("offset", "weight", "fault"),
    [(5, 5, None), (5, 0, None), (4, 1, "moved"), (6, 1, "moved"), (5, 6, "beyond")],
)
def test_a_piece_goes_where_the_upload_stands_and_not_beyond(
    offset: int, weight: int, fault: str | None
) -> None:
    assert resuming.piece_fault(length=10, stands_at=5, offset=offset, weight=weight) == fault


def test_a_person_may_have_so_many_and_so_much_under_way() -> None:
    def refused(unfinished: int = 0, promised: int = 0, loose: int = 0, length: int = 10) -> bool:
        return resuming.too_many(
            unfinished=unfinished, promised=promised, loose=loose, length=length, quota=100
        )

    assert not refused() and not refused(unfinished=99, promised=45, loose=45)
    assert refused(unfinished=100) and refused(promised=50, loose=41) and refused(length=101)


def test_it_is_forgotten_a_week_after_its_last_piece() -> None:
    over = resuming.expires_at(datetime(2026, 11, 22, 9, 0, tzinfo=UTC))
    assert resuming.http_date(over) == "Sun, 29 Nov 2026 09:00:00 GMT"
