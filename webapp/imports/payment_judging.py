"""What rows of payments would do to the books as they stand."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import select

from webapp.clients.models import Client
from webapp.core.bulk import among
from webapp.extensions import db
from webapp.imports.judging import InvoiceJudge, Judged
from webapp.imports.reading import Fault, Reading
from webapp.invoices.models import Invoice
from webapp.invoices.rules import SIGN
from webapp.payments.queries import map_receipts

SOURCE = "file"
FACTS = ("client_ref", "issued_on", "gross", "currency")


class PaymentJudge(InvoiceJudge):
    """A payment is its reference; without one, what it says and its rank among those that say the same."""

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.ranks: Counter[str] = Counter()

    def judge(self, readings: Sequence[Reading]) -> list[Judged]:
        """Outcomes of a chunk of rows, in a few queries."""
        for reading in readings:
            self._name(reading.values)
        values = [reading.values for reading in readings]
        self._meet(each["client_ref"] for each in values if "client_ref" in each)
        receipts = map_receipts(SOURCE, [each["ref"] for each in values if "ref" in each])
        cited = list_open(ref for each in values for ref in refs_in(each.get("invoices")))
        return [self._payment(reading, receipts, cited) for reading in readings]

    def _name(self, values: dict[str, Any]) -> None:
        if "ref" in values or not {"client_ref", "issued_on", "gross"} <= values.keys():
            return
        said = [
            str(values.get(name))
            for name in ("client_ref", "issued_on", "gross", "currency", "text", "invoices")
        ]
        digest = hashlib.sha256("|".join(said).encode()).hexdigest()[:24]
        self.ranks[digest] += 1
        values["ref"] = f"{digest}-{self.ranks[digest]}"

    def _payment(self, reading: Reading, receipts: dict[str, Any], cited: dict[str, Any]) -> Judged:
        values = reading.values
        judged = Judged(reading.line, "refused", values, None, reading.faults, reading.warnings)
        said = values.pop("rate", None)
        if judged.faults:
            return judged
        client = self.clients[values["client_ref"]]
        if client is None or client.archived_at is not None:
            judged.faults.append(Fault("client_ref", "", "unknown_client", values["client_ref"]))
            return judged
        self.rates.put(values, said, judged.faults)
        values["kind"] = "payment"
        if values["gross"] == 0:
            judged.outcome, judged.warnings = "skipped", [*judged.warnings, "zero"]
            return judged
        if judged.faults or self._repeated(judged):
            return judged
        found = receipts.get(values["ref"])
        if found is None:
            judged.outcome = "created"
            self._cite(judged, client, cited)
        elif _facts(found) == (
            values["client_ref"],
            values["issued_on"],
            values["gross"],
            values["currency"],
        ):
            judged.outcome = "unchanged"
        else:
            judged.faults.append(Fault("ref", "", "changed_payment"))
        if judged.faults:
            judged.outcome = "refused"
        return judged

    @staticmethod
    def _cite(judged: Judged, client: Any, cited: dict[str, Any]) -> None:
        """Invoices the row says are settled have to be the client's, in the same currency."""
        values, left = judged.values, 0
        for ref in refs_in(values.get("invoices")):
            invoice = cited.get(ref)
            if invoice is None or (invoice.client_ref, invoice.currency) != (client.ref, values["currency"]):
                judged.faults.append(Fault("invoices", "", "unknown_invoice", ref))
            else:
                left += invoice.open
        if values.get("invoices") and not judged.faults and left < values["gross"]:
            judged.warnings.append("over_paid")


def refs_in(text: str | None) -> list[str]:
    """References of invoices as a cell lists them: between commas, semicolons, bars or pluses."""
    return [ref for ref in (part.strip() for part in re.split(r"[,;|+\n]", text or "")) if ref]


def list_open(refs: Iterable[str]) -> dict[str, Any]:
    """Live invoices by reference: id, client_ref, currency and what is open."""
    query = (
        select(Invoice.ref, Invoice.id, Invoice.open, Invoice.currency, Client.ref.label("client_ref"))
        .join(Client, Client.id == Invoice.client_id)
        .where(among(Invoice.ref, list(dict.fromkeys(refs))), Invoice.voided_at.is_(None))
        .where(Invoice.kind.in_([kind for kind, sign in SIGN.items() if sign > 0]))
    )
    return {row.ref: row for row in db.session.execute(query)}


def _facts(found: Any) -> tuple[Any, ...]:
    return found.client_ref, found.received_on, found.amount, found.currency
