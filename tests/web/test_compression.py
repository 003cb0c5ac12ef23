"""Pages and JSON leave small, and their length does not tell what is in them."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.factories.people import Cast
from webapp.users.actor import Actor

Browser = Callable[[Actor], FlaskClient]
PAGE = {"Sec-Fetch-Mode": "cors"}


def test_a_page_is_compressed_for_who_can_read_it(cast: Cast, browser_of: Browser) -> None:
    client = browser_of(cast.ada)
    plain = client.get("/clients")
    small = client.get("/clients", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in small.headers["Vary"] and "Accept-Encoding" in plain.headers["Vary"]
    assert small.headers["Content-Encoding"] == "gzip"
    assert len(small.data) * 3 < len(plain.data)
    assert len(gzip.decompress(small.data)) == len(plain.data)


@pytest.mark.parametrize(("asked_by_a_page", "coding"), [(True, "gzip"), (False, None)])
def test_json_is_compressed_for_pages_alone(
    cast: Cast, browser_of: Browser, asked_by_a_page: bool, coding: str | None
) -> None:
    headers = {"Accept-Encoding": "gzip"} | (PAGE if asked_by_a_page else {})
    answer = browser_of(cast.ada).get("/api/v1/openapi.json", headers=headers)
    assert answer.headers.get("Content-Encoding") == coding


def test_what_has_not_changed_is_not_sent_again(cast: Cast, browser_of: Browser) -> None:
    client = browser_of(cast.ada)
    for coding in ("identity", "gzip", "br", "zstd"):
        first = client.get("/api/v1/portfolio", headers=PAGE | {"Accept-Encoding": coding})
        again = PAGE | {"Accept-Encoding": coding, "If-None-Match": first.headers["ETag"]}
        assert client.get("/api/v1/portfolio", headers=again).status_code == 304, coding


def test_the_length_of_an_answer_varies_by_itself(cast: Cast, browser_of: Browser) -> None:
    client = browser_of(cast.ada)
    fills = {len(client.get("/clients").headers["X-Fill"]) for _ in range(12)}
    assert len(fills) > 3 and max(fills) < 100
