"""What a kind of line is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Source:
    """One kind of line: the filter it belongs to, the right it asks for, and its statement for a dialect."""

    family: str
    right: str | None
    build: Callable[[str], Any]
