"""The outbox in a real browser (R3): written without a network, the app killed, all at once, each effect
exactly once; and what a person sees of it: conflicts, somebody else on the device, a session that ended."""

from __future__ import annotations

import contextlib
import re
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from tests.browsing import put_away
from tests.journeys.conftest import Enter
from tests.journeys.offline import ITEMS, SOON, api, controlled, open_invoices, said_in, until, write
from tests.proofs import Figures, size
from tests.serving import Server
from tests.unkind_proxy import FAULTS, NO_FAULTS, SLOW
from webapp.core.clock import today

pytestmark = [pytest.mark.browser, pytest.mark.server]
ACTS, KILLS, REPLAYS, SEED = *size((12, 3), (100, 10)), 3, 20261125
DAY = (today() + timedelta(days=3)).isoformat()

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
POST = """async ([path, said]) => {
  const { csrf_token } = await (await fetch("/api/v1/session")).json();
  const headers = { "Content-Type": "application/json", "X-CSRFToken": csrf_token };
  const answer = await fetch("/api/v1" + path, { method: "POST", headers, body: JSON.stringify(said) });
  return [answer.status, await answer.json()];
}"""


def post(page: Page, path: str, said: dict[str, Any]) -> Any:
    """Done by this person through the API."""
    status, body = page.evaluate(POST, [path, said])
    assert status in (200, 201), body
    return body


def kill(page: Page) -> None:
    """As the system does to an app that it wants the memory of."""
    with contextlib.suppress(Error):
        page.goto("chrome://crash", timeout=3_000)
    with contextlib.suppress(Error):
        put_away(page)


def promise(form: Page, mark: str) -> None:
    form.fill("#f-amount", "10")
    form.fill("#f-promised_on", DAY)
    form.fill("#f-said_by", mark)
    form.get_by_role("button", name="Noter la promesse").click()


def task(form: Page, mark: str) -> None:
    form.fill("#f-text", mark)
    form.fill("#f-due_on", DAY)
    form.get_by_role("button", name="Confier la tâche").click()


def dispute(form: Page, mark: str) -> None:
    form.locator(".chip").first.click()
    form.get_by_text("Une partie seulement").click()
    form.fill("#f-amount", "10")
    form.fill("#f-text", mark)
    form.get_by_role("button", name="Ouvrir le litige").click()


def waiting(context: BrowserContext) -> list[Any]:
    """What the device keeps, seen from a page that sends nothing: nobody is signed in on it."""
    context.set_offline(False)
    page = context.new_page()
    page.goto("/offline")
    found: list[Any] = page.evaluate(ITEMS)
    put_away(page)
    return found


FORMS = ("/threads/{}/promises/new", "/threads/{}/tasks/new", "/invoices/{}/dispute")
FILL = (promise, task, dispute)


