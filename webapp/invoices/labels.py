"""What the buckets of the aged balance are called."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _


def aging_labels(bounds: Sequence[int], *, issued: bool = False) -> list[str]:
    """What the buckets are called; `issued`: days are counted from the date of issue."""
    starts = (1, *(bound + 1 for bound in bounds))
    spans = zip(starts, bounds, strict=False)
    middle = [_("%(first)s–%(last)s j", first=first, last=last) for first, last in spans]
    return [_("Du jour") if issued else _("Non échu"), *middle, _("+ %(days)s j", days=bounds[-1])]
