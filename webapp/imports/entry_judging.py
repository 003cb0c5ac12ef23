"""What the entries of a FEC would do to the books as they stand."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.clients.rules import due_date
from webapp.imports.entries import Item, groups
from webapp.imports.judging import InvoiceJudge, Judged
from webapp.imports.reading import Fault
from webapp.invoices.queries import list_facts
from webapp.payments.queries import map_receipts
from webapp.payments.rules import Share, spread_over

SOURCE = "fec"
FACTS = ("client_ref", "issued_on", "due_on", "gross", "kind")


@dataclass(frozen=True)
class Left:
    """A lettered entry as it was staged."""

    line: int
    day: date
    role: str
    ref: str
    client: str
    letters: str

    @property
    def debit(self) -> bool:
        return self.role in ("invoice", "refund")


@dataclass(frozen=True)
class Document:
    """What the books say of a reference."""

    ref: str
    client_ref: str
    issued_on: Any
    due_on: Any
    gross: int
    kind: str
    currency: str
    open: int
    live: bool


class EntryJudge(InvoiceJudge):
    """Judges all entries of a file together: references and lettering reach across it."""

    def judge_items(self, items: Sequence[Item]) -> list[Judged]:
        """Each item with its outcome, in the order of the file."""
        self._meet(item.client for item in items)
        documents = self._documents(items)
        receipts = map_receipts(SOURCE, [item.ref for item in items if item.role == "payment"])
        judged = {item.line: self._item(item, documents.get(item.ref), receipts) for item in items}
        for _key, members in groups(items):
            self._letter(members, judged, documents, receipts)
        counted = [each.values for each in judged.values() if each.outcome != "refused"]
        self.note_clients([(values["client_ref"], values.get("client_name")) for values in counted])
        return list(judged.values())

    def _documents(self, items: Sequence[Item]) -> dict[str, Document]:
        """What the books hold under the references of documents; another client's piece takes a new one."""
        papers = [item for item in items if item.role != "payment"]
        found = {row[0]: Document(*row) for row in list_facts([item.ref for item in papers])}
        moved = [
            item for item in papers if item.ref in found and found[item.ref].client_ref != item.client
            and found[item.ref].live
        ]  # fmt: skip
        for item in moved:
            item.ref = f"{item.ref[: 63 - len(item.client)]}/{item.client}"
        if moved:
            found |= {row[0]: Document(*row) for row in list_facts([item.ref for item in moved])}
        return found

    def _item(self, item: Item, known: Document | None, receipts: dict[str, Any]) -> Judged:
        values: dict[str, Any] = {
            "ref": item.ref, "client_ref": item.client, "client_name": item.client_name or None,
            "issued_on": item.day, "due_on": item.day, "gross": item.amount, "currency": self.currency,
            "kind": item.role, "role": item.role, "letters": item.letters or None, "text": item.text or None,
        }  # fmt: skip
        judged = Judged(item.line, "created", values)
        if item.role == "payment":
            judged.outcome = "unchanged" if item.ref in receipts else "created"
            return judged
        values["kind"] = "credit_note" if item.role == "credit_note" else "invoice"
        if known is not None and known.live:
            values["due_on"] = known.due_on
        elif item.role != "refund":
            client = self.clients[item.client]
            days, month_end = (client.payment_days, client.end_of_month) if client else (30, False)
            values["due_on"], values["due_computed"] = due_date(item.day, days, month_end), True
        if known is not None and known.live:
            self._compare_document(judged, known)
        return judged

    @staticmethod
    def _compare_document(judged: Judged, known: Document) -> None:
        changes = {
            name: getattr(known, name) for name in FACTS if getattr(known, name) != judged.values[name]
        }
        if "gross" in changes and judged.values["gross"] < known.gross - known.open:
            judged.outcome = "refused"
            judged.faults.append(Fault("gross", "", "below_paid"))
            return
        judged.before = changes or None
        judged.outcome = "updated" if changes else "unchanged"

    @staticmethod
    def _letter(
        members: Sequence[Item],
        judged: dict[int, Judged],
        documents: dict[str, Document],
        receipts: dict[str, Any],
    ) -> None:
        """Mark entries the books hold already when their letters would settle something more."""
        ids = {uuid.UUID(int=item.line): item for item in members}
        left = {item.line: left_of(item, documents.get(item.ref), receipts.get(item.ref)) for item in members}
        for share in shares_of(members, {item.line: uuid.UUID(int=item.line) for item in members}, left):
            for item in (ids[share.source_id], ids[share.invoice_id]):
                each = judged[item.line]
                if each.outcome == "unchanged":
                    each.outcome, each.before = "updated", {"letters": None}


def left_of(item: Item, document: Document | None, receipt: Any) -> int:
    """What of an entry can still be matched, in cents."""
    if item.role == "payment":
        return item.amount if receipt is None else int(receipt.unapplied)
    return (
        item.amount if document is None or not document.live else item.amount - document.gross + document.open
    )


def shares_of(
    members: Iterable[Item] | Iterable[Left], ids: dict[int, uuid.UUID], left: dict[int, int]
) -> list[Share]:
    """What a lettered group puts on its debits, oldest on oldest; `ids` and `left` are by line.

    A balanced group settles all of it, another as far as it goes.
    """
    known = [item for item in members if item.line in ids]
    sources = [
        (ids[item.line], left[item.line], item.role == "credit_note")
        for item in known
        if not item.debit and left[item.line] > 0
    ]
    debits = [(ids[item.line], left[item.line]) for item in known if item.debit and left[item.line] > 0]
    return spread_over(sources, debits)
