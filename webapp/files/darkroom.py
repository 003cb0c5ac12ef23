"""Pictures drawn again, in a process of their own: run as a program, it imports nothing of the product.

`python darkroom.py SOURCE KIND TARGET` draws the picture at SOURCE once more beside it (`TARGET`, without
any metadata) and in two small sizes (`TARGET-320`, `TARGET-1280`, WebP), then prints one line of JSON:
`{media_type, width, height}`, or `{fault}`. What a hostile file can do here is end this process: memory,
time and size on the disk are bounded, nothing is decoded before its size in pixels is known.
"""

from __future__ import annotations

import json
import resource
import sys
import warnings
from typing import Any

from PIL import Image, ImageOps

FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/heic": "HEIF"}
MOST_PIXELS = 50_000_000  # a phone's best camera
LONGEST_SIDE = 4096  # what is kept of it
SIZES = (320, 1280)
MOST_PROFILE = 64 * 1024
MEMORY, SECONDS, DISK = 1 << 30, 20, 64 << 20


class Fault(Exception):
    """Why a picture is not taken: `pixels` or `unreadable`."""


def draw(source: str, kind: str, target: str) -> dict[str, Any]:
    """Draw the picture again under `target`. Raises Fault."""
    picture = _open(source, FORMATS[kind])
    if not 0 < picture.width * picture.height <= MOST_PIXELS:
        raise Fault("pixels")
    exif, tables = picture.getexif(), getattr(picture, "quantization", None)
    upright = exif.get(0x0112, 1) == 1 and max(picture.size) <= LONGEST_SIDE
    try:
        picture.load()
        # The tables it came with are kept as they are: a second drawing loses nothing to speak of.
        if kind == "image/jpeg" and tables and upright and picture.mode in ("L", "RGB"):
            for said in ("comment", "exif", "xmp", "photoshop"):
                picture.info.pop(said, None)
            picture.save(target, "JPEG", quality="keep", exif=b"", icc_profile=_colours(picture))
            shown = picture.copy()
        else:
            shown = _upright(picture)
            _save(shown, kind, target, _colours(picture))
        _small_ones(shown, target)
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
        raise Fault("unreadable") from error
    kept = "image/jpeg" if kind == "image/heic" else kind
    return {"media_type": kept, "width": shown.width, "height": shown.height}


def _open(source: str, name: str) -> Image.Image:
    if name == "HEIF":
        import pillow_heif

        pillow_heif.register_heif_opener(thumbnails=False)
    try:
        return Image.open(source, formats=(name,))
    except Image.DecompressionBombError as error:
        raise Fault("pixels") from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, KeyError, TypeError) as error:
        raise Fault("unreadable") from error


def _upright(picture: Image.Image) -> Image.Image:
    """The pixels alone, the way up they are looked at, no larger than is kept."""
    if max(picture.size) > LONGEST_SIDE:
        picture.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    seen = ImageOps.exif_transpose(picture)
    has_alpha = "A" in seen.getbands() or "transparency" in seen.info
    return seen.convert("RGBA" if has_alpha else "RGB")


def _colours(picture: Image.Image) -> bytes | None:
    """The profile without which a phone's colours fade."""
    profile = picture.info.get("icc_profile")
    return profile if isinstance(profile, bytes) and len(profile) < MOST_PROFILE else None


def _save(shown: Image.Image, kind: str, target: str, colours: bytes | None) -> None:
    bare = Image.new(shown.mode, shown.size)  # nothing but pixels and colours goes along
    bare.paste(shown)
    if kind == "image/png":
        bare.save(target, "PNG", compress_level=4, icc_profile=colours)
    elif kind == "image/webp":
        bare.save(target, "WEBP", quality=90, icc_profile=colours or b"")
    else:
        bare.convert("RGB").save(target, "JPEG", quality=88, icc_profile=colours)


def _small_ones(shown: Image.Image, target: str) -> None:
    smaller = shown if shown.mode in ("RGB", "RGBA") else shown.convert("RGB")
    for size in reversed(SIZES):
        smaller = ImageOps.contain(smaller, (size, size)) if max(smaller.size) > size else smaller
        bare = Image.new(smaller.mode, smaller.size)
        bare.paste(smaller)
        bare.save(f"{target}-{size}", "WEBP", quality=78, method=3)


def main(source: str, kind: str, target: str) -> int:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (DISK, DISK))
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS
    warnings.simplefilter("error", Image.DecompressionBombWarning)
    try:
        drawn = draw(source, kind, target)
    except (Fault, Image.DecompressionBombWarning) as fault:
        drawn = {"fault": str(fault) if isinstance(fault, Fault) else "pixels"}
    print(json.dumps(drawn))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
