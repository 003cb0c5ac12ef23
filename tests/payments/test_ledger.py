"""The ledger stays sound whatever happens, and the command says so."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import DomainError
from webapp.extensions import db
from webapp.invoices.models import Balance, Invoice
from webapp.invoices.services import InvoiceInput, upsert_invoice, void_invoices
from webapp.payments import ledger
from webapp.payments.models import Payment
from webapp.payments.services import allocate_payment, record_payment, void_payments

OPERATIONS = 500


class Book:
    """Random acts on a few clients, through the services, refusals allowed."""

    def __init__(self, cast: Cast, seed: int) -> None:
        self.actor, self.dice = cast.sonia, random.Random(seed)
        self.clients = [make_client(cast).id for _ in range(4)]
        self.rows: dict[str, InvoiceInput] = {}
        self.done = 0

    def act(self) -> None:
        name = self.dice.choice(
            ["invoice"] * 3 + ["correct"] * 2 + ["pay"] * 3 + ["allocate", "void_payment", "void"]
        )
        try:
            with unit_of_work():
                getattr(self, name)()
            self.done += 1
        except DomainError:
            pass

    def invoice(self) -> None:
        dice, day = self.dice, today()
        gross, due = dice.randint(1, 500_000), day + timedelta(days=dice.randint(-200, 60))
        parts = ()
        if gross > 10 and dice.random() < 0.3:
            first = dice.randint(1, gross - 1)
            parts = ((due + timedelta(days=dice.randint(-30, 30)), first), (due, gross - first))
        kind = dice.choice(["invoice"] * 5 + ["credit_note", "deposit"])
        ref = f"R-{len(self.rows)}"
        self.rows[ref] = InvoiceInput(
            ref, dice.choice(self.clients), due - timedelta(days=30), due, gross, kind=kind, parts=parts
        )
        upsert_invoice(self.actor, self.rows[ref])

    def correct(self) -> None:
        if self.rows:
            ref = self.dice.choice(list(self.rows))
            row = replace(self.rows[ref], gross=self.dice.randint(1, 500_000), parts=())
            if self.dice.random() < 0.3:
                row = replace(row, client_id=self.dice.choice(self.clients))
            upsert_invoice(self.actor, row)
            self.rows[ref] = row

    def pay(self) -> None:
        client_id, amount = self.dice.choice(self.clients), self.dice.randint(1, 800_000)
        left, shares = amount, []
        for invoice in self._open(client_id):
            share = min(left, self.dice.randint(1, invoice.open))
            if share:
                shares.append((invoice.id, share))
                left -= share
        if shares and left and self.dice.random() < 0.2:
            shares.append((shares[0][0], 1))  # twice on the same invoice: refused when nothing is left of it
        record_payment(
            self.actor,
            source="random",
            source_ref=str(self.dice.random()),
            client_id=client_id,
            received_on=today() - timedelta(days=self.dice.randint(0, 90)),
            amount=amount,
            allocations=shares,
        )

    def allocate(self) -> None:
        payment = self._payment(Payment.unapplied > 0)
        invoices = self._open(payment.client_id) if payment else []
        if payment and invoices:
            share = min(payment.unapplied, invoices[0].open) + self.dice.choice([0, 0, 1])
            allocate_payment(self.actor, payment, [(invoices[0].id, share)])

    def void_payment(self) -> None:
        payment = self._payment()
        if payment:
            void_payments(self.actor, [payment.id], "random")

    def void(self) -> None:
        invoice = db.session.scalars(select(Invoice).order_by(Invoice.id)).all()
        if invoice:
            void_invoices(self.actor, [self.dice.choice(invoice).id], "random")

    def _open(self, client_id: object) -> list[Invoice]:
        query = select(Invoice).where(
            Invoice.client_id == client_id,
            Invoice.open > 0,
            Invoice.voided_at.is_(None),
            Invoice.kind == "invoice",
        )
        found = list(db.session.scalars(query.order_by(Invoice.id)))
        return self.dice.sample(found, min(len(found), 3))

    def _payment(self, *conditions: object) -> Payment | None:
        query = select(Payment).where(Payment.voided_at.is_(None), *conditions).order_by(Payment.id)
        found = db.session.scalars(query).all()
        return self.dice.choice(found) if found else None


@pytest.mark.parametrize("seed", [1, 20261122])
def test_five_hundred_random_acts_leave_every_figure_equal_to_its_entries(cast: Cast, seed: int) -> None:
    book = Book(cast, seed)
    for number in range(OPERATIONS):
        book.act()
        if number % 100 == 99:
            assert list(ledger.verify()) == []
    assert book.done > OPERATIONS / 2
    total = sum(db.session.scalars(select(Balance.outstanding)))
    assert total != 0


def test_the_command_is_silent_about_a_sound_ledger(app: Flask, cast: Cast) -> None:
    make_invoice(cast, make_client(cast))
    done = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert done.exit_code == 0, done.output


def test_the_command_lists_every_difference_and_fails(app: Flask, cast: Cast) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 5_000)
    with unit_of_work():
        payment = record_payment(
            cast.sonia, source="t", source_ref="1", client_id=client.id, received_on=today(), amount=900
        )
        payment.unapplied = 800
        db.session.get_one(Invoice, invoice.id).instalments[0].open = 4_000
        db.session.get_one(Balance, client.id).unapplied = 7
        db.session.get_one(Balance, client.id).outstanding = 7
    done = app.test_cli_runner().invoke(args=["ledger", "verify"])
    assert done.exit_code == 1
    assert invoice.ref in done.output and client.ref in done.output and "payment 1" in done.output
    assert "outstanding is 7" in done.output and "unapplied is 7" in done.output
