"""Recording and correcting documents. Page, API and importer all write through `upsert_invoices`."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import delete, insert

from webapp.core.clock import now
from webapp.core.errors import Forbidden, Invalid
from webapp.core.events import record
from webapp.core.ids import new_id
from webapp.core.money import UNIT_RATE, convert
from webapp.core.plain_text import text_fault
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.balances import forget, refresh_balances
from webapp.invoices.events import InvoicesChanged
from webapp.invoices.models import Instalment, Invoice
from webapp.invoices.queries import map_documents
from webapp.invoices.services.counting import recount
from webapp.invoices.services.delivering import bill_notes
from webapp.invoices.services.loading import CHUNK, load
from webapp.users import audit
from webapp.users.actor import Actor
from webapp.users.policy import may

LONGEST_REF = 64
BELOW_PAID = _l("Le montant passerait sous ce qui est déjà réglé.")


@dataclass(frozen=True)
class InvoiceInput:
    """A document as a source gives it, already checked. Cents; dates; parts as (due, amount)."""

    ref: str
    client_id: uuid.UUID
    issued_on: date
    due_on: date
    gross: int
    kind: str = "invoice"
    currency: str = "EUR"
    rate: int = UNIT_RATE  # of the day of issue, as `core.money.to_rate` gives it
    order_id: uuid.UUID | None = None
    due_computed: bool = False
    parts: tuple[tuple[date, int], ...] = ()

    @property
    def instalments(self) -> tuple[tuple[date, int], ...]:
        return self.parts or ((self.due_on, self.gross),)

    @property
    def gross_value(self) -> int:
        """In the company's currency, part by part, so that what is open never exceeds it."""
        return sum(convert(amount, self.rate) for _due, amount in self.instalments)


@dataclass
class Upserted:
    """What a bulk write did. `ids` by ref; `before` holds old values of what it updated."""

    ids: dict[str, uuid.UUID] = field(default_factory=dict)
    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    before: dict[str, dict[str, Any]] = field(default_factory=dict)
    refused: dict[str, object] = field(default_factory=dict)


def upsert_invoice(
    actor: Actor, row: InvoiceInput, *, notes: Sequence[uuid.UUID] | None = None
) -> tuple[uuid.UUID, str]:
    """Record or correct one document; returns its id and the outcome. Raises Forbidden, Invalid.

    `notes` are the delivery notes it bills, in the same transaction, so that they count once; None leaves
    them as they are. Events: InvoicesChanged, BalanceChanged.
    """
    require_writer(actor)
    if not row.ref.strip() or len(row.ref) > LONGEST_REF or text_fault(row.ref) is not None:
        raise Invalid(errors={"ref": _l("Indiquez une référence.")})
    if row.gross <= 0:
        raise Invalid(errors={"gross": _l("Indiquez un montant supérieur à 0 €.")})
    if not rules.check_instalments(row.gross, [amount for _due, amount in row.instalments]):
        raise Invalid(errors={"instalments": _l("Les échéances doivent faire le total de la facture.")})
    stale: set[uuid.UUID] = set()
    done = upsert_invoices(actor, [row], stale=stale)
    if row.ref in done.refused:
        raise Invalid(errors={"gross": done.refused[row.ref]})
    outcome = "created" if done.created else "updated" if done.updated else "unchanged"
    if notes is not None:
        billed = bill_notes(db.session.get_one(Invoice, done.ids[row.ref]), notes)
        stale |= billed
        outcome = "updated" if billed and outcome == "unchanged" else outcome
    if stale:
        refresh_balances(stale)
        record(InvoicesChanged((done.ids[row.ref],)))
    if outcome != "unchanged":
        audit.write(
            actor,
            f"invoice.{outcome}",
            "invoice",
            done.ids[row.ref],
            ref=row.ref,
            gross=row.gross,
            due_on=row.due_on,
            before=done.before.get(row.ref),
        )
    return done.ids[row.ref], outcome


def require_writer(actor: Actor) -> None:
    """Raises Forbidden for roles that record no invoices."""
    if not may(actor, "invoice.write"):
        raise Forbidden(_l("Votre rôle n’enregistre pas de factures."))


def upsert_invoices(
    actor: Actor,
    rows: Sequence[InvoiceInput],
    import_id: uuid.UUID | None = None,
    *,
    stale: set[uuid.UUID] | None = None,
) -> Upserted:
    """Record many documents, set-based; a voided one with the same ref is revived.

    A row whose amount would fall below what is already settled is `refused`, nothing else of it
    is written. Events: InvoicesChanged, BalanceChanged (once for all). With `stale`, the clients whose
    balances must follow are added to it, and the caller refreshes them and tells, once for many calls.
    """
    result = Upserted()
    rows = list({row.ref: row for row in rows}.values())  # a ref named twice: the last one counts
    existing = map_documents([row.ref for row in rows])
    known = [(existing[row.ref], row) for row in rows if row.ref in existing]
    load([found.id for found, row in known if row.parts or not _same(found, row)])
    fresh: list[InvoiceInput] = []
    parts: dict[uuid.UUID, list[dict[str, Any]]] = {}
    replaced: list[Instalment] = []
    touched: set[uuid.UUID] = set()
    orders: set[uuid.UUID | None] = {row.order_id for row in rows}
    with db.session.no_autoflush:
        for row in rows:
            found = existing.get(row.ref)
            if found is None:
                fresh.append(row)
                continue
            if _same(found, row):
                result.unchanged.append(row.ref)
            else:
                touched |= {found.client_id, row.client_id}
                settled = found.gross - found.open
                if row.gross < settled:
                    result.refused[row.ref] = BELOW_PAID
                    continue
                orders |= {found.order_id, row.order_id}
                parts[found.id] = _parts(found.id, row, settled)
                _correct(found, row, settled, result, import_id)
                found.open_value = sum(part["open_value"] for part in parts[found.id])
                replaced += found.instalments
                result.updated.append(row.ref)
            result.ids[row.ref] = found.id
    db.session.flush()
    _rewrite_parts(parts, replaced)
    _insert(fresh, result, import_id)
    touched |= {row.client_id for row in fresh}
    touched |= recount(orders, invoices=parts)
    _follow(touched, result, stale)
    return result


