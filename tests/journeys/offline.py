"""What journeys without a network share: the outbox as the device keeps it, and what the server has of it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

SOON = 20_000
PHONE = {"has_touch": True, "is_mobile": True}
# What waits on the device, whoever wrote it.
ITEMS = """() => new Promise((done) => {
  const opening = indexedDB.open("encours");
  opening.onsuccess = () => {
    const asked = opening.result.transaction("outbox").objectStore("outbox").getAll();
    asked.onsuccess = () => {
      opening.result.close();
      done(asked.result.filter((item) => item.state !== "sent"));
    };
  };
})"""


def api(page: Page, path: str) -> Any:
    return page.evaluate("path => fetch('/api/v1' + path).then(r => r.json())", path)


def invoices(page: Page) -> list[Any]:
    """Two hundred this person sees, or as many as there are."""
    found: list[Any] = api(page, "/invoices?limit=200")["items"]
    return found


def open_invoices(page: Page) -> list[Any]:
    """Invoices with something left on them, of a page of two hundred or of as many as it takes for ten."""
    found: list[Any] = []
    cursor: str | None = ""
    while cursor is not None and len(found) < 10:
        listing = api(page, f"/invoices?limit=200{cursor and '&cursor='}{cursor}")
        found += [
            each for each in listing["items"] if each["open"]["amount"] > 50_000 and each["kind"] == "invoice"
        ]
        cursor = listing["next_cursor"]
    return found


def listed(page: Page, thread_id: str) -> list[Any]:
    """Every message of a thread, in its order."""
    found: list[Any] = []
    after: int | None = 0
    while after is not None:
        answer = api(page, f"/threads/{thread_id}/messages?after_seq={after}&limit=200")
        found += answer["items"]
        after = answer["items"][-1]["seq"] if answer["more"] else None
    return found


def said_in(page: Page, thread_id: str, mark: str) -> list[str]:
    """Messages with this mark, in order of the thread."""
    return [each["body"] for each in listed(page, thread_id) if mark in each["body"]]


def until(ready: Callable[[], bool], what: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.05)


def write(page: Page, text: str) -> None:
    page.fill("#message-body", text)
    page.locator("#composer .for-team[type=submit]").click()


def controlled(page: Page) -> None:
    """The service worker is there, and the scripts of the page."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_load_state("networkidle")


def client_of(page: Page, rank: int) -> Any:
    """One of Bob's clients, those who owe most first; another for each test."""
    found = api(page, "/clients?limit=50")["items"]
    return sorted(found, key=lambda each: -each["outstanding"]["amount"])[rank]


def visits_of(page: Page, client: Any) -> list[Any]:
    found: list[Any] = api(page, f"/visits?client_ref={client['ref']}&limit=50")["items"]
    return found


def sign(page: Page) -> None:
    """With the finger, in the frame."""
    pad = page.locator("canvas.pad")
    pad.scroll_into_view_if_needed()
    box = pad.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + box["height"] * 0.7)
    page.mouse.down()
    for step in range(1, 9):
        page.mouse.move(
            box["x"] + 30 + step * 28, box["y"] + box["height"] * (0.3 if step % 2 else 0.7), steps=3
        )
    page.mouse.up()
    page.wait_for_function("() => document.querySelector('[name=signature]').files.length === 1")


def acknowledge(page: Page, amount: str, signatory: str, capacity: str) -> None:
    """A debt, signed on the screen of a report."""
    page.get_by_role("link", name="Signature").click()
    page.fill("#signed-amount", amount)
    page.fill("#signed-by", signatory)
    page.fill("#signed-as", capacity)
    sign(page)


def keep_portfolio(page: Page) -> None:
    """The worker is there, and the portfolio with its pages."""
    page.goto("/portfolio")
    page.get_by_role("button", name="Mettre à jour").click()
    expect(page.get_by_text("À jour sur cet appareil.")).to_be_visible(timeout=SOON)
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_function(
        "() => caches.match('/portfolio/forms/promise', { cacheName: 'portfolio' })", timeout=SOON
    )
