"""The main job: an import raises a breach, the rep's phone rings, two people settle it in the
invoice's thread, one of them loses the network and comes back with every message once, in order."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsing import put_away
from tests.journeys.conftest import SIZES, SUBSCRIBE
from tests.push_service import Device, PushService
from tests.serving import Server
from webapp.core.clock import today

pytestmark = [pytest.mark.browser, pytest.mark.server]


@pytest.fixture
def contexts(chromium: Browser) -> Iterator[list[BrowserContext]]:
    opened: list[BrowserContext] = []
    yield opened
    for context in opened:
        put_away(context)


def enter(
    chromium: Browser, contexts: list[BrowserContext], house: Server, who: str, size: str, script: str = ""
) -> Page:
    width, height = SIZES[size]
    context = chromium.new_context(
        viewport={"width": width, "height": height}, locale="fr-FR", timezone_id="Europe/Paris",
        base_url=house.url, permissions=["notifications"],
    )  # fmt: skip
    contexts.append(context)
    if script:
        context.add_init_script(script)
    page = context.new_page()
    page.goto("/sign-in")
    page.click(f"[data-demo='{who}']")
    page.wait_for_url(f"{house.url}/")
    return page


def api(page: Page, path: str) -> dict[str, object]:
    answer: dict[str, object] = page.evaluate("path => fetch(path).then(r => r.json())", path)
    return answer


def calm_client(page: Page) -> dict[str, object]:
    """One of my clients with a limit and plenty of room."""
    clients = api(page, "/api/v1/clients?limit=200")["items"]
    calm = [each for each in clients if each["limit"] and (each["utilisation"] or 0) < 45]  # type: ignore[attr-defined,index]
    assert calm, "the demo gives Bob no client with room under the limit"
    return calm[0]  # type: ignore[no-any-return]


def write_csv(path: Path, client: dict[str, object]) -> str:
    """An export of the sales system: one invoice, larger than the whole limit."""
    limit: int = client["limit"]["amount"]  # type: ignore[index]
    day = today()
    euros = f"{limit // 100 + 1000},00"
    due = day + timedelta(days=30)
    path.write_text(
        "NO_PIECE;CT_NUM;DATE_PIECE;DATE_ECH;MT_TTC\n"
        f"F-RUPTURE-1;{client['ref']};{day:%d/%m/%Y};{due:%d/%m/%Y};{euros}\n",
        encoding="utf-8",
    )
    return "F-RUPTURE-1"


def bodies(page: Page) -> list[str]:
    """What each message on the screen says, from top to bottom."""
    return page.locator("article.msg .bub__txt").all_inner_texts()


def say(page: Page, text: str) -> None:
    page.fill("#message-body", text)
    page.locator("#composer .for-team[type=submit]").click()


@pytest.mark.promise("R23")
def test_an_import_rings_the_rep_and_two_people_settle_it_through_a_lost_network(
    chromium: Browser, contexts: list[BrowserContext], house: Server, push: PushService, tmp_path: Path
) -> None:
    phone: Device = push.subscribe()
    bob = enter(chromium, contexts, house, "bob", "phone", SUBSCRIBE % json.dumps(phone.as_json()))
    alice = enter(chromium, contexts, house, "alice", "desktop")

    # Bob lets this phone ring.
    bob.goto("/settings/notifications")
    bob.get_by_role("button", name="Recevoir les alertes ici").click()
    expect(bob.get_by_text("celui-ci")).to_be_visible()
    client = calm_client(bob)
    bob.goto("/")

    # Alice imports what the sales system gave her.
    ref = write_csv(tmp_path / "export.csv", client)
    alice.goto("/imports")
    alice.set_input_files("input[type=file]", str(tmp_path / "export.csv"))
    alice.get_by_role("button", name="Contrôler le fichier").click()
    alice.get_by_role("button", name=re.compile(r"Importer 1 ligne")).click(timeout=30_000)

    # Bob's phone rings, names nobody and no amount; his open page says it too.
    rung = push.wait_for(1, seconds=30)[0]
    assert rung.device is phone
    assert rung.faults == []
    said = json.dumps(rung.payload, ensure_ascii=False)
    assert str(client["legal_name"]) not in said
    assert str(client["ref"]) not in said
    assert rung.payload["kind"] == "limit_breach"
    expect(bob.get_by_text(str(client["trade_name"] or client["legal_name"])).first).to_be_visible()

    # A tap on the notification opens the alert; from there to the invoice's thread.
    bob.goto(rung.payload["url"])
    invoice = api(bob, f"/api/v1/invoices/by-ref/{ref}")
    bob.goto(f"/invoices/{invoice['id']}")
    alice.goto(f"/invoices/{invoice['id']}")
    say(bob, "Je passe les voir cet après-midi.")
    expect(alice.locator("article.msg", has_text="Je passe les voir cet après-midi.")).to_be_visible()
    say(alice, "Merci Bob. Demandez un acompte avant toute livraison.")
    expect(bob.locator("article.msg", has_text="Demandez un acompte")).to_be_visible()

    # In the car park the network is gone: what Bob writes waits, what Alice writes he misses.
    bob.context.set_offline(True)
    say(bob, "Ils promettent 4 000 € vendredi.")
    say(bob, "Le gérant confirme par écrit.")
    expect(bob.locator("article.msg--wait")).to_have_count(2)
    for number in range(1, 4):
        say(alice, f"Note de finance {number}.")
    expect(alice.locator("article.msg", has_text="Note de finance 3.")).to_be_visible()
    expect(alice.locator("article.msg--wait")).to_have_count(0)

    # Back on the network: everything once, in one order for both.
    bob.context.set_offline(False)
    expect(bob.locator("article.msg--wait")).to_have_count(0, timeout=30_000)
    expect(bob.locator("article.msg")).to_have_count(7)
    expect(alice.locator("article.msg")).to_have_count(7)
    wanted = [
        "Je passe les voir cet après-midi.",
        "Merci Bob. Demandez un acompte avant toute livraison.",
        "Note de finance 1.",
        "Note de finance 2.",
        "Note de finance 3.",
        "Ils promettent 4 000 € vendredi.",
        "Le gérant confirme par écrit.",
    ]
    assert [" ".join(text.split()) for text in bodies(bob)] == wanted
    assert bodies(alice) == bodies(bob)

    # Alice takes note of the alert by name; Bob's list follows.
    bob.goto("/alerts")
    alice.goto("/alerts")
    name = str(client["trade_name"] or client["legal_name"])
    card = (
        alice.locator("li, article", has_text=name)
        .filter(has=alice.get_by_role("button", name="Acquitter"))
        .last
    )
    card.get_by_role("button", name="Acquitter").first.click()
    expect(bob.get_by_text(re.compile("Alice Roux|Alice R")).first).to_be_visible(timeout=15_000)


@pytest.mark.promise("R7")
def test_who_signs_out_or_is_disabled_hears_nothing_more_in_the_open_page(
    chromium: Browser, contexts: list[BrowserContext], house: Server
) -> None:
    bob = enter(chromium, contexts, house, "bob", "phone")
    chloe = enter(chromium, contexts, house, "chloe", "desktop")
    alice = enter(chromium, contexts, house, "alice", "desktop")
    invoice = api(bob, "/api/v1/invoices?limit=1")["items"][0]  # type: ignore[index]
    for page in (bob, chloe, alice):
        page.goto(f"/invoices/{invoice['id']}")
    say(alice, "Tout le monde lit ceci.")
    for page in (bob, chloe):
        expect(page.locator("article.msg", has_text="Tout le monde lit ceci.")).to_be_visible()

    # Bob signs out in another tab; Chloé's account is closed from the command line.
    other = bob.context.new_page()
    other.goto("/settings")
    other.evaluate(
        """async () => {
          const { csrf_token } = await (await fetch("/api/v1/session")).json();
          await fetch("/sign-out", { method: "POST", headers: { "X-CSRFToken": csrf_token } });
        }"""
    )
    house.flask("users", "disable", "--email", "chloe@encours.demo")
    for page in (bob, chloe):
        expect(page).to_have_url(re.compile("/sign-in"), timeout=15_000)

    say(alice, "Ceci reste entre nous.")
    expect(alice.locator("article.msg--wait")).to_have_count(0)
    for page in (bob, chloe):
        assert "Ceci reste entre nous." not in page.content()
