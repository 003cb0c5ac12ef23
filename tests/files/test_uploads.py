"""Uploads in pieces (tus 1.0): a line that breaks costs what was under way, and nothing else."""

from __future__ import annotations

import base64
import os
import time
import uuid
from collections.abc import Callable
from io import BytesIO
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select

from tests.factories import pictures
from tests.factories.people import Cast
from webapp.core.errors import Conflict
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.files import parts, rules
from webapp.files.jobs import collect
from webapp.files.models import StoredFile
from webapp.files.parts import FOLDER, Part
from webapp.files.services import resuming
from webapp.files.storage import folder, path_of

Browsers = Callable[..., FlaskClient]
UPLOADS = "/api/v1/uploads"
PDF = pictures.PDF + bytes(range(256)) * 100


@pytest.fixture(autouse=True)
def _empty(app: Flask, db: object) -> None:
    for top in (folder(), uploads(app)):
        for path in top.rglob("*"):
            if path.is_file():
                path.unlink()


def uploads(app: Flask) -> Any:
    return app.config["SETTINGS"].instance_path / FOLDER


class Phone:
    """Brings files as a client of the protocol does."""

    def __init__(self, browser: FlaskClient) -> None:
        self.browser = browser
        self._csrf = browser.get("/api/v1/session").get_json()["csrf_token"]

    def ask(self, method: str, url: str, body: object = None, **headers: object) -> Any:
        said = {"Tus-Resumable": "1.0.0", "X-CSRFToken": self._csrf}
        if method == "PATCH":
            said["Content-Type"] = "application/offset+octet-stream"
        said |= {name.replace("_", "-"): str(value) for name, value in headers.items()}
        return self.browser.open(url, method=method, headers=said, data=body)

    def begin(self, length: int, name: str = "palette.jpg", **headers: object) -> Any:
        told = "filename " + base64.b64encode(name.encode()).decode()
        return self.ask("POST", UPLOADS, Upload_Length=length, Upload_Metadata=told, **headers)

    def piece(self, url: str, offset: int, body: bytes, **headers: object) -> Any:
        return self.ask("PATCH", url, body, Upload_Offset=offset, **headers)

    def cut(self, url: str, offset: int, body: bytes, weight: int) -> None:
        """A piece of so much, of which only `body` arrives."""
        said = {"Tus-Resumable": "1.0.0", "X-CSRFToken": self._csrf, "Upload-Offset": str(offset)}
        environ = {"wsgi.input": Cut(body), "CONTENT_LENGTH": str(weight)}
        kind = "application/offset+octet-stream"
        self.browser.patch(url, headers=said, content_type=kind, environ_overrides=environ)

    def reached(self, url: str) -> int:
        return int(self.ask("HEAD", url).headers["Upload-Offset"])

    def bring(self, content: bytes, name: str = "palette.jpg", step: int = 20_000) -> Any:
        """The whole, piece by piece; the last answer."""
        answer = self.begin(len(content), name)
        if answer.status_code != 201:
            return answer
        url = answer.headers["Location"]
        for at in range(0, len(content), step):
            answer = self.piece(url, at, content[at : at + step])
            if answer.status_code != 204:
                return answer
        return self.ask("HEAD", url)


class Cut:
    """A line that gives so much and is gone."""

    def __init__(self, content: bytes) -> None:
        self._left = BytesIO(content)

    def read(self, size: int = -1) -> bytes:
        block = self._left.read(size)
        if not block:
            raise ConnectionResetError
        return block


@pytest.fixture
def phone(cast: Cast, browser_of: Browsers) -> Phone:
    return Phone(browser_of(cast.bob))


def stored() -> list[StoredFile]:
    return list(db.session.scalars(select(StoredFile)))


def test_the_server_says_what_it_can_do(phone: Phone) -> None:
    said = phone.ask("OPTIONS", UPLOADS).headers
    assert (said["Tus-Version"], said["Tus-Max-Size"]) == ("1.0.0", str(rules.LARGEST))
    assert set(said["Tus-Extension"].split(",")) == {"creation", "expiration", "termination"}


def test_a_file_in_pieces_becomes_the_file_of_its_id(phone: Phone) -> None:
    begun = phone.begin(len(PDF), "relevé.pdf")
    url = begun.headers["Location"]
    assert (begun.status_code, begun.headers["Upload-Offset"], begun.headers["Tus-Resumable"]) == (
        201,
        "0",
        "1.0.0",
    )
    for at in range(0, len(PDF), 10_000):
        answer = phone.piece(url, at, PDF[at : at + 10_000])
        assert answer.status_code == 204 and "GMT" in answer.headers["Upload-Expires"]
        assert answer.headers["Upload-Offset"] == str(min(len(PDF), at + 10_000))
    [file] = stored()
    assert url.endswith(str(file.id)) and file.name == "relevé.pdf"
    assert phone.browser.get(f"/files/{file.id}").data == PDF
    assert phone.reached(url) == len(PDF)


