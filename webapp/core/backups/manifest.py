"""`manifest.json`: what a copy holds and what its parts must digest to."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass, field

from webapp.config import ROOT

FORMAT = 1
NAME = "manifest.json"
KINDS = ("sqlite", "postgresql")


class BackupError(RuntimeError):
    """A copy cannot be made or put back; the message says why and what was (not) touched."""


@dataclass(frozen=True)
class Part:
    """One file of the copy."""

    size: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """`rows` counts each table at the instant of the copy; `revision` is its schema."""

    version: str
    revision: str
    database: str
    made_at: str
    rows: dict[str, int]
    parts: dict[str, Part] = field(default_factory=dict)
    format: int = FORMAT

    def to_json(self) -> bytes:
        return json.dumps(asdict(self), indent=2, sort_keys=True).encode()


def read(content: bytes) -> Manifest:
    """The manifest in these bytes. Raises BackupError when they are none."""
    try:
        found = json.loads(content)
        parts = {name: Part(int(each["size"]), str(each["sha256"])) for name, each in found["parts"].items()}
        manifest = Manifest(
            version=str(found["version"]),
            revision=str(found["revision"]),
            database=str(found["database"]),
            made_at=str(found["made_at"]),
            rows={str(name): int(count) for name, count in found["rows"].items()},
            parts=parts,
            format=int(found["format"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupError("this is no backup: its manifest cannot be read") from error
    if manifest.format != FORMAT or manifest.database not in KINDS:
        raise BackupError("this backup was made by another version, which writes them differently")
    return manifest


def product_version() -> str:
    """The version of the running code."""
    found: str = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    return found
