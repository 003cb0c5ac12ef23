"""Photos that arrive: over a slow line that is cut, through a reload, and hardly a byte goes twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.factories import pictures
from tests.journeys.test_attachments import open_thread
from tests.proofs import Figures, size
from tests.serving import Server
from tests.slow_line import SlowLine

pytestmark = [pytest.mark.browser, pytest.mark.server]
Enter = Callable[..., Page]
SOON = 15_000
PHOTOS = 5
SIDES, QUALITY = size((400, 300), (3_000, 2_000)), 80
CUTS = size([50_000, 140_000, 230_000], [200_000, 900_000, 1_500_000])
PER_SECOND = 200_000 // 8
PATIENCE = size(60_000, 300_000)
KEPT = """async () => {
  const database = await new Promise((done) => { const asked = indexedDB.open("encours"); asked.onsuccess = () => done(asked.result); });
  const all = database.transaction("files").objectStore("files").getAll();
  const files = await new Promise((done) => { all.onsuccess = () => done(all.result); });
  database.close();
  return files.map(({ blob, upload, file_id }) => ({ size: blob.size, upload, file_id }));
}"""  # noqa: E501


@pytest.fixture
def photos(tmp_path: Path) -> list[Path]:
    """Noise, which no drawing makes light, that says where it was taken; each another one."""
    made = []
    for number in range(PHOTOS):
        path = tmp_path / f"palette-{number}.jpg"
        noise = Image.effect_noise(SIDES, 60).convert("RGB")
        noise.save(path, "JPEG", quality=QUALITY, exif=pictures.taken_somewhere())
        made.append(path)
    return made


@pytest.fixture
def line(demo_server: Server) -> Iterator[SlowLine]:
    slow = SlowLine(demo_server.port, per_second=PER_SECOND, cuts=CUTS, held_at=2)
    yield slow
    slow.close()


def wait(done: Callable[[], bool], page: Page) -> None:
    deadline = time.monotonic() + PATIENCE / 1000
    while not done():
        assert time.monotonic() < deadline, "it takes too long"
        page.wait_for_timeout(50)


@pytest.mark.promise("media")
def test_five_photos_through_a_slow_line_cut_three_times_arrive_whole(
    enter: Enter, line: SlowLine, photos: list[Path], figures: Figures
) -> None:
    bob, alice = enter("bob", server=line), enter("alice", size="desktop")
    address = open_thread(bob).removeprefix(line.url)
    alice.goto(address)
    started = time.monotonic()
    bob.set_input_files("input[name=files]", photos)
    wait(lambda: line.cut == 2, bob)
    under_way = [file for file in bob.evaluate(KEPT) if file["upload"] and not file["file_id"]]
    assert len(under_way) == 1  # one after the other, and its address is kept with it
    bob.reload()
    line.release()
    expect(bob.locator(".tray li img")).to_have_count(PHOTOS, timeout=SOON)
    weights = [file["size"] for file in bob.evaluate(KEPT)]
    bob.fill("#message-body", f"Cinq palettes {started}")
    bob.click(".ib--go[type=submit]")
    wait(lambda: line.cut == 3, bob)
    seen = alice.locator(".msg", has_text=f"Cinq palettes {started}").locator("img[src*='size=320']")
    expect(seen).to_have_count(PHOTOS, timeout=PATIENCE)
    expect(bob.locator("[data-pending]")).to_have_count(0, timeout=SOON)
    twice = line.carried - sum(weights)
    figures |= {
        "photos": PHOTOS,
        "bytes": sum(weights),
        "cuts": line.cut,
        "sent twice": twice,
        "sent twice %": round(100 * twice / sum(weights), 1),
        "s": round(time.monotonic() - started),
    }
    assert max(weights) <= 400_000 and 0 <= twice <= sum(weights) / 10
    for source in seen.evaluate_all("all => all.map((each) => each.src)"):
        saved = alice.request.get(source.split("/thumb")[0]).body()
        with Image.open(BytesIO(saved)) as kept:
            assert not kept.getexif() and not kept.getexif().get_ifd(0x8825)
            assert max(kept.size) <= 1_600
    assert bob.evaluate(KEPT) == []


FULL = """
const put = IDBObjectStore.prototype.put;
IDBObjectStore.prototype.put = function (...given) {
  if (this.name === "files") throw new DOMException("no room", "QuotaExceededError");
  return put.apply(this, given);
};
"""
BAD = {
    "vide.jpg": ("image/jpeg", b"", "Ce fichier est vide. Reprenez la photo"),
    "film.mov": ("video/quicktime", b"\0" * 99, "Les vidéos ne sont pas prises. Envoyez une photo"),
    "plan.pdf": (
        "application/pdf",
        b"%PDF-1.7" + b"\0" * 16_000_000,
        "Plus de 15 Mo. Choisissez un fichier plus léger",
    ),
    "film.jpg": (
        "image/jpeg",
        pictures.mp4(handler=b"vide", brand=b"isom"),
        "C’est une vidéo : elles ne sont pas prises",
    ),
}


def test_what_cannot_be_taken_is_said_beside_the_text_which_stays(enter: Enter) -> None:
    bob = enter("bob")
    open_thread(bob)
    words = f"Palette écrasée {time.monotonic()}"
    bob.fill("#message-body", words)
    for name, (kind, content, said) in BAD.items():
        bob.set_input_files("input[name=files]", {"name": name, "mimeType": kind, "buffer": content})
        expect(bob.locator(".tray li.is-bad", has_text=name)).to_contain_text(said, timeout=SOON)
    bob.add_init_script(FULL)
    bob.reload()
    expect(bob.locator("#message-body")).to_have_value(words, timeout=SOON)
    photo = {"name": "palette.jpg", "mimeType": "image/jpeg", "buffer": pictures.jpeg(300, 200)}
    bob.set_input_files("input[name=files]", photo)
    full = bob.locator(".tray li.is-bad", has_text="palette.jpg")
    expect(full).to_contain_text("Libérez de la place, puis joignez-la à nouveau", timeout=SOON)
    bob.click(".ib--go[type=submit]")
    expect(bob.locator(".msg", has_text=words)).to_be_visible(timeout=SOON)
    expect(bob.locator("[data-pending]")).to_have_count(0, timeout=SOON)
