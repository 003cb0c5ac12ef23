"""What each row would do to the books as they stand: create, update, nothing, or be refused."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import polars as pl
from sqlalchemy import select

from webapp.clients.models import Client
from webapp.clients.queries import map_by_ref
from webapp.clients.rules import due_date
from webapp.core.bulk import among
from webapp.core.money import UNIT_RATE
from webapp.extensions import db
from webapp.imports.plain import code_of
from webapp.imports.rates import Rates
from webapp.imports.reading import Fault, Reading
from webapp.invoices.models import Invoice
from webapp.invoices.queries import map_documents
from webapp.users.models import User

CLIENT_FIELDS = ("legal_name", "trade_name", "siren", "siret", "vat_number", "trade", "street", "postcode",
                 "city", "phone", "email")  # fmt: skip


@dataclass
class Judged:
    """A row and its outcome, ready to be staged."""

    line: int
    outcome: str
    values: dict[str, Any]
    before: dict[str, Any] | None = None
    faults: list[Fault] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


class InvoiceJudge:
    """Judges rows of invoices, chunk after chunk; remembers refs met earlier in the file."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.seen: dict[str, tuple[int, str]] = {}
        self.client_names: dict[str, str] = {}
        self.new_clients: set[str] = set()
        self.aliases: set[tuple[str, str]] = set()
        self.emails: dict[str, bool] = {}
        self.rates = Rates(currency)
        self.clients: dict[str, Any] = {}  # what is known of the clients the file names

    def judge(self, readings: Sequence[Reading]) -> list[Judged]:
        """Outcomes of a chunk of rows, in a few queries."""
        for reading in readings:
            self._complete(reading.values)
        refs = [reading.values["ref"] for reading in readings if "ref" in reading.values]
        self._meet(r.values["client_ref"] for r in readings if "client_ref" in r.values)
        invoices = map_documents(refs)
        known_emails(self.emails, readings)
        return [self._one(reading, self.clients, invoices) for reading in readings]

    def known_people(self, frame: pl.DataFrame) -> pl.DataFrame:
        """Those rows whose sales representative, if they name one, is known."""
        if "sales_rep" not in frame.columns:
            return frame
        named = frame["sales_rep"].drop_nulls().unique().to_list()
        known_emails(self.emails, [Reading(0, {"sales_rep": email}) for email in named])
        strangers = [email for email in named if not self.emails[email.lower()]]
        return frame.filter(~pl.col("sales_rep").is_in(strangers).fill_null(False))

    def note_clients(self, pairs: Sequence[tuple[str, str | None]]) -> None:
        """Note (code, name) of clients as the file goes on: the first name wins, others are aliases."""
        self._meet(ref for ref, _name in pairs)
        for ref, name in pairs:
            client = self.clients[ref]
            if client is None or client.archived_at is not None:
                self.new_clients.add(ref)
            known = self.client_names.setdefault(ref, client.legal_name if client else name or ref)
            if name and name != known:
                self.aliases.add((ref, name))

    def _meet(self, refs: Iterable[str]) -> None:
        """Learn about clients not met yet, in one query."""
        fresh = {ref for ref in refs if ref not in self.clients}
        if fresh:
            names = (
                Client.id,
                Client.ref,
                Client.legal_name,
                Client.archived_at,
                Client.payment_days,
                Client.end_of_month,
            )
            found = db.session.execute(select(*names).where(among(Client.ref, list(fresh))))
            self.clients |= dict.fromkeys(fresh) | {row.ref: row for row in found}

    @staticmethod
    def _complete(values: dict[str, Any]) -> None:
        if "client_ref" not in values and values.get("client_name"):
            values["client_ref"] = code_of(values["client_name"])

    def _one(self, reading: Reading, clients: dict[str, Any], invoices: dict[str, Invoice]) -> Judged:
        values = reading.values
        judged = Judged(reading.line, "refused", values, None, reading.faults, reading.warnings)
        said = values.pop("rate", None)
        if not reading.faults and "client_ref" not in values:
            judged.faults.append(Fault("client_ref", "", "missing"))
        check_email(self.emails, values, judged.faults)
        if not judged.faults:
            self.rates.put(values, said, judged.faults)
        if judged.faults:
            return judged
        client = clients.get(values["client_ref"])
        self._finish(judged, client)
        if values["gross"] == 0:
            judged.warnings.append("zero")
            judged.outcome = "skipped"
            return judged
        if self._repeated(judged):
            return judged
        self._compare(judged, client, invoices.get(values["ref"]))
        return judged

    def _finish(self, judged: Judged, client: Any) -> None:
        """Sign, currency and due date."""
        values = judged.values
        kind = values.get("kind", "invoice")
        if values["gross"] < 0:
            kind, values["gross"] = "credit_note", -values["gross"]
        values["kind"] = kind
        if "due_on" not in values:
            days, month_end = (client.payment_days, client.end_of_month) if client else (30, False)
            values["due_on"] = due_date(values["issued_on"], days, month_end)
            values["due_computed"] = True
            judged.warnings.append("due_computed")
        elif values["due_on"] < values["issued_on"]:
            judged.warnings.append("due_before_issue")
        if kind != "invoice" and values.pop("settled_on", None):
            judged.warnings.append("settled_credit")

    def _repeated(self, judged: Judged) -> bool:
        """The same ref again in the file: the same row is skipped, another one refused."""
        ref, print_ = judged.values["ref"], fingerprint(judged.values)
        first = self.seen.setdefault(ref, (judged.line, print_))
        if first[0] == judged.line:
            return False
        if first[1] == print_:
            judged.outcome = "skipped"
            judged.warnings.append("same_twice")
        else:
            judged.faults.append(Fault("ref", "", "duplicate", str(first[0])))
        return True

    def _compare(self, judged: Judged, client: Any, invoice: Invoice | None) -> None:
        values = judged.values
        if invoice is None:
            judged.outcome = "created"
            return
        if invoice.voided_at is not None:
            judged.outcome = "created"
            judged.before = None
            return
        old = document_values(invoice, client_ref_of(invoice, client))
        said = {**values, "rate": values.get("rate", UNIT_RATE)}
        changes = {name: old[name] for name in old if name in said and old[name] != said[name]}
        settles = "settled_on" in values and invoice.open > 0
        if "gross" in changes and values["gross"] < invoice.gross - invoice.open:
            judged.faults.append(Fault("gross", "", "below_paid"))
            return
        if settles:
            changes["settled_on"] = None
        judged.before = changes or None
        judged.outcome = "updated" if changes else "unchanged"


