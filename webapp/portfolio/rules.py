"""How much of a client a device keeps, and what it never keeps. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from stdnum import iban

MOST_CLIENTS = 500
# At most so much of each: 500 clients stay under 5 MB.
MOST_INVOICES, MOST_MESSAGES, MOST_FACTS, MOST_CONTACTS = 15, 5, 8, 4
LONGEST_MESSAGE = 400
FORBIDDEN = "offline_forbidden"
SETTING = "offline_reading"
HIDDEN = "••••"

_IBAN_START = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}[0-9]{2}(?=[ .\u00a0\u202f-]?[A-Za-z0-9])")
_SEPARATORS = " .-\u00a0\u202f"
# An account as banks number it (a French RIB has 23 digits); two telephone numbers in a row have twenty.
_LONG_NUMBER = re.compile(r"[0-9](?:[ .\u00a0\u202f-]?[0-9]){20,}")
_SHORTEST, _LONGEST = 15, 34


def is_on(settings: Mapping[str, Any] | None) -> bool:
    """Does the company let devices keep clients for reading? It does until it says otherwise."""
    return bool((settings or {}).get(SETTING, True))


def without_accounts(text: str) -> str:
    """The text with bank references somebody wrote into it taken out."""
    kept, at = [], 0
    for start in _IBAN_START.finditer(text):
        end = _end_of_iban(text, start.start())
        if end is not None and start.start() >= at:
            kept += [text[at : start.start()], HIDDEN]
            at = end
    return _LONG_NUMBER.sub(HIDDEN, "".join([*kept, text[at:]]))


def _end_of_iban(text: str, start: int) -> int | None:
    """Where the IBAN that starts here ends; None when there is none."""
    compact = ""
    for place in range(start, len(text)):
        sign = text[place]
        if sign in _SEPARATORS:
            continue
        if not (sign.isascii() and sign.isalnum()) or len(compact) == _LONGEST:
            break
        compact += sign
        if len(compact) >= _SHORTEST and iban.is_valid(compact):
            return place + 1
    return None


def shortened(text: str) -> str:
    """A message as a device keeps it."""
    safe = without_accounts(text)
    return safe if len(safe) <= LONGEST_MESSAGE else safe[: LONGEST_MESSAGE - 1].rstrip() + "…"


def by_client(rows: Iterable[tuple[Any, Any]], most: int) -> dict[Any, list[Any]]:
    """Rows of (client, thing) in the order of their clients: the first `most` things of each."""
    return {
        client: [thing for _client, thing in pairs][:most]
        for client, pairs in groupby(rows, key=lambda row: row[0])
    }
