"""R10 in a browser: hostile text on the pages runs nothing, and asks the policy for nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.factories.naughty import naughty_strings
from tests.journeys.conftest import Enter
from tests.proofs import Figures, size
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.promise("R10")]
MOST = size(12, 200)
SAID = "count => document.querySelectorAll('.msg--me').length >= count"
TRAP = """
window.trapped = [];
document.addEventListener("securitypolicyviolation", (event) => window.trapped.push(event.violatedDirective));
for (const name of ["alert", "confirm", "prompt", "print"])
  window[name] = (...words) => window.trapped.push(`${name} ${words}`);
"""


def test_hostile_text_on_the_pages_runs_nothing(
    enter: Enter, demo_server: Server, chromium: Browser, real_files: Path, figures: Figures
) -> None:
    strings = [text for text in naughty_strings(real_files) if "<" in text or "script" in text.lower()][:MOST]
    page = enter("alice", size="desktop")
    page.add_init_script(TRAP)
    page.goto("/threads")
    href = page.locator("a.row[href^='/invoices/']").first.get_attribute("href")
    assert href
    page.goto(href)
    page.wait_for_load_state("networkidle")
    before = page.locator(".msg--me").count()
    for number, text in enumerate(strings, 1):
        page.fill("#message-body", text)
        page.click("#composer .for-team[type=submit]")
        page.wait_for_function(SAID, arg=before + number)
    trapped = list(page.evaluate("window.trapped"))
    for address in (href, "/threads", "/"):
        page.goto(address)
        page.wait_for_load_state("networkidle")
        trapped += page.evaluate("window.trapped")
    figures |= {"strings": len(strings), "scripts run": len(trapped)}
    assert trapped == []
