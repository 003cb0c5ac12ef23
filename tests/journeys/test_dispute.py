"""A photo of damaged goods becomes a dispute of 30 % of an invoice, after-sales answers from a tablet,
finance attaches the credit note: exposure and alert fall, and no screen is loaded again."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.factories import pictures
from tests.journeys.conftest import Enter
from webapp.core.clock import today

pytestmark = [pytest.mark.browser, pytest.mark.server]

PATIENCE = 20_000
CALL = """async ([method, path, body]) => {
  const session = await (await fetch("/api/v1/session")).json();
  const headers = {"X-CSRFToken": session.csrf_token, "Content-Type": "application/json"};
  const answer = await fetch(path, {method, headers, body: body && JSON.stringify(body)});
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
  return answer.json();
}"""


def call(page: Page, method: str, path: str, body: dict[str, object] | None = None) -> dict:
    answer: dict = page.evaluate(CALL, [method, path, body])
    return answer


def money(cents: int) -> dict[str, object]:
    return {"amount": cents, "currency": "EUR"}


def stay(page: Page) -> None:
    """From here on this page must not be loaded again."""
    page.evaluate("() => { window.neverLeft = true; }")


def stayed(page: Page) -> bool:
    return bool(page.evaluate("() => window.neverLeft === true"))


def make_books(alice: Page) -> tuple[str, str]:
    """A client of Bob's that owes 10 000 EUR under a limit of 8 000: ids of client and invoice."""
    day = today()
    values = {"legal_name": "Menuiserie du Parc", "branch": "Lyon", "sales_rep": "bob@encours.demo"}
    client = call(alice, "PUT", "/api/v1/clients/by-ref/C-LITIGE", values)
    written = {
        "client_ref": "C-LITIGE",
        "issued_on": (day - timedelta(days=50)).isoformat(),
        "due_on": (day - timedelta(days=20)).isoformat(),
        "gross": money(1_000_000),
    }
    invoice = call(alice, "PUT", "/api/v1/invoices/by-ref/F-LITIGE", written)
    call(
        alice,
        "POST",
        "/api/v1/limits",
        {"client_ref": "C-LITIGE", "amount": money(800_000), "source": "internal"},
    )
    return str(client["id"]), str(invoice["id"])


def say(page: Page, text: str) -> None:
    page.fill("#message-body", text)
    page.locator("#composer .ib--go[type=submit]:visible").click()


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    path = tmp_path / "panneaux.jpg"
    path.write_bytes(pictures.jpeg(1_600, 1_200))
    return path


def test_damaged_goods_become_a_credit_note_while_everybody_looks(enter: Enter, photo: Path) -> None:
    alice = enter("alice", size="desktop")
    client_id, invoice_id = make_books(alice)
    thread = f"/invoices/{invoice_id}"
    bob, david = enter("bob", size="phone"), enter("david", size="tablet")
    sonia, chloe = enter("sonia", size="desktop"), enter("chloe", size="desktop")
    bob.goto(thread)
    david.goto(thread)
    chloe.goto("/disputes")
    alice.goto(f"/clients/{client_id}")
    gauge = alice.locator("#sheet-gauge")
    expect(gauge).to_contain_text(re.compile(r"2\s000"))  # above the limit by so much
    for page in (alice, chloe, david):
        stay(page)

    # Bob, in the car park: what the client shows him, then a dispute made from it.
    bob.set_input_files("input[name=files]", photo)
    expect(bob.locator(".tray li button.meta")).to_contain_text("ko", timeout=PATIENCE)
    say(bob, "6 panneaux rayés à la livraison, le client retient 30 %.")
    message = bob.locator("article.msg", has_text="6 panneaux rayés")
    seen = david.locator("article.msg", has_text="6 panneaux rayés").locator("img[src*='size=320']")
    expect(seen).to_be_visible(timeout=PATIENCE)
    expect(bob.locator("[data-pending]")).to_have_count(0, timeout=PATIENCE)
    message.locator(".msg__menu > summary").click()
    message.get_by_text("En faire…").click()
    message.get_by_role("link", name="Litige", exact=True).click()
    bob.get_by_text("Qualité", exact=True).click()
    bob.get_by_label("Montant contesté").fill("3000")
    expect(bob.get_by_label("Une partie seulement")).to_be_checked()
    expect(bob.get_by_label("Ce qui s’est passé")).to_have_value(re.compile("panneaux rayés"))
    bob.get_by_role("button", name="Ouvrir le litige").click()
    bob.wait_for_url(re.compile(f"{thread}$"))
    own = bob.locator(".msg--act .dispute")
    expect(own).to_contain_text("Litige · Qualité")
    stay(bob)

    # Everyone sees it come: the resolver in the thread, the branch on its board, the sheet.
    card = david.locator(".msg--act .dispute")
    expect(card).to_contain_text(re.compile(r"3\s000,00"), timeout=PATIENCE)
    expect(david.locator("#thread-strip")).to_contain_text("Litige · Qualité", timeout=PATIENCE)
    expect(chloe.locator("#col-open")).to_contain_text("Menuiserie du Parc", timeout=PATIENCE)
    expect(gauge).to_contain_text("en litige", timeout=PATIENCE)
    assert stayed(david)

    # David proposes from his tablet.
    card.get_by_role("link", name="Proposer un avoir").click()
    david.get_by_label("Ce que vous avez constaté").fill("Palette vue au dépôt : 6 panneaux à reprendre.")
    david.get_by_role("button", name="Proposer à la finance").click()
    expect(david.get_by_text("Avoir proposé à la finance.")).to_be_visible(timeout=PATIENCE)
    stay(david)
    expect(own).to_contain_text("Avoir proposé", timeout=PATIENCE)

    # Sonia establishes the credit note.
    sonia.goto(thread)
    sonia.locator(".msg--act").get_by_role("link", name=re.compile("Établir l’avoir de")).click()
    sonia.get_by_label("Numéro du nouvel avoir").fill("A-LITIGE-1")
    sonia.get_by_role("button", name="Régler le litige").click()
    expect(sonia.get_by_text("Litige réglé par un avoir.")).to_be_visible(timeout=PATIENCE)

    # The dispute closes everywhere, exposure and alert fall, and nobody loaded a page again.
    expect(own).to_contain_text("Réglé par avoir", timeout=PATIENCE)
    expect(bob.locator("#thread-figure")).to_contain_text(re.compile(r"7\s000,00"), timeout=PATIENCE)
    expect(bob.locator(".sys", has_text="Litige réglé par un avoir de")).to_be_visible(timeout=PATIENCE)
    expect(david.locator("#dispute-card")).to_contain_text("Réglé par avoir", timeout=PATIENCE)
    expect(chloe.locator("#col-settled")).to_contain_text("Menuiserie du Parc", timeout=PATIENCE)
    expect(chloe.locator("#col-open")).not_to_contain_text("Menuiserie du Parc")
    expect(gauge).not_to_contain_text("en litige", timeout=PATIENCE)
    expect(gauge).to_contain_text(re.compile(r"1\s000"), timeout=PATIENCE)
    assert all(stayed(page) for page in (alice, bob, chloe, david))
    exposure = call(alice, "GET", f"/api/v1/clients/{client_id}/exposure")
    assert exposure["outstanding"] == money(700_000)
    alerts = call(alice, "GET", f"/api/v1/alerts?client_id={client_id}")["items"]
    assert {each["state"] for each in alerts if each["kind"] == "limit_breach"} == {"closed"}
