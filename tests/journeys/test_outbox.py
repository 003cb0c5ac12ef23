"""The outbox in a real browser (R3): written without a network, the app killed, all at once, each effect
exactly once; and what a person sees of it: conflicts, somebody else on the device, a session that ended."""

from __future__ import annotations

import contextlib
import random
import re
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Error, Page, expect

from tests.journeys.conftest import Enter
from tests.proofs import Figures, size
from tests.serving import Server
from tests.unkind_proxy import FAULTS, UnkindProxy

pytestmark = [pytest.mark.browser, pytest.mark.server]
ACTS, KILLS, REPLAYS, SEED = *size((20, 3), (100, 10)), 3, 20261125
SOON = 20_000
DAY = (date.today() + timedelta(days=3)).isoformat()

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
# All that waits, sent past the lock that keeps pages from sending at once.
REPLAY = """(items) => { window.replayed = (async () => {
  const { csrf_token } = await (await fetch("/api/v1/session")).json();
  for (let at = 0; at < items.length; at += 10) {
    const commands = items.slice(at, at + 10).map(({ id, name, payload }) => ({ id, name, payload }));
    const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
    const body = JSON.stringify({ commands });
    await fetch("/api/v1/sync", { method: "POST", headers, body }).catch(() => null);
  }
})(); }"""
PAY = """async ([client, invoice, money]) => {
  const { csrf_token } = await (await fetch("/api/v1/session")).json();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
  const body = JSON.stringify({
    client_ref: client, received_on: new Date().toISOString().slice(0, 10), amount: money,
    allocations: [{ invoice_ref: invoice, amount: money }],
  });
  return (await fetch("/api/v1/payments", { method: "POST", headers, body })).status;
}"""


def api(page: Page, path: str) -> Any:
    return page.evaluate("path => fetch('/api/v1' + path).then(r => r.json())", path)


def open_invoices(page: Page) -> list[Any]:
    found = api(page, "/invoices?limit=200")["items"]
    return [each for each in found if each["open"]["amount"] > 50_000 and each["kind"] == "invoice"]


def said_in(page: Page, thread_id: str, mark: str) -> list[str]:
    """Messages with this mark, in order of the thread."""
    found: list[str] = []
    after: int | None = 0
    while after is not None:
        answer = api(page, f"/threads/{thread_id}/messages?after_seq={after}&limit=200")
        found += [each["body"] for each in answer["items"] if mark in each["body"]]
        after = answer["items"][-1]["seq"] if answer["more"] else None
    return found


def until(ready: Callable[[], bool], what: str, seconds: float = 90) -> None:
    deadline = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < deadline, f"never came: {what}"
        time.sleep(0.2)


def write(page: Page, text: str) -> None:
    page.fill("#message-body", text)
    page.locator("#composer .for-team[type=submit]").click()


def controlled(page: Page) -> None:
    """The service worker is there, and the scripts of the page."""
    page.evaluate("() => navigator.serviceWorker.ready.then(() => true)")
    page.wait_for_load_state("networkidle")


@pytest.fixture
def unkind(demo_server: Server) -> Iterator[UnkindProxy]:
    """Kind to everything until `unkind.cruel` is set; then unkind to replays, from a seed."""
    chance = random.Random(SEED)
    proxy: Any = UnkindProxy(
        demo_server.port,
        lambda head: chance.choice(FAULTS) if proxy.cruel and b"POST /api/v1/sync" in head else "none",
    )
    proxy.cruel = False
    yield proxy
    proxy.close()


def kill(page: Page) -> None:
    """As the system does to an app that it wants the memory of."""
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=3_000)
    with contextlib.suppress(Error):
        page.close()


