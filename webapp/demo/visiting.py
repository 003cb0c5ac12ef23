"""Visits of the demo's representatives in the last two months, and what they saw: written set-based, without
cards in threads, so that conversations end where they ended."""

from __future__ import annotations

import random
import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from sqlalchemy import insert, select

from webapp.clients.models import Client
from webapp.core.ids import new_id
from webapp.demo.writing import at
from webapp.extensions import db
from webapp.visits.models import Fact, Visit
from webapp.visits.rules import STANDARD, last_day

EVERY, MOST, LONGEST_AGO = 5, 120, 70
NOTES = {
    "good": (
        "Carnet plein jusqu’à l’été, ils embauchent.",
        "Très bon accueil, le showroom est ouvert.",
    ),
    "mixed": ("Atelier calme pour la saison.", "Le gérant était pressé, rendez-vous à reprendre."),
    "bad": (
        "Ils attendent deux règlements avant de payer.",
        "Personne à l’atelier, la grue est à l’arrêt.",
    ),
}
# What was seen, as the visit went.
SEEN = {
    "good": (("good_news",), ("good_news", "stock_high"), ()),
    "mixed": (("stock_high",), ("new_competitor",), ("manager_change",)),
    "bad": (("cash_tension",), ("works_stopped",), ("cash_tension", "insolvency_rumour")),
}
OUTCOMES = ("good", "good", "mixed", "good", "mixed", "bad")


def write_visits(rng: random.Random, client_ids: Sequence[uuid.UUID], day: date) -> int:
    """Reports on some of these clients by whoever looks after them; how many there are."""
    query = select(Client.id, Client.sales_rep_id).where(
        Client.id.in_(client_ids[: EVERY * MOST]), Client.sales_rep_id.is_not(None)
    )
    looked_after: Counter[uuid.UUID | None] = Counter()
    kinds = {each.code: each for each in STANDARD}
    visits: list[dict[str, Any]] = []
    facts: list[dict[str, Any]] = []
    for client_id, rep_id in db.session.execute(query.order_by(Client.ref)):
        looked_after[rep_id] += 1
        if looked_after[rep_id] % EVERY != 1:  # everybody has been somewhere
            continue
        number = len(visits)
        went = OUTCOMES[number % len(OUTCOMES)]
        seen_on = day - timedelta(days=rng.randint(1, LONGEST_AGO))
        seen_on -= timedelta(days=max(seen_on.weekday() - 4, 0))
        instant = at(seen_on, rng.randint(8, 15), rng.randrange(60))
        visit = {"id": new_id(), "client_id": client_id, "visited_at": instant, "outcome": went}
        visits.append(
            {**visit, "note": rng.choice(NOTES[went]), "recorded_by": rep_id, "recorded_at": instant}
        )
        for code in rng.choice(SEEN[went]):
            facts.append(
                {
                    "id": new_id(),
                    "client_id": client_id,
                    "visit_id": visit["id"],
                    "kind": code,
                    "weight": kinds[code].weight,
                    "seen_on": seen_on,
                    "expires_on": last_day(seen_on, kinds[code].days),
                    "noted_by": rep_id,
                    "noted_at": instant,
                }
            )
    for table, rows in ((Visit, visits), (Fact, facts)):
        if rows:
            db.session.execute(insert(table), rows)
    return len(visits)
