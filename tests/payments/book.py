"""Random acts on the books through the services, and a plain replay of them to compare with."""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from tests.factories.books import make_client
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import DomainError
from webapp.core.money import UNIT_RATE, convert
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.services import (
    InvoiceInput,
    NoteInput,
    OrderInput,
    upsert_invoice,
    upsert_note,
    upsert_order,
    void_invoices,
)
from webapp.payments.models import Allocation, Payment
from webapp.payments.rules import Share
from webapp.payments.services import (
    decide_write_off,
    match,
    record_payment,
    return_payment,
    undo_matching,
    undo_write_off,
    void_payments,
    write_off,
)
from webapp.risk.services import set_limit

RATES = {"EUR": UNIT_RATE, "USD": 923_456_789, "JPY": 610_000_000}
ACTS = {
    "invoice": 6, "credit": 2, "correct": 2, "order": 2, "deliver": 2, "bill": 2, "bill_notes": 2,
    "close": 1, "limit": 1, "pay": 5, "match": 5, "undo": 2,
    "return_": 1, "give_up": 2, "ask": 1, "take_back": 1, "void": 1, "void_payment": 1, "sleep": 4,
}  # fmt: skip


@dataclass
class Entry:
    """A document or a payment as the replay knows it. `sign` is 0 for payments."""

    client: uuid.UUID
    amount: int
    day: date
    currency: str
    sign: int
    parts: tuple[tuple[date, int], ...] = ()
    out: bool = False  # voided: it never counted
    until: date | None = None  # the bank took it back
    of: uuid.UUID | None = None  # the document that a loss gives up; without it there is no loss


@dataclass
class Note:
    """A delivery as the replay knows it."""

    row: NoteInput
    invoice: uuid.UUID | None = None
    closed: bool = False


@dataclass
class Link:
    """An allocation as the replay knows it."""

    source: uuid.UUID
    invoice: uuid.UUID
    amount: int
    day: date
    until: date | None = None


