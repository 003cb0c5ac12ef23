"""One Chromium for the whole suite: two drivers in one process would get in each other's way."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
CLOSE_SECONDS = 10
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]


@pytest.fixture(scope="session")
def playwright_driver() -> Iterator[Playwright]:
    if CHROMIUM is None:
        message = "Chromium is missing (Debian: apt-get install chromium)"
        if os.environ.get("CI") == "true":
            pytest.fail(message)
        pytest.skip(message)
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(playwright_driver: Playwright) -> Iterator[Browser]:
    browser = playwright_driver.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
    yield browser
    put_away(browser)


def put_away(open_thing: Page | BrowserContext | Browser) -> None:
    """Close it. Chromium may never end a page or a context whose worker is going just then: it is left,
    after a while, to the end of the driver, which ends its browsers whatever they do."""
    inner = open_thing._impl_obj
    closing = inner.close(None, None) if isinstance(open_thing, Page) else inner.close(None)
    with contextlib.suppress(TimeoutError):
        open_thing._sync(asyncio.wait_for(closing, CLOSE_SECONDS))
