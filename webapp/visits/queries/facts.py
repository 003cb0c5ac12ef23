"""Facts with what people read beside them: their kind's name, who saw and confirmed them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import and_, case, literal, select, tuple_
from sqlalchemy.orm import aliased

from webapp.clients.models import Client
from webapp.clients.policy import in_scope
from webapp.core.clock import local, today
from webapp.core.errors import NotFound
from webapp.extensions import db
from webapp.users.actor import Actor
from webapp.users.models import User
from webapp.visits import rules
from webapp.visits.models import Fact, FactKindRow, FactLink
from webapp.visits.words import FACT_ICONS, fact_name

MISSING = _l("Fait introuvable. Il n’existe pas, ou n’est pas dans votre portefeuille.")
MOST_SEEN = 40
_confirmer = aliased(User)


@dataclass
class FactLine:
    """A fact as it stands today."""

    fact: Fact
    client_ref: str
    label: str | None
    noted_by: str
    confirmed_by: str | None
    day: date
    attached: bool = False

    @property
    def name(self) -> str:
        return fact_name(self.fact.kind, self.label)

    @property
    def icon(self) -> str:
        return FACT_ICONS.get(self.fact.kind, "eye")

    @property
    def state(self) -> str:
        fact = self.fact
        ended, replaced = fact.ended_at is not None, fact.replaced_by is not None
        return rules.state_of(fact.expires_on, self.day, ended=ended, replaced=replaced)

    @property
    def tone(self) -> str:
        return rules.tone_of(self.fact.weight)

    @property
    def strength(self) -> int:
        """Points it still counts for."""
        live = self.state in rules.SEEN
        return rules.strength(self.fact.weight, self.fact.expires_on, self.day) if live else 0

    @property
    def confirmed_on(self) -> date | None:
        return local(self.fact.confirmed_at).date() if self.fact.confirmed_at else None

    @property
    def may_be_judged(self) -> bool:
        """Can it still be confirmed, or be said to be over?"""
        return self.state in (rules.STANDING, rules.FADING, rules.GONE)


def _select(actor: Actor, attached: Any = None) -> Any:
    return (
        select(
            Fact,
            Client.ref,
            FactKindRow.label,
            User.name,
            _confirmer.name,
            literal(False) if attached is None else attached,
        )
        .join(Client, Client.id == Fact.client_id)
        .join(User, User.id == Fact.noted_by)
        .outerjoin(_confirmer, _confirmer.id == Fact.confirmed_by)
        .outerjoin(FactKindRow, FactKindRow.code == Fact.kind)
        .where(in_scope(actor))
    )


def _lines(query: Any) -> list[FactLine]:
    day = today()
    rows: Any = db.session.execute(query).tuples()
    return [
        FactLine(fact, ref, label, noted_by, confirmed_by, day, bool(attached))
        for fact, ref, label, noted_by, confirmed_by, attached in rows
    ]


def get_fact(actor: Actor, fact_id: uuid.UUID) -> FactLine:
    """The fact, or NotFound."""
    found = _lines(_select(actor).where(Fact.id == fact_id))
    if not found:
        raise NotFound(MISSING)
    return found[0]


def list_seen(actor: Actor, client_id: uuid.UUID) -> list[FactLine]:
    """What a client's sheet shows: facts that stand or fade, the gravest first. One query."""
    query = _select(actor).where(Fact.client_id == client_id, *_live())
    order = (Fact.weight.desc(), Fact.seen_on.desc(), Fact.id)
    return _lines(query.order_by(*order).limit(MOST_SEEN))


def list_seen_of(actor: Actor, client_ids: Sequence[uuid.UUID]) -> list[FactLine]:
    """The same of several clients, one after the other. One query."""
    query = _select(actor).where(Fact.client_id.in_(client_ids), *_live())
    return _lines(query.order_by(Fact.client_id, Fact.weight.desc(), Fact.seen_on.desc(), Fact.id))


def _live() -> tuple[Any, ...]:
    oldest = today() - timedelta(days=rules.FADE_DAYS)
    return Fact.ended_at.is_(None), Fact.replaced_by.is_(None), Fact.expires_on > oldest


def facts_of_visit(actor: Actor, visit_id: uuid.UUID) -> list[FactLine]:
    """What was seen there, in the order it was noted. One query."""
    return _lines(_select(actor).where(Fact.visit_id == visit_id).order_by(Fact.id))


def list_facts(
    actor: Actor,
    *,
    limit: int = 50,
    client_id: uuid.UUID | None = None,
    only: str = "all",
    after: Sequence[object] | None = None,
) -> list[FactLine]:
    """Facts, the latest first; `only` is `seen` (stands or fades) or `all`. `limit + 1` of them."""
    query = _select(actor)
    if client_id is not None:
        query = query.where(Fact.client_id == client_id)
    if only == "seen":
        query = query.where(*_live())
    if after is not None:
        query = query.where(tuple_(Fact.noted_at, Fact.id) < tuple_(*after))
    return _lines(query.order_by(Fact.noted_at.desc(), Fact.id.desc()).limit(limit + 1))


def facts_beside(
    actor: Actor, subject_type: str, subject_id: uuid.UUID, client_id: uuid.UUID
) -> list[FactLine]:
    """What is attached to a thing, first, and what else stands or fades and could be. One query."""
    here = select(FactLink.fact_id).where(
        FactLink.subject_type == subject_type, FactLink.subject_id == subject_id
    )
    attached = Fact.id.in_(here)
    shown = case((attached, True), else_=False)
    live_or_attached = attached | and_(Fact.client_id == client_id, *_live())
    query = _select(actor, shown).where(live_or_attached)
    return _lines(query.order_by(shown.desc(), Fact.weight.desc(), Fact.id).limit(MOST_SEEN))


def standing_of_kind(client_id: uuid.UUID, kinds: Sequence[str]) -> list[Fact]:
    """Facts of these kinds that a new one takes the place of, unscoped."""
    same = (Fact.client_id == client_id, Fact.kind.in_(kinds))
    live = (Fact.ended_at.is_(None), Fact.replaced_by.is_(None))
    return list(db.session.scalars(select(Fact).where(*same, *live).with_for_update()))