@dataclass
class Book:
    """The acts. Each returns nothing; what the services refuse leaves no trace, here or there."""

    cast: Cast
    clients: list[uuid.UUID] = field(default_factory=list)
    entries: dict[uuid.UUID, Entry] = field(default_factory=dict)
    links: dict[uuid.UUID, Link] = field(default_factory=dict)
    rows: dict[uuid.UUID, InvoiceInput] = field(default_factory=dict)
    orders: dict[uuid.UUID, OrderInput] = field(default_factory=dict)
    notes: dict[uuid.UUID, Note] = field(default_factory=dict)
    matchings: list[uuid.UUID] = field(default_factory=list)
    losses: list[uuid.UUID] = field(default_factory=list)
    days: list[date] = field(default_factory=list)
    done: int = 0
    refused: int = 0

    def __post_init__(self) -> None:
        self.clients = [make_client(self.cast).id for _ in range(3)]

    def act(self, dice: random.Random) -> str:
        """One act drawn by its weight; its name."""
        name = dice.choices(list(ACTS), list(ACTS.values()))[0]
        try:
            with unit_of_work():
                getattr(self, name)(dice)
                db.session.flush()
                links = self._links()
            self.links = links
            self.done += 1
        except DomainError:
            self.refused += 1
        return name

    def sleep(self, dice: random.Random) -> None:
        """Nothing; the caller moves the clock."""

    def invoice(self, dice: random.Random) -> None:
        client, currency = dice.choice(self.clients), dice.choice(["EUR"] * 4 + ["USD", "JPY"])
        issued = today() - timedelta(days=dice.randint(0, 20))
        gross, due = dice.randint(1, 500_000), issued + timedelta(days=dice.randint(0, 60))
        parts: tuple[tuple[date, int], ...] = ()
        if gross > 10 and dice.random() < 0.3:
            first = dice.randint(1, gross - 1)
            parts = ((due + timedelta(days=dice.randint(-30, 30)), first), (due, gross - first))
        kind = dice.choice(["invoice"] * 6 + ["deposit"])
        row = InvoiceInput(
            self._ref(dice), client, issued, due, gross, kind, currency, RATES[currency], None, False, parts
        )
        self._issue(row, 1)

    def credit(self, dice: random.Random) -> None:
        currency = dice.choice(["EUR"] * 4 + ["USD"])
        row = InvoiceInput(
            self._ref(dice), dice.choice(self.clients), today(), today(), dice.randint(1, 200_000),
            "credit_note", currency, RATES[currency],
        )  # fmt: skip
        self._issue(row, -1)

    def correct(self, dice: random.Random) -> None:
        live = [key for key in self.rows if not self.entries[key].out]
        if live:
            key = dice.choice(live)
            old = self.rows[key]
            self._issue(
                InvoiceInput(
                    old.ref, old.client_id, old.issued_on, old.due_on, dice.randint(1, 500_000), old.kind,
                    old.currency, old.rate,
                ),
                self.entries[key].sign,
            )  # fmt: skip

    def order(self, dice: random.Random) -> None:
        """A new one, or an old one for another amount."""
        if self.orders and dice.random() < 0.3:
            old = self.orders[dice.choice(list(self.orders))]
            row = replace(old, amount=dice.randint(1, 300_000))
        else:
            client = dice.choice(self.clients)
            row = OrderInput("order", self._ref(dice), client, today(), dice.randint(1, 300_000))
        self.orders[upsert_order(self.cast.sonia, row)[0].id] = row

    def deliver(self, dice: random.Random) -> None:
        """A part of an order, or goods that nobody ordered; now and then an old note is corrected."""
        if self.notes and dice.random() < 0.2:
            key = dice.choice(list(self.notes))
            row = replace(self.notes[key].row, amount=dice.randint(1, 150_000))
        else:
            order = dice.choice([None, *self.orders])
            client = self.orders[order].client_id if order else dice.choice(self.clients)
            row = NoteInput(self._ref(dice), client, today(), dice.randint(1, 150_000), order)
        found, _outcome = upsert_note(self.cast.sonia, row)
        self.notes.setdefault(found.id, Note(row)).row = row

    def close(self, dice: random.Random) -> None:
        if self.notes:
            note = self.notes[dice.choice(list(self.notes))]
            upsert_note(self.cast.sonia, note.row, closed=not note.closed)
            note.closed = not note.closed

    def bill(self, dice: random.Random) -> None:
        """An invoice, or a credit note, of an order, that names no delivery."""
        if not self.orders:
            return
        order = dice.choice(list(self.orders))
        kind = dice.choice(["invoice"] * 5 + ["credit_note"])
        row = InvoiceInput(
            self._ref(dice), self.orders[order].client_id, today(), today(), dice.randint(1, 200_000), kind,
            order_id=order,
        )  # fmt: skip
        self._issue(row, -1 if kind == "credit_note" else 1)

    def bill_notes(self, dice: random.Random) -> None:
        """An invoice of some deliveries of a client, of one order, of several or of none."""
        client = dice.choice(self.clients)
        free = [
            key for key, note in self.notes.items() if note.row.client_id == client and not self._named(note)
        ]
        if not free:
            return
        chosen = dice.sample(free, min(len(free), dice.randint(1, 3)))
        orders = [None, *(key for key, order in self.orders.items() if order.client_id == client)]
        gross = sum(self.notes[key].row.amount for key in chosen) + dice.choice([0, 0, 1_500])
        row = InvoiceInput(self._ref(dice), client, today(), today(), gross, order_id=dice.choice(orders))
        self._issue(row, 1, chosen)

    def limit(self, dice: random.Random) -> None:
        set_limit(self.cast.emma, dice.choice(self.clients), amount=dice.randint(0, 3_000_000))

    def pay(self, dice: random.Random) -> None:
        client, currency = dice.choice(self.clients), dice.choice(["EUR"] * 4 + ["USD", "JPY"])
        amount, day = dice.randint(1, 600_000), today() - timedelta(days=dice.randint(0, 15))
        left, shares = amount, []
        for invoice in self._open(dice, client, currency)[: dice.randint(0, 3)]:
            share = min(left, dice.randint(1, invoice.open))
            if share:
                shares.append((invoice.id, share))
                left -= share
        payment = record_payment(
            self.cast.sonia,
            source="book",
            source_ref=self._ref(dice),
            client_id=client,
            received_on=day,
            amount=amount,
            allocations=shares,
            currency=currency,
            rate=RATES[currency],
        )
        self.entries[payment.id] = Entry(client, amount, day, currency, 0)

    def match(self, dice: random.Random) -> None:
        sources = [(key, entry) for key, entry in self.entries.items() if entry.sign <= 0 and not entry.out]
        if not sources:
            return
        key, entry = dice.choice(sources)
        kind = Payment if entry.sign == 0 else Invoice
        source = db.session.get_one(kind, key)
        left = source.unapplied if isinstance(source, Payment) else source.open
        shares = []
        for invoice in self._open(dice, entry.client, entry.currency)[: dice.randint(1, 3)]:
            share = min(left, dice.randint(1, invoice.open) + dice.choice([0, 0, 0, 1]))
            if share:
                shares.append(Share(key, invoice.id, share, entry.sign < 0))
                left -= share
        self.matchings.append(match(self.cast.sonia, entry.client, shares).id)

    def undo(self, dice: random.Random) -> None:
        if self.matchings:
            undo_matching(self.cast.sonia, dice.choice(self.matchings))

    def return_(self, dice: random.Random) -> None:
        payment = self._payment(dice)
        if payment:
            day = today() - timedelta(days=dice.randint(0, 5))
            return_payment(self.cast.sonia, payment, returned_on=day, reason="insufficient_funds")
            self.entries[payment.id].until = day

    def give_up(self, dice: random.Random) -> None:
        self._lose(dice, 1, 5_000)

    def ask(self, dice: random.Random) -> None:
        loss = self._lose(dice, 5_001, 400_000)
        if loss is not None and dice.random() < 0.8:
            loss = decide_write_off(self.cast.emma, loss.id, approve=True)
            self._know_loss(loss)

    def take_back(self, dice: random.Random) -> None:
        if self.losses:
            loss = undo_write_off(self.cast.sonia, dice.choice(self.losses))
            self.entries[loss.document_id].until = today()

    def void(self, dice: random.Random) -> None:
        live = [key for key in self.rows if not self.entries[key].out]
        if live:
            key = dice.choice(live)
            void_invoices(self.cast.sonia, [key], "book")
            self.entries[key].out = True

    def void_payment(self, dice: random.Random) -> None:
        payment = self._payment(dice)
        if payment:
            void_payments(self.cast.sonia, [payment.id], "book")
            self.entries[payment.id].out = True

    def _lose(self, dice: random.Random, low: int, high: int):  # type: ignore[no-untyped-def]
        found = self._open(dice, dice.choice(self.clients), "EUR")
        if not found or found[0].open < low:
            return None
        amount = dice.randint(low, min(high, found[0].open))
        loss = write_off(self.cast.sonia, found[0], amount=amount, reason="goodwill")
        if loss.state == "approved":
            self._know_loss(loss)
        return loss

    def _know_loss(self, loss) -> None:  # type: ignore[no-untyped-def]
        document = db.session.get_one(Invoice, loss.document_id)
        self.entries[document.id] = Entry(
            loss.client_id, loss.amount, document.issued_on, "EUR", -1, ((document.due_on, loss.amount),),
            of=loss.invoice_id,
        )  # fmt: skip
        self.losses.append(loss.id)

    def _named(self, note: Note) -> bool:
        return note.invoice is not None and not self.entries[note.invoice].out

    def ahead(self) -> dict[uuid.UUID, int]:
        """What each client ordered or was delivered that is not billed yet.

        Of an order that is the most of what was ordered, delivered and billed, less what was billed; of goods
        without an order, what no invoice names.
        """
        found: dict[uuid.UUID, int] = defaultdict(int)
        for key, order in self.orders.items():
            notes = [note for note in self.notes.values() if note.row.order_id == key]
            named = [note for note in notes if self._named(note)]
            billed = max(self._billed(key), 0) + sum(
                note.row.amount
                for note in named
                if self.rows[note.invoice].order_id != key  # type: ignore[index]
            )
            billed = max(billed, sum(note.row.amount for note in named))
            delivered = sum(note.row.amount for note in notes)
            counted = max(order.amount, delivered, billed) - billed
            found[order.client_id] += counted - self._never(notes, billed)
        for note in self.notes.values():
            if note.row.order_id is None and not note.closed and not self._named(note):
                found[note.row.client_id] += note.row.amount
        return found

    def _never(self, notes: list[Note], billed: int) -> int:
        """What of closed deliveries no longer counts: all that nobody billed, what invoices bill beyond those
        they name going to the oldest that is still open."""
        named = sum(note.row.amount for note in notes if self._named(note))
        waiting = sum(note.row.amount for note in notes if not note.closed and not self._named(note))
        closed = sum(note.row.amount for note in notes if note.closed and not self._named(note))
        beyond = billed - named
        return max(waiting + closed - beyond, 0) - max(waiting - beyond, 0)

    def _billed(self, order: uuid.UUID) -> int:
        """What live documents of an order bill of it."""
        total = 0
        for key, row in self.rows.items():
            if row.order_id == order and not self.entries[key].out:
                total += self.entries[key].sign * row.gross
                total -= sum(
                    note.row.amount
                    for note in self.notes.values()
                    if note.invoice == key and note.row.order_id != order
                )
        return total

    def _issue(self, row: InvoiceInput, sign: int, notes: list[uuid.UUID] | None = None) -> None:
        key, _outcome = upsert_invoice(self.cast.sonia, row, notes=notes)
        for each in notes or ():
            self.notes[each].invoice = key
        self.rows[key] = row
        self.entries[key] = Entry(
            row.client_id, row.gross, row.issued_on, row.currency, sign, row.instalments
        )

    def _open(self, dice: random.Random, client: uuid.UUID, currency: str) -> list[Invoice]:
        keys = [
            key
            for key, entry in self.entries.items()
            if entry.sign > 0 and not entry.out and entry.client == client and entry.currency == currency
        ]
        found = [db.session.get_one(Invoice, key) for key in keys[-30:]]
        found = [invoice for invoice in found if invoice.open]
        return dice.sample(found, min(len(found), 3))

    def _payment(self, dice: random.Random) -> Payment | None:
        keys = [key for key, entry in self.entries.items() if entry.sign == 0 and not entry.out]
        return db.session.get_one(Payment, dice.choice(keys)) if keys else None

    def _ref(self, dice: random.Random) -> str:
        return f"{self.clients[0].hex[-6:]}-{len(self.entries)}-{dice.getrandbits(40):x}"

    def _links(self) -> dict[uuid.UUID, Link]:
        """What the tables hold of who settled what: the acts' dates come from their own rules."""
        rows = db.session.query(Allocation).filter(Allocation.invoice_id.in_(list(self.entries)))
        return {
            row.id: Link(
                row.payment_id or row.credit_id, row.invoice_id, row.amount, row.effective_on, row.reversed_on
            )
            for row in rows
        }

    def replay(self, day: date) -> tuple[dict[uuid.UUID, int], dict[uuid.UUID, int]]:
        """What each client owed at the end of `day` (company cents), and its cash that settled nothing."""
        standing = {
            key: entry
            for key, entry in self.entries.items()
            if not entry.out
            and entry.day <= day
            and (entry.until is None or entry.until > day)
            and (entry.of is None or not self.entries[entry.of].out)
        }
        left = {key: entry.amount for key, entry in standing.items()}
        for link in self.links.values():
            ended = link.until is not None and link.until <= day
            if link.day <= day and not ended and link.source in standing and link.invoice in standing:
                left[link.source] -= link.amount
                left[link.invoice] -= link.amount
        owed: dict[uuid.UUID, int] = defaultdict(int)
        cash: dict[uuid.UUID, int] = defaultdict(int)
        for key, entry in standing.items():
            rate = RATES[entry.currency]
            if entry.sign == 0:
                cash[entry.client] += convert(left[key], rate)
                owed[entry.client] -= convert(left[key], rate)
            else:
                owed[entry.client] += entry.sign * self._value(entry, left[key], rate)
        return dict(owed), dict(cash)

    @staticmethod
    def _value(entry: Entry, left: int, rate: int) -> int:
        """What is open of each part, the earliest due settled first, each valued on its own."""
        settled, value = entry.amount - left, 0
        for _due, amount in sorted(entry.parts, key=lambda part: part[0]):
            share = min(settled, amount)
            settled -= share
            value += convert(amount - share, rate)
        return value
