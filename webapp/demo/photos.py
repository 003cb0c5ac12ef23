"""Photos of damaged goods, drawn: a pallet of boxes in a warehouse, some of them crushed."""

from __future__ import annotations

import random
from io import BytesIO

from PIL import Image, ImageDraw, ImageFilter

WIDTH, HEIGHT = 1200, 900
FLOOR = 640
BOX_WIDTH, BOX_HEIGHT = 190, 130
WOOD, TAPE, EDGE = (176, 134, 82), (214, 190, 148), (96, 66, 36)


def draw_pallet(rng: random.Random) -> bytes:
    """A JPEG of 1 200 by 900."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), (168, 172, 178))
    pen = ImageDraw.Draw(picture)
    for y in range(HEIGHT):
        shade = 150 + 60 * y // FLOOR if y < FLOOR else 120 - 40 * (y - FLOOR) // (HEIGHT - FLOOR)
        pen.line([(0, y), (WIDTH, y)], fill=(shade, shade, shade + 4))
    _wood(pen)
    crushed = {rng.randrange(8) for _ in range(2)}
    for number in range(8):
        column, row = number % 4, number // 4
        _box(pen, rng, 210 + column * (BOX_WIDTH + 6), FLOOR - (row + 1) * BOX_HEIGHT, number in crushed)
    soft = picture.filter(ImageFilter.GaussianBlur(1.6))
    grain = Image.effect_noise((WIDTH, HEIGHT), 22).convert("RGB")
    target = BytesIO()
    Image.blend(soft, grain, 0.09).save(target, "JPEG", quality=78)
    return target.getvalue()


def _wood(pen: ImageDraw.ImageDraw) -> None:
    for y in (FLOOR, FLOOR + 46):
        pen.rectangle((190, y, 1010, y + 18), fill=WOOD, outline=EDGE)
    for x in (200, 570, 930):
        pen.rectangle((x, FLOOR + 18, x + 70, FLOOR + 46), fill=EDGE)


def _box(pen: ImageDraw.ImageDraw, rng: random.Random, x: int, y: int, crushed: bool) -> None:
    card = tuple(part + rng.randint(-14, 14) for part in (190, 148, 96))
    right, bottom = x + BOX_WIDTH, y + BOX_HEIGHT
    if not crushed:
        pen.rectangle((x, y, right, bottom), fill=card, outline=EDGE, width=3)
        pen.rectangle((x, y + 54, right, y + 72), fill=TAPE)
        return
    dent = rng.randint(34, 60)
    corners = [
        (x, y + dent),
        (x + 60, y + 12),
        (x + 104, y + dent + 20),
        (right, y + 8),
        (right - 12, bottom),
    ]
    pen.polygon([*corners, (x + 6, bottom)], fill=card, outline=EDGE)
    pen.polygon([(x + 60, y + 12), (x + 104, y + dent + 20), (x + 84, bottom - 20)], fill=EDGE)
    pen.line([(x, y + dent), (x + 84, bottom - 20), (right, y + 8)], fill=(70, 46, 24), width=5)
