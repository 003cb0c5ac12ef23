"""A ledger with a past, written set-based: parts, credits, cash, other currencies, reversals, returns.

What is kept of each document and payment is worked out here from its entries, one by one, so that
reads can be compared with another computation of the same entries.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import insert

from webapp.clients.models import Client
from webapp.core.clock import now
from webapp.core.ids import new_id
from webapp.core.money import UNIT_RATE, convert
from webapp.extensions import db
from webapp.invoices import rules
from webapp.invoices.models import Balance, Instalment, Invoice
from webapp.payments.models import Allocation, Payment

Row = dict[str, Any]
FOREIGN = (("USD", 918_273_645), ("GBP", 1_171_234_567), ("JPY", 612_345_678))
TABLES = (Client, Invoice, Instalment, Payment, Allocation, Balance)


class Ledger:
    """Rows of one company, made from a seed: the same each time but for the ids."""

    def __init__(self, day: date, seed: int = 1, *, settled: float = 0.5) -> None:
        self.day, self.dice, self.settled = day, random.Random(seed), settled
        self.rows: dict[type, list[Row]] = {table: [] for table in TABLES}
        self.number, self.written_at = 0, now()

    def client(self, branch_id: UUID, rep_id: UUID | None, documents: int) -> UUID:
        """A client with so many documents, and what settles some of them."""
        client_id = new_id()
        self.number += 1
        name = f"Société {self.number:06d}"
        self.rows[Client].append(
            {
                "id": client_id,
                "ref": f"L-{self.number:06d}",
                "legal_name": name,
                "sort_name": name.lower(),
                "search_text": name.lower(),
                "branch_id": branch_id,
                "sales_rep_id": rep_id,
            }
        )
        bills = [self._document(client_id, rank) for rank in range(documents)]
        self._use_credits(bills)
        for bill in bills:
            if rules.SIGN[bill["kind"]] > 0 and self.dice.random() < self.settled:
                self._pay(bill)
        cash = sum(row["unapplied_value"] for row in self.rows[Payment] if row["client_id"] == client_id)
        self.rows[Balance].append({"client_id": client_id, "unapplied": cash, "as_of": self.day})
        for bill in bills:
            self._keep(bill)
        return client_id

    def _document(self, client_id: UUID, rank: int) -> Row:
        dice = self.dice
        kind = "credit_note" if dice.random() < 0.06 else "deposit" if dice.random() < 0.04 else "invoice"
        issued = self.day - timedelta(days=dice.randrange(400))
        gross = dice.randrange(1_00, 9_000_00)
        currency, rate = dice.choice(FOREIGN) if dice.random() < 0.05 else ("EUR", UNIT_RATE)
        bill: Row = {
            "id": new_id(),
            "ref": f"L-{self.number:06d}-{rank:05d}",
            "kind": kind,
            "client_id": client_id,
            "issued_on": issued,
            "due_on": issued + timedelta(days=dice.choice((0, 30, 45, 60))),
            "gross": gross,
            "open": gross,
            "currency": currency,
            "rate": rate,
            "gross_value": convert(gross, rate),
            "recorded_at": self.written_at,
            "voided_at": self.written_at if dice.random() < 0.01 else None,
        }
        self.rows[Invoice].append(bill)
        return bill

    def _use_credits(self, bills: Sequence[Row]) -> None:
        """Half of the credit notes settle an invoice of the same currency, some only for a while."""
        for credit in bills:
            if rules.SIGN[credit["kind"]] > 0 or credit["voided_at"] or self.dice.random() < 0.5:
                continue
            same = [
                each
                for each in bills
                if each["kind"] == "invoice"
                and each["currency"] == credit["currency"]
                and each["open"]
                and not each["voided_at"]
            ]
            if same:
                bill = self.dice.choice(same)
                amount = self.dice.randint(1, min(bill["open"], credit["open"]))
                day = max(bill["issued_on"], credit["issued_on"])
                self._allocate(bill, amount, day, credit=credit)

    def _pay(self, bill: Row) -> None:
        """A payment for all or a part of it, sometimes with too much, sometimes taken back or voided."""
        dice, open_ = self.dice, bill["open"]
        if not open_ or bill["voided_at"]:
            return
        share = open_ if dice.random() < 0.6 else dice.randint(1, open_)
        amount = share + (dice.randrange(1, 500_00) if dice.random() < 0.1 else 0)
        came = min(self.day, bill["issued_on"] + timedelta(days=dice.randrange(120)))
        fate = dice.random()
        payment: Row = {
            "id": new_id(),
            "source": "ledger",
            "source_ref": bill["ref"],
            "client_id": bill["client_id"],
            "received_on": came,
            "amount": amount,
            "unapplied": amount,
            "currency": bill["currency"],
            "rate": bill["rate"],
            "amount_value": convert(amount, bill["rate"]),
            "recorded_at": self.written_at,
            "voided_at": self.written_at if fate < 0.02 else None,
            "returned_on": self._later(came) if 0.02 <= fate < 0.05 else None,
        }
        gone = payment["returned_on"] or (self.day if payment["voided_at"] else None)
        self._allocate(bill, share, max(came, bill["issued_on"]), payment=payment, reversed_on=gone)
        if gone is not None:
            payment["unapplied"] = 0
        payment["unapplied_value"] = convert(payment["unapplied"], bill["rate"])
        self.rows[Payment].append(payment)

    def _allocate(
        self,
        bill: Row,
        amount: int,
        day: date,
        *,
        payment: Row | None = None,
        credit: Row | None = None,
        reversed_on: date | None = None,
    ) -> None:
        undone = reversed_on or (self._later(day) if self.dice.random() < 0.05 else None)
        self.rows[Allocation].append(
            {
                "id": new_id(),
                "payment_id": payment["id"] if payment else None,
                "credit_id": credit["id"] if credit else None,
                "invoice_id": bill["id"],
                "amount": amount,
                "effective_on": day,
                "recorded_at": self.written_at,
                "reversed_on": max(undone, day) if undone else None,
                "reversed_at": self.written_at if undone else None,
            }
        )
        if undone is None:
            bill["open"] -= amount
            if credit is not None:
                credit["open"] -= amount
            if payment is not None:
                payment["unapplied"] -= amount

    def _keep(self, bill: Row) -> None:
        """The parts of a document, and what is open of each; some fall due in another order than numbered."""
        dice, gross = self.dice, bill["gross"]
        amounts = [gross]
        if dice.random() < 0.12 and gross > 1_00:
            first, second = sorted((dice.randint(1, gross - 2), dice.randint(2, gross - 1)))
            amounts = [each for each in (first, second - first, gross - second) if each]
        days = [bill["due_on"] + timedelta(days=30 * rank) for rank in range(len(amounts))]
        dice.shuffle(days)
        shares = rules.spread(list(zip(days, amounts, strict=True)), gross - bill["open"])
        bill["open_value"] = 0
        for number, (due_on, amount, share) in enumerate(zip(days, amounts, shares, strict=True), 1):
            value = convert(amount - share, bill["rate"])
            bill["open_value"] += value
            self.rows[Instalment].append(
                {
                    "id": new_id(),
                    "invoice_id": bill["id"],
                    "client_id": bill["client_id"],
                    "number": number,
                    "due_on": due_on,
                    "amount": amount,
                    "open": amount - share,
                    "open_value": value,
                    "sign": 0 if bill["voided_at"] else rules.SIGN[bill["kind"]],
                }
            )

    def _later(self, day: date) -> date:
        return day + timedelta(days=self.dice.randint(0, max((self.day - day).days, 0)))

    def write(self) -> None:
        """Put the rows made so far into the running transaction, and forget them."""
        for table, rows in self.rows.items():
            if rows:
                db.session.execute(insert(table), rows)
            rows.clear()
