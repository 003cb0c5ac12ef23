"""A message leaves at once where there is a line, by the outbox where there is none, and is never lost:
not on a device whose clock is wrong, nor on one that has no room left, nor with the page closed."""

from __future__ import annotations

import re
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from playwright.sync_api import Page, Request, Route, expect

from tests.journeys.conftest import Enter
from tests.journeys.offline import (
    ITEMS,
    SOON,
    controlled,
    invoices,
    listed,
    said_in,
    until,
    write,
)
from tests.proofs import Figures, size
from tests.serving import Server
from tests.unkind_proxy import FAULTS, NO_FAULTS
from webapp.core.clock import today

pytestmark = [pytest.mark.browser, pytest.mark.server]
MESSAGES = size(20, 100)
# Where the browser has registered its worker: the network is back and no page is open.
WORKER = "ServiceWorker.workerRegistrationUpdated"


def in_thread(page: Page, thread: str) -> None:
    """The page of a thread whose live connection stands."""
    page.goto(f"/invoices/{thread}")
    controlled(page)
    write(page, mark := f"là {time.time_ns()}")
    until(lambda: not page.evaluate(ITEMS) and bool(said_in(page, thread, mark)), "a connection")


# How often a message on screen was taken away for another drawing of it.
REDRAWN = """() => {
  window.redrawn = 0;
  const gone = (change) => [...change.removedNodes].filter((node) => node.dataset?.id).length;
  new MutationObserver((changes) => changes.forEach((change) => { window.redrawn += gone(change); }))
    .observe(document.querySelector("[data-thread-target=talk]"), { childList: true });
}"""

TELL_AGAIN = """(thread) => fetch(`/api/v1/threads/${thread}/messages?limit=1`).then(async (answer) => {
  const again = new CustomEvent("message:changed", { detail: (await answer.json()).items[0] });
  document.querySelector("[data-controller~=thread]").dispatchEvent(again);
})"""


def test_ones_own_message_told_twice_stays_on_screen_with_its_menu_open(enter: Enter) -> None:
    bob = enter("bob")
    in_thread(bob, thread := invoices(bob)[23]["id"])
    bob.evaluate(REDRAWN)
    write(bob, mark := f"deux fois {time.time_ns()}")
    mine = bob.locator("article.msg--me[data-id]", has_text=mark)
    mine.locator(".msg__menu > summary").click()
    bob.evaluate(TELL_AGAIN, thread)
    expect(mine.get_by_text("En faire…")).to_be_visible()
    assert bob.evaluate("() => window.redrawn") == 0


@pytest.mark.promise("R3")
def test_messages_through_sockets_that_are_cut_arrive_once_in_order(
    enter: Enter, unkind: Any, figures: Figures
) -> None:
    bob = enter("bob", server=SimpleNamespace(url=unkind.url))
    thread, mark, asked = invoices(bob)[24]["id"], f"coupé {time.time_ns()}", list[Request]()
    in_thread(bob, thread)
    bob.on("request", lambda request: asked.append(request) if "/api/v1/sync" in request.url else None)

    # With a line nothing waits: it is on screen at once, on the device, and then neither here nor there.
    write(bob, f"{mark} 000")
    assert bob.locator(".msg", has_text=f"{mark} 000").count() == 1
    expect(bob.locator("[data-pending]")).to_have_count(0, timeout=SOON)
    until(lambda: not bob.evaluate(ITEMS), "an empty outbox")
    assert asked == [] and said_in(bob, thread, mark) == [f"{mark} 000"]

    # The server has it and its answer is lost; the line is cut; the requests that follow fare no better.
    unkind.faults = FAULTS
    for number in range(1, MESSAGES):
        unkind.mute = number % 4 == 1
        write(bob, f"{mark} {number:03}")
        if number % 4 == 2:
            unkind.cut()
    unkind.cut()
    unkind.mute = False
    until(lambda: not bob.evaluate(ITEMS), "an empty outbox", size(150, 300))
    unkind.faults = NO_FAULTS
    wanted = [f"{mark} {number:03}" for number in range(MESSAGES)]
    stored = said_in(bob, thread, mark)
    assert stored == wanted
    expect(bob.locator("[data-pending]")).to_have_count(0, timeout=SOON)
    assert bob.locator(".bub__txt", has_text=mark).all_inner_texts() == wanted
    doubled = len(stored) - len(set(stored))
    figures |= {
        "messages": MESSAGES,
        "sockets cut": unkind.did["cut"],
        "replays": len(asked),
        "doubled": doubled,
    }


def test_a_clock_that_is_a_day_wrong_changes_neither_the_order_nor_the_hour(enter: Enter) -> None:
    bob = enter("bob")
    thread, mark = invoices(bob)[25]["id"], f"montre {time.time_ns()}"
    in_thread(bob, thread)
    bob.context.set_offline(True)
    days = {"demain": 1, "hier": -1, "aujourd’hui": 0}
    for name, wrong in days.items():
        bob.clock.set_system_time(datetime.now(UTC) + timedelta(days=wrong))
        write(bob, f"{mark} {name}")
        expect(bob.locator("[data-pending]", has_text=name)).to_be_visible()
    bob.clock.set_system_time(datetime.now(UTC) + timedelta(days=1))
    bob.context.set_offline(False)
    until(lambda: not bob.evaluate(ITEMS), "an empty outbox")
    found = [each for each in listed(bob, thread) if mark in each["body"]]
    assert [each["body"] for each in found] == [f"{mark} {name}" for name in days]
    at = [datetime.fromisoformat(each["created_at"]) for each in found]
    assert all(abs(datetime.now(UTC) - each) < timedelta(minutes=5) for each in at)


