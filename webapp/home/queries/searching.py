"""Finding clients by a part of their identity or the start of an invoice's reference."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, column, func, or_, select, table

from webapp.clients.rules import fold
from webapp.extensions import db
from webapp.home.models import ClientLine
from webapp.invoices.queries import billed_under

MOST_WORDS, MOST_BY_REF = 8, 500
SHORTEST_INDEXED = 3  # the index holds groups of three letters
COMMON = 1_000
_index: Any = table("client_lines_fts", column("rowid"), column("client_lines_fts"))


def found_by(q: str) -> ColumnElement[bool]:
    """Every word of `q` in the client's identity, or `q` as the start of one of its invoices.

    References are looked up first: mostly there are none, and the other half of the condition is
    left alone, for which the database has a good plan.
    """
    q = q.replace("\x00", "")
    words = fold(q).split()[:MOST_WORDS]
    billed = db.session.scalars(billed_under(q.strip(), MOST_BY_REF)).all()
    by_ref: ColumnElement[bool] = ClientLine.client_id.in_(set(billed))
    if not words:
        return by_ref
    return or_(_named(words), by_ref) if billed else _named(words)


def _named(words: Sequence[str]) -> ColumnElement[bool]:
    """Each word somewhere in the identity."""
    line: Any = ClientLine
    named = and_(*(line.search_text.contains(word, autoescape=True) for word in words))
    indexed = [word for word in words if len(word) >= SHORTEST_INDEXED]
    if not indexed or db.engine.dialect.name != "sqlite":
        return named
    phrases = " AND ".join('"' + word.replace('"', '""') + '"' for word in indexed)
    matches = select(_index.c.rowid).where(_index.c.client_lines_fts.op("MATCH")(phrases))
    # SQLite does not know how common a word is. When many clients have it, going through the list in
    # its order meets a page of them sooner than sorting them all.
    met = db.session.scalar(select(func.count()).select_from(matches.limit(COMMON).subquery())) or 0
    return named if met == COMMON else and_(line.number.in_(matches), named)
