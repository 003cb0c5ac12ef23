"""A visit from a phone: in three taps; without a network with photo, signature and promise, seen live at
a desk; a draft that comes back with its pieces; a refusal that loses nothing."""

from __future__ import annotations

import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from tests.journeys.offline import (
    ITEMS,
    SOON,
    acknowledge,
    api,
    client_of,
    controlled,
    sign,
    until,
    visits_of,
)
from tests.journeys.test_accessibility import axe_faults, layout_faults
from webapp.core.clock import today

pytestmark = [pytest.mark.browser, pytest.mark.server]
DAY = today() + timedelta(days=3)
DRAFTS = ITEMS.replace('"outbox"', '"drafts"')


def open_report(page: Page, client: Any) -> None:
    """From the client's sheet, once its scripts and the worker are there."""
    page.goto(f"/clients/{client['id']}")
    report = page.locator(".quick").get_by_role("link", name="Visite").get_attribute("href")
    page.goto(str(report))
    controlled(page)


def sound(page: Page) -> None:
    """As it is now, nothing keeps anybody from reading and acting, in both themes."""
    page.evaluate(Axe().axe_script)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert layout_faults(page) + axe_faults(page) == []


def save(page: Page) -> None:
    page.get_by_role("button", name="Enregistrer la visite").click()


def test_a_visit_written_without_a_network_arrives_once_and_is_seen_live(enter: Enter, photo: Path) -> None:
    bob, alice = enter("bob"), enter("alice", size="desktop")
    client, mark = client_of(bob, 0), f"Devanture refaite {time.time_ns()}"
    before = len(visits_of(bob, client))
    open_report(bob, client)
    alice.goto(f"/clients/{client['id']}")
    alice.wait_for_load_state("networkidle")
    alice.evaluate("() => { window.stayed = true; }")

    bob.context.set_offline(True)
    bob.get_by_text("Mal passée").click()
    bob.get_by_text("Rumeur de défaillance").click()
    bob.get_by_text("Promesse de paiement").click()
    bob.fill("#promise-amount", "150")
    bob.fill("#promise-day", DAY.isoformat())
    bob.set_input_files("[data-visit-files-target=photos]", photo)
    expect(bob.locator(".ph__st")).to_contain_text("ko", timeout=SOON)
    bob.fill("#f-met", "Élise Delorme")
    bob.fill("#f-note", mark)
    acknowledge(bob, "1 200", "Élise Delorme", "gérante")
    save(bob)
    expect(bob.get_by_role("heading", name="Visite gardée sur cet appareil")).to_be_visible(timeout=SOON)
    expect(bob.locator(".net")).to_contain_text("1 en attente")
    sound(bob)
    assert len(visits_of(alice, client)) == before

    # What waits is read without a network, with what was chosen in words.
    bob.goto("/outbox")
    bob.locator("[data-outbox-target=list]").get_by_role("button").click(timeout=SOON)
    for words in ("Mal passée", "Rumeur de défaillance", mark, "150,00", "1 200,00", "1 pièce, signature"):
        expect(bob.locator("[data-outbox-target=yours]")).to_contain_text(words)

    bob.context.set_offline(False)
    until(lambda: len(visits_of(alice, client)) > before, "the visit")
    seen = alice.locator("#sheet-seen")
    expect(seen).to_contain_text("Rumeur de défaillance", timeout=SOON)
    expect(alice.locator("#activity")).to_contain_text(mark, timeout=SOON)
    assert alice.evaluate("() => window.stayed")

    until(lambda: not bob.evaluate(ITEMS), "an empty outbox")  # nothing is left that could come again
    mine = [each for each in visits_of(alice, client) if each["note"] == mark]
    assert len(mine) == 1 and len(visits_of(alice, client)) == before + 1
    whole = api(alice, f"/visits/{mine[0]['id']}")
    assert len(whole["attachments"]) == 1
    signed = whole["acknowledgement"]
    assert (signed["words"], signed["signatory"]) == ("mille deux cents euros", "Élise Delorme")
    promise = api(alice, f"/promises/{whole['promise_id']}")
    assert (promise["amount"]["amount"], promise["said_by"]) == (15_000, "Élise Delorme")


def test_three_taps_make_a_visit(enter: Enter) -> None:
    bob = enter("bob")
    client = client_of(bob, 1)
    open_report(bob, client)
    bob.get_by_text("Bien passée").click()
    bob.get_by_text("Bonne nouvelle").click()
    save(bob)
    expect(bob.get_by_role("heading", name="Visite du")).to_be_visible(timeout=SOON)
    expect(bob.locator("#toasts")).to_contain_text("Visite enregistrée")
    expect(bob.locator("main")).to_contain_text("Bonne nouvelle")


def test_a_draft_comes_back_with_its_pieces_and_a_refusal_loses_nothing(enter: Enter, photo: Path) -> None:
    bob = enter("bob")
    client = client_of(bob, 2)
    open_report(bob, client)
    bob.get_by_text("Mitigée").click()
    bob.fill("#f-note", "Le gérant était pressé")
    bob.set_input_files("[data-visit-files-target=photos]", photo)
    bob.get_by_role("link", name="Signature").click()
    sign(bob)
    expect(bob.locator("#visit-kept")).to_contain_text("Brouillon gardé", timeout=SOON)
    until(lambda: any(each["value"]["files"]["signature"] for each in bob.evaluate(DRAFTS)), "the signature")
    bob.reload()
    expect(bob.locator("#f-note")).to_have_value("Le gérant était pressé", timeout=SOON)
    expect(bob.locator("[name=outcome][value=mixed]")).to_be_checked()
    expect(bob.locator(".ph img")).to_be_visible(timeout=SOON)
    bob.wait_for_function("() => document.querySelector('[name=signature]').files.length === 1")

    # Who signs is missing: said at its field, nothing is sent.
    save(bob)
    expect(bob.locator("#said-signed-signatory")).to_contain_text("qui signe", timeout=SOON)
    expect(bob.locator("#signed-by")).to_be_focused()
    sound(bob)
    bob.fill("#signed-by", "Paul Roche")
    bob.fill("#signed-as", "associé")
    # The day promised is over: only the server says so, beside the field, and the photo stays.
    bob.get_by_text("Promesse de paiement").click()
    bob.fill("#promise-amount", "80")
    bob.fill("#promise-day", (today() - timedelta(days=9)).isoformat())
    save(bob)
    expect(bob.locator("#said-promise-promised_on")).to_be_visible(timeout=SOON)
    expect(bob.locator(".ph img")).to_be_visible()
    bob.fill("#promise-day", DAY.isoformat())
    save(bob)
    expect(bob.get_by_role("heading", name="Visite du")).to_be_visible(timeout=SOON)
    expect(bob.locator("main")).to_contain_text("Paul Roche, associé")
    expect(bob.locator("a[data-photo]")).to_have_count(1)
    paper = bob.locator("#visit-signed a.paper")
    expect(paper).to_be_visible(timeout=3 * SOON)  # once the worker has drawn it, without a reload
    sound(bob)
