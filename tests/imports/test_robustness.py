"""Files nobody meant to send: never a fault of ours, never a half-written book."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.factories.imports import bring, dump
from tests.factories.people import Cast
from tests.proofs import size
from webapp.core import jobs
from webapp.core.errors import DomainError
from webapp.imports.parsers.csv import read_dialect, read_rows
from webapp.imports.parsers.source import Unreadable
from webapp.payments import ledger
from webapp.users.actor import Actor

pytestmark = pytest.mark.promise("R15")

FOLDERS = ("csv-spectrum", "csvkit", "messytables", "csv-detective", "xlsx-hostile")
REAL = ("ar/ibm_late_payment_histories.csv", "ar/highradius_open_items_iso_dates.csv")
VARIANTS = size(60, 200)


def odd_files(real_files: Path) -> list[Path]:
    found = [path for name in FOLDERS for path in sorted((real_files / "robustness" / name).iterdir())]
    return [*found, *(path for path in sorted((real_files / "robustness").iterdir()) if path.is_file())]


def test_the_reader_never_fails_but_by_a_named_refusal(real_files: Path) -> None:
    for path in odd_files(real_files):
        try:
            dialect = read_dialect(path)
            rows = list(read_rows(path, dialect))
        except Unreadable:
            continue
        assert rows and all(len(row.cells) == len(dialect.headers) for row in rows), path


def test_every_odd_file_gets_an_answer_and_changes_nothing(
    cast: Cast, real_files: Path, browser_of: Callable[[Actor], FlaskClient]
) -> None:
    browser, before = browser_of(cast.sonia), dump()
    page = browser.get("/imports").get_data(as_text=True)
    token = page.split('name="csrf-token" content="')[1].split('"')[0]
    for path in odd_files(real_files):
        form = {"csrf_token": token, "file": (io.BytesIO(path.read_bytes()), path.name), "kind": "invoices"}
        answer = browser.post("/imports", data=form)
        assert answer.status_code in (303, 422), path
        if answer.status_code == 303:
            jobs.run_due()
            assert browser.get(answer.headers["Location"]).status_code == 200, path
        else:
            assert "aria-invalid" in answer.get_data(as_text=True), path
    assert dump() == before


def mutate(content: bytes, seed: int) -> bytes:
    """A damaged copy of a real file, the same for the same seed."""
    dice = random.Random(seed)
    lines = content.decode("ascii").splitlines()
    head, body = lines[0].split(","), [line.split(",") for line in lines[1:160]]
    kind = seed % 10
    if kind == 0:  # cut in the middle of a cell
        whole = "\n".join(lines[:160]).encode()
        return whole[: dice.randrange(len(whole) // 2, len(whole) - 5)]
    if kind == 1:  # bytes turned over
        damaged = bytearray("\n".join(lines[:160]).encode())
        for _each in range(dice.randrange(1, 40)):
            damaged[dice.randrange(len(damaged))] = dice.randrange(256)
        return bytes(damaged)
    if kind == 2:  # a column gone
        gone = dice.randrange(len(head))
        rows = [[cell for place, cell in enumerate(row) if place != gone] for row in [head, *body]]
    elif kind == 3:  # columns renamed
        rows = [[f"c{dice.randrange(99)}" if dice.random() < 0.5 else name for name in head], *body]
    elif kind == 4:  # columns in another order
        order = dice.sample(range(len(head)), len(head))
        rows = [[row[place] for place in order if place < len(row)] for row in [head, *body]]
    elif kind == 5:  # cells of nonsense
        for _each in range(25):
            row = dice.choice(body)
            row[dice.randrange(len(row))] = dice.choice(["", "??", "1e9", "31/02/2020", "-1", "=1+1", "\x07"])
        rows = [head, *body]
    elif kind == 6:  # rows too short, too long, twice
        for _each in range(9):
            row = dice.choice(body)
            dice.choice([row.pop, lambda row=row: row.append("x")])()
        rows = [head, *body, *body[:5]]
    elif kind == 7:  # another encoding and separator
        rows = [head, *body]
        text = "\r".join(";".join(row) for row in rows)
        return text.encode(dice.choice(["utf-16", "utf-8-sig", "mac_roman", "cp1252", "utf-32"]))
    elif kind == 8:  # quotes anywhere
        for _each in range(6):
            row = dice.choice(body)
            row[0] = dice.choice(['"', '"a"b', 'a"b', '""'])
        rows = [head, *body]
    else:  # a header in the middle, lines of padding
        rows = [[""], ["Export"], head, *body[:20], head, *body[20:], ["Total", "", "12"]]
    return "\n".join(",".join(row) for row in rows).encode()


@pytest.mark.parametrize("seed", range(VARIANTS))
def test_a_damaged_real_file_is_refused_whole_or_taken_whole(cast: Cast, real_files: Path, seed: int) -> None:
    content = mutate((real_files / REAL[seed // 10 % 2]).read_bytes(), seed)
    before = dump()
    try:
        row = bring(cast.sonia, content)
    except DomainError as refusal:
        said = refusal.errors
    else:
        said = {}
    if said:
        assert said["file"]
        assert dump() == before
        return
    assert row.state in ("checked", "uploaded", "refused")
    assert dump() == before, "a check writes nothing"
    if row.state == "uploaded":
        return
    if row.state == "refused" or row.counts["refused"]:
        assert row.errors and all(error["message"] for error in row.errors)
        assert row.state == "refused" or all(error["row"] >= 2 for error in row.errors)
        return
    from tests.factories.imports import undo, write

    assert write(cast.sonia, row).state == "imported"
    assert list(ledger.verify()) == []
    undo(cast.sonia, row)
    assert list(ledger.verify()) == []
