"""Merging a duplicate into the client that stays, and taking it back.

Which rows move is read from the schema: every column that refers to a client, of whatever feature,
now and later. Tables that hold one row a client stay (they are computed again), and so do rows that
would stand beside an equal one of the survivor's under a unique key, such as a second limit in
force. A column says more in its `info`: `moves` without a foreign key, `moves_when` for some rows only.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import Column, UniqueConstraint, and_, exists, func, not_, select, text, update

from webapp.clients import queries, rules
from webapp.clients.events import ClientMoved, ClientsChanged, ClientsMerged
from webapp.clients.models import Client, ClientAlias, Merge
from webapp.clients.policy import may_merge
from webapp.clients.services.writing import index_client
from webapp.core.clock import now
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.events import record
from webapp.core.ids import new_id, parse_id
from webapp.extensions import db
from webapp.users import audit
from webapp.users.actor import NOBODY, Actor

CHUNK = 500
# Of the duplicate itself: put back when the merge is undone.
KEPT = ("branch_id", "sales_rep_id", "parent_id")
_objections: list[Callable[[Merge], Sequence[str]]] = []


def may_object(function: Callable[[Merge], Sequence[str]]) -> Callable[[Merge], Sequence[str]]:
    """A feature names what stands against taking a merge back: references, for people."""
    _objections.append(function)
    return function


def preview(actor: Actor, survivor_id: uuid.UUID, loser_ref: str) -> tuple[Client, Client, dict[str, int]]:
    """Who stays, who goes, and how many rows of each table would move.

    Raises NotFound, Forbidden, Invalid (`loser_ref`).
    """
    survivor, loser = _pair(actor, survivor_id, loser_ref)
    counts = {}
    for column in _columns():
        moving = _moving(column, survivor.id, loser.id)
        counts[column.table.name] = (
            db.session.scalar(select(func.count()).select_from(moving.subquery())) or 0
        )
    return survivor, loser, {name: count for name, count in counts.items() if count}


def merge_clients(actor: Actor, survivor_id: uuid.UUID, loser_ref: str) -> Merge:
    """Give everything of the duplicate to the survivor and archive it; its reference leads there.

    Raises NotFound, Forbidden, Invalid (`loser_ref`). Events: ClientsChanged, ClientsMerged, ClientMoved.
    """
    survivor, loser = _pair(actor, survivor_id, loser_ref)
    db.session.execute(
        select(Client.id).where(Client.id.in_((survivor.id, loser.id))).order_by(Client.id).with_for_update()
    )
    before: dict[str, Any] = {name: _text(getattr(loser, name)) for name in KEPT}
    before["survivor_parent_id"] = _text(survivor.parent_id)
    moved: dict[str, list[str]] = {}
    for column in _columns():
        ids = list(db.session.scalars(_moving(column, survivor.id, loser.id)))
        if ids:
            moved[str(column.table.name)] = [str(each) for each in ids]
            _point(column, ids, survivor.id)
    before["aliases"] = _take_names(survivor, loser)
    _retire(loser, survivor)
    merge = Merge(
        id=new_id(), survivor_id=survivor.id, loser_id=loser.id, moved=moved, before=before,
        made_by=None if actor.user_id == NOBODY else actor.user_id,
    )  # fmt: skip
    db.session.add(merge)
    counts = {name: len(ids) for name, ids in moved.items()}
    _tell(actor, "client.merge", survivor, loser, moved=counts)
    return merge


def undo_merge(actor: Actor, merge_id: uuid.UUID) -> Merge:
    """Give the duplicate back what was its own. What came under its reference since stays where it is.

    Raises NotFound, Forbidden, and Conflict when it was undone, when the survivor was merged itself,
    or (`refs`) when something made since ties what would part. Events: those of `merge_clients`.
    """
    merge = db.session.scalar(select(Merge).where(Merge.id == merge_id).with_for_update())
    if merge is None:
        raise NotFound(queries.MISSING)
    survivor = queries.get_client(actor, merge.survivor_id)
    if not may_merge(actor):
        raise Forbidden(_l("Votre rôle ne fusionne pas de fiches."))
    loser = db.session.get_one(Client, merge.loser_id)
    if merge.undone_at is not None or loser.merged_into_id != survivor.id or survivor.merged_into_id:
        raise Conflict(_l("Cette fusion ne peut plus être annulée."))
    refs = [ref for objection in _objections for ref in objection(merge)]
    if refs:
        said = _l(
            "Cette fusion ne peut pas être annulée : on a depuis lettré %(refs)s.", refs=", ".join(refs[:20])
        )
        raise Conflict(said, errors={"refs": refs[:20]})
    for column in _columns():
        ids = [uuid.UUID(each) for each in merge.moved.get(column.table.name, [])]
        _point(column, ids, loser.id, only_from=survivor.id)
    for alias_id in merge.before["aliases"]:
        alias = db.session.get(ClientAlias, uuid.UUID(alias_id))
        if alias is not None:
            db.session.delete(alias)
    _revive(loser, survivor, merge.before)
    merge.undone_at, merge.undone_by = now(), None if actor.user_id == NOBODY else actor.user_id
    _tell(actor, "client.unmerge", survivor, loser)
    return merge


def _text(value: uuid.UUID | None) -> str | None:
    return str(value) if value is not None else None


def _pair(actor: Actor, survivor_id: uuid.UUID, loser_ref: str) -> tuple[Client, Client]:
    survivor = queries.get_client(actor, survivor_id)
    if not may_merge(actor):
        raise Forbidden(_l("Votre rôle ne fusionne pas de fiches."))
    query = select(Client).where(Client.ref == loser_ref.strip())
    loser = None if "\x00" in loser_ref else db.session.scalar(query)
    if loser is None:
        raise Invalid(errors={"loser_ref": _l("Aucun client n’a cette référence.")})
    if loser.id == survivor.id:
        raise Invalid(errors={"loser_ref": _l("C’est la référence de ce client même.")})
    if loser.merged_into_id is not None or survivor.merged_into_id is not None:
        raise Invalid(errors={"loser_ref": _l("Cette fiche a déjà été fusionnée.")})
    return survivor, loser


def _columns() -> Iterator[Column[Any]]:
    """Columns of every table that say whose client's a row is, when such rows can move."""
    for table in db.metadata.sorted_tables:
        if table.name in (Client.__tablename__, Merge.__tablename__):
            continue
        for column in table.columns:
            refers = any(key.column.table.name == Client.__tablename__ for key in column.foreign_keys)
            alone = column.primary_key or column.unique
            if (refers or column.info.get("moves")) and not alone:
                yield column
    yield Client.__table__.c.parent_id


