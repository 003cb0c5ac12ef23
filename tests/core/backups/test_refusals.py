"""What is damaged, hostile, newer or in use is refused with a sentence, and nothing is touched."""

from __future__ import annotations

import shutil
import sqlite3
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
from flask import Flask

from tests.core.backups.conftest import Members, edit_manifest, rewrite, stand
from tests.core.backups.test_journey import put_back
from webapp.core import instance_lock
from webapp.core.backups import archive, making, postgres
from webapp.core.backups.manifest import BackupError


@pytest.fixture
def kind() -> str:
    """The archive is the same for both databases; these refusals come before the database."""
    return "sqlite"


@pytest.fixture
def copy(whole_copy: Path, tmp_path: Path) -> Path:
    return shutil.copy(whole_copy, tmp_path / "copy.tar.gz")


def flip(name: str) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        content = bytearray(members[name])
        content[len(content) // 2] ^= 1
        members[name] = bytes(content)

    return change


def drop(name: str) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        del members[name]

    return change


def add(name: str) -> Callable[[Members], None]:
    def change(members: Members) -> None:
        last = members.pop("manifest.json")
        members[name] = b"x"
        members["manifest.json"] = last

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (flip("database.sqlite"), "database.sqlite is not what the manifest says"),
        (flip("instance/secret_key"), "instance/secret_key is not what"),
        (drop("manifest.json"), "no manifest"),
        (drop("database.sqlite"), "holds no database"),
        (drop("instance/secret_key"), "instance/secret_key is not what"),
        (edit_manifest(revision="f9"), "schema f9"),
        (edit_manifest(database="postgresql"), "holds no database"),
        (edit_manifest(format=2), "another version"),
        (edit_manifest(parts=None), "cannot be read"),
        (edit_manifest(rows={"users": 3}), "other rows"),
        (add("../outside"), "'../outside' does not belong"),
        (add("/tmp/outside"), "'/tmp/outside' does not belong"),
        (add("instance/../outside"), "does not belong"),
        (add("instance/imports/../../outside"), "does not belong"),
        (add("instance/encours.db"), "does not belong"),
        (add("instance"), "does not belong"),
        (add("anything"), "does not belong"),
        (add("instance/imports/more.csv"), "more.csv is not what the manifest says"),
    ],
)
def test_a_damaged_or_hostile_copy_touches_nothing(
    elsewhere: Flask, copy: Path, change: Callable[[Members], None], said: str
) -> None:
    rewrite(copy, change)
    folder = copy.parent
    before = stand(folder)
    with pytest.raises(BackupError, match=said):
        put_back(elsewhere, copy)
    assert stand(folder) == before
    assert not Path("/tmp/outside").exists()


@pytest.mark.parametrize("member", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.DIRTYPE])
def test_links_and_devices_are_refused(elsewhere: Flask, tmp_path: Path, member: bytes) -> None:
    hostile = tmp_path / "hostile.tar.gz"
    with tarfile.open(hostile, "w:gz") as tar:
        info = tarfile.TarInfo("instance/imports/way")
        info.type, info.linkname = member, "/etc/passwd"
        tar.addfile(info)
    with pytest.raises(BackupError, match="does not belong"):
        put_back(elsewhere, hostile)


@pytest.mark.parametrize("content", [b"", b"not a tar", b"\x1f\x8b\x08\x00 cut"])
def test_another_file_is_no_copy(elsewhere: Flask, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "other").write_bytes(content)
    with pytest.raises(BackupError, match=r"damaged or no backup|cut off"):
        put_back(elsewhere, tmp_path / "other")


def test_a_copy_cut_anywhere_is_refused(elsewhere: Flask, copy: Path) -> None:
    whole = copy.read_bytes()
    for part in (10, len(whole) // 3, len(whole) - 30):
        copy.write_bytes(whole[:part])
        with pytest.raises(BackupError, match=r"damaged|cut off"):
            put_back(elsewhere, copy)


def test_nothing_is_restored_under_a_running_server(here: Flask, copy: Path) -> None:
    instance = here.config["SETTINGS"].instance_path
    before = stand(instance)
    with instance_lock.shared(instance), pytest.raises(BackupError, match="stop it first"):
        put_back(here, copy, replace=True)
    assert stand(instance) == before


def test_no_server_starts_during_a_restore(tmp_path: Path) -> None:
    with (
        instance_lock.alone(tmp_path),
        pytest.raises(instance_lock.InUse, match="a restore is under way"),
        instance_lock.shared(tmp_path),
    ):
        pass


def test_servers_and_workers_share_an_instance(tmp_path: Path) -> None:
    with instance_lock.shared(tmp_path), instance_lock.shared(tmp_path):
        pass
    with instance_lock.alone(tmp_path):
        pass


def test_a_full_disk_leaves_no_copy_and_no_remains(
    here: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(archive, "_add_bytes", full)
    target = tmp_path / "copies"
    target.mkdir()
    with here.app_context(), pytest.raises(BackupError, match="is full"):
        making.make(here.config["SETTINGS"], target / "copy.tar.gz")
    assert list(target.iterdir()) == []


def test_a_damaged_database_is_not_copied_as_if_it_were_whole(here: Flask, tmp_path: Path) -> None:
    database = here.config["SETTINGS"].instance_path / "encours.db"
    with sqlite3.connect(database) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray(database.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 8192] = bytes(8192)
    database.write_bytes(content)
    with here.app_context(), pytest.raises(BackupError, match=r"damaged|cannot be copied"):
        making.make(here.config["SETTINGS"], tmp_path / "copy.tar.gz")
    assert not (tmp_path / "copy.tar.gz").exists()


def test_an_empty_instance_has_nothing_to_copy(elsewhere: Flask, tmp_path: Path) -> None:
    with elsewhere.app_context(), pytest.raises(BackupError, match=r"no database|empty"):
        making.make(elsewhere.config["SETTINGS"], tmp_path / "copy.tar.gz")
    assert list(tmp_path.glob("*.tar.gz")) == []


def test_the_commands_say_it_in_one_sentence(here: Flask, elsewhere: Flask, tmp_path: Path) -> None:
    copy = str(tmp_path / "copy.tar.gz")
    made = here.test_cli_runner().invoke(args=["backup", copy])
    assert (made.exit_code, "schema" in made.output) == (0, True), made.output
    assert "Not in it:" in made.output
    put = elsewhere.test_cli_runner().invoke(args=["restore", copy])
    assert (put.exit_code, "chain whole" in put.output) == (0, True), put.output
    again = elsewhere.test_cli_runner().invoke(args=["restore", copy])
    assert (again.exit_code, "Error: the database holds tables" in again.output) == (1, True)


def test_faults_in_what_was_restored_are_listed_and_the_exit_code_is_one(
    here: Flask, elsewhere: Flask, tmp_path: Path
) -> None:
    with sqlite3.connect(here.config["SETTINGS"].instance_path / "encours.db") as connection:
        connection.execute("UPDATE audit_payloads SET body = body || ' '")
        connection.execute("UPDATE invoices SET open = open - 1 WHERE rowid = 1")
    copy = str(tmp_path / "copy.tar.gz")
    assert here.test_cli_runner().invoke(args=["backup", copy]).exit_code == 0
    put = elsewhere.test_cli_runner().invoke(args=["restore", copy])
    assert put.exit_code == 1
    assert "was altered" in put.output
    assert "open is" in put.output


def test_the_postgresql_programs_are_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _name: None)
    with pytest.raises(BackupError, match="pg_dump is missing: install"):
        postgres.snapshot(Path("/nowhere"))
