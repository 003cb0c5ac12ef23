"""The demo's sheets: valid, the same for the same seed, and on every part of a sheet."""

from __future__ import annotations

import random
from datetime import date

import puremagic
from sqlalchemy import func, select
from stdnum.fr import rcs

from webapp.clients.models import Address, BankAccount, Client, Contact, CustomValue, Document, Signatory
from webapp.clients.rules import clean_iban, clean_naf
from webapp.demo import loader
from webapp.demo.companies import make_companies
from webapp.demo.people import make_people, reps
from webapp.demo.sheets import NAF, make_iban, make_pdf, make_sheets
from webapp.demo.trades import TRADES
from webapp.extensions import db as _db
from webapp.files.models import StoredFile
from webapp.files.storage import path_of

DAY = date(2026, 11, 22)


def test_identifiers_are_valid_and_belong_to_nobody() -> None:
    rng = random.Random(1)
    for _ in range(50):
        iban = make_iban(rng)
        assert clean_iban(iban) == (iban, None) and iban[4:9] == "99999"
    assert {trade.label for trade in TRADES} == set(NAF)
    assert all(clean_naf(code) == (code, None) for code in NAF.values())


def test_the_same_seed_makes_the_same_sheets() -> None:
    companies = make_companies(random.Random(3), 30, reps(make_people()))
    sheets = make_sheets(random.Random(5), companies, DAY)
    assert sheets == make_sheets(random.Random(5), companies, DAY)
    for sheet in sheets:
        assert rcs.is_valid("RCS " + sheet.identity["rcs"]) and sheet.identity["founded_on"] < DAY
        assert sheet.contacts and all(paper["dated_on"] <= DAY for paper in sheet.documents)


def test_a_page_of_text_is_a_pdf() -> None:
    content = make_pdf("Kbis (spécimen)", ["Menuiserie Lacroix", "Lyon"])
    assert content.startswith(b"%PDF-1.4") and content.rstrip().endswith(b"%%EOF")
    assert puremagic.magic_string(content)[0].mime_type == "application/pdf"
    assert b"xref" in content[int(content.split(b"startxref\n")[1].split(b"\n")[0]) :][:4]


def test_every_part_of_a_sheet_is_in_the_demo(db: object) -> None:
    loader.load(40, 300, 7, say=lambda _text: None)
    for model in (Address, BankAccount, Contact, CustomValue, Document, Signatory, StoredFile):
        assert (_db.session.scalar(select(func.count()).select_from(model)) or 0) > 3, model
    assert len(_db.session.scalars(select(Client.id).where(Client.parent_id.is_not(None))).all()) == 2
    assert all(path_of(sha256).exists() for sha256 in _db.session.scalars(select(StoredFile.sha256)))
