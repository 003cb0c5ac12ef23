"""Photos and a voice note in a thread: from a phone, with and without a network, seen live at a desk."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.factories import pictures

pytestmark = [pytest.mark.browser, pytest.mark.server]
Enter = Callable[..., Page]
SOON = 15_000


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    """A large photo that says where it was taken."""
    path = tmp_path / "palette.jpg"
    path.write_bytes(pictures.jpeg(3_000, 2_000))
    return path


def open_thread(page: Page) -> str:
    page.goto("/threads")
    page.locator("[data-conversation-list-target=item] a").first.click()
    expect(page.locator("[data-voice-target=mic]")).to_be_visible(timeout=SOON)  # the scripts are there
    return page.url.split("?")[0].split("#")[0]


def test_a_photo_and_a_voice_note_travel_from_a_phone_to_a_desk(enter: Enter, photo: Path) -> None:
    bob, alice = enter("bob", permissions=["microphone"]), enter("alice", size="desktop")
    address = open_thread(bob)
    alice.goto(address)

    bob.set_input_files("input[name=files]", photo)
    expect(bob.locator(".tray li img")).to_be_visible(timeout=SOON)
    expect(bob.locator(".tray li button.meta")).to_contain_text("ko", timeout=SOON)
    bob.fill("#message-body", "Palette du dessous écrasée, voir F-2026")
    bob.click(".ib--go[type=submit]")
    seen = alice.locator(".msg", has_text="Palette du dessous écrasée").locator("img[src*='size=320']")
    expect(seen).to_be_visible(timeout=SOON)
    expect(seen).to_have_js_property("naturalWidth", 320, timeout=SOON)
    assert max(int(seen.get_attribute(side) or 0) for side in ("width", "height")) == 1600

    seen.click()
    viewer = alice.locator("dialog.viewer")
    expect(viewer.locator("img")).to_have_attribute("src", f"{photo_address(alice)}", timeout=SOON)
    with alice.expect_download() as download:
        viewer.locator("a[download]").click()
    with Image.open(download.value.path()) as saved:
        assert max(saved.size) == 1600 and not saved.getexif()
    alice.keyboard.press("Escape")
    expect(viewer).to_be_hidden()

    expect(bob.locator("[data-voice-target=mic]")).to_be_visible()
    bob.click("[data-voice-target=mic]")
    expect(bob.locator("[data-voice-target=clock]")).to_contain_text("0:02", timeout=SOON)
    bob.locator("[data-voice-target=bar] button").last.click()
    expect(bob.locator(".tray .is-sound button.meta")).to_contain_text("ko", timeout=SOON)
    bob.click(".ib--go[type=submit]")
    voice = alice.locator(".msg .paper", has=alice.locator("audio")).last
    expect(voice.locator(".meta")).to_contain_text("0:0", timeout=SOON)
    expect(bob.locator("[data-pending]")).to_have_count(0, timeout=SOON)


def photo_address(page: Page) -> str:
    return page.locator("a[data-photo]").last.evaluate("link => link.href")


def test_without_a_network_a_photo_waits_on_the_phone_and_goes_once(enter: Enter, photo: Path) -> None:
    bob = enter("bob")
    open_thread(bob)
    bob.context.set_offline(True)
    bob.set_input_files("input[name=files]", photo)
    expect(bob.locator(".tray li img")).to_be_visible(timeout=SOON)
    bob.click(".ib--go[type=submit]")
    waiting = bob.locator("[data-pending]")
    expect(waiting.locator("img[src^='blob:']")).to_be_visible(timeout=SOON)
    expect(waiting).to_contain_text("En attente du réseau")
    before = bob.locator("a[data-photo] img[src*='size=320']").count()
    bob.context.set_offline(False)
    expect(waiting).to_have_count(0, timeout=4 * SOON)
    expect(bob.locator("a[data-photo] img[src*='size=320']")).to_have_count(before + 1, timeout=SOON)


def test_a_draft_keeps_its_photo_and_lets_it_go(enter: Enter, photo: Path) -> None:
    bob = enter("bob")
    open_thread(bob)
    bob.set_input_files("input[name=files]", photo)
    expect(bob.locator(".tray li button.meta")).to_contain_text("ko", timeout=SOON)
    bob.reload()
    expect(bob.locator(".tray li img")).to_be_visible(timeout=SOON)
    bob.locator(".tray li .ib").click()
    expect(bob.locator(".tray li")).to_have_count(0)
    expect(bob.locator("[data-voice-target=mic]")).to_be_visible()
