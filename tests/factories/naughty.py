"""Strings that break careless programs: the public list, and a short one of our own without it."""

from __future__ import annotations

import json
from pathlib import Path

from tests.proofs import size

OWN = [
    "",
    "\x00",
    "a\x00b",
    "\ud800",
    "'; DROP TABLE clients;--",
    "<script>alert(1)</script>",
    "ﷺ" * 50,
    "{{7*7}}",
    "%00",
    "𠜎",
    "‮",
]


def naughty_strings(folder: Path) -> list[str]:
    """Ours, and every string of the list that JSON can carry; in a small run one of eight of them."""
    found: list[str] = json.loads((folder / "robustness" / "blns.json").read_text(encoding="utf-8"))
    return [*OWN, *found[:: size(8, 1)]]
