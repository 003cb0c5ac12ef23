"""Rows read together say what the same rows say read one by one, whatever stands in their cells."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.imports import import_file
from tests.factories.people import Cast
from webapp.core.money import BadAmount, parse_amount
from webapp.imports.lanes import Lanes
from webapp.imports.parsers.batches import Batch, read_batches
from webapp.imports.parsers.csv import read_dialect, read_rows
from webapp.imports.parsers.source import Unreadable
from webapp.imports.plain import PlainReader, ref_key
from webapp.imports.reading import Profile
from webapp.imports.staging import frame_of
from webapp.imports.values import read_ref

HEADERS = ("ref", "client_ref", "client_name", "issued_on", "due_on", "gross", "settled_on", "kind")
MAPPING = {name: name for name in HEADERS}
odd = st.text(alphabet=st.characters(codec="utf-8", exclude_characters="\x00"), max_size=12)
refs = st.one_of(
    st.from_regex(r"[A-Z]{1,2}[ -]?[0-9]{1,6}(\.0+)?", fullmatch=True),
    st.sampled_from(["F1", "F 1", "F  1", "F1.0", "12.0", "12", "1e5", "nan", "-", " F1 "]),
    odd,
)
days = st.one_of(
    st.dates(date(2024, 1, 1), date(2026, 12, 31)).map(lambda day: day.strftime("%d/%m/%Y")),
    st.sampled_from(["", "31/02/2026", "2026-01-05", "null", "1/2/26"]),
    odd,
)
amounts = st.one_of(
    st.integers(-10, 10**9).map(lambda cents: f"{cents // 100},{cents % 100:02d}"),
    st.sampled_from(
        ["1 234,5", "1\u202f234,56", "12", "0", "1.234,50", "-5,00", "5,005", "12 €", "(3)", "1e3", ""]
    ),
    odd,
)
names = st.one_of(st.sampled_from(["Delorme", "DELORME  SARL", "Bâti Sud", ""]), odd)
rows = st.lists(
    st.tuples(refs, st.one_of(st.sampled_from(["C1", "C2", ""]), refs), names, days, days, amounts,
              st.one_of(st.just(""), days), st.sampled_from(["", "", "FA", "Avoir", "x"])),
    min_size=1, max_size=25,
)  # fmt: skip

cells = st.one_of(st.sampled_from(["a", "", " ", "é", '"', '"x"']), odd)


def judged(texts: list[tuple[str, ...]], *, plain: bool) -> tuple[list[dict[str, Any]], Any]:
    """The rows as they would be staged, by one lane or both."""
    table = pl.DataFrame(
        {"line": list(range(2, len(texts) + 2)), **dict(zip(HEADERS, zip(*texts, strict=True), strict=True))},
        schema={"line": pl.UInt32, **dict.fromkeys(HEADERS, pl.String)},
    )
    profile = Profile("invoices", MAPPING, HEADERS, "EUR")
    profile.add(table)
    keys = ref_key(table)
    lanes = Lanes("invoices", profile, "EUR", keys.filter(keys.is_duplicated()).unique(), plain=plain)
    frame, _alone = lanes.judged(Batch(table))
    judge: Any = lanes.judge
    return frame.rows(named=True), (judge.new_clients, judge.aliases)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=rows)
def test_both_lanes_judge_alike(cast: Cast, texts: list[tuple[str, ...]]) -> None:
    assert judged(texts, plain=True) == judged(texts, plain=False)


def test_both_lanes_judge_alike_what_the_books_hold(cast: Cast) -> None:
    head = "Facture;Code client;Nom;Émise le;Échéance;Montant TTC;Réglée le;Type"
    body = [
        "F1;C1;Delorme;01/09/2026;01/10/2026;10,00;;FA",
        "F2;C1;Delorme;01/09/2026;01/10/2026;20,00;05/10/2026;FA",
    ]
    import_file(cast.sonia, "\n".join((head, *body)))
    same = [tuple(row.split(";")) for row in body]
    texts = [
        *same,
        ("F3", "C1", "DELORME", *same[0][3:]),
        (*same[0][:5], "11,00", "", "FA"),
        ("F1 ", *same[1][1:]),
    ]
    for chosen in (texts, texts[:3], texts[:2], [("F2", "C9", "Autre", *same[1][3:])]):
        assert judged(chosen, plain=True) == judged(chosen, plain=False)
    assert [row["outcome"] for row in judged(texts[:3], plain=True)[0]] == [
        "unchanged",
        "unchanged",
        "created",
    ]


@settings(max_examples=200, deadline=None)
@given(text=amounts, mark=st.sampled_from([",", "."]))
def test_a_plain_amount_is_what_parse_amount_says(text: str, mark: str) -> None:
    value, fine = read_one("gross", text, [f"1{mark}50", text] if mark in text else [f"1{mark}50"])
    if not fine:
        return
    try:
        assert value == parse_amount(text, mark)
    except BadAmount:
        pytest.fail(f"{text!r} is no amount")


@settings(max_examples=200, deadline=None)
@given(text=refs)
def test_a_plain_reference_is_what_read_ref_says(text: str) -> None:
    value, fine = read_one("ref", text, ["F1", text])
    if fine:
        assert read_ref(text, as_floats=False) == (value, None)


def read_one(name: str, text: str, column: list[str]) -> tuple[Any, bool]:
    """A cell as the plain lane reads it, in a column of which these are values."""
    profile = Profile("invoices", MAPPING, HEADERS, "EUR")
    other = {**dict.fromkeys(HEADERS, ""), "ref": "F1", "client_ref": "C1", "gross": "1,00"}
    other |= {"issued_on": "13/01/2026", "due_on": "13/02/2026"}
    if name == "gross":
        profile.amounts["gross"].add(column[0])
    table = pl.DataFrame({"line": [2], **{**{key: [value] for key, value in other.items()}, name: [text]}})
    profile.dates["issued_on"].add("13/01/2026")
    profile.dates["due_on"].add("13/01/2026")
    frame = PlainReader(profile, "EUR").read(table)
    return frame[name][0], bool(frame["plain"][0])


@settings(max_examples=150, deadline=None)
@given(
    lines=st.lists(st.lists(cells, min_size=1, max_size=5), min_size=1, max_size=12),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from([";", "\t", ","]),
)
def test_batches_hold_the_rows_that_the_reader_of_csv_gives(
    lines: list[list[str]], end: str, mark: str
) -> None:
    content = end.join(
        ["Facture;Client;Montant".replace(";", mark), *(mark.join(cells) for cells in lines)]
    ).encode()
    code, wanted = outcome(lambda: list(read_rows(content, read_dialect(content))))
    if code is not None:
        assert outcome(lambda: list(read_batches(content, read_dialect(content), {"a": 0})))[0] == code
        return
    dialect = read_dialect(content)
    index = {str(place): place for place in range(len(dialect.headers))}
    found: list[tuple[int, tuple[str, ...] | None, str | None]] = []
    for batch in read_batches(content, dialect, index):
        found += [(line, tuple(cells), None) for line, *cells in batch.table.iter_rows()]
        found += [(row.line, None, row.fault) for row in batch.odd]
    expected = [(row.line, None if row.fault else row.cells, row.fault) for row in wanted]
    assert sorted(found, key=lambda row: row[0]) == expected


def outcome(work: Callable[[], list[Any]]) -> tuple[str | None, list[Any]]:
    """Why the file cannot be read, or what was read."""
    try:
        return None, work()
    except Unreadable as error:
        return error.code, []


def test_frames_take_what_rows_say() -> None:
    frame = frame_of("invoices", [{"line": 1, "outcome": "created", "ref": "F1", "gross": 5, "errors": []}])
    assert frame["gross"].to_list() == [5] and frame["errors"].to_list() == [None]