def test_a_device_without_room_loses_no_words(enter: Enter, demo_server: Server) -> None:
    bob = enter(None)
    bob.goto("/sign-in")
    controlled(bob)  # the worker has its files
    room(bob, demo_server, 1)
    bob.click("[data-demo='bob']")
    bob.wait_for_url(f"{demo_server.url}/")
    thread, mark = invoices(bob)[26]["id"], f"plein {time.time_ns()}"
    in_thread(bob, thread)
    form = bob.context.new_page()
    form.goto(f"/threads/{thread}/tasks/new")
    controlled(form)

    # With a line it leaves all the same.
    write(bob, f"{mark} un")
    until(lambda: said_in(bob, thread, mark) == [f"{mark} un"], "the message")
    expect(bob.locator("[data-pending]")).to_have_count(0, timeout=SOON)

    # Without, the words come back to where they were written, and say what to do.
    bob.context.set_offline(True)
    write(bob, f"{mark} deux")
    expect(bob.locator("#toasts")).to_contain_text("plus de place", timeout=SOON)
    expect(bob.locator("#message-body")).to_have_value(f"{mark} deux")
    expect(bob.locator("[data-pending]")).to_have_count(0)
    form.fill("#f-text", mark)
    form.fill("#f-due_on", (today() + timedelta(days=3)).isoformat())
    form.get_by_role("button", name="Confier la tâche").click()
    expect(form.locator("#toasts")).to_contain_text("plus de place", timeout=SOON)
    expect(form.locator("#f-text")).to_have_value(mark)

    # They outlive a reload, and leave once.
    bob.context.set_offline(False)
    bob.reload()
    controlled(bob)
    expect(bob.locator("#message-body")).to_have_value(f"{mark} deux", timeout=SOON)
    room(bob, demo_server, None)
    bob.locator("#composer .for-team[type=submit]").click()
    until(lambda: said_in(bob, thread, mark) == [f"{mark} un", f"{mark} deux"], "both messages")


def room(page: Page, server: Server, most: int | None) -> None:
    """How many bytes the device gives to this site; None: as it was."""
    quota = {"origin": server.url} | ({} if most is None else {"quotaSize": most})
    page.context.new_cdp_session(page).send("Storage.overrideQuotaForOrigin", quota)


def test_the_browser_wakes_the_outbox_with_every_page_closed(enter: Enter, demo_server: Server) -> None:
    bob = enter("bob")
    thread, mark = invoices(bob)[27]["id"], f"endormi {time.time_ns()}"
    in_thread(bob, thread)
    bob.context.set_offline(True)
    write(bob, mark)
    expect(bob.locator("[data-pending]", has_text=mark)).to_be_visible()
    until(lambda: len(bob.evaluate(ITEMS)) == 1, "the item")
    blank = bob.context.new_page()
    bob.close()
    blank.context.set_offline(False)

    devtools, known = blank.context.new_cdp_session(blank), list[Any]()
    devtools.on(WORKER, lambda news: known.extend(news["registrations"]))
    devtools.send("ServiceWorker.enable")
    until(lambda: (blank.title(), known)[1] != [], "the worker", 10)  # asking for a title lets news in
    ours = next(each for each in known if each["scopeURL"].startswith(demo_server.url))
    said = {"origin": demo_server.url, "registrationId": ours["registrationId"], "tag": "outbox"}
    devtools.send("ServiceWorker.dispatchSyncEvent", {**said, "lastChance": True})
    alice = enter("alice")
    until(lambda: said_in(alice, thread, mark) == [mark], "the message")
    blank.goto("/offline")
    until(lambda: blank.evaluate(ITEMS) == [], "an empty outbox")


@pytest.mark.parametrize("late", ["thread", "composer", "audience"])
def test_words_sent_before_the_conversation_is_ready_leave_once_and_leave_no_draft(
    enter: Enter, late: str
) -> None:
    alice = enter("alice", service_workers="block")
    thread, mark, held = invoices(alice)[26]["id"], f"trop tôt {time.time_ns()}", list[Route]()
    alice.route(re.compile(rf"/{late}_controller-.*\.js$"), lambda route: held.append(route), times=1)
    alice.goto(f"/invoices/{thread}", wait_until="commit")
    alice.wait_for_selector("#composer")
    while not held:
        alice.wait_for_timeout(50)
    alice.wait_for_timeout(1_000)  # the scripts beside it have come
    write(alice, mark)
    alice.wait_for_timeout(500)
    assert alice.input_value("#message-body") == mark and said_in(alice, thread, mark) == []
    held[0].continue_()
    expect(alice.locator(".msg", has_text=mark)).to_have_count(1, timeout=SOON)
    until(lambda: said_in(alice, thread, mark) == [mark], "the message")
    assert alice.input_value("#message-body") == ""
    alice.reload()
    expect(alice.locator(".msg", has_text=mark)).to_have_count(1)
    alice.wait_for_load_state("networkidle")
    assert alice.input_value("#message-body") == ""
