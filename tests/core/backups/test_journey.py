"""A copy made while people work, put back in another place, is whole (R19)."""

from __future__ import annotations

import threading
from pathlib import Path

import flask_migrate
import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.core.backups.conftest import MakeHouse, edit_manifest, rewrite
from webapp.core.backups import making, restoring
from webapp.core.backups.manifest import BackupError
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.imports.models import Import
from webapp.payments import ledger
from webapp.users import audit
from webapp.users.actor import system_actor
from webapp.users.models import AuditEntry, Branch


class Writer(threading.Thread):
    """Adds a branch and its audit entry, again and again: two rows that stand or fall together."""

    def __init__(self, house: Flask) -> None:
        super().__init__(daemon=True)
        self.house = house
        self.written = 0
        self.failures: list[BaseException] = []
        self.more, self.enough = threading.Event(), threading.Event()

    def run(self) -> None:
        with self.house.app_context():
            try:
                while not self.enough.is_set():
                    with unit_of_work():
                        row = Branch(id=new_id(), name=f"W{self.written}", path="/w/")
                        db.session.add(row)
                        audit.write(system_actor(), "branch.create", "branch", row.id)
                    self.written += 1
                    self.more.set()
            except BaseException as error:
                self.failures.append(error)
            finally:
                db.session.remove()

    def wait_for_more(self) -> None:
        self.more.clear()
        assert self.more.wait(10), self.failures


def count_written() -> tuple[int, int]:
    branches = select(func.count()).select_from(Branch).where(Branch.name.like("W%"))
    entries = select(func.count()).select_from(AuditEntry).where(AuditEntry.action == "branch.create")
    return db.session.scalar(branches) or 0, db.session.scalar(entries) or 0


def back_up(house: Flask, target: Path) -> dict[str, int]:
    with house.app_context():
        return making.make(house.config["SETTINGS"], target).rows


def put_back(house: Flask, source: Path, *, replace: bool = False) -> tuple[bool, list[str]]:
    said: list[str] = []
    with house.app_context():
        sound = restoring.restore(house.config["SETTINGS"], source, replace=replace, say=said.append)
    return sound, said


def test_a_copy_made_under_writes_is_one_instant_and_verifies_elsewhere(
    here: Flask, elsewhere: Flask, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.tar.gz"
    with here.app_context():
        before = count_written()
    writer = Writer(here)
    writer.start()
    writer.wait_for_more()
    rows = back_up(here, copy)
    writer.wait_for_more()
    writer.enough.set()
    writer.join(10)
    assert writer.failures == []
    assert copy.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.glob(".encours-*")] == []

    sound, said = put_back(elsewhere, copy)
    assert sound, said
    assert any("chain whole" in line for line in said)
    assert any("ledger is sound" in line for line in said)
    with elsewhere.app_context():
        branches, entries = count_written()
        assert 0 < branches <= writer.written
        assert entries - before[1] == branches
        assert rows["branches"] == db.session.scalar(select(func.count()).select_from(Branch))
        assert audit.verify().faults == []
        assert list(ledger.verify()) == []
    instance = elsewhere.config["SETTINGS"].instance_path
    assert (instance / "vapid_private.pem").read_text() == "a key"
    assert (instance / "imports" / "waiting.csv").read_text() == "ref;montant\n"
    assert not (instance / "wake.db-journal").exists()


def test_the_signing_key_travels_with_the_copy(here: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    back_up(here, tmp_path / "copy.tar.gz")
    put_back(elsewhere, tmp_path / "copy.tar.gz")
    keys = [
        (house.config["SETTINGS"].instance_path / "secret_key").read_text() for house in (here, elsewhere)
    ]
    assert keys[0] == keys[1]


def test_files_that_wait_to_be_imported_are_found_in_the_new_place(
    here: Flask, elsewhere: Flask, tmp_path: Path
) -> None:
    path = here.config["SETTINGS"].instance_path / "imports" / "waiting.csv"
    with here.app_context():
        with unit_of_work():
            row = Import(
                id=new_id(),
                filename="f.csv",
                path=str(path),
                size=12,
                sha256="0",
                kind="invoices",
                state="checked",
            )
            row.dialect, row.mapping = {}, {}
            db.session.add(row)
        db.session.remove()
    back_up(here, tmp_path / "copy.tar.gz")
    put_back(elsewhere, tmp_path / "copy.tar.gz")
    with elsewhere.app_context():
        moved = Path(db.session.scalars(select(Import.path)).one())
    assert moved == elsewhere.config["SETTINGS"].instance_path / "imports" / "waiting.csv"
    assert moved.exists()


def test_what_is_in_use_is_only_replaced_when_asked_and_then_entirely(here: Flask, tmp_path: Path) -> None:
    copy = tmp_path / "copy.tar.gz"
    back_up(here, copy)
    with here.app_context():
        with unit_of_work():
            db.session.add(Branch(id=new_id(), name="W-later", path="/w/"))
        db.session.remove()
    with pytest.raises(BackupError, match="--replace"):
        put_back(here, copy)
    with here.app_context():
        assert count_written()[0] == 1
        db.session.remove()
    sound, said = put_back(here, copy, replace=True)
    assert sound
    with here.app_context():
        assert count_written()[0] == 0
    aside = list(here.config["SETTINGS"].instance_path.glob("replaced-*"))
    assert len(aside) == 1
    assert str(aside[0]) in said[0]
    assert (aside[0] / "vapid_private.pem").read_text() == "a key"


def test_a_copy_of_an_older_schema_is_migrated(
    make_house: MakeHouse, elsewhere: Flask, tmp_path: Path
) -> None:
    old = make_house("old")
    with old.app_context():
        flask_migrate.upgrade(revision="a1")
        db.session.remove()
    back_up(old, tmp_path / "copy.tar.gz")
    sound, said = put_back(elsewhere, tmp_path / "copy.tar.gz")
    assert sound, said
    with elsewhere.app_context():
        flask_migrate.check()


def test_a_restore_that_fails_midway_leaves_what_stood_there(here: Flask, tmp_path: Path) -> None:
    copy = tmp_path / "copy.tar.gz"
    rows = back_up(here, copy)
    rewrite(copy, edit_manifest(rows=rows | {"users": 1_000}))
    with pytest.raises(BackupError, match="other rows"):
        put_back(here, copy, replace=True)
    assert back_up(here, tmp_path / "again.tar.gz") == rows
    instance = here.config["SETTINGS"].instance_path
    assert (instance / "vapid_private.pem").exists()
    assert list(instance.glob("replaced-*")) == []
