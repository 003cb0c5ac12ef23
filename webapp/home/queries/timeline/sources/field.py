"""What was seen at the client's, and what of it no longer holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import func

from webapp.home.queries.timeline.columns import CLIENT
from webapp.home.queries.timeline.columns import line as shared
from webapp.home.queries.timeline.sources.source import Source
from webapp.visits.models import Fact, FactKindRow, Visit


def _visits(_dialect: str) -> Any:
    line = shared(
        "visit",
        Visit.visited_at,
        Visit.id,
        ref=Visit.outcome,
        text=func.substr(Visit.note, 1, 280),
        subject=Visit.id,
        actor=Visit.recorded_by,
    )
    return line.where(Visit.client_id == CLIENT)


def _facts(ended: bool) -> Callable[[str], Any]:
    """What was seen, or is no longer true: `text` is the kind, `ref` the company's own name for it."""

    def build(_dialect: str) -> Any:
        line = shared(
            "fact_end" if ended else "fact",
            Fact.ended_at if ended else Fact.noted_at,
            Fact.id,
            ref=FactKindRow.label,
            text=Fact.kind,
            subject=Fact.visit_id,
            actor=Fact.ended_by if ended else Fact.noted_by,
        )
        found = line.outerjoin(FactKindRow, FactKindRow.code == Fact.kind).where(Fact.client_id == CLIENT)
        return found.where(Fact.ended_at.is_not(None)) if ended else found

    return build


FIELD = (
    Source("visits", None, _visits),
    Source("visits", None, _facts(ended=False)),
    Source("visits", None, _facts(ended=True)),
)
