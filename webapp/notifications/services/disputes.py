"""Who is told of a dispute: who resolves it, keeps the books, opened it; those above when it stays late."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.core.ids import new_id
from webapp.disputes.models import Dispute
from webapp.disputes.policy import may_credit, may_read
from webapp.disputes.rules import LATE
from webapp.extensions import db
from webapp.notifications.rules import Candidate, dispute_overseers
from webapp.notifications.services.fan_out import Push, notice, write_deliveries, write_notices
from webapp.users.actor import Actor
from webapp.users.queries import list_actors


def tell_of_dispute_given(dispute_id: uuid.UUID, user_id: uuid.UUID, by_id: uuid.UUID) -> None:
    """Tell a person that it is theirs to resolve, unless they took it themselves."""
    if user_id != by_id:
        _tell(dispute_id, f"dispute_given:{dispute_id}:{new_id()}", "dispute_assigned", {user_id}, by_id)


def tell_of_dispute_proposed(dispute_id: uuid.UUID, by_id: uuid.UUID) -> None:
    """Tell those who keep the books that a credit note is expected of them, but not who proposed it."""
    people = {each.user_id for each in list_actors() if may_credit(each)} - {by_id}
    _tell(dispute_id, f"dispute_proposed:{dispute_id}:{new_id()}", "dispute_proposed", people, by_id)


def tell_of_dispute_settled(dispute_id: uuid.UUID, by_id: uuid.UUID | None) -> None:
    """Tell who opened it and who resolves it, but not who settled it."""
    row = db.session.get_one(Dispute, dispute_id)
    people = {each for each in (row.opened_by, row.resolver_id) if each is not None} - {by_id}
    _tell(dispute_id, f"dispute_settled:{dispute_id}", "dispute_settled", people, by_id)


def tell_of_disputes_overdue(dispute_ids: Sequence[uuid.UUID], stage: int) -> None:
    """Tell each resolver that the day has passed; at the next stage those above: the client's branch
    managers and the credit managers. A dispute that nobody resolves goes to them at once."""
    people = list_actors()
    notices: list[dict[str, Any]] = []
    pushes: list[Push] = []
    rows = db.session.execute(
        select(Dispute, Client)
        .join(Client, Client.id == Dispute.client_id)
        .where(Dispute.id.in_(dispute_ids))
    )
    for dispute, client in rows.tuples():
        readers = [each for each in people if may_read(each, client)]
        first = stage == LATE and dispute.resolver_id is not None
        heard = {dispute.resolver_id} if first else _overseers(readers)
        kind = "dispute_late" if first else "dispute_escalated"
        key = f"{kind}:{dispute.id}:{dispute.revision}"
        told = [each for each in readers if each.user_id in heard]
        _add(dispute, key, kind, told, None, notices, pushes)
    write_notices(notices)
    write_deliveries(pushes)


def _overseers(readers: Iterable[Actor]) -> set[uuid.UUID]:
    return dispute_overseers(Candidate(each.user_id, each.role, True) for each in readers)


def _tell(
    dispute_id: uuid.UUID, key: str, kind: str, user_ids: set[uuid.UUID], by_id: uuid.UUID | None
) -> None:
    """An inbox line and pushes to those of these people who may still read the dispute."""
    row = db.session.get_one(Dispute, dispute_id)
    client = db.session.get_one(Client, row.client_id)
    people = [each for each in list_actors(user_ids) if may_read(each, client)] if user_ids else []
    notices: list[dict[str, Any]] = []
    pushes: list[Push] = []
    _add(row, key, kind, people, by_id, notices, pushes)
    write_notices(notices)
    write_deliveries(pushes)


def _add(
    row: Dispute,
    key: str,
    kind: str,
    people: Iterable[Actor],
    by_id: uuid.UUID | None,
    notices: list[dict[str, Any]],
    pushes: list[Push],
) -> None:
    url = f"/disputes/{row.id}"
    params = {"dispute_id": str(row.id), "client_id": str(row.client_id)}
    params |= {"by": str(by_id)} if by_id is not None else {}
    for person in people:
        notices.append(notice(person.user_id, key, kind, params, url))
        pushes.append(Push(key, kind, person.user_id, person.locale, url, f"dispute-{row.id}"))
