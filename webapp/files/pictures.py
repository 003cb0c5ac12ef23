"""Pictures and sounds that arrive: looked at where they can do no harm, and kept without what they tell.

A picture is drawn again by `darkroom.py`, in a process with bounds of its own: what is kept and served
was written by us, and the loop never decodes anything.
"""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.core.errors import Invalid
from webapp.files import darkroom, sounds

DARKROOM = Path(darkroom.__file__)
SIZES = darkroom.SIZES
PATIENCE_SECONDS = 45
FAULTS = {
    "unreadable": _l("Cette photo est abîmée ou incomplète. Reprenez-la, ou choisissez-en une autre."),
    "pixels": _l(
        "Cette photo est trop grande : %(mega)s millions de pixels au plus. Reprenez-la en plus petit.",
        mega=darkroom.MOST_PIXELS // 1_000_000,
    ),
    "film": _l("C’est une vidéo : elles ne sont pas prises. Envoyez une photo ou un message vocal."),
    "sound": _l("Ce message vocal est coupé ou illisible. Enregistrez-le à nouveau."),
    "long": _l("Un message vocal dure au plus 2 minutes. Enregistrez-le en deux fois."),
}


@dataclass(frozen=True)
class Look:
    """What a picture or a sound is: pixels, or milliseconds."""

    media_type: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None


def refuse(fault: str) -> Invalid:
    return Invalid(errors={"file": FAULTS[fault]}, code=f"file_{fault}")


def develop(source: Path, media_type: str, target: Path) -> Look:
    """Draw a picture again at `target`, with its small sizes beside it. Raises Invalid (`file`)."""
    command = [sys.executable, "-I", str(DARKROOM), str(source), media_type, str(target)]
    try:
        done = subprocess.run(  # nosec B603 # no shell, no word of a person's
            command, capture_output=True, timeout=PATIENCE_SECONDS, check=False, close_fds=True
        )
        said: dict[str, Any] = json.loads(done.stdout) if done.returncode == 0 else {"fault": "unreadable"}
    except (subprocess.TimeoutExpired, ValueError):
        said = {"fault": "unreadable"}
    if "fault" in said:
        raise refuse(said["fault"])
    return Look(said["media_type"], said["width"], said["height"])


def listen(source: Path, media_type: str) -> Look:
    """How long a sound is. Raises Invalid (`file`) for a film, what is broken, or what is too long."""
    try:
        duration = sounds.length(media_type, source.read_bytes())
    except sounds.Film as error:
        raise refuse("film") from error
    except ValueError as error:
        raise refuse("sound") from error
    if duration > sounds.LONGEST_MS:
        raise refuse("long")
    return Look(media_type, duration_ms=duration)
