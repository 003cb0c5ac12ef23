"""Proposals become acts: accepted, changed, refused, undone, many at once, by two people at a time."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.clients.models import Client
from webapp.core import events
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.invoices.events import BalanceChanged, InvoicesChanged
from webapp.invoices.models import Invoice
from webapp.invoices.queries import find_balance
from webapp.payments import ledger
from webapp.payments.models import Matching, Payment, WriteOff
from webapp.payments.queries import list_matchings, list_to_match, proposals_for, search_payments
from webapp.payments.rules.evidence import Proposal
from webapp.payments.schemas.reasons import sentence
from webapp.payments.services import (
    Choice,
    accept_proposal,
    accept_sure,
    match_by_hand,
    record_payment,
    refuse_proposal,
    return_payment,
    take_back_refusal,
    undo_batch,
    undo_match,
)
from webapp.users.models import AuditEntry


def pay(cast: Cast, client: Client, amount: int, text: str = "VIR CLIENT", *, ago: int = 0) -> Payment:
    with unit_of_work():
        return record_payment(
            cast.sonia,
            source="test",
            source_ref=str(new_id()),
            client_id=client.id,
            received_on=today() - timedelta(days=ago),
            amount=amount,
            text=text,
        )


def first(payment: Payment) -> Proposal:
    return proposals_for([db.session.get_one(Payment, payment.id)])[payment.id][0]


def accept(cast: Cast, payment: Payment) -> Matching:
    key = first(payment).key
    with unit_of_work():
        return accept_proposal(cast.sonia, payment.id, key)


def opens(*invoices: Invoice) -> list[int]:
    db.session.expire_all()
    return [db.session.get_one(Invoice, each.id).open for each in invoices]


def sound() -> bool:
    db.session.expire_all()
    return list(ledger.verify()) == []


def test_accepting_settles_the_invoice_and_keeps_the_reasons(cast: Cast) -> None:
    client = make_client(cast)
    invoice, other = make_invoice(cast, client, 12_000), make_invoice(cast, client, 5_000)
    payment = pay(cast, client, 12_000, f"VIR SEPA FACT {invoice.ref}")
    heard: list[object] = []
    for kind in (InvoicesChanged, BalanceChanged):
        events.after_commit(kind)(heard.append)
    matching = accept(cast, payment)
    assert opens(invoice, other) == [0, 5_000] and sound()
    assert matching.source == "proposal" and matching.made_by == cast.sonia.user_id
    assert [each["code"] for each in matching.reasons][:2] == ["named_exact", "amount_none"]
    assert sentence(matching.reasons[0]) == f"Le libellé cite {invoice.ref}."
    assert {type(each) for each in heard} == {InvoicesChanged, BalanceChanged}
    entry = db.session.scalars(select(AuditEntry).where(AuditEntry.action == "matching.make")).one()
    assert entry.subject_id == str(matching.id)


def test_missing_cents_are_written_off_in_the_same_act_and_come_back_with_it(cast: Cast) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 12_000)
    payment = pay(cast, client, 11_960, f"FACT {invoice.ref}")
    matching = accept(cast, payment)
    row = db.session.scalars(select(WriteOff)).one()
    assert (row.amount, row.reason, row.state) == (40, "difference", "approved")
    assert opens(invoice) == [0] and sound()
    with unit_of_work():
        undo_match(cast.alice, matching.id)
    assert opens(invoice) == [12_000] and sound()
    assert db.session.get_one(WriteOff, row.id).state == "undone"
    assert db.session.get_one(Payment, payment.id).unapplied == 11_960
    assert find_balance(client.id).outstanding == 12_000 - 11_960
    with pytest.raises(Conflict), unit_of_work():
        undo_match(cast.alice, matching.id)
    assert first(payment).write_off == "difference"  # it may be accepted again
    accept(cast, payment)
    assert opens(invoice) == [0] and sound()


def test_a_credit_note_is_used_up_with_the_payment(cast: Cast) -> None:
    client = make_client(cast)
    invoice, credit = (
        make_invoice(cast, client, 50_000),
        make_invoice(cast, client, 1_393, kind="credit_note"),
    )
    matching = accept(cast, pay(cast, client, 48_607))
    assert opens(invoice, credit) == [0, 0] and sound()
    with unit_of_work():
        undo_match(cast.sonia, matching.id)
    assert opens(invoice, credit) == [50_000, 1_393] and sound()


def test_who_comes_second_gets_a_conflict_that_names_the_first(cast: Cast) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 12_000)
    payment = pay(cast, client, 12_000)
    key = first(payment).key
    with unit_of_work():
        accept_proposal(cast.sonia, payment.id, key)
    with pytest.raises(Conflict, match="Sonia Petit"), unit_of_work():
        accept_proposal(cast.alice, payment.id, key)
    assert db.session.scalar(select(func.count()).select_from(Matching)) == 1 and sound()


def test_two_people_at_once_have_one_effect(app: Flask, cast: Cast) -> None:
    client = make_client(cast)
    invoice = make_invoice(cast, client, 12_000)
    payment = pay(cast, client, 12_000)
    payment_id, invoice_id, key = payment.id, invoice.id, first(payment).key
    db.session.rollback()
    db.session.remove()
    gate, outcomes = threading.Barrier(4), []

    def run(actor: object) -> None:
        with app.app_context():
            gate.wait()
            try:
                with unit_of_work():
                    accept_proposal(actor, payment_id, key)
                outcomes.append("done")
            except DomainError as refusal:
                outcomes.append(refusal.code)
            finally:
                db.session.remove()

    people = (cast.sonia, cast.alice, cast.emma, cast.sonia)
    threads = [threading.Thread(target=run, args=(each,)) for each in people]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(outcomes) == ["conflict", "conflict", "conflict", "done"]
    assert db.session.get_one(Invoice, invoice_id).open == 0 and sound()


def test_a_proposal_whose_invoice_was_settled_meanwhile_is_a_conflict(cast: Cast) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 12_000)
    one, two = pay(cast, client, 12_000, ago=2), pay(cast, client, 12_000, ago=1)
    keys = first(one).key, first(two).key
    assert not first(one).sure  # the same amount came twice
    with unit_of_work():
        accept_proposal(cast.sonia, one.id, keys[0])
    with pytest.raises(Conflict), unit_of_work():
        accept_proposal(cast.sonia, two.id, keys[1])
    assert sound()


def test_a_refused_proposal_is_remembered_and_can_be_reconsidered(cast: Cast) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 12_000)
    payment = pay(cast, client, 12_000)
    key = first(payment).key
    with unit_of_work():
        refuse_proposal(cast.sonia, payment.id, key)
    assert key not in {each.key for each in proposals_for([payment])[payment.id]}
    with pytest.raises(Conflict), unit_of_work():
        accept_proposal(cast.sonia, payment.id, key)
    with unit_of_work():
        take_back_refusal(cast.sonia, payment.id, key)
    assert first(payment).key == key


def test_by_hand_with_a_credit_note_and_a_difference(cast: Cast) -> None:
    client = make_client(cast)
    one, two = make_invoice(cast, client, 10_000), make_invoice(cast, client, 20_000)
    credit = make_invoice(cast, client, 500, kind="credit_note")
    payment = pay(cast, client, 29_450)
    choice = Choice(((one.ref, 10_000), (two.ref, 19_950)), ((credit.ref, 500),), "difference")
    with unit_of_work():
        matching = match_by_hand(cast.sonia, payment.id, choice)
    assert opens(one, two, credit) == [0, 0, 0] and sound()
    with unit_of_work():
        undo_match(cast.sonia, matching.id)
    assert opens(one, two, credit) == [10_000, 20_000, 500] and sound()


@pytest.mark.parametrize(
    ("invoices", "credits", "write_off", "field"),
    [
        ([("F-A", 9_000)], [], None, "allocations"),
        ([("F-A", 5_001)], [], None, "allocations"),
        ([("F-A", 0)], [], None, "allocations"),
        ([("nobody", 5)], [], None, "allocations"),
        ([("\x00", 5)], [], None, "allocations"),
        ([("F-A", 5), ("F-A", 5)], [], None, "allocations"),
        ([("F-C", 5)], [], None, "allocations"),
        ([("F-X", 5)], [], None, "allocations"),
        ([], [], None, "allocations"),
        ([("F-A", 100)], [("F-C", 200)], None, "credits"),
        ([("F-A", 100)], [("F-A", 50)], None, "credits"),
        ([("F-A", 4_000)], [], "difference", "write_off"),
        ([("F-B", 1)], [], "goodwill", "write_off"),
        ([("F-A", 4_990)], [], "whim", "write_off"),
    ],
)
def test_what_cannot_be_matched_by_hand_names_the_field(
    cast: Cast, invoices: list, credits: list, write_off: str | None, field: str
) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 5_000, ref="F-A")
    make_invoice(cast, client, 90_000, ref="F-B")
    make_invoice(cast, client, 300, ref="F-C", kind="credit_note")
    make_invoice(cast, make_client(cast), 5_000, ref="F-X")
    payment = pay(cast, client, 8_000)
    with pytest.raises(Invalid) as refusal, unit_of_work():
        match_by_hand(cast.sonia, payment.id, Choice(tuple(invoices), tuple(credits), write_off))
    assert set(refusal.value.errors) == {field} and sound()


def test_many_sure_ones_at_once_with_one_undo(cast: Cast) -> None:
    invoices, chosen = [], []
    for number in range(4):
        client = make_client(cast)
        invoices.append(make_invoice(cast, client, 10_000 + number))
        payment = pay(cast, client, 10_000 + number, f"FACT {invoices[-1].ref}")
        chosen.append((payment.id, first(payment).key))
    doubtful = make_client(cast)
    for _ in range(2):
        make_invoice(cast, doubtful, 7_000)
    unsure = pay(cast, doubtful, 7_000)
    chosen.append((unsure.id, first(unsure).key))
    batch = new_id()
    with unit_of_work():
        done = accept_sure(cast.sonia, [*chosen, (new_id(), "x")], batch)
    assert len(done.matchings) == 4 and done.left[0] == unsure.id and len(done.left) == 2
    assert opens(*invoices) == [0, 0, 0, 0] and sound()
    with unit_of_work():
        assert undo_batch(cast.sonia, batch) == 4
    assert sum(opens(*invoices)) == 40_006 and sound()
    with unit_of_work():
        assert undo_batch(cast.sonia, batch) == 0
    with pytest.raises(NotFound), unit_of_work():
        undo_batch(cast.sonia, new_id())


def test_a_returned_payment_opens_its_invoices_and_its_second_try_is_proposed(cast: Cast) -> None:
    client = make_client(cast)
    invoices = [make_invoice(cast, client, amount) for amount in (10_000, 21_000, 3_300)]
    payment = pay(cast, client, 31_000, f"FACT {invoices[0].ref} {invoices[1].ref}", ago=9)
    accept(cast, payment)
    with unit_of_work():
        return_payment(
            cast.sonia,
            db.session.get_one(Payment, payment.id),
            returned_on=today() - timedelta(days=5),
            reason="insufficient_funds",
        )
    assert sum(opens(*invoices)) == 34_300 and sound()
    again = pay(cast, client, 31_000)
    proposal = first(again)
    assert [each.ref for each in proposal.items] == sorted(each.ref for each in invoices[:2])
    accept(cast, again)
    assert sum(opens(*invoices)) == 3_300 and sound()
    with pytest.raises(Conflict), unit_of_work():
        accept_proposal(cast.sonia, payment.id, proposal.key)


def test_field_roles_read_their_scope_and_match_nothing(cast: Cast) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 12_000)
    payment = pay(cast, client, 12_000)
    key = first(payment).key
    acts: list[Callable[[object], object]] = [
        lambda who: accept_proposal(who, payment.id, key),
        lambda who: accept_sure(who, [(payment.id, key)], new_id()),
        lambda who: refuse_proposal(who, payment.id, key),
        lambda who: take_back_refusal(who, payment.id, key),
        lambda who: match_by_hand(who, payment.id, Choice(())),
        lambda who: undo_match(who, new_id()),
        lambda who: undo_batch(who, new_id()),
    ]
    for act in acts:
        for who in (cast.bob, cast.chloe, cast.david, cast.ada):
            with pytest.raises(Forbidden), unit_of_work():
                act(who)
    matching = accept(cast, payment)
    assert [line.matching.id for line in list_matchings(cast.bob, limit=9)] == [matching.id]
    assert list_matchings(cast.oscar, limit=9) == []
    with pytest.raises(Forbidden):
        list_to_match(cast.david, limit=9)
    with pytest.raises(NotFound), unit_of_work():
        undo_match(cast.sonia, new_id())


def test_payments_are_found_by_state_words_amount_and_day(cast: Cast) -> None:
    client = make_client(cast, legal_name="Écluse & Fils")
    invoice = make_invoice(cast, client, 10_000)
    done, waiting = pay(cast, client, 10_000, f"FACT {invoice.ref}", ago=3), pay(cast, client, 777, "CHQ 55")
    accept(cast, done)

    def ids(**wanted: object) -> list[object]:
        return [row[0].id for row in search_payments(cast.bob, limit=9, **wanted)]

    assert ids() == [waiting.id, done.id]
    assert ids(state="to_match") == [waiting.id] and ids(state="matched") == [done.id]
    assert ids(state="returned") == [] and ids(amount=777) == [waiting.id]
    assert ids(q="chq") == [waiting.id] and len(ids(q="ecluse")) == 2 and ids(q="%") == []
    assert ids(since=today()) == [waiting.id] and ids(until=today() - timedelta(days=1)) == [done.id]
    assert ids(client_id=new_id()) == [] and ids(q="\x00chq") == [waiting.id]


def test_proposals_of_a_page_take_a_fixed_number_of_reads(cast: Cast, count_queries: Callable) -> None:
    payments = []
    for number in range(12):
        client = make_client(cast)
        make_invoice(cast, client, 1_000 + number)
        payments.append(pay(cast, client, 1_000 + number))
    payments = db.session.scalars(select(Payment)).all()
    with count_queries() as few:
        proposals_for(payments[:2])
    with count_queries() as many:
        assert len(proposals_for(payments)) == 12
    assert len(many) == len(few) <= 6
