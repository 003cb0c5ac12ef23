"""How form pages answer: done and away, or again with what is to be corrected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import flash, redirect, request
from werkzeug.wrappers import Response as Answer

from webapp.core.db import unit_of_work
from webapp.core.errors import Invalid

Shown = str | Answer | tuple[str, int]


def settle(
    act: Callable[[], Any], again: Callable[[Mapping[str, object]], str], then: str, said: str = ""
) -> Shown:
    """Do `act` in one transaction, then go to `then`; refused input shows the form `again` (422)."""
    try:
        with unit_of_work():
            act()
    except Invalid as refusal:
        return again(refusal.errors or {"_": refusal.message}), 422
    if said:
        flash(said)
    return redirect(then, 303)


def written(*names: str) -> dict[str, str]:
    """What the form holds under these names, "" for what it lacks."""
    return {name: request.form.get(name, "") for name in names}


def errors_of(errors: Mapping[str, object], name: str) -> list[object]:
    """The field's messages as the form macros want them."""
    found = errors.get(name)
    return [] if found is None else list(found) if isinstance(found, list) else [found]
