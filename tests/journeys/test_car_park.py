"""A round without a network from the very start, on the installed app, and what the desk sees of it once
there is one."""

from __future__ import annotations

import statistics
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.browsing import put_away
from tests.journeys.conftest import Enter
from tests.journeys.offline import (
    ITEMS,
    PHONE,
    SOON,
    acknowledge,
    api,
    client_of,
    keep_portfolio,
    listed,
    until,
    visits_of,
)
from tests.proofs import Figures
from webapp.core.clock import today

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.promise("offline")]
DAY = today() + timedelta(days=4)
KEPT_HERE = "Gardé sur cet appareil"
OPENED = 5  # times
# Milliseconds from opening the app to its first paint, and to the first client on screen.
PAINTED = """() => new Promise((done) => {
  const row = () => document.querySelector("[data-kept-list-target=rows] a")?.getClientRects().length;
  const look = () => {
    const [paint] = performance.getEntriesByName("first-contentful-paint");
    if (row() && paint) done([paint.startTime, performance.now()]);
    else requestAnimationFrame(look);
  };
  look();
})"""


def open_app(context: BrowserContext) -> Page:
    """As its icon does: a page of its own at the start, where nothing answers."""
    page = context.new_page()
    page.goto("/")
    expect(page.locator("[data-kept-list-target=rows] a").first).to_be_visible(timeout=SOON)
    return page


def find_client(page: Page, client: Any) -> None:
    """By its name in the portfolio, to its sheet."""
    page.fill("#kept-search", client["legal_name"])
    page.locator("[data-kept-list-target=rows] a").first.click()
    page.wait_for_url(f"**/clients/{client['id']}")
    expect(page.locator("[data-controller=kept-sheet]")).to_contain_text("Factures ouvertes", timeout=SOON)


def record_visit(page: Page, photo: Path, note: str) -> None:
    """From the sheet: how it went, what was seen, a photo, and a debt signed on the screen."""
    page.locator(".quick").get_by_role("link", name="Visite").click()
    page.wait_for_url("**/visits/new")
    page.get_by_text("Mal passée").click()
    page.get_by_text("Stock haut").click()
    page.set_input_files("[data-visit-files-target=photos]", photo)
    expect(page.locator(".ph__st")).to_contain_text("ko", timeout=SOON)
    page.fill("#f-note", note)
    acknowledge(page, "830", "Marc Tessier", "gérant")
    page.get_by_role("button", name="Enregistrer la visite").click()
    expect(page.get_by_role("heading", name="Visite gardée sur cet appareil")).to_be_visible(timeout=SOON)


def test_a_round_without_a_network_arrives_once_in_order_and_is_seen_live(
    enter: Enter, photo: Path, figures: Figures
) -> None:
    alice, bob = enter("alice", size="desktop"), enter("bob", **PHONE)
    client, mark = client_of(bob, 1), f"Entrepôt vide {time.time_ns()}"
    before = len(visits_of(alice, client))
    keep_portfolio(bob)
    desk, talk = alice, alice.context.new_page()
    desk.goto(f"/clients/{client['id']}")
    talk.goto(f"/clients/{client['id']}/thread")
    for screen in (desk, talk):
        screen.wait_for_load_state("networkidle")
        screen.evaluate("() => { window.stayed = true; }")

    bob.context.set_offline(True)
    bob.close()
    page = open_app(bob.context)
    find_client(page, client)
    record_visit(page, photo, mark)
    page.goto(f"/clients/{client['id']}")
    page.fill("#kept-body", f"{mark} : à surveiller")
    page.get_by_role("button", name="Envoyer").click()
    expect(page.get_by_role("heading", name=KEPT_HERE)).to_be_visible(timeout=SOON)
    page.goto(f"/clients/{client['id']}")
    page.locator(".quick").get_by_role("link", name="Promesse").click()
    page.fill("#f-amount", "317,09")
    page.fill("#f-promised_on", DAY.isoformat())
    page.get_by_role("button", name="Noter la promesse").click()
    expect(page.get_by_role("heading", name=KEPT_HERE)).to_be_visible(timeout=SOON)
    written = [item["name"] for item in sorted(page.evaluate(ITEMS), key=lambda item: item["n"])]
    assert written == ["visit.record", "message.send", "promise.take"]
    assert len(visits_of(alice, client)) == before

    page.context.set_offline(False)
    until(lambda: not page.evaluate(ITEMS), "an empty outbox")
    (visit,) = (each for each in visits_of(alice, client) if each["note"] == mark)
    thread = listed(alice, client["id"])
    (said,) = (each for each in thread if each["body"] == f"{mark} : à surveiller")
    promises = api(alice, f"/promises?client_ref={client['ref']}&limit=200")["items"]
    (promise,) = (each for each in promises if each["amount"]["amount"] == 31_709)
    (card,) = (each for each in thread if each["act"] == {"kind": "promise", "id": promise["id"]})
    assert visit["recorded_at"] <= said["created_at"] and said["seq"] < card["seq"]
    assert len(visits_of(alice, client)) == before + 1
    whole = api(alice, f"/visits/{visit['id']}")
    assert len(whole["attachments"]) == 1 and whole["acknowledgement"]["signatory"] == "Marc Tessier"

    # The desk saw it come, on pages that nobody loaded again.
    expect(desk.locator("#sheet-seen")).to_contain_text("Stock haut", timeout=SOON)
    expect(desk.locator("#activity")).to_contain_text(mark, timeout=SOON)
    expect(talk.locator(".msg", has_text=f"{mark} : à surveiller")).to_have_count(1, timeout=SOON)
    assert desk.evaluate("() => window.stayed") and talk.evaluate("() => window.stayed")
    figures["acts written offline, each arrived once"] = len(written)


def test_the_app_opened_again_without_a_network_shows_the_portfolio(enter: Enter, figures: Figures) -> None:
    bob = enter("bob", **PHONE)
    keep_portfolio(bob)
    bob.context.set_offline(True)
    times = []
    for _ in range(OPENED):
        page = bob.context.new_page()
        page.goto("/")
        times.append(page.evaluate(PAINTED))
        put_away(page)
    painted, listed_at = (statistics.median(each) for each in zip(*times, strict=True))
    figures |= {
        "opened": OPENED,
        "first paint, median ms": round(painted),
        "first client, median ms": round(listed_at),
    }
