"""Contents in a bucket that speaks S3: the folder before it is a copy, and may be empty."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.factories import pictures
from tests.factories.people import Cast
from tests.serving import free_port
from webapp.config import ConfigError, Settings
from webapp.core.db import unit_of_work
from webapp.core.errors import Unavailable
from webapp.files import services
from webapp.files.depot import EXTENSION, Address, Bucket
from webapp.files.pictures import SIZES
from webapp.files.storage import COPIES_KEPT_SECONDS, discard_unnamed, folder, forget_copies, path_of, receive

PHOTO = pictures.jpeg(600, 400)


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A server that speaks S3, with a bucket."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", free_port(), verbose=False)
    server.start()
    yield f"http://127.0.0.1:{server.get_host_and_port()[1]}"
    server.stop()


@pytest.fixture
def bucket(app: Flask, db: object, endpoint: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The application keeps its contents there; what it holds, by key."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    there = Bucket(f"s3://encours-files/house?endpoint={endpoint}&region=eu-west-3")
    client = there._client
    where = {"LocationConstraint": "eu-west-3"}
    client.create_bucket(Bucket="encours-files", CreateBucketConfiguration=where)
    before, app.extensions[EXTENSION] = app.extensions[EXTENSION], there
    forget()
    yield client
    app.extensions[EXTENSION] = before
    forget()
    for key in keys(client):
        client.delete_object(Bucket="encours-files", Key=key)
    client.delete_bucket(Bucket="encours-files")


def forget() -> None:
    """This machine is a new one."""
    for path in copies():
        path.unlink()


def copies() -> list[Path]:
    return [path for path in folder().rglob("*") if path.is_file()]


def keys(client: Any) -> list[str]:
    found = client.list_objects_v2(Bucket="encours-files").get("Contents", [])
    return sorted(each["Key"] for each in found)


def brought(actor: object, content: bytes = PHOTO) -> tuple[str, str]:
    arrival = receive(BytesIO(content))
    with unit_of_work():
        return str(services.keep(actor, arrival, "a.jpg", quota=10**9).id), arrival.sha256


def test_a_picture_lies_in_the_bucket_in_all_its_sizes(bucket: Any, cast: Cast) -> None:
    _id, sha256 = brought(cast.bob)
    names = [sha256, *(f"{sha256}-{small}" for small in sorted(SIZES, reverse=True))]
    assert keys(bucket) == sorted(f"house/{sha256[:2]}/{name}" for name in names)


def test_another_machine_serves_what_one_took(
    bucket: Any, cast: Cast, browser_of: Callable[..., FlaskClient]
) -> None:
    file_id, sha256 = brought(cast.bob)
    content = path_of(sha256).read_bytes()
    browser = browser_of(cast.bob)
    forget()
    assert browser.get(f"/files/{file_id}").data == content
    assert browser.get(f"/files/{file_id}/thumb?size=320").mimetype == "image/webp"
    assert {path.name for path in copies()} == {sha256, f"{sha256}-320"}
    assert browser_of(cast.oscar).get(f"/files/{file_id}").status_code == 404


def test_what_goes_goes_from_the_bucket_too(bucket: Any, cast: Cast) -> None:
    _id, sha256 = brought(cast.bob)
    services.discard([sha256])
    assert keys(bucket) == [] and copies() == []


def test_leavings_in_the_bucket_go_once_they_are_old(
    bucket: Any, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    _id, sha256 = brought(cast.bob)
    bucket.put_object(Bucket="encours-files", Key="house/00/00left", Body=b"half")
    discard_unnamed({sha256})
    assert "house/00/00left" in keys(bucket)
    monkeypatch.setattr("webapp.files.storage.STALE_SECONDS", -60)
    discard_unnamed({sha256})
    assert "house/00/00left" not in keys(bucket) and len(keys(bucket)) == 1 + len(SIZES)


def test_copies_near_at_hand_go_after_a_week_and_come_back(bucket: Any, cast: Cast) -> None:
    _id, sha256 = brought(cast.bob)
    past = time.time() - COPIES_KEPT_SECONDS - 60
    for path in copies():
        os.utime(path, (past, past))
    forget_copies()
    assert copies() == [] and path_of(sha256).exists()


def test_without_the_bucket_one_is_asked_to_come_back(
    app: Flask, bucket: Any, cast: Cast, browser_of: Callable[..., FlaskClient]
) -> None:
    file_id, _sha256 = brought(cast.bob)
    there, browser = app.extensions[EXTENSION], browser_of(cast.bob)
    forget()
    app.extensions[EXTENSION] = Bucket(f"s3://encours-files?endpoint=http://127.0.0.1:{free_port()}")
    try:
        answer = browser.get(f"/api/v1/files/{file_id}")
        assert (answer.status_code, answer.json["code"]) == (503, "unavailable")
        assert "réessayez" in answer.json["detail"] and answer.headers["Retry-After"]
        with pytest.raises(Unavailable):
            receive(BytesIO(PHOTO))
    finally:
        app.extensions[EXTENSION] = there


def test_an_address_says_where_and_no_secret() -> None:
    assert Address.parse("s3://house") == Address("house", "", None, None)
    said = Address.parse("s3://house/a/b?endpoint=https://s3.example.com&region=fr-par")
    assert said == Address("house", "a/b/", "https://s3.example.com", "fr-par")


@pytest.mark.parametrize(
    ("url", "bucket", "where"),
    [
        ("", False, "files"),
        ("/srv/encours", False, "/srv/encours"),
        ("file:///srv/encours", False, "/srv/encours"),
        ("s3://house/prefix?endpoint=http://127.0.0.1:9000", True, "files"),
    ],
)
def test_a_setting_says_where_files_lie(tmp_path: Path, url: str, bucket: bool, where: str) -> None:
    settings = Settings.from_environ({"INSTANCE_PATH": str(tmp_path), "STORAGE_URL": url})
    assert (settings.bucket, settings.storage_folder) == (bucket, tmp_path / where)


@pytest.mark.parametrize("url", ["s3://", "s3://B!", "http://x/y", "files", "s3://house#x"])
def test_another_address_stops_the_start(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigError, match="STORAGE_URL"):
        Settings.from_environ({"INSTANCE_PATH": str(tmp_path), "STORAGE_URL": url})
