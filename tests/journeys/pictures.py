"""Pictures of the product, made from the demo company: `script/pictures` fills docs/pictures.

Each page is taken on a phone, a tablet and a desk, light and dark. Bob, who sells, holds the phone and the
tablet; Alice, who manages credit, sits at the desk; the import is hers on all three.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, sync_playwright

from tests.browsing import ARGUMENTS, CHROMIUM
from tests.journeys.conftest import SIZES
from tests.serving import Server
from webapp.core.clock import today

# Phones have Roboto where this machine has whatever it was given; the pages ask for the system's own font.
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
<include ignore_missing="yes">/etc/fonts/fonts.conf</include>
{}
</fontconfig>
"""
FONT = """<match target="pattern"><test name="family"><string>{}</string></test>
<edit name="family" mode="prepend" binding="strong"><string>Roboto</string></edit></match>"""
COLUMNS = ("NO_PIECE", "CT_NUM", "DATE_PIECE", "DATE_ECH", "MT_TTC", "DEVISE")


def main(target: Path) -> None:
    """Make every picture anew."""
    target.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as folder,
        company(Path(folder)) as server,
        sync_playwright() as driver,
    ):
        browser = driver.chromium.launch(
            executable_path=CHROMIUM, args=ARGUMENTS, env={**os.environ, **with_roboto(Path(folder))}
        )
        places = Places(browser, server)
        for size, (width, _height) in SIZES.items():
            for scheme in ("light", "dark"):
                for name, who, path in places.listed(size):
                    page = places.open(who, size, scheme)
                    page.goto(path, wait_until="networkidle")
                    page.screenshot(path=target / f"{name}-{width}-{scheme}.png")
                    page.context.close()
                    print(f"{name}-{width}-{scheme}.png")
        browser.close()
    lighten(target)


def lighten(target: Path) -> None:
    """A palette in place of true colours makes them a third of the size; without pngquant they stay."""
    if pngquant := shutil.which("pngquant"):
        pictures = [str(path) for path in sorted(target.glob("*.png"))]
        subprocess.run(
            [pngquant, "--force", "--ext", ".png", "--strip", "--speed", "1", "--", *pictures], check=True
        )
    else:
        print("pngquant is not installed: the pictures are kept in true colours", file=sys.stderr)


@contextmanager
def company(folder: Path) -> Iterator[Server]:
    """The demo company at its usual size, served with its worker."""
    server = Server(folder, ENCOURS_ENV="desk", SECRET_KEY="pictures", EMBED_WORKER="1", ENCOURS_DEMO="1")
    server.flask("prepare")
    server.start()
    try:
        yield server
    finally:
        server.stop()


def with_roboto(folder: Path) -> dict[str, str]:
    """The environment in which `system-ui` is Roboto, when it is installed."""
    rules = "\n".join(FONT.format(family) for family in ("system-ui", "sans-serif", "sans"))
    path = folder / "fonts.conf"
    path.write_text(FONTS.format(rules), encoding="utf-8")
    return {"FONTCONFIG_FILE": str(path)}


class Places:
    """Which page each picture shows, found in the demo company."""

    def __init__(self, browser: Browser, server: Server) -> None:
        self.browser, self.server = browser, server
        self.sessions: dict[str, Any] = {}
        bob, alice = self.open("bob", "phone", "light"), self.open("alice", "desktop", "light")
        self.client = telling_client(bob)
        self.thread = {"bob": telling_thread(bob), "alice": telling_thread(alice)}
        self.alert = {"bob": first_alert(bob), "alice": first_alert(alice)}
        self.control = import_control(alice)
        bob.context.close()
        alice.context.close()

    def listed(self, size: str) -> list[tuple[str, str | None, str]]:
        """Picture, who looks, address."""
        who = "alice" if size == "desktop" else "bob"
        return [
            ("sign-in", None, "/sign-in"),
            ("home", who, "/"),
            ("clients", who, "/clients"),
            ("client", who, self.client),
            ("thread", who, self.thread[who]),
            ("alerts", who, "/alerts" if size == "phone" else self.alert[who]),
            ("import", "alice", self.control),
        ]

    def open(self, who: str | None, size: str, scheme: str) -> Page:
        width, height = SIZES[size]
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            locale="fr-FR",
            timezone_id="Europe/Paris",
            base_url=self.server.url,
            reduced_motion="reduce",
            storage_state=self.sessions.get(who) if who else None,
        )
        page = context.new_page()
        if who and who not in self.sessions:
            page.goto("/sign-in")
            page.click(f"[data-demo='{who}']")
            page.wait_for_url(f"{self.server.url}/")
            self.sessions[who] = context.storage_state()
        return page


def api(page: Page, path: str) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = page.evaluate(
        "path => fetch(path).then(r => r.json()).then(b => b.items)", path
    )
    return items


def telling_client(page: Page) -> str:
    """A client with something of everything: most of the limit used, part of it overdue."""
    clients = [
        each for each in api(page, "/api/v1/clients?limit=200") if each["limit"] and not each["insolvency"]
    ]
    chosen = max(
        clients, key=lambda each: (70 <= (each["utilisation"] or 0) < 100, each["overdue"]["amount"])
    )
    return f"/clients/{chosen['id']}"


def telling_thread(page: Page) -> str:
    """The liveliest of the invoices somebody talks about."""
    page.goto("/threads")
    rows = page.locator("a.row[href^='/invoices/']")
    return str(rows.first.get_attribute("href"))


def first_alert(page: Page) -> str:
    page.goto("/alerts")
    return str(page.locator(".alert h3 a").first.get_attribute("href"))


def import_control(page: Page) -> str:
    """A month's file as a sales system gives it: new invoices, changes, and lines that can't be taken."""
    page.goto("/imports")
    page.set_input_files(
        "input[type=file]",
        {"name": "factures_novembre.csv", "mimeType": "text/csv", "buffer": month(page).encode()},
    )
    page.click("[data-drop-zone-target='send']")
    page.wait_for_selector(".imp", timeout=60_000)
    return page.url


def month(page: Page) -> str:
    """That file's text."""
    day = today()
    known = [
        each for each in api(page, "/api/v1/invoices?status=unpaid&limit=60") if each["kind"] == "invoice"
    ]
    out = io.StringIO()
    lines = csv.writer(out, delimiter=";", lineterminator="\n")
    lines.writerow(COLUMNS)
    for number, each in enumerate(known):
        issued, due = date.fromisoformat(each["issued_on"]), date.fromisoformat(each["due_on"])
        cents = each["gross"]["amount"]
        if number % 9 == 2:
            due += timedelta(days=15)
        elif number % 9 == 5:
            cents += 9_000
        lines.writerow(line(each["ref"], each["client_ref"], issued, f"{due:%d/%m/%Y}", cents))
        new = f"F-{day.year}-{9100 + number}"
        wrong = number % 20 == 7
        term = "31/02/2027" if wrong else f"{day + timedelta(days=30 + number):%d/%m/%Y}"
        lines.writerow(
            line(new, each["client_ref"], day - timedelta(days=number % 20), term, 74_000 + 3_150 * number)
        )
    return out.getvalue()


def line(ref: str, client: str, issued: date, due: str, cents: int) -> tuple[str, ...]:
    return (ref, client, f"{issued:%d/%m/%Y}", due, f"{cents // 100},{cents % 100:02d}", "EUR")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/pictures"))
