"""Pages as tests read and send them."""

from __future__ import annotations

import re
from typing import Any

from flask.testing import FlaskClient


def submit(browser: FlaskClient, url: str, data: dict[str, Any] | None = None) -> Any:
    """Post a form the way a page does, with its token."""
    token = re.search(r'name="csrf-token" content="([^"]+)"', browser.get("/").text)
    assert token
    return browser.post(url, data={**(data or {}), "csrf_token": token[1]})


def flat(page: Any) -> str:
    """The page's text with plain spaces."""
    text: str = page.text
    return text.replace("\u202f", " ").replace("\u00a0", " ")