@pytest.mark.promise("R3")
@pytest.mark.parametrize("line", size(["unkind"], ["slow", "unkind"]))
def test_acts_written_offline_have_their_effect_once_whatever_happens(
    enter: Enter, unkind: Any, figures: Figures, line: str
) -> None:
    """Written in as many goes as the app is killed, each time while it sends what it has."""
    bob = enter("bob", server=SimpleNamespace(url=unkind.url))
    context, invoice = bob.context, open_invoices(bob)[0 if line == "unkind" else 3]
    thread, mark = invoice["id"], f"hors ligne {SEED}-{time.time_ns()}"
    unkind.faults = FAULTS if line == "unkind" else SLOW
    written: dict[str, Any] = {}
    left = 0
    bob.close()
    for go in range(KILLS):
        talk, form = context.new_page(), context.new_page()
        for page, address in ((talk, f"/invoices/{thread}"), (form, FORMS[go % 3].format(thread))):
            page.goto(address)
            controlled(page)
        context.set_offline(True)
        for number in range(go, ACTS - 3, KILLS):
            write(talk, f"{mark} {go:02} {number:03}")
        kept = talk.locator("[data-pending]", has_text=f"{mark} {go:02} ")
        expect(kept).to_have_count(len(range(go, ACTS - 3, KILLS)), timeout=SOON)
        if go < 3:
            FILL[go](form, mark)
            kept = form.get_by_role("heading", name="Gardé sur cet appareil")
            expect(kept).to_be_visible(timeout=SOON)
        written |= {item["id"]: item for item in talk.evaluate(ITEMS)}
        if go < KILLS - 1:  # the last are left for those who go round the lock
            before = unkind.replays
            context.set_offline(False)
            until(lambda: unkind.replays > before, "a replay")  # noqa: B023
        kill(talk)
        kill(form)
        left += bool(waiting(context))
    assert len(written) == ACTS
    assert left > size(0, 1)  # what was left unsent on purpose, and more

    # All of them once more, by three at once that know nothing of each other, and one of them dies.
    context.set_offline(False)
    lines = [context.new_page() for _each in range(REPLAYS)]
    for page in lines:
        page.goto("/offline")
    for page in lines:
        page.evaluate(REPLAY, [*written.values()])
    kill(lines[0])
    for page in lines[1:]:
        with contextlib.suppress(Error):  # it may have been of the same process
            page.evaluate("() => window.replayed")
    bob = context.new_page()
    bob.goto("/threads")
    until(lambda: not bob.evaluate(ITEMS), "an empty outbox", size(150, 240))

    # Each once; and in the order they were written, but for what went round the lock.
    unkind.faults = NO_FAULTS
    said = [each for each in said_in(bob, thread, mark) if re.search(r" \d\d \d{3}$", each)]
    numbers_of = [(go, number) for go in range(KILLS) for number in range(go, ACTS - 3, KILLS)]
    assert sorted(said) == [f"{mark} {go:02} {number:03}" for go, number in numbers_of]
    orderly = [each for each in said if not each.startswith(f"{mark} {KILLS - 1:02} ")]
    assert orderly == sorted(orderly)
    promises = [each for each in api(bob, "/promises?limit=200")["items"] if each["said_by"] == mark]
    tasks = api(bob, f"/tasks?thread_id={thread}&limit=200")["items"]
    tasks = [each for each in tasks if each["text"] == mark]
    disputes = [each for each in api(bob, "/disputes?limit=200")["items"] if each["text"] == mark]
    assert (len(promises), len(tasks), len(disputes)) == (1, 1, 1)
    assert {each["id"] for each in (*promises, *tasks, *disputes)} <= set(written)
    figures |= {
        "acts": ACTS, "kills": KILLS + 1, "of them with acts unsent": left,
        "replays at once": REPLAYS, "effects": len(said) + 3, "doubled": len(said) - len(set(said)),
        "requests": unkind.replays,
        "of them lost, cut, late or twice": sum(unkind.did.values()) - unkind.did["none"],
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

    money = invoice["open"]
    allocations = [{"invoice_ref": invoice["ref"], "amount": money}]
    paid = {"client_ref": client, "received_on": today().isoformat(), "amount": money}
    post(alice, "/payments", paid | {"allocations": allocations})
    # The kept page loads again by itself once there is a network, and sends.
    bob.context.set_offline(False)
    expect(waiting).to_contain_text("À revoir", timeout=SOON)
    expect(bob.locator(".net")).to_contain_text("1 envoi refusé")
    waiting.get_by_role("button").click()
    both = bob.locator("[data-outbox-target=both]")
    expect(both).to_contain_text("100,00")
    expect(both).to_contain_text("Réglée")
    bob.get_by_role("button", name="Jeter").click()
    bob.get_by_role("button", name="Jeter").click()
    expect(bob.get_by_role("heading", name="Tout est parti")).to_be_visible()


def test_a_dispute_closed_meanwhile_shows_how_it_ended(enter: Enter) -> None:
    alice, desk = enter("alice"), enter("alice", size="desktop")
    contested = {"invoice_ref": open_invoices(alice)[8]["ref"], "reason": "price", "text": "Tarif de 2025"}
    dispute = post(desk, "/disputes", contested)["id"]
    alice.goto(f"/disputes/{dispute}?act=proposal")
    controlled(alice)
    alice.context.set_offline(True)
    alice.fill("#f-amount", "50")
    alice.fill("#f-text", "Un avoir de 50 suffit")
    alice.get_by_role("button", name="Proposer à la finance").click()
    expect(alice.get_by_role("heading", name="Gardé sur cet appareil")).to_be_visible(timeout=SOON)

    post(desk, f"/disputes/{dispute}/withdrawal", {"text": "Le client renonce"})
    alice.context.set_offline(False)
    alice.goto("/outbox")
    line = alice.locator("[data-outbox-target=list] li")
    expect(line).to_contain_text("À revoir", timeout=SOON)
    line.get_by_role("button").click()
    yours, theirs = (alice.locator(f"[data-outbox-target={name}]") for name in ("yours", "theirs"))
    expect(yours).to_contain_text("Un avoir de 50 suffit")
    expect(yours).to_contain_text("50,00")
    expect(theirs).to_contain_text("Retiré")
    expect(theirs).to_contain_text("Le client renonce")


def test_a_page_that_is_answered_while_its_api_is_not_goes_round_once(enter: Enter) -> None:
    alice = enter("alice")
    invoice, refused = open_invoices(alice)[6], list[str]()
    alice.goto(f"/invoices/{invoice['id']}")
    controlled(alice)
    with alice.expect_response("**/links?*"):  # a message that names an invoice: its card is asked for
        write(alice, f"Voir {invoice['ref']}")

    def refuse(route: Route) -> None:
        refused.append(route.request.url)
        route.fulfill(status=401, json={"code": "not_signed_in"})

    alice.route("**/api/v1/threads/**", refuse)
    alice.evaluate("() => location.reload()")
    for _ in range(60):
        if len(refused) >= 2:  # the page that went round was refused, and the one it came to
            break
        alice.wait_for_timeout(500)
    alice.wait_for_timeout(2_000)
    rounds = len(refused)
    alice.evaluate("() => { window.stayed = true; }")
    alice.wait_for_timeout(3_000)  # time enough to go round many times
    assert alice.evaluate("() => window.stayed"), refused
    assert len(refused) == rounds >= 2
    expect(alice.locator("#composer")).to_be_visible()


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

    # She signs out, which wipes what is hers; what is his stays.
    bob.goto("/settings")
    bob.click("text='Se déconnecter'")
    bob.wait_for_url("**/sign-in")
    assert len(bob.evaluate(ITEMS)) == 1

    # Bob again: it leaves by itself.
    bob.goto("/sign-in")
    bob.click("[data-demo='bob']")
    bob.wait_for_url(f"{demo_server.url}/")
    until(lambda: not bob.evaluate(ITEMS), "an empty outbox")
    assert said_in(bob, invoice["id"], text) == [text]
