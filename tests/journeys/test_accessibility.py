"""Every page, in both themes and at three widths: axe finds nothing, nothing scrolls sideways, nothing is
too small for a finger, text at twice its size stays within a phone, the console stays silent."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

from tests.browsing import put_away
from tests.journeys.conftest import SIZES
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.server]

EVERYTHING: dict[str, object] = {
    "resultTypes": ["violations"],
    "runOnly": [
        "wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice",
    ],
    "rules": {"target-size": {"enabled": True}},
}  # fmt: skip
COLOURS: dict[str, object] = {"resultTypes": ["violations"], "runOnly": ["color-contrast"]}

# Controls of bars, lists and menus take a whole finger; links inside a sentence are axe's matter (24 px).
SMALL = """() => {
  const wanted = '.btn, .ib, .chip, .nav__a, .tabs > a, .todo, a.row, .menu__list :is(a, button), .field';
  const small = [];
  for (const element of document.querySelectorAll(wanted)) {
    const box = element.getBoundingClientRect();
    if (!element.checkVisibility({visibilityProperty: true}) || !box.width || !box.height) continue;
    if (element.closest('.find, .vh, [hidden]') && !element.matches('.field')) continue;
    const reach = getComputedStyle(element, '::after');
    const more = reach.content !== 'none' && reach.position === 'absolute'
      ? -parseFloat(reach.top) - parseFloat(reach.bottom) : 0;
    if (box.height + Math.max(0, more || 0) < 43.5)
      small.push(`${element.outerHTML.slice(0, 90)} is ${Math.round(box.height)} px high`);
  }
  return small;
}"""

WIDER = """() => {
  const page = document.scrollingElement;
  if (page.scrollWidth <= innerWidth) return [];
  return [...document.querySelectorAll('body *')]
    .filter(element => element.getBoundingClientRect().right > innerWidth + 1 && element.checkVisibility())
    .slice(0, 5).map(element => element.outerHTML.slice(0, 120));
}"""

# A pane that scrolls by itself hides what sticks out of it from the page: ask the panes too.
WIDER_PANES = """() => [...document.querySelectorAll('.pane')]
  .filter(pane => pane.checkVisibility() && pane.scrollWidth > pane.clientWidth + 1)
  .map(pane => `${pane.className}: ${pane.scrollWidth} in ${pane.clientWidth}`)"""

BIG_TEXT = "document.documentElement.style.setProperty('font-size', '200%')"

FILE = """NO_PIECE;CT_NUM;DATE_PIECE;DATE_ECH;MT_TTC
F-NOUVELLE-1;C00001;02/11/2026;02/12/2026;1250,00
F-NOUVELLE-2;C99999;02/11/2026;02/12/2026;740,00
F-NOUVELLE-3;C00001;02/11/2026;31/02/2027;310,50
"""


class Place(NamedTuple):
    """A page: its name, who looks, and its address, which may hold a key of `FINDERS`."""

    name: str
    who: str | None
    url: str

    def __str__(self) -> str:
        return f"{self.who or 'nobody'} {self.name}"


PLACES = [
    Place("sign-in", None, "/sign-in"),
    Place("offline", None, "/offline"),
    Place("outbox of nobody", None, "/outbox"),
    Place("password", None, "{password}"),
    Place("home", "bob", "/"),
    Place("clients", "bob", "/clients"),
    Place("client", "bob", "/clients/{client}"),
    Place("client invoices", "bob", "/clients/{client}#invoices"),
    Place("client contacts", "bob", "/clients/{client}#contacts"),
    Place("client identity", "bob", "/clients/{client}#identity"),
    Place("client documents", "alice", "/clients/{client}#documents"),
    Place("before the visit", "alice", "/clients/{client}/visit"),
    Place("new contact", "bob", "/clients/{client}/contacts/new"),
    Place("new document", "bob", "/clients/{client}/documents/new"),
    Place("bank references", "alice", "/clients/{client}/bank-accounts"),
    Place("group", "alice", "/clients/{client}/group"),
    Place("merge", "alice", "/clients/{client}/merge"),
    Place("duplicates", "alice", "/clients/duplicates"),
    Place("sheet settings", "ada", "/settings/client-sheet"),
    Place("offline reading", "ada", "/settings/offline-reading"),
    Place("client thread", "bob", "/clients/{client}/thread"),
    Place("client access", "bob", "/clients/{client}/access"),
    Place("followers", "alice", "/threads/{talk}/followers"),
    Place("a link that opens nothing", None, "/g/none"),
    Place("invoices", "bob", "/invoices"),
    Place("threads", "bob", "/threads"),
    Place("invoice thread", "bob", "/invoices/{invoice}"),
    Place("disputed invoice thread", "bob", "/invoices/{disputed}"),
    Place("alerts", "bob", "/alerts"),
    Place("alert", "bob", "/alerts/{alert}"),
    Place("limit", "bob", "/clients/{client}/limit"),
    Place("limit request form", "bob", "/clients/{client}/limit-requests/new"),
    Place("limit request", "chloe", "/limit-requests/{limit_request}"),
    Place("limit requests", "chloe", "/limit-requests"),
    Place("may I sell", "bob", "/clients/{client}/sell?amount=900000"),
    Place("notifications", "bob", "/notifications"),
    Place("not found", "bob", "/clients/00000000-0000-7000-8000-000000000000"),
    Place("outbox", "bob", "/outbox"),
    Place("kept portfolio", "bob", "/portfolio"),
    Place("share", "bob", "/share"),
    Place("settings", "bob", "/settings"),
    Place("settings profile", "bob", "/settings/profile"),
    Place("settings notifications", "bob", "/settings/notifications"),
    Place("settings password", "bob", "/settings/password"),
    Place("settings security", "bob", "/settings/security"),
    Place("settings authenticator", "bob", "/settings/security/app"),
    Place("settings devices", "bob", "/settings/sessions"),
    Place("settings tokens", "bob", "/settings/tokens"),
    Place("settings about", "bob", "/settings/about"),
    Place("home", "alice", "/"),
    Place("clients", "alice", "/clients"),
    Place("client", "alice", "/clients/{client}"),
    Place("client edit", "alice", "/clients/{client}/edit"),
    Place("client new", "alice", "/clients/new"),
    Place("threads", "alice", "/threads"),
    Place("invoice thread", "alice", "/invoices/{talk}"),
    Place("alerts", "alice", "/alerts"),
    Place("alert", "alice", "/alerts/{alert}"),
    Place("limit", "alice", "/clients/{client}/limit"),
    *(
        Place(f"tab of {name}", "alice", f"/clients/{{client}}/{name}")
        for name in ("invoices", "disputes", "guarantees", "contacts", "identity", "documents")
    ),
    Place("guarantee form", "alice", "/clients/{client}/guarantees/new"),
    Place("imports", "alice", "/imports"),
    Place("import control", "alice", "{control}"),
    Place("payments", "alice", "/payments"),
    Place("payment", "alice", "/payments/{payment}"),
    Place("payment by hand", "alice", "/payments/{payment}?hand=1"),
    Place("matching", "alice", "/matching"),
    Place("matching queue", "alice", "/matching?list=1"),
    Place("sure proposals", "alice", "/matching/sure"),
    Place("promises", "alice", "/promises?filter=all"),
    Place("promise", "alice", "/promises/{promise}"),
    Place("new promise", "bob", "/threads/{client}/promises/new"),
    Place("visits", "bob", "/visits"),
    Place("whom to visit", "bob", "/visits/new"),
    Place("visit report", "bob", "/clients/{client}/visits/new"),
    Place("visit", "bob", "/visits/{visit}"),
    Place("visit thread", "bob", "/visits/{visit}/thread"),
    Place("visit settings", "ada", "/settings/visit-facts"),
    Place("visit fact", "ada", "/settings/visit-facts/kinds/cash_tension"),
    Place("tasks", "alice", "/tasks?filter=all"),
    Place("new task", "bob", "/threads/{client}/tasks/new"),
    Place("credit requests", "alice", "/credit-requests"),
    Place("credit request", "alice", "/credit-requests/{request}"),
    Place("client", "david", "/clients/{client}"),
    Place("people", "ada", "/settings/people"),
    Place("person", "ada", "/settings/people/{person}"),
    Place("new person", "ada", "/settings/people/new"),
    Place("branches", "ada", "/settings/branches"),
    Place("branch", "ada", "/settings/branches/{branch}"),
    Place("company", "ada", "/settings/company"),
    Place("default followers", "ada", "/settings/followers"),
]


class Readers:
    """One browser context for each person, kept for the whole file; signing in is done once."""

    def __init__(self, chromium: Browser, server: Server) -> None:
        self.chromium, self.server = chromium, server
        self.contexts: dict[str | None, BrowserContext] = {}

    def context(self, who: str | None) -> BrowserContext:
        if who not in self.contexts:
            context = self.chromium.new_context(
                locale="fr-FR", timezone_id="Europe/Paris", base_url=self.server.url, reduced_motion="reduce"
            )
            self.contexts[who] = context
            if who is not None:
                page = context.new_page()
                page.goto("/sign-in")
                page.click(f"[data-demo='{who}']")
                page.wait_for_url(f"{self.server.url}/")
                put_away(page)
        return self.contexts[who]

    def close(self) -> None:
        for context in self.contexts.values():
            put_away(context)


@pytest.fixture(scope="module")
def readers(chromium: Browser, demo_server: Server) -> Iterator[Readers]:
    readers = Readers(chromium, demo_server)
    yield readers
    readers.close()


def tail(page: Page, address: str, selector: str) -> str:
    """The last part of the first such link of a page."""
    page.goto(address)
    href = page.locator(selector).first.get_attribute("href", timeout=5_000)
    assert href, f"{address} has no {selector}"
    return re.split(r"[?#]", href)[0].rsplit("/", 1)[-1]


def password_link(page: Page) -> str:
    """A one-time link to choose a password, as the administrator hands it over."""
    page.goto("/settings/people")
    page.click("a[href*='/settings/people/0'] >> nth=-1")
    page.click("button:has-text('Nouveau mot de passe')")
    return re.sub(r"^https?://[^/]+", "", page.input_value(".settings__secret input"))


def invoice_with_a_message(page: Page) -> str:
    """An invoice of his own, where he has just written."""
    invoice = tail(page, "/invoices", "a[href^='/invoices/0']")
    page.goto(f"/invoices/{invoice}")
    page.fill("#message-body", "Le chantier reprend lundi, le client règle avant. @alice, tu suis ?")
    page.click("#composer .for-team[type=submit]")
    page.wait_for_selector(".msg--me .bub__txt")
    return invoice


def disputed_invoice(page: Page) -> str:
    """The invoice of his first dispute."""
    page.goto("/disputes/" + tail(page, "/disputes/list", "a[href^='/disputes/0']"))
    return tail(page, page.url, "main a[href^='/invoices/0']")


def limit_request(page: Page) -> str:
    """He asks for a limit for the first of his clients."""
    client = tail(page, "/clients", "a.row[href^='/clients/']")
    page.goto(f"/clients/{client}/limit-requests/new")
    page.fill("#f-amount", "15 000")
    page.fill("#f-reason", "Chantier de l’école, payé par la mairie : elle règle à trente jours.")
    page.locator("main form.form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/limit-requests/[0-9a-f-]+$"))
    return urlsplit(page.url).path.rsplit("/", 1)[-1]


def import_control(page: Page) -> str:
    """A file with a new, a wrong and a doubtful line, uploaded and mapped: its control page."""
    page.goto("/imports")
    page.set_input_files(
        "input[type=file]",
        {"name": "factures_novembre.csv", "mimeType": "text/csv", "buffer": FILE.encode()},
    )
    page.click("[data-drop-zone-target='send']")
    page.wait_for_selector(".imp", timeout=60_000)
    return urlsplit(page.url).path


FINDERS: dict[str, tuple[str, Callable[[Page], str]]] = {
    "promise": ("alice", lambda page: tail(page, "/promises?filter=all", "a[href^='/promises/0']")),
    "visit": ("bob", lambda page: tail(page, "/visits", "a.row[href^='/visits/0']")),
    "request": ("alice", lambda page: tail(page, "/credit-requests", "a[href^='/credit-requests/0']")),
    "limit_request": ("bob", limit_request),
    "alert": ("bob", lambda page: tail(page, "/alerts", ".alert h3 a")),
    "invoice": ("bob", invoice_with_a_message),
    "disputed": ("bob", disputed_invoice),
    "talk": ("alice", lambda page: tail(page, "/threads", "a.row[href^='/invoices/']")),
    "client": ("bob", lambda page: tail(page, "/clients", "a.row[href^='/clients/']")),
    "person": ("ada", lambda page: tail(page, "/settings/people", "a[href*='/settings/people/0']")),
    "branch": ("ada", lambda page: tail(page, "/settings/branches", "a[href*='/settings/branches/0']")),
    "password": ("ada", password_link),
    "control": ("alice", import_control),
    "payment": ("alice", lambda page: tail(page, "/payments?state=to_match", "a.row[href^='/payments/']")),
}


class Addresses(dict[str, str]):
    """Looks an address up in the demo company the first time it is needed."""

    def __init__(self, readers: Readers) -> None:
        super().__init__()
        self.readers = readers

    def __missing__(self, key: str) -> str:
        who, find = FINDERS[key]
        page = self.readers.context(who).new_page()
        self[key] = find(page)
        put_away(page)
        return self[key]


@pytest.fixture(scope="module")
def addresses(readers: Readers) -> Addresses:
    return Addresses(readers)


class Visit:
    """A page opened by somebody, and what its console said meanwhile."""

    def __init__(self, readers: Readers, place: Place, url: str) -> None:
        self.page = readers.context(place.who).new_page()
        self.said: list[str] = []
        self.page.on("console", lambda line: self.said.append(line.text) if line.type == "error" else None)
        self.page.on("pageerror", lambda error: self.said.append(str(error)))
        self.show("phone", "light")
        self.page.goto(url)
        self.page.wait_for_function("() => window.Turbo")
        self.page.evaluate(Axe().axe_script)

    def show(self, size: str, scheme: str) -> None:
        width, height = SIZES[size]
        self.page.set_viewport_size({"width": width, "height": height})
        self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]


def layout_faults(page: Page) -> list[str]:
    """What sticks out or is too small, at this width."""
    return [*wider(page), *(f"small: {control}" for control in page.evaluate(SMALL))]


def wider(page: Page) -> list[str]:
    """What sticks out of the page, or of a pane that scrolls by itself."""
    return [
        *(f"sideways: {part}" for part in page.evaluate(WIDER)),
        *(f"sideways in a pane: {part}" for part in page.evaluate(WIDER_PANES)),
    ]


def axe_faults(page: Page, options: dict[str, object] = EVERYTHING) -> list[str]:
    """What axe finds, one line an element; its script is in the page."""
    violations = page.evaluate("options => axe.run(options).then(found => found.violations)", options)
    return [
        f"{violation['id']}: {node['html'][:160]} {node['failureSummary'][:300]}"
        for violation in violations
        for node in violation["nodes"]
    ]


def examine(visit: Visit) -> list[str]:
    """What is wrong with a page at each width in each theme, and with large text, one line a fault. Another
    theme has other colours and nothing else, so that contrast alone is asked there."""
    faults: dict[str, list[str]] = {}
    for size in SIZES:
        visit.show(size, "light")
        faults[f"{size}, light"] = layout_faults(visit.page) + axe_faults(visit.page)
        visit.show(size, "dark")
        faults[f"{size}, dark"] = axe_faults(visit.page, COLOURS)
    visit.show("phone", "light")
    visit.page.evaluate(BIG_TEXT)
    faults["phone, text at twice its size"] = wider(visit.page)
    return [f"{where}: {fault}" for where, found in faults.items() for fault in found]


@pytest.mark.parametrize("place", PLACES, ids=str)
def test_nothing_keeps_a_person_from_reading_and_acting(
    readers: Readers, addresses: Addresses, place: Place
) -> None:
    visit = Visit(readers, place, place.url.format_map(addresses))
    lines = examine(visit)
    missing = place.name in ("not found", "a link that opens nothing")
    said = [line for line in visit.said if not (missing and "404" in line)]
    language = visit.page.get_attribute("html", "lang")
    put_away(visit.page)
    assert not lines, "\n".join(lines)
    assert said == []
    assert language == "fr"


def test_the_page_that_sets_up_an_empty_product_is_as_good(chromium: Browser, tmp_path: Path) -> None:
    server = Server(tmp_path, ENCOURS_ENV="desk", SECRET_KEY="set-up")
    server.flask("prepare")
    server.start()
    readers = Readers(chromium, server)
    try:
        token = (tmp_path / "setup_token").read_text().strip()
        address = f"/setup?token={token}"
        lines = examine(Visit(readers, Place("set-up", None, address), address))
    finally:
        readers.close()
        server.stop()
    assert not lines, "\n".join(lines)


WHERE = """() => {
  const here = document.activeElement;
  const drawn = getComputedStyle(here);
  return {
    what: here.matches('.skip') ? 'skip' : here.closest('nav.nav') ? 'nav'
      : here.closest('.pane--list') ? 'list' : here.closest('#composer') ? 'composer'
      : here.closest('.pane--main') ? 'main' : here.closest('.pane--side') ? 'side' : here.localName,
    ring: drawn.outlineStyle !== 'none' && parseFloat(drawn.outlineWidth) >= 2,
    html: here.outerHTML.slice(0, 120),
  };
}"""


def walk(page: Page, steps: int) -> list[dict[str, object]]:
    """Where Tab leads, step by step, until the page ends (the focus is then the browser's own)."""
    path: list[dict[str, object]] = []
    for _step in range(steps):
        page.keyboard.press("Tab")
        here = page.evaluate(WHERE)
        if here["what"] == "body":
            break
        path.append(here)
    return path


def test_tab_goes_through_the_page_as_it_reads_and_shows_where_it_is(
    readers: Readers, addresses: Addresses
) -> None:
    visit = Visit(readers, Place("invoice thread", "alice", ""), f"/invoices/{addresses['talk']}")
    visit.show("desktop", "light")
    visit.page.wait_for_load_state("networkidle")  # the thread's controller is there
    rows = visit.page.locator(".pane--list a").count()
    visit.page.evaluate("document.activeElement.blur()")
    path = walk(visit.page, rows + 40)
    assert len(path) > rows
    visit.page.focus("#message-body")
    visit.page.keyboard.type("Bonjour")
    path += walk(visit.page, 1)
    put_away(visit.page)
    met = list(dict.fromkeys(str(step["what"]) for step in path))
    assert met[:4] == ["skip", "nav", "list", "main"]
    assert path[-1]["what"] == "composer"
    assert [step["html"] for step in path if not step["ring"]] == []


def test_a_menu_opens_is_walked_and_closed_by_the_keyboard(readers: Readers, addresses: Addresses) -> None:
    visit = Visit(readers, Place("clients", "alice", ""), "/clients")
    visit.page.wait_for_load_state("networkidle")  # what moves the focus is loaded when it is met
    summary = visit.page.locator("details.menu > summary").first
    summary.focus()
    visit.page.keyboard.press("Enter")
    visit.page.locator(".menu__list :focus").first.wait_for(state="attached", timeout=5_000)
    visit.page.keyboard.press("Escape")
    closed = visit.page.locator("details.menu[open]").count() == 0
    back = summary.evaluate("summary => document.activeElement === summary")
    put_away(visit.page)
    assert closed
    assert back
