"""What was being written when the session ended comes back, in a real browser."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browsing import put_away
from tests.serving import Server
from tests.users.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.server]
DRAFTS = """(store) => new Promise((done) => {
  const opening = indexedDB.open("encours");
  opening.onsuccess = () => {
    const asked = opening.result.transaction(store).objectStore(store).getAll();
    asked.onsuccess = () => { opening.result.close(); done(asked.result.length); };
  };
})"""
QUEUE = """(user) => new Promise((done) => {
  const opening = indexedDB.open("encours");
  opening.onsuccess = () => {
    const box = opening.result.transaction("outbox", "readwrite").objectStore("outbox");
    const item = { id: "x", user, name: "n", payload: 1, label: "l", made_at: "", state: "waiting" };
    const asked = box.put(item);
    asked.onsuccess = () => { opening.result.close(); done(1); };
  };
})"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server(tmp_path_factory.mktemp("draft"), SECRET_KEY="draft")
    person = ("--email", "bob@x.fr", "--name", "Bob Martin", "--role", "sales_rep", "--branch", "Lyon")
    found.flask("users", "create", *person, "--password-stdin", stdin=f"{PASSWORD}\n")
    found.start()
    yield found
    found.stop()


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    context = chromium.new_context(base_url=server.url, locale="fr-FR")
    yield context.new_page()
    put_away(context)


def enter(page: Page) -> None:
    page.fill("#email", "bob@x.fr")
    page.fill("#password", PASSWORD)
    page.click("button[type=submit]")
    page.wait_for_url("**/settings/profile")


def end_all_sessions(server: Server) -> None:
    with closing(sqlite3.connect(server.instance / "encours.db", timeout=10)) as file, file:
        file.execute("UPDATE user_sessions SET ended_at = '2026-11-22 00:00:00' WHERE ended_at IS NULL")


def test_a_form_sent_after_the_session_ended_is_restored_then_saved(server: Server, page: Page) -> None:
    page.goto("/sign-in?next=/settings/profile")
    enter(page)
    page.locator("form[data-controller=draft]").wait_for()
    page.fill("#f-phone", "06 12 34 56 78")
    page.wait_for_function(f"async () => (await ({DRAFTS})('drafts')) === 1")
    end_all_sessions(server)
    page.click("form[data-controller=draft] button[type=submit]")
    page.wait_for_url("**/sign-in**")
    expect(page.get_by_text("Ce que vous avez écrit est gardé sur cet appareil.")).to_be_visible()
    enter(page)
    expect(page.locator("#f-phone")).to_have_value("06 12 34 56 78")
    expect(page.locator("#toasts")).to_contain_text("Ce que vous aviez écrit est revenu.")
    page.click("form[data-controller=draft] button[type=submit]")
    expect(page.locator("#toasts")).to_contain_text("Profil enregistré.")
    page.wait_for_function(f"async () => (await ({DRAFTS})('drafts')) === 0")


def test_a_theme_shows_at_once(server: Server, page: Page) -> None:
    page.goto("/sign-in?next=/settings/profile")
    enter(page)
    page.wait_for_load_state("networkidle")  # its scripts are there
    page.locator("label", has_text="Sombre").click()
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")


def test_signing_out_with_unsent_items_asks_and_keeps_them(server: Server, page: Page) -> None:
    page.goto("/sign-in?next=/settings/profile")
    enter(page)
    page.wait_for_load_state("networkidle")
    page.evaluate(QUEUE, page.get_attribute("meta[name=actor]", "content"))
    page.locator(".settings__out").click()
    expect(page.locator("#sign-out-sheet")).to_contain_text("1 envoi attend le réseau")
    page.click("text=Les garder sur cet appareil")
    page.wait_for_url("**/sign-in")
    assert page.evaluate(DRAFTS, "outbox") == 1
    page.goto("/settings/profile")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))


def test_who_signs_out_is_not_told_that_the_session_ended(server: Server, page: Page) -> None:
    def slowly(route: Route) -> None:
        answer = route.fetch(max_redirects=0)
        page.wait_for_timeout(600)  # the live connection tells of the end before the page changes
        route.fulfill(response=answer)

    page.route("**/sign-out", slowly)
    with page.expect_websocket() as opened:
        page.goto("/sign-in?next=/settings/profile")
        enter(page)
    opened.value.wait_for_event("framereceived")
    page.wait_for_load_state("networkidle")
    page.locator(".settings__out").click()
    page.wait_for_url("**/sign-in")