def _moving(column: Column[Any], survivor_id: uuid.UUID, loser_id: uuid.UUID) -> Any:
    """Ids of the duplicate's rows that move."""
    table = column.table
    query = select(table.c.id).where(column == loser_id)
    if "moves_when" in column.info:
        query = query.where(text(column.info["moves_when"]))
    if table.name == Client.__tablename__:
        return query.where(table.c.id != survivor_id)
    for others, condition in _unique_beside(table, column):
        there = table.alias("there")
        equal = and_(
            there.c[column.name] == survivor_id, *(there.c[name] == table.c[name] for name in others)
        )
        twin = exists(select(there.c.id).where(equal, *([text(f"there.{condition}")] if condition else [])))
        query = query.where(not_(and_(twin, text(f"{table.name}.{condition}")) if condition else twin))
    return query


def _unique_beside(table: Any, column: Column[Any]) -> Iterator[tuple[list[str], str | None]]:
    """Unique keys that hold the column: the names of their other columns, and what they are limited to."""
    for constraint in table.constraints:
        names = [each.name for each in getattr(constraint, "columns", ())]
        if isinstance(constraint, UniqueConstraint) and column.name in names:
            yield [name for name in names if name != column.name], None
    for index in table.indexes:
        names = [each.name for each in index.columns]
        if index.unique and column.name in names:
            where = index.dialect_options["sqlite"]["where"]
            yield [name for name in names if name != column.name], None if where is None else str(where)


def _point(
    column: Column[Any], ids: Sequence[Any], client_id: uuid.UUID, only_from: uuid.UUID | None = None
) -> None:
    table: Any = column.table
    for start in range(0, len(ids), CHUNK):
        statement = update(table).where(table.c.id.in_(ids[start : start + CHUNK]))
        if only_from is not None:
            statement = statement.where(column == only_from)
        db.session.execute(statement.values({column.name: client_id}))


def _take_names(survivor: Client, loser: Client) -> list[str]:
    """The duplicate's reference and names become the survivor's other names; ids of the new ones."""
    known = {survivor.legal_name, survivor.trade_name, *queries.list_aliases(survivor.id)}
    names = [name for name in dict.fromkeys((loser.ref, loser.legal_name, loser.trade_name)) if name]
    fresh = [
        ClientAlias(id=new_id(), client_id=survivor.id, name=name[:200])
        for name in names
        if name not in known
    ]
    db.session.add_all(fresh)
    return [str(each.id) for each in fresh]


def _retire(loser: Client, survivor: Client) -> None:
    """Out of the lists; whose client it was follows the survivor, since its history is now theirs."""
    loser.archived_at, loser.merged_into_id = now(), survivor.id
    loser.branch_id, loser.sales_rep_id = survivor.branch_id, survivor.sales_rep_id
    if survivor.parent_id == loser.id:
        survivor.parent_id = None if loser.parent_id == survivor.id else loser.parent_id
    loser.parent_id = None


def _revive(loser: Client, survivor: Client, before: dict[str, Any]) -> None:
    loser.archived_at, loser.merged_into_id = None, None
    for name in KEPT:
        setattr(loser, name, parse_id(before[name]) if before[name] else None)
    if before["survivor_parent_id"] == str(loser.id):
        survivor.parent_id = loser.id


def _tell(actor: Actor, action: str, survivor: Client, loser: Client, **more: Any) -> None:
    """What both merging and its undoing end with: names searched by, audit, news."""
    db.session.flush()
    db.session.expire_all()
    for client in (survivor, loser):
        client.sort_name = rules.fold(client.name)[:200]
        index_client(client, queries.list_aliases(client.id))
        client.revision += 1
        client.updated_at = now()
        audit.write(actor, action, "client", client.id, survivor=survivor.ref, merged=loser.ref, **more)
        record(ClientMoved(client.id))
    both = (survivor.id, loser.id)
    record(ClientsChanged(both))
    record(ClientsMerged(both))
