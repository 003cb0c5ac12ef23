"""What the application leaves unread of an upload is read before the answer goes out."""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

import pytest
from flask import Flask

from tests.factories.people import Cast
from webapp.core.unread import ReadToTheEnd


class Body(io.RawIOBase):
    """A body on a wire: says how much was taken; may break off."""

    def __init__(self, size: int, breaks_at: int | None = None) -> None:
        self.size, self.taken, self.largest_read, self.breaks_at = size, 0, 0, breaks_at

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        self.largest_read = max(self.largest_read, len(buffer))
        end = self.size if self.breaks_at is None else self.breaks_at
        count = min(len(buffer), end - self.taken)
        self.taken += count
        return count


def refuse(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("401 Unauthorized", [])
    return [b"no"]


def ask(body: Body, largest: int = 10_000_000, **more: str) -> list[bytes]:
    environ = {"CONTENT_LENGTH": str(body.size), "wsgi.input": body, **more}
    return list(ReadToTheEnd(refuse, largest)(environ, lambda *_: None))


def test_a_refused_body_is_read_whole_in_small_pieces() -> None:
    body = Body(3_000_000)
    assert ask(body) == [b"no"]
    assert body.taken == 3_000_000
    assert body.largest_read <= 64 * 1024


@pytest.mark.parametrize(("size", "more"), [(20_000_000, {}), (3_000_000, {"HTTP_EXPECT": "100-continue"})])
def test_what_is_too_large_or_not_yet_sent_is_not_read(size: int, more: dict[str, str]) -> None:
    body = Body(size)
    assert ask(body, **more) == [b"no"]
    assert body.taken == 0


def test_a_sender_who_breaks_off_is_no_fault_of_ours() -> None:
    body = Body(3_000_000, breaks_at=100_000)
    assert ask(body) == [b"no"]
    assert body.taken == 100_000


def test_the_application_is_wrapped_and_reads_bodies_as_before(app: Flask, cast: Cast) -> None:
    body = io.BytesIO(b"x" * 500_000)
    answer = app.test_client().post("/api/v1/imports", input_stream=body, content_length=500_000)
    assert answer.status_code == 401
    assert body.tell() == 500_000
