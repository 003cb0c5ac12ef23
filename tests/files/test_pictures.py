"""Pictures and sounds: drawn again without what they tell, or refused with nothing left behind (R14)."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Callable
from io import BytesIO

import pytest
from flask import Flask
from PIL import Image

from tests.factories import pictures
from tests.factories.people import Cast
from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid, TooLarge
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.files import rules, services, sounds
from webapp.files.models import StoredFile
from webapp.files.pictures import SIZES
from webapp.files.storage import folder, path_of, receive, small_path_of

Browsers = Callable[..., object]


@pytest.fixture(autouse=True)
def _empty(app: Flask, db: object) -> None:
    for path in folder().rglob("*"):
        if path.is_file():
            path.unlink()


def left() -> list[str]:
    return sorted(path.name for path in folder().rglob("*") if path.is_file())


@pytest.mark.promise("R14")
def test_sixty_hostile_files_are_refused_clearly_and_leave_nothing(cast: Cast, browser_of: Browsers) -> None:
    browser = browser_of(cast.bob)
    headers = {"X-CSRFToken": browser.get("/api/v1/session").get_json()["csrf_token"]}
    files = pictures.hostile()
    assert len(files) >= 60
    for name, content in files.items():
        answer = browser.post("/api/v1/files", data={"file": (BytesIO(content), name)}, headers=headers)
        assert (answer.status_code, list(answer.json["errors"])) == (422, ["file"]), name
        assert answer.json["code"].startswith(("file_", "invalid")), (name, answer.json)
        assert left() == [], name
    assert db.session.query(StoredFile).count() == 0


@pytest.mark.promise("R14")
@pytest.mark.parametrize(
    ("content", "code", "words"),
    [
        (b"", "file_empty", "Reprenez la photo"),
        (pictures.png_claiming(60_000, 60_000), "file_pixels", "trop grande"),
        (pictures.jpeg(400, 300)[:900], "file_unreadable", "abîmée"),
        (pictures.mp4(handler=b"vide"), "file_film", "C’est une vidéo"),
        (pictures.webm(kind=1), "file_film", "Envoyez une photo"),
        (pictures.ogg()[:20], "file_sound", "Enregistrez-le à nouveau"),
        (pictures.webm(130_000), "file_long", "2 minutes"),
        (b"<svg/>", "file_kind", "ni un PDF"),
    ],
)
def test_a_refusal_says_what_is_wrong(app: Flask, content: bytes, code: str, words: str) -> None:
    with pytest.raises(Invalid) as refusal:
        receive(BytesIO(content))
    assert refusal.value.code == code and words in str(refusal.value.errors["file"])


def test_forty_megabytes_are_too_many(app: Flask) -> None:
    with pytest.raises(TooLarge):
        receive(BytesIO(pictures.PDF + b"\0" * (40 * rules.MEGABYTE)))
    assert left() == []


@pytest.mark.promise("R14")
@pytest.mark.parametrize("kind", ["jpeg", "png", "webp", "heic"])
def test_what_is_kept_of_a_picture_tells_nothing_but_the_picture(app: Flask, kind: str) -> None:
    content: bytes = getattr(pictures, kind)()
    assert pictures.CANARY.encode() in content or b"45.7640" in content
    arrival = receive(BytesIO(content))
    for path in folder().rglob("*"):
        if path.is_file():
            assert b"CANARI" not in path.read_bytes(), path
    assert arrival.media_type == ("image/jpeg" if kind == "heic" else f"image/{kind}")
    assert (arrival.look.width, arrival.look.height) == ((64, 48) if kind == "heic" else (60, 40))
    with Image.open(path_of(arrival.sha256)) as kept:
        assert kept.size == (arrival.look.width, arrival.look.height) and not kept.getexif()
    assert len(left()) == 1 + len(SIZES)


def test_a_picture_is_turned_the_way_it_is_looked_at(app: Flask) -> None:
    arrival = receive(BytesIO(pictures.jpeg(60, 40, orientation=6)))
    assert (arrival.look.width, arrival.look.height) == (40, 60)
    with Image.open(small_path_of(arrival.sha256, 320)) as small:
        assert small.size == (40, 60)


def test_small_sizes_are_small_and_the_kept_one_is_bounded(app: Flask) -> None:
    arrival = receive(BytesIO(pictures.jpeg(5_000, 2_500)))
    assert (arrival.look.width, arrival.look.height) == (4_096, 2_048)
    for size in SIZES:
        with Image.open(small_path_of(arrival.sha256, size)) as small:
            assert (small.format, small.size) == ("WEBP", (size, size // 2))


def test_a_picture_drawn_again_looks_the_same(app: Flask) -> None:
    content = pictures.jpeg(600, 400)
    with (
        Image.open(BytesIO(content)) as before,
        Image.open(path_of(receive(BytesIO(content)).sha256)) as after,
    ):
        differences = [abs(a - b) for a, b in zip(before.tobytes(), after.tobytes(), strict=True)]
    assert max(differences) <= 4


@pytest.mark.parametrize("kind", sorted(pictures.SOUND))
def test_a_sound_says_how_long_it_is(app: Flask, kind: str) -> None:
    arrival = receive(BytesIO(pictures.SOUND[kind]()))
    assert arrival.media_type in rules.SOUNDS
    assert abs((arrival.look.duration_ms or 0) - 3_000) <= 100


@pytest.mark.parametrize("kind", sorted(pictures.SOUND))
def test_a_sound_cut_anywhere_is_read_or_refused(kind: str) -> None:
    whole = pictures.SOUND[kind]()
    media_type = sounds.recognise(whole)
    assert media_type is not None
    read = 0
    for end in range(len(whole)):
        try:
            read += sounds.length(media_type, whole[:end]) > 0
        except ValueError:
            continue
    assert read < len(whole)


def brought(actor: object, content: bytes, name: str = "a.jpg") -> str:
    arrival = receive(BytesIO(content))
    with unit_of_work():
        return str(services.keep(actor, arrival, name, quota=10**9).id)


def test_a_thumbnail_is_looked_at_under_the_rights_of_the_file(cast: Cast, browser_of: Browsers) -> None:
    file_id = brought(cast.bob, pictures.jpeg(2_000, 1_000))
    bob = browser_of(cast.bob)
    for size in SIZES:
        answer = bob.get(f"/files/{file_id}/thumb?size={size}")
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "private, no-cache"
        assert (
            "Content-Disposition" not in answer.headers or "inline" in answer.headers["Content-Disposition"]
        )
        again = bob.get(
            f"/files/{file_id}/thumb?size={size}", headers={"If-None-Match": answer.headers["ETag"]}
        )
        assert again.status_code == 304
        kept = {"If-None-Match": answer.headers["ETag"]}
        assert (
            browser_of(cast.alice).get(f"/files/{file_id}/thumb?size={size}", headers=kept).status_code == 404
        )
    for wrong in ("", "64", "-1", "320;", "9" * 30):
        assert bob.get(f"/files/{file_id}/thumb?size={wrong}").status_code == 404


def test_what_is_no_picture_has_no_thumbnail_and_a_sound_is_no_paper(
    cast: Cast, browser_of: Browsers
) -> None:
    paper, voice = brought(cast.bob, pictures.PDF, "a.pdf"), brought(cast.bob, pictures.webm(), "note.webm")
    for file_id in (paper, voice):
        assert browser_of(cast.bob).get(f"/files/{file_id}/thumb").status_code == 404
    with pytest.raises(Invalid), unit_of_work():
        services.attach(cast.bob, uuid.UUID(voice), "client_document", new_id())


def test_a_picture_goes_with_its_small_sizes(cast: Cast) -> None:
    arrival = receive(BytesIO(pictures.png()))
    services.discard([arrival.sha256])
    assert left() == []


def test_small_sizes_of_a_picture_in_use_are_not_taken_for_leavings(cast: Cast) -> None:
    brought(cast.bob, pictures.png())
    old = time.time() - 90_000
    for path in folder().rglob("*"):
        if path.is_file():
            os.utime(path, (old, old))
    services.discard([])
    assert len(left()) == 1 + len(SIZES)
