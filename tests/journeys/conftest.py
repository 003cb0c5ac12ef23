"""Journeys run in a real browser against a real server with its worker and a small demo company."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browsing import put_away
from tests.factories import pictures
from tests.push_service import PushService
from tests.serving import Server
from tests.unkind_proxy import NO_FAULTS, UnkindProxy

SIZES = {"phone": (390, 844), "tablet": (820, 1180), "desktop": (1280, 800)}


@pytest.fixture(scope="session")
def demo_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A served demo company of 60 clients and 900 invoices, with its worker."""
    server = Server(
        tmp_path_factory.mktemp("demo"),
        ENCOURS_ENV="desk",
        SECRET_KEY="journeys",
        EMBED_WORKER="1",
        PUSH_ALLOWED_HOSTS="127.0.0.1:18999",
    )
    server.flask("demo", "load", "--clients", "60", "--invoices", "900", "--seed", "7")
    server.environ["ENCOURS_DEMO"] = "1"
    server.start()
    yield server
    server.stop()


Enter = Callable[..., Page]


@pytest.fixture
def enter(chromium: Browser, demo_server: Server) -> Iterator[Enter]:
    """`enter("bob", size="phone", scheme="dark")` opens a browser, signed in by the demo entry."""
    contexts: list[BrowserContext] = []

    def open_as(
        who: str | None,
        *,
        size: str = "phone",
        scheme: str = "light",
        locale: str = "fr-FR",
        server: Server = demo_server,
        **options: object,
    ) -> Page:
        width, height = SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale=locale,
            timezone_id="Europe/Paris",
            base_url=server.url,
            reduced_motion="reduce",
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        if who is not None:
            page.goto("/sign-in")
            page.click(f"[data-demo='{who}']")
            page.wait_for_url(f"{server.url}/")
        return page

    yield open_as
    for context in contexts:
        put_away(context)


@pytest.fixture
def unkind(demo_server: Server) -> Iterator[UnkindProxy]:
    """Kind to all until `unkind.faults` names what replays may meet, from a seed. It counts these."""
    chance = random.Random(20261125)

    def choose(head: bytes) -> str:
        if not head.startswith(b"POST /api/v1/sync"):
            return "none"
        proxy.replays += 1
        return chance.choice(proxy.faults)

    proxy: Any = UnkindProxy(demo_server.port, choose)
    proxy.faults, proxy.replays = NO_FAULTS, 0
    yield proxy
    proxy.close()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """As a phone takes it: larger than what is kept of it."""
    path = tmp_path / "stock.jpg"
    path.write_bytes(pictures.jpeg(2_400, 1_600))
    return path


# Stands in for the browser maker's push service: headless Chromium can't reach one.
SUBSCRIBE = """
(() => {
  const device = %s;
  const subscription = {
    endpoint: device.endpoint, options: {applicationServerKey: null},
    toJSON: () => device, unsubscribe: async () => true,
  };
  let current = null;
  PushManager.prototype.subscribe = async () => (current = subscription);
  PushManager.prototype.getSubscription = async () => current;
})();
"""


@pytest.fixture(scope="module")
def push() -> Iterator[PushService]:
    with PushService() as service:
        yield service


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, push: PushService) -> Iterator[Server]:
    """A served demo company whose pushes go to the local service."""
    server = Server(
        tmp_path_factory.mktemp("house"),
        ENCOURS_ENV="desk",
        SECRET_KEY="journey",
        EMBED_WORKER="1",
        PUSH_ALLOWED_HOSTS=push.allow,
    )
    server.flask("demo", "load", "--clients", "40", "--invoices", "500", "--seed", "3")
    server.environ["ENCOURS_DEMO"] = "1"
    server.start()
    yield server
    server.stop()
