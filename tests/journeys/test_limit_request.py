"""After a visit a rep asks for a limit on a phone; the branch manager's phone rings, and three taps later the
client may be sold to again, on every screen."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.journeys.conftest import SUBSCRIBE, Enter
from tests.journeys.offline import SOON, api, client_of, controlled, until, visits_of
from tests.journeys.test_accessibility import axe_faults, layout_faults
from tests.push_service import PushService
from tests.serving import Server
from webapp.core.clock import today

pytestmark = [pytest.mark.browser, pytest.mark.server]
LATER = today() + timedelta(days=90)
SEND = """async ([method, path, body]) => {
  const { csrf_token } = await (await fetch("/api/v1/session")).json();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
  const answer = await fetch("/api/v1" + path, { method, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
}"""
SHOWN = """async () => (await (await navigator.serviceWorker.ready).getNotifications())
  .map(({ title, body, data }) => ({ title, body, url: data.url }))"""


def deliver(page: Page, payload: dict[str, Any]) -> str:
    """The push event, by the browser's own test interface; where the notification it shows leads."""
    tools = page.context.new_cdp_session(page)
    known: list[str] = []
    tools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: known.extend(each["registrationId"] for each in event["registrations"]),
    )
    tools.send("ServiceWorker.enable")
    while not known:
        page.wait_for_timeout(50)
    origin = page.evaluate("() => location.origin")
    said = {"origin": origin, "registrationId": known[0], "data": json.dumps(payload)}
    tools.send("ServiceWorker.deliverPushMessage", said)
    # Seen in the same look that waits for it: an open page may put a notification away at once.
    shown = page.wait_for_function(f"async () => (await ({SHOWN})())[0] ?? null").json_value()
    assert shown["title"] == payload["title"]
    return str(shown["url"])


def sound(page: Page) -> None:
    """Nothing keeps anybody from reading and acting, in both themes."""
    page.evaluate(Axe().axe_script)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
        assert layout_faults(page) + axe_faults(page) == []


def in_breach(bob: Page, alice: Page) -> Any:
    """One of Bob's clients that owes a little more than its limit allows."""
    client = client_of(bob, -1)
    limit = {"client_ref": client["ref"], "amount": {"amount": 100_000, "currency": "EUR"}}
    alice.evaluate(SEND, ["POST", "/limits", limit])
    invoice = {
        "client_ref": client["ref"], "issued_on": today().isoformat(),
        "due_on": (today() + timedelta(days=30)).isoformat(), "gross": {"amount": 500_000, "currency": "EUR"},
    }  # fmt: skip
    alice.evaluate(SEND, ["PUT", "/invoices/by-ref/F-AU-DELA", invoice])
    return client


def breaches(page: Page, client: Any) -> list[Any]:
    found = api(page, "/alerts?state=open&limit=200")["items"]
    mine = [each for each in found if each["client"]["id"] == client["id"]]
    return [each for each in mine if each["kind"] == "limit_breach"]


def test_a_limit_asked_for_after_a_visit_is_approved_for_less_and_a_time_on_every_screen(
    enter: Enter, house: Server, push: PushService, photo: Path
) -> None:
    bob, alice = enter("bob", server=house), enter("alice", size="desktop", server=house)
    chloe = enter("chloe", server=house, permissions=["notifications"])
    chloe.context.add_init_script(SUBSCRIBE % json.dumps(push.subscribe().as_json()))
    chloe.goto("/settings/notifications")
    chloe.get_by_role("button", name="Recevoir les alertes ici").click()
    expect(chloe.get_by_text("celui-ci")).to_be_visible()
    client = in_breach(bob, alice)
    push.wait_for(1, seconds=30)  # the breach itself
    assert breaches(chloe, client)

    # Bob was there, and took two photos.
    seen = len(visits_of(bob, client))
    bob.goto(f"/clients/{client['id']}/visits/new")
    controlled(bob)
    bob.get_by_text("Bien passée").click()
    bob.set_input_files("[data-visit-files-target=photos]", [photo, photo])
    expect(bob.locator(".ph__st").nth(1)).to_contain_text("ko", timeout=SOON)
    bob.get_by_role("button", name="Enregistrer la visite").click()
    until(lambda: len(visits_of(bob, client)) == seen + 1, "the visit")

    # He asks, with the visit as evidence.
    bob.goto(f"/clients/{client['id']}/limit-requests/new")
    bob.wait_for_load_state("networkidle")
    bob.fill("#f-amount", "18 000")
    bob.fill("#f-reason", "Chantier de l’école, payé par la mairie.")
    bob.locator("label.tick", has_text="Visite du").click()
    before = len(push.received)
    bob.get_by_role("button", name="Envoyer la demande").click()
    expect(bob.get_by_text("Demande envoyée à qui peut l’accorder.")).to_be_visible(timeout=SOON)
    asked = bob.url

    # Chloe's phone rings, without a name or an amount; the notification leads to the request.
    rung = push.wait_for(before + 1, seconds=30)[-1]
    assert rung.payload["kind"] == "limit_asked"
    assert str(client["legal_name"]) not in json.dumps(rung.payload, ensure_ascii=False)
    chloe.goto("/")
    controlled(chloe)
    chloe.goto(deliver(chloe, rung.payload))
    assert chloe.url.split("?")[0] == asked
    chloe.wait_for_load_state("networkidle")
    evidence = chloe.locator(".ev", has_text="Visite du")
    expect(evidence).to_contain_text("2 pièces jointes")
    expect(evidence.locator("img")).to_have_js_property("complete", True)
    sound(chloe)

    # Everybody else watches.
    sheet = bob.context.new_page()
    sheet.goto(f"/clients/{client['id']}")
    alice.goto(f"/clients/{client['id']}")
    for page in (bob, sheet, alice):
        page.wait_for_load_state("networkidle")
        page.evaluate("() => { window.stayed = true; }")

    # She approves, less and for three months; the button says what she is about to do.
    chloe.get_by_role("link", name="Accorder").click()
    chloe.locator(".granting label.chip", has_text="Autre").first.click()
    chloe.fill(".granting [name=amount]", "15 000")
    chloe.locator(".granting label.chip", has_text="Autre date").click()
    chloe.fill(".granting [name=ends_on]", LATER.isoformat())
    sound(chloe)
    chloe.locator(".granting button[type=submit]", has_text="Accorder 15").click()
    expect(chloe.get_by_text("Plafond accordé.")).to_be_visible(timeout=SOON)

    # The rep's screen and the client sheet follow, and the alert is closed.
    expect(bob.locator(".tag", has_text="Accordé").first).to_be_visible(timeout=SOON)
    for page in (sheet, alice):
        expect(page.get_by_text("15 000").first).to_be_visible(timeout=SOON)
    for page in (bob, sheet, alice):
        assert page.evaluate("() => window.stayed")
    assert breaches(chloe, client) == []
    limit = api(alice, f"/limits?client_ref={client['ref']}")["items"][0]
    assert (limit["amount"]["amount"], limit["ends_on"]) == (1_500_000, LATER.isoformat())