@pytest.mark.promise("R3")
def test_acts_written_offline_have_their_effect_once_whatever_happens(
    enter: Enter, unkind: Any, figures: Figures
) -> None:
    bob = enter("bob", server=SimpleNamespace(url=unkind.url))
    context, invoice = bob.context, open_invoices(bob)[0]
    thread, mark = invoice["id"], f"hors ligne {SEED}-{time.time_ns()}"
    pages = {
        "thread": f"/invoices/{thread}",
        "promise": f"/threads/{thread}/promises/new",
        "task": f"/threads/{thread}/tasks/new",
        "dispute": f"/invoices/{thread}/dispute",
    }
    opened = {name: context.new_page() for name in pages}
    for name, page in opened.items():
        page.goto(pages[name])
        controlled(page)

    # Everything is written without a network.
    context.set_offline(True)
    for number in range(ACTS - 3):
        write(opened["thread"], f"{mark} {number:03}")
    expect(opened["thread"].locator("[data-pending]")).to_have_count(ACTS - 3, timeout=SOON)
    opened["promise"].fill("#f-amount", "10")
    opened["promise"].fill("#f-promised_on", DAY)
    opened["promise"].fill("#f-said_by", mark)
    opened["promise"].get_by_role("button", name="Noter la promesse").click()
    opened["task"].fill("#f-text", mark)
    opened["task"].fill("#f-due_on", DAY)
    opened["task"].get_by_role("button", name="Confier la tâche").click()
    opened["dispute"].locator(".chip").first.click()
    opened["dispute"].get_by_text("Une partie seulement").click()
    opened["dispute"].fill("#f-amount", "10")
    opened["dispute"].fill("#f-text", mark)
    opened["dispute"].get_by_role("button", name="Ouvrir le litige").click()
    for name in ("promise", "task", "dispute"):
        expect(opened[name].get_by_role("heading", name="Gardé sur cet appareil")).to_be_visible(timeout=SOON)
    items = bob.evaluate(ITEMS)
    assert len(items) == ACTS

    # The network is back, and bad; the app is killed again and again; the lock is gone round.
    unkind.cruel = True
    context.set_offline(False)
    lines = [context.new_page() for _each in range(REPLAYS)]
    for page in lines:
        page.goto("/threads")
        page.evaluate(REPLAY, items)
    for number in range(KILLS):
        time.sleep(0.3)
        kill([*opened.values(), *lines][number % 3])
        fresh = context.new_page()
        fresh.goto(pages["thread"])
        opened[list(pages)[number % 3]] = fresh
    bob = context.new_page()  # a page may have died with another of its process
    bob.goto("/threads")
    until(lambda: not bob.evaluate(ITEMS), "an empty outbox", size(90, 240))

    # Each once; on one thread in the order they were written, but for what went past the lock.
    unkind.cruel = False
    said = said_in(bob, thread, mark)
    effects = [each for each in said if re.search(r" \d{3}$", each)]
    assert sorted(effects) == [f"{mark} {number:03}" for number in range(ACTS - 3)]
    promises = [each for each in api(bob, "/promises?limit=200")["items"] if each["said_by"] == mark]
    tasks = [
        each for each in api(bob, f"/tasks?thread_id={thread}&limit=200")["items"] if each["text"] == mark
    ]
    disputes = [each for each in api(bob, "/disputes?limit=200")["items"] if each["text"] == mark]
    assert (len(promises), len(tasks), len(disputes)) == (1, 1, 1)
    assert {each["id"] for each in (*promises, *tasks, *disputes)} <= {item["id"] for item in items}
    figures |= {
        "acts": ACTS, "kills": KILLS, "replays at once": REPLAYS, "effects": len(effects) + 3, "doubled": 0,
        "requests lost, cut, late or twice": sum(unkind.did.values()) - unkind.did["none"],
    }  # fmt: skip


def test_a_promise_on_an_invoice_paid_meanwhile_shows_both_sides(enter: Enter) -> None:
    bob, alice = enter("bob"), enter("alice", size="desktop")
    invoice = open_invoices(bob)[1]
    client = api(bob, f"/clients/{invoice['client_id']}")["ref"]
    bob.goto(f"/threads/{invoice['id']}/promises/new")
    controlled(bob)
    bob.context.set_offline(True)
    bob.fill("#f-amount", "100")
    bob.fill("#f-promised_on", DAY)
    bob.get_by_role("button", name="Noter la promesse").click()
    expect(bob.locator(".net")).to_contain_text("1 en attente")

    # The page of the outbox opens without a network, and belongs to Bob.
    bob.goto("/outbox")
    waiting = bob.locator("[data-outbox-target=list] li")
    expect(waiting).to_have_count(1, timeout=SOON)
    expect(waiting).to_contain_text("part au retour du réseau")

    assert alice.evaluate(PAY, [client, invoice["ref"], invoice["open"]]) == 201
    bob.context.set_offline(False)
    bob.goto("/outbox")
    expect(waiting).to_contain_text("À revoir", timeout=SOON)
    expect(bob.locator(".net")).to_contain_text("1 envoi refusé")
    waiting.get_by_role("button").click()
    both = bob.locator("[data-outbox-target=both]")
    expect(both).to_contain_text("100,00")
    expect(both).to_contain_text("Réglée")
    bob.get_by_role("button", name="Jeter").click()
    bob.get_by_role("button", name="Jeter").click()
    expect(bob.get_by_role("heading", name="Tout est parti")).to_be_visible()


def test_what_waits_outlives_a_session_and_belongs_to_one_person(enter: Enter, demo_server: Server) -> None:
    bob = enter("bob")
    invoice, text = open_invoices(bob)[2], f"garde {time.time_ns()}"
    bob.goto(f"/invoices/{invoice['id']}")
    controlled(bob)
    bob.context.set_offline(True)
    write(bob, text)
    expect(bob.locator("[data-pending]")).to_have_count(1, timeout=SOON)

    # The session is gone when the network is back: 401, and the message stays.
    bob.context.clear_cookies()
    bob.context.set_offline(False)
    bob.goto("/sign-in")
    assert len(bob.evaluate(ITEMS)) == 1

    # Alice on the same phone: she sees none of it, and sends none of it.
    bob.click("[data-demo='alice']")
    bob.wait_for_url(f"{demo_server.url}/")
    controlled(bob)
    bob.goto("/outbox")
    expect(bob.get_by_role("heading", name="Tout est parti")).to_be_visible(timeout=SOON)
    assert len(bob.evaluate(ITEMS)) == 1
    assert said_in(bob, invoice["id"], text) == []
    bob.context.clear_cookies()

    # Bob again: it leaves by itself.
    bob.goto("/sign-in")
    bob.click("[data-demo='bob']")
    bob.wait_for_url(f"{demo_server.url}/")
    until(lambda: not bob.evaluate(ITEMS), "an empty outbox")
    assert said_in(bob, invoice["id"], text) == [text]
