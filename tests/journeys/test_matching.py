"""The matching desk by keyboard, and the difference that runs along when matching by hand."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.conftest import Enter

pytestmark = [pytest.mark.browser, pytest.mark.server]


def test_the_queue_is_gone_through_accepted_and_undone_without_a_mouse(enter: Enter) -> None:
    page = enter("alice", size="desktop")
    page.goto("/matching")
    page.wait_for_load_state("networkidle")  # its scripts are there
    current = page.locator("a.row[aria-current=true]")
    sure = page.locator("a.row:has(.tag--ok)")
    before, total = sure.count(), page.locator("a.row").count()
    first = current.get_attribute("href")
    page.keyboard.press("j")
    expect(current).not_to_have_attribute("href", first or "")
    page.keyboard.press("k")
    expect(current).to_have_attribute("href", first or "")
    sure.first.click()
    expect(page.locator(".pane--main .tag--ok").first).to_be_visible()
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("Enter")
    expect(page.locator(".toast")).to_contain_text("Règlement lettré.")
    expect(page.locator("a.row")).to_have_count(total - 1)
    page.keyboard.press("u")
    expect(page.locator("a.row")).to_have_count(total)
    assert sure.count() == before


def test_the_rest_runs_along_while_matching_by_hand(enter: Enter) -> None:
    page = enter("alice")
    page.goto("/payments?state=to_match")
    page.locator("a.row[href^='/payments/']").first.click()
    page.get_by_role("link", name="Lettrer à la main").click()
    rest, tick = page.locator("#rest"), page.locator("input[type=checkbox]").first
    full = rest.inner_text()
    tick.check()
    expect(rest).not_to_have_text(full)
    expect(page.locator("input[name^='on-']").first).to_have_value(re.compile(r"^\d+,\d\d$"))
    tick.uncheck()
    expect(rest).to_have_text(full)
    page.locator("input[name^='on-']").first.fill("99999999")
    expect(rest).to_have_class(re.compile("is-bad"))
