"""Text that can be stored and shown as it was written: no NUL, no stray control character.

What is accepted is kept unchanged; what cannot be is refused with a reason, never silently mended.
"""

from __future__ import annotations

import unicodedata

from flask_babel import lazy_gettext as _l

CONTROL = _l("Ce texte contient un caractère invisible. Retirez-le.")
_LINES = frozenset("\n\r\t")


def text_fault(text: str, *, lines: bool = False) -> object | None:
    """Why `text` cannot be stored, or None. `lines` allows line breaks and tabs."""
    for char in text:
        category = unicodedata.category(char)
        if category == "Cs" or (category == "Cc" and not (lines and char in _LINES)):
            return CONTROL
    return None
