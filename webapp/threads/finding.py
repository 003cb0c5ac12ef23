"""Words that are looked for in messages, and where they stand in a text. Pure.

Accents and case do not count; a word is letters and digits, and the start of one is enough.
"""

from __future__ import annotations

import re
import unicodedata

MOST_WORDS = 8
_WORD = re.compile(r"[^\W_]+")
_SPACE = re.compile(r"\s+")


def fold(text: str) -> str:
    """Lower case, without accents; one character may become none or several."""
    plain = unicodedata.normalize("NFD", text)
    return "".join(letter for letter in plain if not unicodedata.combining(letter)).lower()


def words_of(text: str) -> list[str]:
    """The words asked for, folded, each once."""
    return list(dict.fromkeys(_WORD.findall(fold(text))))[:MOST_WORDS]


def says(body: str, words: list[str]) -> bool:
    """Does the text have every word, or a word that starts so?"""
    said = _WORD.findall(fold(body))
    return all(any(each.startswith(word) for each in said) for word in words)


def excerpt_around(body: str, words: list[str], length: int = 140) -> tuple[str, int, int]:
    """A piece of the text on one line around the first word that was asked for, and where it stands."""
    line = _SPACE.sub(" ", body).strip()
    start, end = _first(line, words)
    begin = 0 if end <= length - 20 else max(0, start - length // 3)
    piece = line[begin : begin + length]
    before = "…" if begin else ""
    after = "…" if begin + length < len(line) else ""
    shift = len(before) - begin
    return before + piece + after, start + shift, min(end + shift, len(before + piece))


def _first(line: str, words: list[str]) -> tuple[int, int]:
    """Where the first word of the line that starts as asked begins and ends; (0, 0) when none does."""
    folded, places = "", []
    for place, letter in enumerate(line):
        plain = fold(letter)
        folded += plain
        places += [place] * len(plain)
    places.append(len(line))
    for found in _WORD.finditer(folded):
        for word in words:
            if found.group().startswith(word):
                return places[found.start()], places[found.start() + len(word)]
    return 0, 0
