"""Opening, handing over, settling: the rules of rights, amounts, revisions and news on a real database."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.disputes import fresh, make_dispute
from tests.factories.limits import alerts_of, make_limit
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.disputes import queries, services
from webapp.disputes.models import Dispute
from webapp.extensions import db
from webapp.invoices.models import Invoice
from webapp.invoices.queries import find_balance
from webapp.notifications.models import Notification
from webapp.payments import ledger
from webapp.payments.rules import Share
from webapp.payments.services import match, record_payment, undo_matching
from webapp.threads.models import Message
from webapp.users.models import AuditEntry


@pytest.fixture
def invoice(cast: Cast) -> Invoice:
    return make_invoice(cast, make_client(cast), 100_000, due_in=-5)


def act(do: Callable[..., Dispute], *args: object, **values: object) -> Dispute:
    with unit_of_work():
        dispute_id = do(*args, **values).id
    return fresh(dispute_id)


def lines_of(invoice_id: uuid.UUID) -> list[tuple[str, str]]:
    query = select(Message.kind, Message.body).where(Message.thread_id == invoice_id).order_by(Message.seq)
    return list(db.session.execute(query).tuples())


def told(kind: str) -> set[uuid.UUID]:
    return set(db.session.scalars(select(Notification.user_id).where(Notification.kind == kind)))


def pay(cast: Cast, invoice: Invoice, amount: int) -> uuid.UUID:
    with unit_of_work():
        payment = record_payment(
            cast.sonia, source="test", source_ref=str(new_id()), client_id=invoice.client_id,
            received_on=today(), amount=amount,
        )  # fmt: skip
        return match(cast.sonia, invoice.client_id, [Share(payment.id, invoice.id, amount)]).id


def credit_note(cast: Cast, invoice: Invoice, amount: int, ref: str = "A-1") -> Invoice:
    client = invoice.client
    return make_invoice(cast, client, amount, ref=ref, kind="credit_note", due_in=0)


def test_a_part_of_an_invoice_is_contested_and_everyone_concerned_knows(cast: Cast, invoice: Invoice) -> None:
    dispute = make_dispute(cast, invoice)
    assert (dispute.amount, dispute.open, dispute.whole, dispute.state) == (30_000, 30_000, False, "open")
    assert (dispute.resolver_id, dispute.department) == (cast.david.user_id, "after_sales")
    assert dispute.due_on == today() + timedelta(days=10)
    assert lines_of(invoice.id) == [("act", "Litige ouvert : Qualité, 300\u00a0€")]
    assert told("dispute_assigned") == {cast.david.user_id}
    assert db.session.scalar(select(AuditEntry).where(AuditEntry.action == "dispute.open")) is not None
    assert queries.disputed_amounts([invoice.id]) == {invoice.id: 30_000}


def test_the_disputed_part_stays_in_the_outstanding(cast: Cast, invoice: Invoice) -> None:
    make_dispute(cast, invoice)
    assert find_balance(invoice.client_id).outstanding == 100_000
    contested = queries.contested_of(invoice.client_id)
    assert (contested.count, contested.value, contested.overdue) == (1, 30_000, 30_000)
    later = make_invoice(cast, invoice.client, 50_000, due_in=20)
    make_dispute(cast, later, 20_000)
    contested = queries.contested_of(invoice.client_id)
    assert (contested.count, contested.value, contested.overdue) == (2, 50_000, 30_000)


def test_without_amount_all_that_is_left_is_contested(cast: Cast, invoice: Invoice) -> None:
    first = make_dispute(cast, invoice, 40_000)
    rest = make_dispute(cast, invoice, None, reason="price")
    assert (rest.amount, rest.whole, first.whole) == (60_000, False, False)
    with pytest.raises(Conflict):
        make_dispute(cast, invoice, 1)
    whole = make_dispute(cast, make_invoice(cast, invoice.client, 500), None)
    assert (whole.amount, whole.whole) == (500, True)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"amount": 0}, "amount"),
        ({"amount": 100_001}, "amount"),
        ({"reason": "nothing"}, "reason"),
        ({"text": "  "}, "text"),
        ({"text": "x" * 2001}, "text"),
        ({"text": "a\x00b"}, "text"),
    ],
)
def test_what_cannot_be_contested_is_refused_beside_its_field(
    cast: Cast, invoice: Invoice, values: dict, field: str
) -> None:
    given = {"reason": "quality", "amount": 100, "text": "Rayé", **values}
    with pytest.raises(Invalid) as refusal, unit_of_work():
        services.open_dispute(cast.bob, invoice.id, **given)
    assert set(refusal.value.errors) == {field}
    assert db.session.scalar(select(Dispute.id)) is None


def test_who_may_open(cast: Cast, invoice: Invoice) -> None:
    for person in (cast.oscar, cast.nadia):
        with pytest.raises(NotFound):
            make_dispute(cast, invoice, actor=person)
    with pytest.raises(Forbidden):
        make_dispute(cast, invoice, actor=cast.ada)
    for person in (cast.bob, cast.david, cast.chloe, cast.sonia, cast.alice, cast.emma):
        make_dispute(cast, invoice, 1_000, actor=person)


def test_credit_notes_and_paid_invoices_are_not_contested(cast: Cast, invoice: Invoice) -> None:
    with pytest.raises(NotFound):
        make_dispute(cast, credit_note(cast, invoice, 500), 100)
    pay(cast, invoice, 100_000)
    with pytest.raises(Conflict):
        make_dispute(cast, invoice, 100)


def test_one_act_one_dispute(cast: Cast, invoice: Invoice) -> None:
    key = new_id()
    given = {"reason": "quality", "amount": 100, "text": "Rayé", "dispute_id": key}
    first = act(services.open_dispute, cast.bob, invoice.id, **given)
    again = act(services.open_dispute, cast.bob, invoice.id, **given)
    assert first.id == again.id == key and len(lines_of(invoice.id)) == 1
    with pytest.raises(Invalid), unit_of_work():
        services.open_dispute(cast.david, invoice.id, **given)


def test_it_is_made_from_a_message_of_its_thread(cast: Cast, invoice: Invoice) -> None:
    message = say(cast.bob, invoice.id, "6 panneaux rayés")
    given = {"reason": "quality", "amount": 100, "text": "Rayé"}
    dispute = act(services.open_dispute, cast.bob, invoice.id, message_id=message.id, **given)
    assert dispute.message_id == message.id
    other = make_invoice(cast, invoice.client)
    with pytest.raises(NotFound), unit_of_work():
        services.open_dispute(cast.bob, other.id, message_id=message.id, **given)


def test_it_is_handed_over_to_somebody_who_sees_the_client(cast: Cast, invoice: Invoice) -> None:
    dispute = make_dispute(cast, invoice)
    handed = act(services.assign, cast.david, dispute.id, cast.chloe.user_id, seen_revision=1)
    assert (handed.resolver_id, handed.revision) == (cast.chloe.user_id, 2)
    assert told("dispute_assigned") == {cast.david.user_id, cast.chloe.user_id}
    for person in (cast.oscar, cast.ada):
        with pytest.raises(Invalid), unit_of_work():
            services.assign(cast.chloe, dispute.id, person.user_id)
    assert act(services.assign, cast.chloe, dispute.id, None).resolver_id is None


def test_only_the_resolver_the_branch_and_finance_decide(cast: Cast, invoice: Invoice) -> None:
    dispute = make_dispute(cast, invoice)
    for person in (cast.bob, cast.ada):
        with pytest.raises(Forbidden), unit_of_work():
            services.reject(person, dispute.id, text="Non")
    with pytest.raises(NotFound), unit_of_work():
        services.reject(cast.nadia, dispute.id, text="Non")
    for person in (cast.david, cast.chloe, cast.sonia, cast.alice, cast.emma):
        act(services.wait_for, person, dispute.id, "waiting_us")
        act(services.wait_for, person, dispute.id, "waiting_client")
    with pytest.raises(Invalid), unit_of_work():
        services.wait_for(cast.david, dispute.id, "open")


def test_a_stale_reader_does_not_decide(cast: Cast, invoice: Invoice) -> None:
    dispute = make_dispute(cast, invoice)
    act(services.wait_for, cast.david, dispute.id, "waiting_client", seen_revision=1)
    with pytest.raises(Conflict) as refusal, unit_of_work():
        services.reject(cast.chloe, dispute.id, text="Non", seen_revision=1)
    assert refusal.value.code == "stale" and fresh(dispute.id).state == "waiting_client"
    act(services.reject, cast.chloe, dispute.id, text="Non", seen_revision=2)
    with pytest.raises(Conflict), unit_of_work():
        services.withdraw(cast.bob, dispute.id)


def test_after_sales_proposes_and_finance_credits(cast: Cast, invoice: Invoice) -> None:
    dispute = make_dispute(cast, invoice)
    proposed = act(services.propose, cast.david, dispute.id, amount=30_000, text="Vu au dépôt")
    assert (proposed.state, proposed.proposed_amount) == ("waiting_us", 30_000)
    assert told("dispute_proposed") == {cast.alice.user_id, cast.emma.user_id, cast.sonia.user_id}
    with pytest.raises(Forbidden), unit_of_work():
        services.credit(cast.david, dispute.id, credit_ref="A-9")
    settled = act(services.credit, cast.sonia, dispute.id, credit_ref="A-9", text="Avoir du jour")
    assert (settled.state, settled.resolution_amount, settled.open) == ("accepted_credit", 30_000, 0)
    note = db.session.get_one(Invoice, settled.credit_id)
    assert (note.ref, note.kind, note.open, note.gross) == ("A-9", "credit_note", 0, 30_000)
    assert db.session.get_one(Invoice, invoice.id, populate_existing=True).open == 70_000
    assert find_balance(invoice.client_id).outstanding == 70_000
    said = [body for kind, body in lines_of(invoice.id) if kind == "system"]
    assert "Litige réglé par un avoir de 300\xa0€, par Sonia Petit" in said
    assert told("dispute_settled") == {cast.bob.user_id, cast.david.user_id}
    assert list(ledger.verify()) == []


def test_an_existing_credit_note_is_attached_and_less_is_accepted_in_part(
    cast: Cast, invoice: Invoice
) -> None:
    dispute = make_dispute(cast, invoice)
    credit_note(cast, invoice, 50_000, "A-2")
    settled = act(services.credit, cast.alice, dispute.id, credit_ref="A-2", amount=10_000)
    assert (settled.state, settled.resolution_amount) == ("accepted_partly", 10_000)
    assert queries.disputed_amounts([invoice.id]) == {}
    assert list(ledger.verify()) == []


def test_a_credit_note_that_does_not_fit_is_refused(cast: Cast, invoice: Invoice) -> None:
    dispute = make_dispute(cast, invoice)
    credit_note(cast, invoice, 5_000, "A-3")
    credit_note(cast, make_invoice(cast, make_client(cast), 500), 90_000, "A-4")
    for ref in ("", "A-3", "A-4", invoice.ref, "x" * 65):
        with pytest.raises(Invalid) as refusal, unit_of_work():
            services.credit(cast.alice, dispute.id, credit_ref=ref)
        assert set(refusal.value.errors) == {"credit_ref"}
    with pytest.raises(Invalid), unit_of_work():
        services.credit(cast.alice, dispute.id, credit_ref="A-5", amount=30_001)
    assert fresh(dispute.id).state == "open"


def test_a_credit_note_matched_by_hand_settles_the_dispute(cast: Cast, invoice: Invoice) -> None:
    dispute = make_dispute(cast, invoice)
    note = credit_note(cast, invoice, 30_000)
    with unit_of_work():
        match(cast.sonia, invoice.client_id, [Share(note.id, invoice.id, 20_000, of_credit=True)])
    assert (fresh(dispute.id).state, fresh(dispute.id).open) == ("open", 10_000)
    with unit_of_work():
        match(cast.sonia, invoice.client_id, [Share(note.id, invoice.id, 10_000, of_credit=True)])
    settled = fresh(dispute.id)
    assert (settled.state, settled.credit_id, settled.closed_by) == ("accepted_credit", note.id, None)
    assert settled.resolution_amount == 30_000


def test_a_credit_counted_for_one_dispute_does_not_settle_the_next(cast: Cast, invoice: Invoice) -> None:
    first, second = make_dispute(cast, invoice, 30_000), make_dispute(cast, invoice, 20_000, reason="price")
    act(services.credit, cast.alice, second.id, credit_ref="A-7")
    assert (fresh(first.id).state, fresh(first.id).open) == ("open", 30_000)
    act(services.credit, cast.alice, first.id, credit_ref="A-8")
    assert list(ledger.verify()) == []


def test_payments_settle_the_undisputed_part_first(cast: Cast, invoice: Invoice) -> None:
    dispute = make_dispute(cast, invoice)
    pay(cast, invoice, 70_000)
    assert fresh(dispute.id).open == 30_000
    last = pay(cast, invoice, 10_000)
    assert (fresh(dispute.id).open, fresh(dispute.id).state) == (20_000, "open")
    with unit_of_work():
        undo_matching(cast.sonia, last)
    assert fresh(dispute.id).open == 30_000
    pay(cast, invoice, 30_000)
    closed = fresh(dispute.id)
    assert (closed.state, closed.open, closed.closed_by) == ("closed_by_payment", 0, None)
    assert ("system", "Litige clos : la facture est réglée") in lines_of(invoice.id)


def test_a_dispute_rejected_or_withdrawn_leaves_the_invoice_due(cast: Cast, invoice: Invoice) -> None:
    rejected = make_dispute(cast, invoice)
    with pytest.raises(Invalid), unit_of_work():
        services.reject(cast.david, rejected.id, text=" ")
    rejected = act(services.reject, cast.david, rejected.id, text="Livré conforme")
    assert (rejected.state, rejected.resolution_text) == ("rejected", "Livré conforme")
    withdrawn = act(services.withdraw, cast.bob, make_dispute(cast, invoice).id)
    assert (withdrawn.state, withdrawn.closed_by) == ("withdrawn", cast.bob.user_id)
    assert db.session.get_one(Invoice, invoice.id).open == 100_000
    assert queries.disputed_amounts([invoice.id]) == {}


def test_a_credit_brings_the_alert_down(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 80_000)
    invoice = make_invoice(cast, client, 100_000)
    assert [alert.state for alert in alerts_of(client)] == ["open"]
    dispute = make_dispute(cast, invoice)
    act(services.credit, cast.alice, dispute.id, credit_ref="A-10")
    db.session.expire_all()
    assert find_balance(client.id).outstanding == 70_000
    assert {alert.state for alert in alerts_of(client) if alert.kind == "limit_breach"} == {"closed"}


def test_a_deadline_that_passes_is_told_once_at_each_stage(cast: Cast, invoice: Invoice) -> None:
    dispute = make_dispute(cast, invoice)

    def late(days: int) -> int:
        with unit_of_work():
            fresh(dispute.id).due_on = today() - timedelta(days=days)
        with unit_of_work():
            return services.escalate()

    assert late(0) == 0
    assert late(1) == 1 and told("dispute_late") == {cast.david.user_id}
    assert late(2) == 0
    assert late(4) == 1
    assert told("dispute_escalated") == {cast.alice.user_id, cast.chloe.user_id}
    assert late(9) == 0
    act(services.set_due_day, cast.david, dispute.id, today())
    assert fresh(dispute.id).escalation == 0 and late(1) == 1


def test_a_late_dispute_of_nobody_goes_to_those_above(cast: Cast, invoice: Invoice) -> None:
    dispute = make_dispute(cast, invoice)
    act(services.assign, cast.chloe, dispute.id, None)
    with unit_of_work():
        fresh(dispute.id).due_on = today() - timedelta(days=1)
    with unit_of_work():
        services.escalate()
    assert told("dispute_late") == set()
    assert told("dispute_escalated") == {cast.alice.user_id, cast.chloe.user_id}


def test_another_day_is_to_come(cast: Cast, invoice: Invoice) -> None:
    dispute = make_dispute(cast, invoice)
    for days in (-1, 3000):
        with pytest.raises(Invalid), unit_of_work():
            services.set_due_day(cast.david, dispute.id, today() + timedelta(days=days))
    assert act(services.set_due_day, cast.david, dispute.id, dispute.due_on).revision == 1


def test_an_administrator_sets_reasons_and_new_disputes_follow(cast: Cast, invoice: Invoice) -> None:
    with pytest.raises(Forbidden), unit_of_work():
        services.save_reason(
            cast.alice, "quality", label="", department="sales", role="sales_rep", delay_days=1
        )
    with unit_of_work():
        given = {"department": "sales", "role": "sales_rep", "delay_days": 4}
        services.save_reason(cast.ada, "quality", label="", resolver_id=cast.chloe.user_id, **given)
        own = services.save_reason(cast.ada, None, label="Emballage abîmé", **given).code
        twin = services.save_reason(cast.ada, None, label="Emballage abîmé", **given).code
        services.save_reason(cast.ada, "price", label="Tarif", used=False, **given)
    assert (own, twin) == ("emballage_abime", "emballage_abime_2")
    dispute = make_dispute(cast, invoice, 100)
    assert (dispute.resolver_id, dispute.due_on) == (cast.chloe.user_id, today() + timedelta(days=4))
    line = queries.get_dispute(cast.bob, make_dispute(cast, invoice, 100, reason=own).id)
    assert line.reason == "Emballage abîmé"
    with pytest.raises(Invalid):
        make_dispute(cast, invoice, 100, reason="price")
    assert "price" not in [each.code for each in queries.list_reasons(used=True)]


@pytest.mark.parametrize(
    ("code", "values", "fields"),
    [
        (None, {"label": ""}, {"label"}),
        ("quality", {"label": "x" * 61}, {"label"}),
        ("unknown", {"label": "X"}, {"label"}),
        (None, {"department": "x", "role": "x", "delay_days": 0}, {"department", "role", "delay_days"}),
        (None, {"resolver_id": uuid.UUID(int=7)}, {"resolver_id"}),
    ],
)
def test_a_reason_that_makes_no_sense_is_refused(
    cast: Cast, code: str | None, values: dict, fields: set
) -> None:
    given = {"label": "X", "department": "sales", "role": "sales_rep", "delay_days": 4, **values}
    with pytest.raises(Invalid) as refusal, unit_of_work():
        services.save_reason(cast.ada, code, **given)
    assert set(refusal.value.errors) == fields
