"""Every state of the outbox as a person reads it: nothing sticks out or is too small, axe finds nothing."""

from __future__ import annotations

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SIZES, Enter
from tests.journeys.test_accessibility import axe_faults, layout_faults
from webapp.core.clock import today

pytestmark = [pytest.mark.browser, pytest.mark.server]
DAY = (today() + timedelta(days=3)).isoformat()
SEEN = {
    "kind": "invoice",
    "id": "x",
    "title": "Facture F-2026-1187",
    "url": "/invoices",
    "lines": [
        {"label": "Reste à régler", "text": "Réglée"},
        {"label": "Litige en cours", "text": "Prix, 1 200,00 € · Ouvert"},
    ],
}
PROMISED = {"amount": {"amount": 722_000, "currency": "EUR"}, "promised_on": DAY, "said_by": "Élise Delorme"}
PAID = {"code": "nothing_left", "message": "Il n’y a rien à régler sur cette pièce."}
DENIED = {"code": "forbidden", "message": "Votre rôle n’ouvre pas de litige."}
STATES: list[dict[str, Any]] = [
    {
        "name": "message.send",
        "label": "Message : Je repasse demain",
        "payload": {"body": "Je repasse demain"},
    },
    {"name": "message.send", "label": "Message : 3 photos", "state": "sending", "step": {"n": 2, "of": 3}},
    {
        "name": "promise.take",
        "label": "Promesse, F-2026-1187",
        "state": "conflict",
        "payload": PROMISED,
        "now": SEEN,
        "error": PAID,
    },
    {"name": "task.add", "label": "Tâche, F-2026-1187", "after": ["2"], "payload": {"text": "Rappeler"}},
    {"name": "dispute.open", "label": "Litige, F-2026-1190", "state": "refused", "error": DENIED},
    {"name": "task.done", "label": "Tâche faite, F-2026-1188", "state": "sent", "sent_at": "<now>"},
]
KEEP = """([states, user]) => new Promise((done) => {
  const opening = indexedDB.open("encours"), now = new Date().toISOString();
  opening.onsuccess = () => {
    const box = opening.result.transaction("outbox", "readwrite").objectStore("outbox");
    const plain = { user, state: "waiting", payload: {}, made_at: now, url: "/invoices" };
    const kept = states.map((item, n) => ({ ...plain, id: String(n), n, ...item }));
    for (const item of kept) box.put(item.sent_at ? { ...item, sent_at: now } : item);
    box.transaction.oncomplete = () => {
      opening.result.close();
      dispatchEvent(new Event("outbox:changed"));
      done(1);
    };
  };
})"""
# A lock of ours: nothing of this is sent.
LOCK = "() => { navigator.locks.request('encours-outbox', () => new Promise(() => {})); }"


def test_every_state_of_the_outbox_keeps_nobody_from_reading_it(enter: Enter) -> None:
    bob = enter("bob")
    bob.goto("/outbox")
    bob.wait_for_load_state("networkidle")
    bob.evaluate(LOCK)
    bob.evaluate(KEEP, [STATES, bob.get_attribute("meta[name=actor]", "content")])
    lines = bob.locator("[data-outbox-target=list] li")
    expect(lines).to_have_count(5)
    expect(lines.nth(1)).to_contain_text("Envoi, pièce 2 sur 3")
    expect(lines.nth(3)).to_contain_text("attend « Promesse, F-2026-1187 »")
    bob.evaluate(Axe().axe_script)
    faults = look(bob, "list")
    lines.nth(2).get_by_role("button").click()
    expect(bob.get_by_role("heading", name="Promesse, F-2026-1187")).to_be_focused()
    faults += look(bob, "conflict")
    bob.get_by_role("button", name="Corriger").click()
    expect(bob.locator("#edit-amount")).to_have_value("7220")
    faults += look(bob, "edit")
    bob.fill("#edit-amount", "beaucoup")
    bob.get_by_role("button", name="Corriger et envoyer").click()
    expect(bob.locator("#edit-amount-error")).to_contain_text("Indiquez un montant")
    bob.fill("#edit-amount", "100")
    bob.get_by_role("button", name="Corriger et envoyer").click()
    expect(lines.nth(2)).to_contain_text("part au retour du réseau")
    assert faults == []


def look(page: Page, name: str) -> list[str]:
    """What is wrong with it at each width in each theme."""
    faults: list[str] = []
    for (size_name, (width, height)), scheme in product(SIZES.items(), ("light", "dark")):
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        faults += [
            f"{name} {size_name} {scheme}: {fault}" for fault in layout_faults(page) + axe_faults(page)
        ]
    return faults