@pytest.mark.promise("R14")
@pytest.mark.parametrize("kind", ["jpeg", "heic"])
def test_what_arrives_in_pieces_says_nothing_of_where_it_was_taken(phone: Phone, kind: str) -> None:
    content: bytes = getattr(pictures, kind)()
    with Image.open(BytesIO(content)) as before:
        assert before.getexif().get_ifd(0x8825)
    assert phone.bring(content, f"photo.{kind}", step=300).status_code == 200
    [file] = stored()
    with Image.open(BytesIO(phone.browser.get(f"/files/{file.id}").data)) as kept:
        assert kept.format == "JPEG" and not kept.getexif() and not kept.getexif().get_ifd(0x8825)


@pytest.mark.promise("media")
def test_what_came_before_the_line_broke_stays(phone: Phone) -> None:
    url = phone.begin(len(PDF), "a.pdf").headers["Location"]
    phone.cut(url, 0, PDF[:11_000], len(PDF))
    assert phone.reached(url) == 11_000
    phone.cut(url, 11_000, PDF[11_000:12_345], len(PDF) - 11_000)
    assert phone.reached(url) == 12_345 and stored() == []
    assert phone.piece(url, 12_345, PDF[12_345:]).status_code == 204
    [file] = stored()
    assert phone.browser.get(f"/files/{file.id}").data == PDF


def test_another_process_goes_on_where_one_stopped(phone: Phone, cast: Cast) -> None:
    """Nothing is remembered but what lies on the disk."""
    url = phone.begin(len(PDF), "a.pdf").headers["Location"]
    phone.piece(url, 0, PDF[:9_000])
    found = parts.find(cast.bob.user_id, uuid.UUID(url[-36:]))
    assert found is not None and (found.offset, found.length, found.name) == (9_000, len(PDF), "a.pdf")


def test_of_two_that_bring_the_same_one_goes_on(phone: Phone, cast: Cast) -> None:
    """A line that was given up may still have something to say: it is never put twice."""
    url = phone.begin(len(PDF), "a.pdf").headers["Location"]
    part = parts.find(cast.bob.user_id, uuid.UUID(url[-36:]))
    assert part is not None

    class Late:
        """Half of a piece; while it waits for the rest, the phone comes back and brings everything."""

        def __init__(self) -> None:
            self._blocks = iter((PDF[:5_000], PDF[5_000:9_000]))

        def read(self, _size: int) -> bytes:
            block = next(self._blocks, b"")
            if block == PDF[5_000:9_000]:
                assert phone.reached(url) == 5_000
                assert phone.piece(url, 5_000, PDF[5_000:20_000]).status_code == 204
            return block

    with pytest.raises(parts.Moved):
        parts.append(part, 0, Late())
    assert part.path.read_bytes() == PDF[:20_000]
    moved = phone.piece(url, 9_000, PDF[9_000:])
    assert (moved.status_code, moved.json["code"]) == (409, "moved")


def test_an_answer_that_was_lost_is_asked_for_again(phone: Phone) -> None:
    content, key = pictures.jpeg(300, 200), new_id()
    first = phone.begin(len(content), Idempotency_Key=key)
    again = phone.begin(len(content), Idempotency_Key=key)
    url = first.headers["Location"]
    assert url == again.headers["Location"] == f"{UPLOADS}/{key}"
    phone.piece(url, 0, content)
    for _ in range(2):  # the last piece, whose answer did not arrive: there is nothing left to bring
        assert phone.piece(url, len(content), b"").status_code == 204
    assert phone.begin(len(content), Idempotency_Key=key).headers["Upload-Offset"] == str(len(content))
    assert [file.id for file in stored()] == [key]
    other = phone.begin(5, Idempotency_Key=key)
    assert (other.status_code, other.json["code"]) == (422, "id_reused")


def test_a_server_killed_between_the_last_byte_and_the_file_makes_it_later(phone: Phone, cast: Cast) -> None:
    url = phone.begin(len(PDF), "a.pdf").headers["Location"]
    part = parts.find(cast.bob.user_id, uuid.UUID(url[-36:]))
    assert part is not None
    part.path.write_bytes(PDF)
    assert phone.reached(url) == len(PDF) and stored() == []
    assert phone.piece(url, len(PDF), b"").status_code == 204
    assert [str(file.id) for file in stored()] == [url[-36:]]


