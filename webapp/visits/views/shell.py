"""What the pages share: the blueprint, words of facts and outcomes."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, request

from webapp.users.rules import local_path
from webapp.visits.words import FACT_ICONS, OUTCOME_ICONS, OUTCOME_WORDS, fact_name

blueprint = Blueprint("visits", __name__)
OUTCOME_LOOKS = {"good": "ok", "mixed": "warn", "bad": "bad"}


@blueprint.app_context_processor
def _words() -> dict[str, Any]:
    """Facts and visits are drawn on the pages of other features too."""
    return {
        "fact_name": fact_name,
        "fact_icons": FACT_ICONS,
        "visit_outcomes": OUTCOME_WORDS,
        "visit_icons": OUTCOME_ICONS,
        "visit_looks": OUTCOME_LOOKS,
    }


def way_back(otherwise: str) -> str:
    """The page of ours that the form says it stands on, else another one."""
    return local_path(request.form.get("back")) or otherwise
