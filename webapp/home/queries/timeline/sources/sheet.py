"""The sheet itself: what was changed on it, its papers, its limits, guarantees and alerts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import and_, case

from webapp.clients.models import Document
from webapp.clients.rules import WALLED_DOCUMENTS
from webapp.home.queries.timeline.columns import CLIENT, CLIENT_TEXT
from webapp.home.queries.timeline.columns import line as shared
from webapp.home.queries.timeline.sources.source import Source
from webapp.risk.models import Alert, CreditLimit, Guarantee
from webapp.users.models import AuditEntry

# What of a sheet's changes its timeline tells. Reading bank references is for the audit trail alone.
EDITS = (
    "client.create", "client.update", "client.merge", "client.unmerge", "client.link", "client.unlink",
    "contact.add", "contact.change", "contact.remove", "address.add", "address.change", "address.remove",
    "reference.add", "reference.change", "reference.remove",
    "signatory.add", "signatory.change", "signatory.remove",
    "document.remove", "field.answer", "field.confirm",
)  # fmt: skip
WALLED_EDITS = ("bank_account.add", "bank_account.remove")


def _alerts(_dialect: str) -> Any:
    line = shared("alert", Alert.raised_at, Alert.id, amount=Alert.level, text=Alert.kind, ref=Alert.state)
    return line.where(Alert.client_id == CLIENT)


def _limits(_dialect: str) -> Any:
    line = shared(
        "limit",
        CreditLimit.set_at,
        CreditLimit.id,
        amount=CreditLimit.amount,
        text=CreditLimit.source,
        actor=CreditLimit.set_by,
    )
    return line.where(CreditLimit.client_id == CLIENT)


def _guarantees(kind: str, at: Any, by: Any) -> Callable[[str], Any]:
    """Recorded or withdrawn: the same, at another instant and by somebody else."""

    def build(_dialect: str) -> Any:
        said = {"amount": Guarantee.cover, "ref": Guarantee.giver, "text": Guarantee.kind, "actor": by}
        return shared(kind, at, Guarantee.id, **said).where(Guarantee.client_id == CLIENT, at.is_not(None))

    return build


def _papers(walled: bool) -> Callable[[str], Any]:
    def build(_dialect: str) -> Any:
        line = shared(
            "document",
            Document.created_at,
            Document.id,
            ref=case((Document.title.is_not(None), Document.title), else_=Document.version),
            text=Document.kind,
            subject=Document.file_id,
            actor=Document.added_by,
        )
        kinds = Document.kind.in_(sorted(WALLED_DOCUMENTS))
        return line.where(Document.client_id == CLIENT, kinds if walled else ~kinds)

    return build


def edit_of(actions: Iterable[str]) -> Any:
    """Audit entries about the client with one of these actions."""
    return and_(
        AuditEntry.subject_type == "client",
        AuditEntry.subject_id == CLIENT_TEXT,
        AuditEntry.action.in_(tuple(actions)),
    )


def _edits(actions: tuple[str, ...]) -> Callable[[str], Any]:
    def build(_dialect: str) -> Any:
        line = shared(
            "client", AuditEntry.at, AuditEntry.id, text=AuditEntry.action, actor=AuditEntry.actor_id
        )
        return line.where(edit_of(actions))

    return build


_RECORDED = _guarantees("guarantee", Guarantee.recorded_at, Guarantee.recorded_by)
_WITHDRAWN = _guarantees("guarantee_end", Guarantee.withdrawn_at, Guarantee.withdrawn_by)
SHEET = (
    Source("risk", "alert.read", _alerts),
    Source("risk", "limit.read", _limits),
    Source("risk", "limit.read", _RECORDED),
    Source(
        "risk", "limit.read", _guarantees("guarantee_end", Guarantee.withdrawn_at, Guarantee.withdrawn_by)
    ),
    Source("sheet", None, _edits(EDITS)),
    Source("sheet", "bank.read", _edits(WALLED_EDITS)),
    Source("sheet", None, _papers(walled=False)),
    Source("sheet", "bank.read", _papers(walled=True)),
)
