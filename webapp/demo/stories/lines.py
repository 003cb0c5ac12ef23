"""The shape of a storyline.

Wordings hold names in braces: `{client}`, `{contact}`, `{il}` / `{Il}`, `{ref}`, `{open}`, `{gross}`,
`{part}`, `{credit}`, `{basket}`, `{due}`, `{bl}`, `{order}`, `{goods}`, `{d1}`, `{d3}`, `{d7}` (working days
later), `{rep}`, `{sav}`, `{cpt}`, `{mgr}`, `{cm}` (first names) and `{at_rep}` … (mentions).
Apostrophes are typed straight and set as they should be when the line is written.
"""

from __future__ import annotations

from dataclasses import dataclass

# Who speaks: the client's sales representative, after-sales and manager of its branch, an
# accountant, the credit manager, the CFO.
VOICES = ("rep", "sav", "cpt", "mgr", "cm", "cfo")


@dataclass(frozen=True, slots=True)
class Line:
    """One message. `after` in working hours since the one before; `to` the place of the line it
    answers (not written when that one was not); `same_as` the place of the line whose choice of
    wording it follows (an empty wording is silence); `likes` (voice, emoji) reactions; `chance`
    that it is written at all; `photos` of the goods that come with it."""

    voice: str
    wordings: tuple[str, ...]
    after: float = 2.0
    to: int | None = None
    likes: tuple[tuple[str, str], ...] = ()
    chance: float = 1.0
    same_as: int | None = None
    photos: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """A storyline, told about invoices of these kinds (see `talk.kind_of`)."""

    name: str
    about: frozenset[str]
    lines: tuple[Line, ...]


def line(
    voice: str,
    *wordings: str,
    after: float = 2.0,
    to: int | None = None,
    likes: dict[str, str] | None = None,
    chance: float = 1.0,
    same_as: int | None = None,
    photos: int = 0,
) -> Line:
    return Line(voice, wordings, after, to, tuple((likes or {}).items()), chance, same_as, photos)