def test_of_two_that_bring_the_last_byte_one_makes_the_file(phone: Phone, cast: Cast) -> None:
    url = phone.begin(len(PDF), "a.pdf").headers["Location"]
    part = parts.find(cast.bob.user_id, uuid.UUID(url[-36:]))
    assert part is not None and phone.piece(url, 0, PDF).status_code == 204
    with pytest.raises(Conflict):
        resuming.develop(part)
    assert len(stored()) == 1


def test_an_upload_is_nobody_elses(phone: Phone, cast: Cast, browser_of: Browsers) -> None:
    key = new_id()
    url = phone.begin(len(PDF), "a.pdf", Idempotency_Key=key).headers["Location"]
    for other in (cast.alice, cast.oscar, cast.ada):
        stranger = Phone(browser_of(other))
        asked = [stranger.ask("HEAD", url), stranger.piece(url, 0, PDF), stranger.ask("DELETE", url)]
        assert [answer.status_code for answer in asked] == [404, 404, 404]
    assert phone.piece(url, 0, PDF).status_code == 204
    taken = Phone(browser_of(cast.oscar)).begin(len(PDF), Idempotency_Key=key)
    assert (taken.status_code, taken.json["code"]) == (422, "id_reused")


def test_one_that_is_given_up_leaves_nothing(app: Flask, phone: Phone) -> None:
    url = phone.begin(len(PDF)).headers["Location"]
    phone.piece(url, 0, PDF[:5_000])
    assert phone.ask("DELETE", url).status_code == 204
    assert phone.ask("HEAD", url).status_code == 404
    assert [path for path in uploads(app).rglob("*") if path.is_file()] == []


def test_what_got_no_further_for_a_week_is_forgotten(app: Flask, phone: Phone) -> None:
    key = new_id()
    old = phone.begin(len(PDF), "a.pdf", Idempotency_Key=key).headers["Location"]
    young = phone.begin(len(PDF), "a.pdf").headers["Location"]
    for url in (old, young):
        phone.piece(url, 0, PDF[:5_000])
    past = time.time() - 8 * 24 * 3600
    for path in uploads(app).glob(f"*/{key}*"):
        os.utime(path, (past, past))
    assert [phone.ask("HEAD", url).status_code for url in (old, young)] == [404, 200]
    collect()
    assert {path.stem for path in uploads(app).glob("*/*")} == {young[-36:]}
    assert phone.begin(len(PDF), Idempotency_Key=key).headers["Upload-Offset"] == "0"


def test_one_that_is_over_begins_anew_under_its_key(app: Flask, phone: Phone) -> None:
    key = new_id()
    phone.piece(phone.begin(len(PDF), Idempotency_Key=key).headers["Location"], 0, PDF[:5_000])
    for path in uploads(app).glob(f"*/{key}*"):
        os.utime(path, (0, 0))
    again = phone.begin(len(PDF), Idempotency_Key=key)
    assert (again.status_code, again.headers["Upload-Offset"]) == (201, "0")
    assert phone.reached(again.headers["Location"]) == 0


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"Tus-Resumable": "0.2.0"}, 412),
        ({"Content-Type": "application/json"}, 415),
        ({"Upload-Offset": "7"}, 409),
        ({"Upload-Offset": "-1"}, 422),
        ({"Upload-Offset": "²"}, 422),
        ({"Transfer-Encoding": "chunked"}, 411),
    ],
)
def test_what_the_protocol_does_not_allow_is_refused(
    phone: Phone, change: dict[str, str], status: int
) -> None:
    url = phone.begin(len(PDF)).headers["Location"]
    headers = {name.replace("-", "_"): value for name, value in change.items()}
    answer = phone.ask("PATCH", url, PDF, **{"Upload_Offset": 0, **headers})
    assert (answer.status_code, answer.headers["Tus-Resumable"]) == (status, "1.0.0")
    assert phone.reached(url) == 0
    assert phone.piece(url, 0, PDF + b"x").status_code == 413
    if status == 412:
        assert answer.headers["Tus-Version"] == "1.0.0"


@pytest.mark.parametrize(
    "headers",
    [
        {"Upload_Length": "x"},
        {"Upload_Length": "5", "Upload_Metadata": "filename !!"},
        {"Upload_Length": "5", "Upload_Metadata": "filename YQ==,filename YQ=="},
        {"Upload_Length": "5", "Upload_Metadata": "a " + "YWFh" * 2_000},
        {},
    ],
)
def test_an_upload_that_says_nothing_sensible_is_not_begun(phone: Phone, headers: dict[str, str]) -> None:
    assert phone.ask("POST", UPLOADS, **headers).status_code == 422


def speaking_english(phone: Phone) -> Phone:
    form = {"name": "Bob", "locale": "en", "theme": "system", "csrf_token": phone._csrf}
    assert phone.browser.post("/settings/profile", data=form).status_code in (302, 303)
    return phone


