"""Reading without a network in a real browser: the portfolio on the device, and how it goes from there."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.offline import PHONE, SOON, api, keep_portfolio
from tests.journeys.test_accessibility import EVERYTHING, SMALL, WIDER
from webapp.core.clock import today

pytestmark = [pytest.mark.browser, pytest.mark.server]
DAY = (today() + timedelta(days=3)).isoformat()
IBAN = "FR1420041010050500013M02606"

# Everything a person who holds the device could read: each store of the database, each kept answer.
KEPT = """async () => {
  const db = await new Promise((done) => {
    const opening = indexedDB.open("encours");
    opening.onsuccess = () => done(opening.result);
  });
  const stores = {};
  for (const name of db.objectStoreNames) {
    stores[name] = await new Promise((done) => {
      const asked = db.transaction(name).objectStore(name).getAll();
      asked.onsuccess = () => done(asked.result);
    });
  }
  db.close();
  const pages = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) {
      const path = new URL(request.url).pathname;
      if (!path.startsWith("/static/")) pages[name + " " + path] = await (await cache.match(request)).text();
    }
  }
  return { stores, pages };
}"""
WRITE = """async ([path, body]) => {
  const { csrf_token } = await (await fetch("/api/v1/session")).json();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
  return (await fetch("/api/v1" + path, { method: "POST", headers, body: JSON.stringify(body) })).status;
}"""


def kept(page: Page) -> dict[str, Any]:
    found: dict[str, Any] = page.evaluate(KEPT)
    return found


def clients_on(page: Page) -> list[Any]:
    return [each for each in kept(page)["stores"].get("read", []) if "/client/" in each["key"]]


def until(page: Page, ready: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON / 1000
    while not ready():
        assert time.monotonic() < deadline, kept(page)["stores"]
        page.wait_for_timeout(200)


def reachable(page: Page) -> None:
    """axe finds nothing, a finger finds everything, nothing sticks out."""
    found = Axe().run(page, options=EVERYTHING).response["violations"]
    assert [(each["id"], [node["html"][:120] for node in each["nodes"]]) for each in found] == []
    assert page.evaluate(SMALL) == [] and page.evaluate(WIDER) == []


def nothing_is_left(page: Page) -> None:
    """The read cache is empty, and no page was kept for anybody."""
    until(page, lambda: not kept(page)["stores"].get("read"))
    assert not any(name.startswith("portfolio ") for name in kept(page)["pages"])


def test_a_rep_without_network_finds_a_client_reads_it_and_writes(enter: Enter) -> None:
    alice = enter("alice", size="desktop")
    bob = enter("bob", **PHONE)
    client = max(api(bob, "/clients?limit=200")["items"], key=lambda each: each["overdue"]["amount"])
    bank = {"holder": "Delorme", "iban": IBAN, "bic": "PSSTFRPPLIL"}
    assert alice.evaluate(WRITE, [f"/clients/{client['id']}/bank-accounts", bank]) == 201
    said = {"client_id": client["id"], "body": f"Virement attendu sur {IBAN}"}
    assert bob.evaluate(WRITE, [f"/threads/{client['id']}/messages", said]) == 201
    keep_portfolio(bob)
    assert {each["value"]["id"] for each in clients_on(bob)} >= {client["id"]}

    # From the start without a network: the app is opened again in a car park.
    bob.context.set_offline(True)
    page = bob.context.new_page()
    page.goto("/")
    rows = page.locator("[data-kept-list-target=rows] a")
    expect(rows.first).to_be_visible(timeout=SOON)
    expect(page.locator("[data-kept-list-target=since]")).to_contain_text("Chiffres de")
    page.fill("#kept-search", client["legal_name"].upper())
    expect(rows).to_have_count(1)
    rows.first.click()
    page.wait_for_url(f"**/clients/{client['id']}")
    sheet = page.locator("[data-controller=kept-sheet]")
    expect(sheet.get_by_text("Chiffres de")).to_be_visible(timeout=SOON)
    expect(sheet).to_contain_text("Factures ouvertes")
    expect(sheet).to_contain_text("Virement attendu sur ••••")
    answered = page.evaluate("() => performance.getEntriesByType('navigation')[0].responseStart")
    assert answered < 5_000, answered  # not a measure: that it does not wait for a network that is not there
    reachable(page)

    # An invoice, and back; a promise and a word to the team wait in the outbox.
    sheet.locator("[data-rows=invoices] a").first.click()
    expect(sheet).to_contain_text("Reste à régler", timeout=SOON)
    page.goto(f"/threads/{client['id']}/promises/new")
    page.fill("#f-amount", "251,37")
    page.fill("#f-promised_on", DAY)
    page.get_by_role("button", name="Noter la promesse").click()
    expect(page.get_by_role("heading", name="Gardé sur cet appareil")).to_be_visible(timeout=SOON)
    page.goto(f"/clients/{client['id']}")
    page.fill("#kept-body", "Vu le gérant")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("heading", name="Gardé sur cet appareil")).to_be_visible(timeout=SOON)
    waiting = [each["name"] for each in kept(page)["stores"]["outbox"]]
    assert sorted(waiting) == ["message.send", "promise.take"]

    # What is here names no account; all arrives once the network is back.
    everything = json.dumps(kept(page), ensure_ascii=False)
    assert not any(secret in everything for secret in (IBAN, IBAN[4:14], "PSSTFRPP"))
    bob.context.set_offline(False)
    page.goto("/outbox")
    expect(page.get_by_role("heading", name="Tout est parti")).to_be_visible(timeout=SOON)
    promised = api(page, "/promises?limit=200")["items"]
    assert [each["promised_on"] for each in promised if each["amount"]["amount"] == 25_137] == [DAY]

    # Signed out, nothing of it is left to read.
    page.goto("/settings")
    page.get_by_role("button", name="Se déconnecter").first.click()
    page.wait_for_url("**/sign-in*")
    nothing_is_left(page)


def test_a_session_that_ended_empties_the_device(enter: Enter) -> None:
    bob = enter("bob", **PHONE)
    keep_portfolio(bob)
    bob.context.clear_cookies()
    bob.goto("/clients")
    expect(bob).to_have_url(re.compile("/sign-in"))
    nothing_is_left(bob)


def test_a_photo_shared_from_another_app_goes_into_a_conversation(enter: Enter) -> None:
    bob = enter("bob", **PHONE)
    bob.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    bob.reload()  # under the worker
    shared = bob.evaluate(
        """async () => {
          const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 30 });
          const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg"));
          const form = new FormData();
          form.append("files", new File([blob], "palette.jpg", { type: "image/jpeg" }));
          return (await fetch("/share", { method: "POST", body: form })).url;
        }"""
    )
    assert shared.endswith("/share")
    bob.goto("/share")
    expect(bob.get_by_text("palette.jpg")).to_be_visible(timeout=SOON)
    reachable(bob)
    bob.locator("[data-share-thread-param]").first.click()
    expect(bob.locator("[data-attachments-target=tray]")).to_contain_text("palette.jpg", timeout=SOON)
