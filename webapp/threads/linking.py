"""What a message may refer to: addresses of ours, references of invoices and clients. Pure.

Whether they exist, and who may see them, is another question.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from uuid import UUID

MOST_REFS = 12  # looked up for one message
MOST_CARDS = 3  # shown under one
LONGEST_REF = 64
_ADDRESS = re.compile(r"/(invoices|clients)/([0-9a-fA-F-]{36})(?![0-9a-fA-F-])")
_TO_A_PLACE = re.compile(rf"\S*{_ADDRESS.pattern}\S*")
_WORD = re.compile(r"[^\s<>\"'`,;«»()\[\]{}|]+")
_EDGE = ".:!?*_~…’"


@dataclass(frozen=True)
class Named:
    """What one text names."""

    refs: tuple[str, ...] = ()
    ids: dict[str, tuple[UUID, ...]] = field(default_factory=dict)  # by `invoices`, `clients`

    def __bool__(self) -> bool:
        return bool(self.refs or self.ids)


def named_in(body: str) -> Named:
    """References and addresses in a text, in order, each once."""
    ids: dict[str, list[UUID]] = {}
    for kind, text in _ADDRESS.findall(body):
        try:
            ids.setdefault(kind, []).append(UUID(text))
        except ValueError:
            continue
    words = (word.strip(_EDGE) for word in _WORD.findall(_TO_A_PLACE.sub(" ", body)))
    refs = list(dict.fromkeys(word for word in words if may_be_ref(word)))[:MOST_REFS]
    return Named(tuple(refs), {kind: tuple(dict.fromkeys(found)) for kind, found in ids.items()})


def may_be_ref(word: str) -> bool:
    """A reference has a digit, and letters or at least five digits; it is no address, hour or amount."""
    if not 3 <= len(word) <= LONGEST_REF or "://" in word or word.startswith("@"):
        return False
    digits = sum(letter.isdigit() for letter in word)
    letters = any(letter.isalpha() for letter in word)
    if digits == 0:  # a client's reference may be letters around a dash, in capitals
        return letters and "-" in word and word.isupper()
    return (letters or digits >= 5) and not re.fullmatch(r"\d{1,2}[h:]\d{2}|[\d.,]+(€|%|k€?)|\d+j", word)
