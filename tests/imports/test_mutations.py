"""R15 through the pages: damaged CSV and FEC files are taken whole or refused whole, never with a 5xx."""

from __future__ import annotations

import io
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from tests.factories.imports import dump
from tests.factories.people import Cast
from tests.imports.test_robustness import REAL, mutate
from tests.proofs import size
from webapp.core import jobs
from webapp.extensions import db
from webapp.imports.models import Import
from webapp.payments import ledger
from webapp.users.actor import Actor

pytestmark = pytest.mark.promise("R15")
FEC = "fec/0000000001FEC20220831.txt"
VARIANTS = size(40, 200)
NONSENSE = ("", "??", "1e9", "20220231", "-1", "=1+1", "\x07", "9" * 30, "x" * 5000, "1,2,3", "\u202e", "''")


def mutate_fec(content: bytes, seed: int) -> bytes:
    """A damaged copy of a real FEC, the same for the same seed."""
    dice = random.Random(seed)
    lines = content.decode("utf-8-sig").splitlines()
    start = dice.randrange(1, len(lines) - 260)
    head, body = lines[0].split("\t"), [line.split("\t") for line in lines[start : start + 250]]
    kind = seed // 2 % 10
    if kind == 0:  # cut anywhere
        whole = "\n".join([lines[0], *lines[start : start + 250]]).encode()
        return whole[: dice.randrange(20, len(whole))]
    if kind == 1:  # bytes turned over, NULs among them
        damaged = bytearray("\n".join([lines[0], *lines[start : start + 250]]).encode())
        for _each in range(dice.randrange(1, 40)):
            damaged[dice.randrange(len(damaged))] = dice.choice(
                [0, 9, 10, 13, 34, 124, 128, 255, dice.randrange(256)]
            )
        return bytes(damaged)
    rows = [head, *body]
    if kind == 2:  # a column gone
        gone = dice.randrange(len(head))
        rows = [[cell for place, cell in enumerate(row) if place != gone] for row in rows]
    elif kind == 3:  # columns in another order
        order = dice.sample(range(len(head)), len(head))
        rows = [[row[place] for place in order] for row in rows]
    elif kind == 4:  # cells of nonsense
        for _each in range(25):
            row = dice.choice(body)
            row[dice.randrange(len(row))] = dice.choice(NONSENSE)
    elif kind == 5:  # lines too short, too long, twice
        for _each in range(9):
            row = dice.choice(body)
            row.pop() if dice.random() < 0.5 else row.append("x")
        rows += body[:30]
    elif kind == 6:  # another way to write, which the law allows or not
        text = "\r\n".join("|".join(row) for row in rows)
        return text.encode(dice.choice(["utf-16", "utf-8-sig", "iso8859-15", "cp1252", "utf-32"]), "replace")
    elif kind == 7:  # quotes anywhere
        for row in dice.sample(body, 20):
            row[dice.randrange(len(row))] = dice.choice(['"', '"a"b', 'a"b', '""', '"12,00"'])
    elif kind == 8:  # one piece, one client, one letter for all
        for row in dice.sample(body, 120):
            row[8], row[13] = "P", "L"
    else:  # debits and credits at random
        for row in dice.sample(body, 120):
            row[11], row[12] = dice.choice([("0,00", "5,00"), ("-7,10", "0,00"), ("", ""), ("1,00", "1,00")])
    return "\n".join("\t".join(row) for row in rows).encode()


class Desk:
    """Somebody who brings files by the page."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser
        page = browser.get("/imports").get_data(as_text=True)
        self.token = page.split('name="csrf-token" content="')[1].split('"')[0]

    def post(self, path: str, **form: Any) -> Any:
        answer = self.browser.post(path, data={"csrf_token": self.token, **form})
        assert answer.status_code < 500, path
        return answer

    def act(self, where: str, verb: str) -> Import:
        """Press a button of an import's page, let the worker work, and read the page."""
        self.post(f"{where}/{verb}")
        return self.look(where)

    def look(self, where: str) -> Import:
        jobs.run_due()
        assert self.browser.get(where).status_code == 200
        assert self.browser.get(f"{where}?show=created,updated,refused,skipped").status_code == 200
        return db.session.scalars(select(Import).order_by(Import.id.desc()).limit(1)).one()


def test_a_damaged_file_is_taken_whole_or_refused_whole(
    cast: Cast, real_files: Path, browser_of: Callable[[Actor], FlaskClient]
) -> None:
    desk, taken, refused = Desk(browser_of(cast.sonia)), 0, 0
    sources = [(real_files / name).read_bytes() for name in (*REAL, FEC)]
    for seed in range(VARIANTS):
        content = mutate_fec(sources[2], seed) if seed % 2 else mutate(sources[seed // 20 % 2], seed // 2)
        before = dump()
        sent = desk.post("/imports", file=(io.BytesIO(content), f"f{seed}.txt"), kind="invoices")
        if sent.status_code != 303:
            assert sent.status_code in (413, 422) and dump() == before, seed
            refused += 1
            continue
        where = sent.headers["Location"]
        row = desk.look(where)
        assert row.state in ("checked", "uploaded", "refused") and dump() == before, (seed, row.state)
        if row.state != "checked" or row.counts["refused"]:
            assert row.state == "uploaded" or all(error["message"] for error in row.errors), seed
            desk.act(where, "commit")
            assert dump() == before, seed
            refused += 1
            continue
        taken += 1
        assert desk.act(where, "commit").state in ("imported", "checked"), seed
        assert list(ledger.verify()) == [], seed
        desk.act(where, "undo")
        assert list(ledger.verify()) == [], seed
    assert taken and refused
