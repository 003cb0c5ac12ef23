"""What was seen, said and is contested at a client's, as evidence of a request."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from webapp.core.clock import now
from webapp.core.money import format_money
from webapp.core.pages import day, locale_name
from webapp.disputes.models import Dispute
from webapp.extensions import db
from webapp.files.models import StoredFile
from webapp.invoices.models import Invoice
from webapp.limit_requests.rules import EVIDENCE
from webapp.promises.models import Promise
from webapp.users.models import User
from webapp.visits.models import Visit

RECENT = timedelta(days=90)
MOST_OF_A_KIND = 4
Pair = tuple[str, uuid.UUID]


@dataclass(frozen=True)
class Evidence:
    """Something a request rests on, in words; of a visit also its first photo."""

    kind: str
    id: uuid.UUID
    title: str
    detail: str
    url: str
    photo: uuid.UUID | None = None

    @property
    def key(self) -> str:
        """As a form says it."""
        return f"{self.kind}:{self.id}"


def list_evidence(client_id: uuid.UUID) -> list[Evidence]:
    """What a request about a client known to be in scope may rest on: visits, open promises and disputes."""
    since = now() - RECENT
    return [
        *_visits(_latest(_visit().where(Visit.visited_at >= since), Visit, client_id, Visit.visited_at)),
        *_promises(
            _latest(_promise().where(Promise.state == "open"), Promise, client_id, Promise.promised_on)
        ),
        *_disputes(
            _latest(_dispute().where(Dispute.closed_at.is_(None)), Dispute, client_id, Dispute.opened_at)
        ),
    ]


def find_evidence(client_id: uuid.UUID, wanted: Collection[Pair]) -> list[Evidence]:
    """These, in their order, as far as they are that client's."""
    ids = {kind: [found for each, found in wanted if each == kind] for kind in EVIDENCE}
    found: list[Evidence] = []
    if ids["visit"]:
        found += _visits(_these(_visit(), Visit, client_id, ids["visit"]))
    if ids["promise"]:
        found += _promises(_these(_promise(), Promise, client_id, ids["promise"]))
    if ids["dispute"]:
        found += _disputes(_these(_dispute(), Dispute, client_id, ids["dispute"]))
    order = {pair: number for number, pair in enumerate(wanted)}
    return sorted(found, key=lambda each: order[each.kind, each.id])


def _latest(query: Any, model: Any, client_id: uuid.UUID, newest: Any) -> Sequence[Any]:
    query = query.where(model.client_id == client_id).order_by(newest.desc(), model.id.desc())
    return db.session.execute(query.limit(MOST_OF_A_KIND)).all()


def _these(query: Any, model: Any, client_id: uuid.UUID, ids: Collection[uuid.UUID]) -> Sequence[Any]:
    return db.session.execute(query.where(model.client_id == client_id, model.id.in_(ids))).all()


def _visit() -> Any:
    its = (StoredFile.subject_type == "visit", StoredFile.subject_id == Visit.id)
    files = select(func.count()).where(*its).scalar_subquery()
    photo = select(StoredFile.id).where(*its, StoredFile.width.is_not(None)).order_by(StoredFile.position)
    return select(Visit, User.name, files, photo.limit(1).scalar_subquery()).join(
        User, User.id == Visit.recorded_by
    )


def _promise() -> Any:
    return select(Promise)


def _dispute() -> Any:
    return select(Dispute, Invoice.ref, Invoice.currency).join(Invoice, Invoice.id == Dispute.invoice_id)


def _visits(rows: Sequence[Any]) -> list[Evidence]:
    return [
        Evidence(
            "visit",
            visit.id,
            _("Visite du %(day)s", day=day(visit.visited_at)),
            " · ".join(
                [
                    name,
                    *([ngettext("%(num)s pièce jointe", "%(num)s pièces jointes", files)] if files else []),
                ]
            ),
            f"/visits/{visit.id}",
            photo,
        )
        for visit, name, files, photo in rows
    ]


def _promises(rows: Sequence[Any]) -> list[Evidence]:
    return [
        Evidence(
            "promise",
            row.id,
            _("Promesse de %(amount)s", amount=_money(row.amount, row.currency)),
            _("pour le %(day)s", day=day(row.promised_on)),
            f"/promises/{row.id}",
        )
        for (row,) in rows
    ]


def _disputes(rows: Sequence[Any]) -> list[Evidence]:
    return [
        Evidence(
            "dispute",
            row.id,
            _("Litige de %(amount)s", amount=_money(row.amount, currency)),
            ref,
            f"/disputes/{row.id}",
        )
        for row, ref, currency in rows
    ]


def _money(amount: int, currency: str) -> str:
    return format_money(amount, currency, locale_name(), cents=amount % 100 != 0)
