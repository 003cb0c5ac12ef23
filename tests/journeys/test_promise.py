"""Words become an act: a message is made a promise to pay, and the payment that keeps it turns its card on
every screen, without a reload."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.journeys.conftest import Enter
from webapp.core.clock import today

pytestmark = [pytest.mark.browser, pytest.mark.server]

PAY = """
async ([client, invoice, amount, day]) => {
  const session = await (await fetch("/api/v1/session")).json();
  const money = { amount, currency: "EUR" };
  const answer = await fetch("/api/v1/payments", {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-CSRFToken": session.csrf_token },
    body: JSON.stringify({
      client_ref: client, received_on: day, amount: money,
      allocations: [{ invoice_ref: invoice, amount: money }],
    }),
  });
  return answer.status;
}
"""


def api(page: Page, path: str) -> Any:
    return page.evaluate("path => fetch(path).then(r => r.json())", path)


def open_invoice(page: Page) -> tuple[Any, str]:
    """An invoice with something left to pay, and its client's reference."""
    found = api(page, "/api/v1/invoices?limit=200")["items"]
    invoice = next(each for each in found if each["open"]["amount"] > 10_000 and each["kind"] == "invoice")
    return invoice, api(page, f"/api/v1/clients/{invoice['client_id']}")["ref"]


def test_a_message_becomes_a_promise_and_a_payment_keeps_it_on_every_screen(enter: Enter) -> None:
    bob, alice = enter("bob"), enter("alice", size="desktop")
    invoice, client = open_invoice(bob)
    path, cents = f"/invoices/{invoice['id']}", 10_000
    day = today() + timedelta(days=3)

    # Bob says it, and makes it a promise; the form is filled from his words.
    bob.goto(path)
    bob.fill("#message-body", f"Élise règle 100 € le {day:%d/%m/%Y}")
    bob.locator("#composer .for-team[type=submit]").click()
    message = bob.locator("article.msg--me[data-id]").filter(has_text="Élise règle 100 €").last
    expect(message.locator("time")).to_be_visible()
    message.locator(".msg__menu > summary").click()
    message.get_by_text("En faire…").click()
    message.get_by_role("link", name="Promesse").click()
    expect(bob.locator("#f-amount")).to_have_value("100")
    expect(bob.locator("#f-promised_on")).to_have_value(day.isoformat())
    bob.fill("#f-said_by", "Élise Delorme")
    bob.get_by_role("button", name="Noter la promesse").click()

    # Both see its card.
    alice.goto(path)
    cards = [page.locator(".act-card").filter(has_text="dit par Élise Delorme") for page in (bob, alice)]
    for card in cards:
        expect(card).to_contain_text("Attendue")
    for page in (bob, alice):
        page.evaluate("() => { window.stayed = true; }")

    # The money comes in: the cards change, and the thread says what is left, without a reload.
    assert alice.evaluate(PAY, [client, invoice["ref"], cents, today().isoformat()]) == 201
    for page, card in zip((bob, alice), cards, strict=True):
        expect(card).to_contain_text("Tenue", timeout=15_000)
        expect(page.locator(".sys").filter(has_text="Règlement reçu").last).to_be_visible()
        assert page.evaluate("() => window.stayed")


def test_a_task_is_done_from_its_card_without_a_script(enter: Enter) -> None:
    bob = enter("bob", java_script_enabled=False)
    bob.goto("/invoices")
    bob.goto(str(bob.locator("a[href^='/invoices/0']").first.get_attribute("href")))
    bob.fill("#message-body", "Élise Delorme attend un rappel.")
    bob.get_by_role("button", name="Envoyer à l’équipe").click()
    said = bob.locator(".msg", has_text="Élise Delorme attend un rappel.")
    said.locator(".msg__menu > summary").click()
    said.get_by_text("En faire…").click()
    said.get_by_role("link", name="Tâche").click()
    bob.fill("#f-text", "Rappeler Élise Delorme")
    bob.fill("#f-due_on", today().isoformat())
    bob.get_by_role("button", name="Confier la tâche").click()
    card = bob.locator(".act-card").filter(has_text="Rappeler Élise Delorme")
    expect(card).to_contain_text("Aujourd’hui")
    card.get_by_role("button", name="Faite").click()
    expect(bob.locator(".act-card").filter(has_text="Rappeler Élise Delorme")).to_contain_text("faite par")