def client_ref_of(invoice: Invoice, client: Any) -> str:
    """The ref of the client an invoice stands on; `client` is the one the row names."""
    if client is not None and invoice.client_id == client.id:
        return str(client.ref)
    return db.session.scalars(select(Client.ref).where(Client.id == invoice.client_id)).one()


def document_values(invoice: Invoice, client_ref: str) -> dict[str, Any]:
    """What a document says today, under the names of the importer's fields."""
    return {
        "client_ref": client_ref,
        "issued_on": invoice.issued_on,
        "due_on": invoice.due_on,
        "gross": invoice.gross,
        "kind": invoice.kind,
        "currency": invoice.currency,
        "rate": invoice.rate,
    }


def fingerprint(values: dict[str, Any]) -> str:
    names = ("client_ref", "issued_on", "due_on", "gross", "kind", "settled_on", "currency", "rate")
    return "|".join(str(values.get(name)) for name in names)


class ClientJudge:
    """Judges rows of clients."""

    def __init__(self, currency: str) -> None:
        self.currency = currency
        self.seen: dict[str, tuple[int, str]] = {}
        self.new_clients: set[str] = set()
        self.aliases: set[tuple[str, str]] = set()
        self.emails: dict[str, bool] = {}

    def judge(self, readings: Sequence[Reading]) -> list[Judged]:
        """Outcomes of a chunk of rows."""
        clients = map_by_ref({r.values["ref"] for r in readings if "ref" in r.values})
        known_emails(self.emails, readings)
        return [self._one(reading, clients) for reading in readings]

    def _one(self, reading: Reading, clients: dict[str, Client]) -> Judged:
        values = reading.values
        judged = Judged(reading.line, "refused", values, None, reading.faults, reading.warnings)
        siret, siren = values.get("siret"), values.get("siren")
        if siret and siren and not siret.startswith(siren):
            judged.faults.append(Fault("siret", "", "siret_key", siret))
        check_email(self.emails, values, judged.faults)
        if judged.faults:
            return judged
        print_ = "|".join(f"{name}={values[name]}" for name in sorted(values))
        first = self.seen.setdefault(values["ref"], (reading.line, print_))
        if first[0] != reading.line:
            if first[1] == print_:
                judged.outcome = "skipped"
                judged.warnings.append("same_twice")
            else:
                judged.faults.append(Fault("ref", "", "duplicate", str(first[0])))
            return judged
        client = clients.get(values["ref"])
        if client is None:
            judged.outcome = "created"
            self.new_clients.add(values["ref"])
            return judged
        old = {name: getattr(client, name) for name in CLIENT_FIELDS if name in values}
        judged.before = {name: was for name, was in old.items() if was != values[name]} or None
        judged.outcome = "updated" if judged.before or client.archived_at else "unchanged"
        return judged


def known_emails(known: dict[str, bool], readings: Sequence[Reading]) -> None:
    """Learn which sales representatives' addresses exist, in one query."""
    fresh = {r.values["sales_rep"].lower() for r in readings if "sales_rep" in r.values} - known.keys()
    if fresh:
        found = set(db.session.scalars(select(User.email).where(User.email.in_(fresh))))
        known.update({email: email in found for email in fresh})


def check_email(known: dict[str, bool], values: dict[str, Any], faults: list[Fault]) -> None:
    email = values.get("sales_rep")
    if email is not None and not known.get(email.lower(), False):
        faults.append(Fault("sales_rep", "", "sales_rep", email))


def iso(value: Any) -> Any:
    """The staged form of a value: dates as texts, ids as texts."""
    if isinstance(value, date | uuid.UUID):
        return value.isoformat() if isinstance(value, date) else str(value)
    return value