def _follow(touched: set[uuid.UUID], result: Upserted, stale: set[uuid.UUID] | None) -> None:
    """Balances of clients touched, and the news, unless the caller sees to it."""
    if stale is not None:
        stale |= touched
    elif touched:
        refresh_balances(touched)
        record(InvoicesChanged(tuple(result.ids[ref] for ref in (*result.created, *result.updated))))


def _values(row: InvoiceInput) -> dict[str, Any]:
    return {
        "client_id": row.client_id,
        "kind": row.kind,
        "issued_on": row.issued_on,
        "due_on": row.due_on,
        "gross": row.gross,
        "currency": row.currency,
        "rate": row.rate,
        "order_id": row.order_id,
    }


def _same(invoice: Invoice, row: InvoiceInput) -> bool:
    if invoice.voided_at is not None:
        return False
    same = all(getattr(invoice, name) == value for name, value in _values(row).items())
    if same and row.parts:
        return tuple((part.due_on, part.amount) for part in invoice.instalments) == row.parts
    return same


def _correct(
    invoice: Invoice, row: InvoiceInput, settled: int, result: Upserted, import_id: uuid.UUID | None
) -> None:
    """Write the new values over a document; what is settled stays settled. Its parts follow apart."""
    result.before[row.ref] = {
        "voided": invoice.voided_at is not None,
        "import_id": str(invoice.import_id) if invoice.import_id else None,
        "parts": [[part.due_on, part.amount] for part in invoice.instalments],
        **{name: getattr(invoice, name) for name in _values(row)},
    }
    if invoice.voided_at is not None:
        invoice.voided_at, invoice.import_id = None, import_id
    for name, value in _values(row).items():
        setattr(invoice, name, value)
    invoice.gross_value = row.gross_value
    invoice.open = row.gross - settled
    invoice.revision += 1
    if invoice.open:
        invoice.paid_on = invoice.late_days = None
    else:  # lowered to what was received: settled, though no payment came today
        invoice.late_days = (invoice.paid_on - row.due_on).days if invoice.paid_on else None


def _rewrite_parts(parts: dict[uuid.UUID, list[dict[str, Any]]], replaced: Sequence[Instalment]) -> None:
    """Give corrected documents their new instalments in place of those they had."""
    ids = list(parts)
    if not ids:
        return
    for start in range(0, len(ids), CHUNK):
        db.session.execute(
            delete(Instalment)
            .where(Instalment.invoice_id.in_(ids[start : start + CHUNK]))
            .execution_options(synchronize_session=False)
        )
    for part in replaced:
        db.session.expunge(part)
    db.session.execute(insert(Instalment), [part for each in parts.values() for part in each])
    forget(Invoice, Instalment)


def _parts(invoice_id: uuid.UUID, row: InvoiceInput, settled: int = 0) -> list[dict[str, Any]]:
    shares = rules.spread(row.instalments, settled)
    return [
        {
            "id": new_id(),
            "invoice_id": invoice_id,
            "client_id": row.client_id,
            "number": number,
            "due_on": due_on,
            "amount": amount,
            "open": amount - share,
            "open_value": convert(amount - share, row.rate),
            "sign": rules.SIGN[row.kind],
        }
        for number, ((due_on, amount), share) in enumerate(zip(row.instalments, shares, strict=True), 1)
    ]


def _insert(rows: Sequence[InvoiceInput], result: Upserted, import_id: uuid.UUID | None) -> None:
    if not rows:
        return
    recorded_at = now()
    invoices, parts = [], []
    for row in rows:
        invoice_id = result.ids[row.ref] = new_id()
        invoices.append(
            {
                "id": invoice_id,
                "ref": row.ref,
                "open": row.gross,
                "gross_value": row.gross_value,
                "open_value": row.gross_value,
                "due_computed": row.due_computed,
                "recorded_at": recorded_at,
                "import_id": import_id,
                "revision": 1,
                **_values(row),
            }
        )
        parts.extend(_parts(invoice_id, row))
        result.created.append(row.ref)
    # Into the tables: the ORM would look at each row again. COPY is not for a process that serves.
    db.session.execute(insert(Invoice.__table__), invoices)
    db.session.execute(insert(Instalment.__table__), parts)
