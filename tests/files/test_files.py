"""Stored files: what is taken, whose it is, how it is served, when it goes."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from flask import Flask
from sqlalchemy import select, update

from tests.factories import pictures
from tests.factories.books import make_client
from tests.factories.people import Cast
from webapp.clients.services import documents
from webapp.core.backups import kept
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid, StorageFull
from webapp.extensions import db
from webapp.files import rules, services
from webapp.files.jobs import collect
from webapp.files.models import StoredFile
from webapp.files.pictures import Look
from webapp.files.storage import Arrival, folder, path_of, receive
from webapp.users.models import AuditEntry

PDF = pictures.PDF
PNG, JPEG, WEBP, HEIC = pictures.png(), pictures.jpeg(), pictures.webp(), pictures.heic()
HOSTILE = {
    "dessin.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "page.pdf": b"<!doctype html><html><script>alert(1)</script></html>",
    "late.pdf": b"<html>\n%PDF-1.4 ",
    "program.png": b"MZ\x90\0" + b"\0" * 60,
    "archive.jpg": b"PK\x03\x04" + b"\0" * 60,
    "film.heic": b"\0\0\0\x18ftypisom\0\0\0\0isommp42" + b"\0" * 40,
    "anim.gif": b"GIF89a" + b"\0" * 60,
    "vide.pdf": b"",
    "texte.pdf": b"bonjour",
    "x.xml": b"<?xml version='1.0'?><svg/>",
}


@pytest.fixture(autouse=True)
def _empty(app: Flask, db: object) -> None:
    for path in folder().rglob("*"):
        if path.is_file():
            path.unlink()


def left() -> list[str]:
    return [path.name for path in folder().rglob("*") if path.is_file()]


def bring(browser: object, csrf: str, content: bytes = PDF, name: str = "kbis.pdf") -> object:
    data = {"file": (BytesIO(content), name)}
    return browser.post("/api/v1/files", data=data, headers={"X-CSRFToken": csrf})


def token(browser: object) -> str:
    return browser.get("/api/v1/session").get_json()["csrf_token"]


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (PDF, "application/pdf"),
        (PNG, "image/png"),
        (JPEG, "image/jpeg"),
        (WEBP, "image/webp"),
        (HEIC, "image/jpeg"),
    ],
)
def test_what_is_taken_is_known_by_its_first_bytes(app: Flask, content: bytes, kind: str) -> None:
    arrival = receive(BytesIO(content))
    assert arrival.media_type == kind
    assert path_of(arrival.sha256).stat().st_size == arrival.size


@pytest.mark.promise("R14")
@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_anything_else_is_refused_and_leaves_nothing(cast: Cast, browser_of: Callable, name: str) -> None:
    browser = browser_of(cast.bob)
    answer = bring(browser, token(browser), HOSTILE[name], name)
    assert answer.status_code == 422 and "file" in answer.json["errors"]
    assert left() == [] and db.session.scalar(select(StoredFile.id)) is None


@pytest.mark.promise("R14")
def test_too_much_is_refused_and_leaves_nothing(
    cast: Cast, browser_of: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LARGEST", 200_000)
    browser = browser_of(cast.bob)
    answer = bring(browser, token(browser), PDF + b"\0" * 200_000)
    assert (answer.status_code, answer.json["code"]) == (413, "too_large") and left() == []


@pytest.mark.parametrize(
    ("name", "kept_as"),
    [
        ("kbis.pdf", "kbis.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\docs\\CGV signées (v2).PDF", "CGV signées (v2).pdf"),
        ("évil\x00\r\nname.html", "évil_name.pdf"),
        ("...", "fichier.pdf"),
        ("x" * 300 + ".pdf", "x" * 116 + ".pdf"),
    ],
)
def test_a_name_is_only_a_name(name: str, kept_as: str) -> None:
    assert rules.clean_name(name, "application/pdf") == kept_as


def test_a_loose_file_is_its_owners_and_comes_as_something_to_save(cast: Cast, browser_of: Callable) -> None:
    browser = browser_of(cast.bob)
    made = bring(browser, token(browser))
    assert made.status_code == 201 and made.json["media_type"] == "application/pdf"
    for path in (f"/api/v1/files/{made.json['id']}", f"/files/{made.json['id']}"):
        answer = browser.get(path)
        assert answer.data == PDF and answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["Content-Disposition"].startswith("attachment; filename=kbis.pdf")
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert "no-store" in answer.headers["Cache-Control"]
        for other in (cast.alice, cast.oscar, cast.ada):
            assert browser_of(other).get(path).status_code == 404


def test_the_same_upload_again_is_one_file(cast: Cast, browser_of: Callable) -> None:
    browser = browser_of(cast.bob)
    headers = {
        "X-CSRFToken": token(browser),
        "Idempotency-Key": "0190a000-0000-7000-8000-000000000009",
    }
    ids = {
        browser.post("/api/v1/files", data={"file": (BytesIO(PDF), "a.pdf")}, headers=headers).json["id"]
        for _ in range(2)
    }
    assert len(ids) == 1 and len(left()) == 1


def keep(actor: object, content: bytes = PDF) -> StoredFile:
    arrival = receive(BytesIO(content))
    with unit_of_work():
        return services.keep(actor, arrival, "kbis.pdf", quota=10**9)


def test_hung_on_a_document_it_has_the_rights_of_the_client(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    file_id = keep(cast.bob).id
    with pytest.raises(Invalid), unit_of_work():
        documents.add_document(cast.alice, client.id, {"kind": "kbis", "file_id": file_id})
    with unit_of_work():
        paper = documents.add_document(cast.bob, client.id, {"kind": "kbis", "file_id": file_id})
        paper_id = paper.id
    with pytest.raises(Invalid), unit_of_work():  # it serves already
        documents.add_document(cast.bob, client.id, {"kind": "other", "title": "x", "file_id": file_id})
    for actor, status in ((cast.alice, 200), (cast.david, 200), (cast.oscar, 404), (cast.nadia, 404)):
        assert browser_of(actor).get(f"/files/{file_id}").status_code == status
    with unit_of_work():
        documents.remove_document(cast.alice, client.id, paper_id)
    assert browser_of(cast.alice).get(f"/files/{file_id}").status_code == 404
    assert browser_of(cast.bob).get(f"/files/{file_id}").status_code == 200


def test_a_mandate_is_behind_the_wall_and_its_reading_is_logged(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    file_id = keep(cast.sonia).id
    with unit_of_work():
        documents.add_document(cast.sonia, client.id, {"kind": "mandate", "file_id": file_id})
    read = select(AuditEntry.actor_id).where(AuditEntry.action == "bank_account.read")
    assert browser_of(cast.bob).get(f"/files/{file_id}").status_code == 404
    assert "Mandat" not in browser_of(cast.bob).get(f"/clients/{client.id}/documents").get_data(as_text=True)
    assert "Mandat" not in browser_of(cast.bob).get(f"/clients/{client.id}").get_data(as_text=True)
    assert browser_of(cast.emma).get(f"/files/{file_id}").data == PDF
    assert db.session.scalars(read).all() == [cast.emma.user_id]


def test_what_nothing_hangs_on_goes_after_a_week_and_shared_contents_stay(cast: Cast) -> None:
    client = make_client(cast)
    kept_id, old_id, other_id = keep(cast.bob).id, keep(cast.bob).id, keep(cast.bob, PNG).id
    with unit_of_work():
        documents.add_document(cast.bob, client.id, {"kind": "kbis", "file_id": kept_id})
    past = now() - timedelta(days=8)
    with unit_of_work() as session:
        loose = StoredFile.id.in_((old_id, other_id))
        session.execute(update(StoredFile).where(loose).values(loose_since=past))
    broken_off = folder() / "0190.part"
    broken_off.write_bytes(b"half")
    os.utime(broken_off, (time.time() - 90_000, time.time() - 90_000))
    collect()
    assert db.session.scalars(select(StoredFile.id)).all() == [kept_id]
    assert len(left()) == 1 and path_of(db.session.get(StoredFile, kept_id).sha256).exists()


def test_quotas_hold_for_a_person_and_for_all(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(cast.bob)
    arrival = Arrival("0" * 64, 50, Look("application/pdf"))
    with pytest.raises(StorageFull), unit_of_work():
        services.keep(cast.alice, arrival, "x", quota=60)
    monkeypatch.setattr(rules, "LOOSE_QUOTA", 60)
    with pytest.raises(Invalid), unit_of_work():
        services.keep(cast.bob, arrival, "x", quota=10**9)
    with unit_of_work():
        services.keep(cast.alice, arrival, "x", quota=10**9)


def test_files_are_in_every_copy(app: Flask) -> None:
    assert "files" in kept.names()


def test_a_page_brings_a_document_with_its_file(cast: Cast, browser_of: Callable) -> None:
    client = make_client(cast)
    browser = browser_of(cast.bob)
    csrf, url = token(browser), f"/clients/{client.id}/documents/new"

    def post(content: bytes | None = None, **form: str) -> object:
        data: dict[str, object] = {"csrf_token": csrf, **form}
        if content is not None:
            data["file"] = (BytesIO(content), "cgv.pdf")
        return browser.post(url, data=data)

    missing = post(PDF, kind="terms_of_sale")
    assert missing.status_code == 422 and "version signée" in missing.get_data(as_text=True)
    wrong = post(HOSTILE["page.pdf"], kind="kbis")
    assert wrong.status_code == 422 and "ni un PDF" in wrong.get_data(as_text=True)
    assert post(PDF, kind="terms_of_sale", version="2026-01", dated_on="2026-02-03").status_code == 303
    assert post(kind="stamp").status_code == 303
    page = browser.get(f"/clients/{client.id}/documents").get_data(as_text=True)
    assert "CGV signées 2026-01" in page and "cgv.pdf" in page and "Fichier à joindre" in page