BAD = {
    "40 MB": (
        lambda phone: phone.begin(40 * rules.MEGABYTE),
        413, "Choisissez-en un plus léger", "Choose a lighter one",
    ),
    "0 bytes": (
        lambda phone: phone.begin(0),
        422, "Reprenez la photo, ou choisissez", "Take the photo again, or choose",
    ),
    "a video named .jpg": (
        lambda phone: phone.bring(pictures.mp4(handler=b"vide", brand=b"isom"), "palette.jpg"),
        422, "Envoyez une photo ou un message vocal", "Send a photo or a voice message",
    ),
    "a voice note cut in the middle": (
        lambda phone: phone.bring(pictures.mp4()[: len(pictures.mp4()) // 2], "note.m4a"),
        422, "Enregistrez-le à nouveau", "Record it again",
    ),
    "half a photo": (
        lambda phone: phone.bring(pictures.jpeg(400, 300)[:900], "palette.jpg"),
        422, "Reprenez-la, ou choisissez-en une autre", "Take it again, or choose another",
    ),
    "a program": (
        lambda phone: phone.bring(b"MZ\x90\0" + b"\0" * 60, "palette.jpg"),
        422, "Choisissez-en un autre", "Choose another",
    ),
}  # fmt: skip


@pytest.mark.promise("R14")
@pytest.mark.parametrize("what", sorted(BAD))
def test_bad_input_is_answered_with_what_to_do(app: Flask, phone: Phone, what: str) -> None:
    send, status, french, english = BAD[what]
    for locale, words in (("fr", french), ("en", english)):
        answer = send(phone if locale == "fr" else speaking_english(phone))
        assert answer.status_code == status and words in str(answer.json["errors"]["file"]), answer.json
    assert stored() == []
    assert [path for top in (folder(), uploads(app)) for path in top.rglob("*") if path.is_file()] == []


def test_a_kind_that_is_not_taken_is_refused_at_its_first_piece(app: Flask, phone: Phone) -> None:
    url = phone.begin(1_000_000, "film.jpg").headers["Location"]
    answer = phone.piece(url, 0, b"<html>" + b"a" * 9_000)
    assert (answer.status_code, answer.json["code"]) == (422, "file_kind")
    assert phone.ask("HEAD", url).status_code == 404


def test_a_voice_note_that_was_cut_but_can_be_heard_is_kept(phone: Phone) -> None:
    whole = pictures.webm(20_000)
    assert phone.bring(whole[: len(whole) // 2], "note.webm").status_code == 200
    [file] = stored()
    assert file.media_type == "audio/webm" and 5_000 < (file.duration_ms or 0) < 15_000


def test_without_room_on_the_server_what_came_waits(app: Flask, phone: Phone, cast: Cast) -> None:
    """507 means later: what came is there still when there is room again."""
    url = phone.begin(len(PDF), "a.pdf").headers["Location"]
    part = parts.find(cast.bob.user_id, uuid.UUID(url[-36:]))
    assert part is not None
    settings = app.config["SETTINGS"]
    full = type(settings)(**{**vars(settings), "storage_quota": 10})
    app.config["SETTINGS"] = full
    try:
        assert phone.begin(len(PDF)).status_code == 507
        answer = phone.piece(url, 0, PDF)
        assert (answer.status_code, answer.json["code"]) == (507, "unavailable")
    finally:
        app.config["SETTINGS"] = settings
    assert phone.reached(url) == len(PDF)
    assert phone.piece(url, len(PDF), b"").status_code == 204 and len(stored()) == 1


def test_one_person_does_not_fill_the_house(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rules, "LOOSE_QUOTA", 3 * len(PDF))
    assert [phone.begin(len(PDF)).status_code for _ in range(4)] == [201, 201, 201, 422]
    refused = phone.begin(len(PDF)).json
    assert "Envoyez ce qui les porte" in refused["errors"]["file"]


def test_a_write_that_found_no_room_is_not_taken_for_whole(
    phone: Phone, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = phone.begin(len(PDF), "a.pdf").headers["Location"]
    real = os.pwrite
    monkeypatch.setattr(os, "pwrite", lambda number, block, at: real(number, block[:100], at))
    assert phone.piece(url, 0, PDF).status_code == 507
    monkeypatch.undo()
    assert phone.reached(url) == 100
    assert phone.piece(url, 100, PDF[100:]).status_code == 204
    [file] = stored()
    assert path_of(file.sha256).read_bytes() == PDF


def test_a_part_knows_how_far_it_is(cast: Cast) -> None:
    part = Part(new_id(), cast.bob.user_id, 10, "a.pdf")
    assert (part.offset, part.done) == (0, False)
    assert parts.note(Part(part.id, part.owner_id, 10, "a.pdf", done=True)).offset == 10
