"""Pictures and sounds, made up: sound ones, and what somebody might send to do harm."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from functools import cache
from io import BytesIO

import pillow_heif
from PIL import Image, PngImagePlugin

CANARY = "CANARI-45.7640-4.8357"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n"


def drawing(width: int = 60, height: int = 40) -> Image.Image:
    """A picture that is the right way up when its left is dark."""
    return Image.linear_gradient("L").rotate(90).resize((width, height)).convert("RGB")


def taken_somewhere(orientation: int = 1) -> Image.Exif:
    """What a phone notes beside a picture: where, when, how it was held."""
    exif = Image.Exif()
    exif[0x0112], exif[0x010F], exif[0x9286] = orientation, CANARY, CANARY
    exif.get_ifd(0x8825).update({1: "N", 2: (45.0, 45.0, 50.0), 29: CANARY})
    return exif


@cache
def jpeg(width: int = 60, height: int = 40, orientation: int = 1) -> bytes:
    return _saved(
        width, height, "JPEG", exif=taken_somewhere(orientation), comment=CANARY.encode(), quality=85
    )


@cache
def png(width: int = 60, height: int = 40) -> bytes:
    said = PngImagePlugin.PngInfo()
    said.add_text("Comment", CANARY)
    return _saved(width, height, "PNG", pnginfo=said, exif=taken_somewhere())


@cache
def webp(width: int = 60, height: int = 40) -> bytes:
    return _saved(width, height, "WEBP", exif=taken_somewhere(), xmp=CANARY.encode())


@cache
def heic(width: int = 64, height: int = 48) -> bytes:
    pillow_heif.register_heif_opener()
    return _saved(width, height, "HEIF", exif=taken_somewhere())


def _saved(width: int, height: int, name: str, **options: object) -> bytes:
    target = BytesIO()
    drawing(width, height).save(target, name, **options)
    return target.getvalue()


def _chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png_claiming(width: int, height: int, pixels: bytes = b"\0" * 64) -> bytes:
    """A tiny file that says it is a huge picture."""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = _chunk(b"IHDR", head) + _chunk(b"IDAT", zlib.compress(pixels)) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + parts


def jpeg_claiming(width: int, height: int) -> bytes:
    """The same with a JPEG's frame header rewritten."""
    found = bytearray(jpeg())
    at = found.index(b"\xff\xc0")
    found[at + 5 : at + 9] = struct.pack(">HH", height, width)
    return bytes(found)


