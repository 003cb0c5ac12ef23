"""What tests of pages share."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient


@pytest.fixture
def submit() -> Callable[..., object]:
    """Post a form the way a page does, with its token."""

    def post(browser: FlaskClient, url: str, data: dict[str, str] | None = None) -> object:
        token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/").text)
        return browser.post(url, data={**(data or {}), "csrf_token": token[1]})

    return post