def webp_claiming(width: int, height: int) -> bytes:
    body = b"VP8X" + struct.pack("<I", 10) + b"\0" * 4
    body += (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body += b"VP8 " + struct.pack("<I", 10) + b"\0" * 10
    return b"RIFF" + struct.pack("<I", len(body) + 4) + b"WEBP" + body


def text_bomb() -> bytes:
    """A PNG whose comment is 200 MB once unpacked."""
    packed = zlib.compress(b"\0" * 200_000_000, 9)
    whole = png()
    return whole[:33] + _chunk(b"zTXt", b"Comment\0\0" + packed) + whole[33:]


def _element(name: bytes, body: bytes) -> bytes:
    return name + (0x10000000 | len(body)).to_bytes(4, "big") + body


def webm(milliseconds: int = 3_000, kind: int = 2) -> bytes:
    """As MediaRecorder writes: a segment of unknown size, clusters of short blocks; 1 a film, 2 a sound."""
    head = _element(b"\x1a\x45\xdf\xa3", _element(b"\x42\x82", b"webm"))
    track = _element(b"\xae", _element(b"\xd7", b"\1") + _element(b"\x83", bytes([kind])))
    body = _element(b"\x16\x54\xae\x6b", track)
    for start in range(0, milliseconds + 1, 1_000):
        blocks = _element(b"\xe7", start.to_bytes(4, "big"))
        for at in range(0, min(1_000, milliseconds - start + 1), 100):
            blocks += _element(b"\xa3", b"\x81" + struct.pack(">h", at) + b"\0" + b"opus")
        body += b"\x1f\x43\xb6\x75" + b"\x01\xff\xff\xff\xff\xff\xff\xff" + blocks
    return head + b"\x18\x53\x80\x67" + b"\x01\xff\xff\xff\xff\xff\xff\xff" + body


def ogg(milliseconds: int = 3_000) -> bytes:
    first = b"OggS\0\2" + b"\0" * 21 + b"\x13" + b"OpusHead\1\1" + struct.pack("<HI", 312, 48_000) + b"\0" * 3
    samples = 312 + milliseconds * 48
    return first + b"OggS\0\4" + struct.pack("<q", samples) + b"\0" * 13 + b"\1\4opus"


def _box(name: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", len(body) + 8) + name + body


def mp4(milliseconds: int = 3_000, handler: bytes = b"soun", brand: bytes = b"M4A ") -> bytes:
    media = _box(b"mdhd", b"\0" * 12, struct.pack(">II", 1_000, milliseconds), b"\0" * 4)
    media += _box(b"hdlr", b"\0" * 8, handler, b"\0" * 12)
    return _box(b"ftyp", brand, b"\0" * 4) + _box(b"moov", _box(b"trak", _box(b"mdia", media)))


def mp4_fragments(milliseconds: int = 3_000, *, each: bool = False) -> bytes:
    """As Safari records: no length at the top, samples of 100 ms in fragments of a second."""
    whole = mp4(0)
    at = 0
    for start in range(0, milliseconds, 1_000):
        count = min(1_000, milliseconds - start) // 100
        if each:
            run = struct.pack(">II", 0x100, count) + struct.pack(">I", 100) * count
            head = struct.pack(">II", 0, 1)
        else:
            run, head = struct.pack(">II", 0, count), struct.pack(">III", 0x8, 1, 100)
        fragment = _box(b"tfhd", head) + _box(b"tfdt", b"\0" * 4, struct.pack(">I", at)) + _box(b"trun", run)
        whole += _box(b"moof", _box(b"traf", fragment)) + _box(b"mdat", b"\0" * 50)
        at = start + 1_000
    return whole


SOUND: dict[str, Callable[[], bytes]] = {
    "webm": webm, "ogg": ogg, "mp4": mp4, "fragments": mp4_fragments,
    "each": lambda: mp4_fragments(each=True),
}  # fmt: skip


def _polyglot(start: bytes) -> bytes:
    return start + b"<script>alert(1)</script><!doctype html>"


def hostile() -> dict[str, bytes]:
    """About sixty files that are refused, by the name they come under."""
    whole, half = {"jpg": jpeg(400, 300), "png": png(400, 300), "webp": webp(400, 300), "heic": heic()}, 2
    made = {f"moitie.{end}": content[: len(content) // half] for end, content in whole.items()}
    made |= {f"debut.{end}": content[:40] for end, content in whole.items()}
    made |= {f"trou.{end}": content[:30] + b"\0" * 400 for end, content in whole.items()}
    for end, content in whole.items():  # noise after a true beginning
        made[f"bruit.{end}"] = content[:60] + bytes((n * 197 + 31) % 256 for n in range(3_000))
    floods = [(60_000, 60_000), (2**31 - 1, 1), (100_000, 1_000), (7_100, 7_100), (0, 10), (10, 0)]
    made |= {f"inonde-{w}x{h}.png": png_claiming(w, h) for w, h in floods}
    made |= {f"inonde-{w}x{h}.jpg": jpeg_claiming(w, h) for w, h in [(65_500, 65_500), (0, 0), (65_535, 900)]}
    made |= {f"inonde-{w}x{h}.webp": webp_claiming(w, h) for w, h in [(16_000, 16_000), (16_777_215, 250)]}
    made["bombe.png"] = png_claiming(7_000, 7_000, b"\0" * 60_000_000)[:2_000]
    svg = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"
    made |= {f"dessin.{end}": svg for end in ("svg", "png", "jpg", "pdf", "webm")}
    made["entete.svg"] = b"<?xml version='1.0'?>\n" + svg
    page = b"<!doctype html><script>alert(1)</script>"
    made |= {f"page.{end}": page for end in ("pdf", "heic", "webp", "html")}
    made["tard.pdf"] = b"<html>\n%PDF-1.4 "
    made |= {"vide.jpg": b"", "vide.pdf": b"", "vide.webm": b""}
    made |= {"program.png": b"MZ\x90\0" + b"\0" * 60, "elf.jpg": b"\x7fELF" + b"\0" * 60}
    made |= {"archive.jpg": b"PK\x03\x04" + b"\0" * 60, "gz.png": b"\x1f\x8b\x08" + b"\0" * 60}
    made |= {
        "anim.gif": b"GIF89a" + b"\0" * 60,
        "bmp.jpg": b"BM" + b"\0" * 80,
        "tiff.jpg": b"II*\0" + b"\0" * 80,
    }
    made |= {"x.xml": b"<?xml version='1.0'?><svg/>", "texte.pdf": b"bonjour", "nul.png": b"\0" * 500}
    made |= {"../../etc/passwd": b"root:x:0:0", "..\\x.exe.jpg": b"MZ" + b"\0" * 99}
    made["film.jpg"] = mp4(handler=b"vide", brand=b"isom")
    made["film.heic"] = mp4(handler=b"vide", brand=b"mp42")
    made |= {"film.mp4": mp4(handler=b"vide"), "film.webm": webm(kind=1), "muet.webm": webm(0)[:60]}
    made |= {"long.webm": webm(130_000), "long.ogg": ogg(400_000), "long.m4a": mp4(3_600_000)}
    made |= {
        "muet.m4a": mp4(0),
        "casse.m4a": mp4()[:40],
        "casse.ogg": ogg()[:20],
        "vorbis.ogg": b"OggS" + b"\0" * 90,
    }
    made |= {
        "boucle.webm": webm()[:40] + b"\xec\x80" * 300_000,
        "faux.webm": b"\x1a\x45\xdf\xa3" + b"\0" * 50,
    }
    made["poly.jpg"] = _polyglot(b"\xff\xd8\xff\xe0")
    return made
