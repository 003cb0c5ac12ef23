"""Setting limits, raising and closing alerts, answering them: on a real database."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from sqlalchemy import func, select

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import alerts_of, levels_of, make_limit
from tests.factories.people import Cast
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.extensions import db
from webapp.invoices.services import InvoiceInput, upsert_invoices
from webapp.payments.services import record_payment
from webapp.risk import jobs, queries, services
from webapp.risk.models import Alert, CreditLimit, PassedLevel
from webapp.users.models import AuditEntry


def pay(cast: Cast, client: object, amount: int, ref: str = "1") -> None:
    with unit_of_work():
        record_payment(
            cast.sonia,
            source="test",
            source_ref=ref,
            client_id=client.id,
            received_on=today(),
            amount=amount,
        )


def test_an_invoice_that_passes_the_limit_raises_one_breach_with_the_figures_of_that_moment(
    cast: Cast,
) -> None:
    client = make_client(cast)
    make_limit(cast, client, 6_000_000)
    make_invoice(cast, client, 2_135_000, due_in=-12)
    make_invoice(cast, client, 4_345_000)
    breach = alerts_of(client)[-1]
    assert (breach.kind, breach.level, breach.severity, breach.state) == ("limit_breach", 100, 3, "open")
    assert (breach.exposure, breach.limit_amount) == (6_480_000, 6_000_000)
    assert (breach.overdue, breach.days_late, breach.currency) == (2_135_000, 12, "EUR")


def test_a_jump_raises_the_highest_level_only_and_a_fall_of_five_points_closes_it(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 100_000)
    make_invoice(cast, client, 101_000)
    assert levels_of(client, state="open") == [100]
    pay(cast, client, 5_000, "a")
    assert levels_of(client, state="open") == [100]
    pay(cast, client, 1_000, "b")
    assert levels_of(client, state="closed") == [100]
    assert alerts_of(client)[0].closed_at is not None
    make_invoice(cast, client, 10_000)
    assert levels_of(client, state="open") == [100]


def test_paying_everything_closes_acknowledged_alerts_too(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 100_000)
    make_invoice(cast, client, 95_000)
    with unit_of_work():
        services.acknowledge(cast.alice, alerts_of(client)[0].id)
    pay(cast, client, 95_000)
    assert [alert.state for alert in alerts_of(client)] == ["closed"]
    assert db.session.scalar(select(func.count()).select_from(PassedLevel)) == 0


def test_a_cut_below_what_is_owed_is_accepted_and_raises_a_breach(cast: Cast) -> None:
    client = make_client(cast)
    make_invoice(cast, client, 6_480_000)
    assert alerts_of(client) == []
    make_limit(cast, client, 6_000_000, by=cast.alice)
    assert levels_of(client) == [100]
    make_limit(cast, client, 9_000_000, by=cast.alice)
    assert levels_of(client, state="open") == []


def test_a_limit_of_zero_is_breached_by_the_first_cent(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 0)
    assert alerts_of(client) == []
    make_invoice(cast, client, 1)
    assert levels_of(client) == [100]


def test_the_daily_job_raises_delays_and_ended_limits(cast: Cast) -> None:
    client, other = make_client(cast), make_client(cast)
    make_limit(cast, client, 1_000_000, max_days_late=10)
    make_limit(cast, other, 1_000_000, ends_on=today())
    make_invoice(cast, client, 1_000, due_in=-10)
    make_invoice(cast, other, 1_000)
    assert alerts_of(client) == [] and alerts_of(other) == []
    with time_machine.travel(now() + timedelta(days=1)):
        jobs.run_evaluate_delays()
        jobs.run_evaluate_delays()
    assert [(alert.kind, alert.days_late) for alert in alerts_of(client)] == [("delay_breach", 11)]
    assert [(alert.kind, alert.limit_amount) for alert in alerts_of(other)] == [("limit_breach", 0)]
    pay_all = alerts_of(client)[0]
    make_limit(cast, client, 1_000_000)
    assert db.session.get_one(Alert, pay_all.id).state == "closed"


def test_the_history_keeps_every_limit_with_who_and_when(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 100_000, by=cast.alice)
    make_limit(cast, client, 200_000, by=cast.emma, max_days_late=30)
    lines = queries.limit_history(cast.bob, client.id)
    assert [(line.limit.amount, line.set_by_name) for line in lines] == [
        (200_000, "Emma Caron"),
        (100_000, "Alice Roux"),
    ]
    assert lines[0].limit.replaced_at is None and lines[1].limit.replaced_at is not None
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "limit.set")) == 2
    assert queries.limit_history(cast.david, client.id) == []
    assert queries.limit_history(cast.oscar, client.id) == []


@pytest.mark.parametrize(
    ("field", "values"),
    [
        ("amount", {"amount": -1}),
        ("amount", {"amount": 10**13}),
        ("amount", {"amount": 1, "currency": "USD"}),
        ("max_days_late", {"amount": 1, "max_days_late": -1}),
        ("starts_on", {"amount": 1, "starts_on": today() + timedelta(days=2)}),
        ("ends_on", {"amount": 1, "ends_on": today() - timedelta(days=1)}),
        ("source", {"amount": 1, "source": "friend"}),
    ],
)
def test_a_wrong_value_is_refused_beside_its_field(cast: Cast, field: str, values: dict) -> None:
    client = make_client(cast)
    with pytest.raises(Invalid) as refusal, unit_of_work():
        services.set_limit(cast.emma, client.id, **values)
    assert list(refusal.value.errors) == [field]
    assert db.session.scalar(select(func.count()).select_from(CreditLimit)) == 0


def test_limits_are_set_within_one_s_authority_and_scope(cast: Cast) -> None:
    client = make_client(cast)
    for actor in (cast.bob, cast.chloe, cast.david, cast.sonia, cast.ada):
        with pytest.raises(Forbidden), unit_of_work():
            services.set_limit(actor, client.id, amount=100)
    with pytest.raises(NotFound), unit_of_work():
        services.set_limit(cast.oscar, client.id, amount=100)
    with pytest.raises(Forbidden, match="DAF"), unit_of_work():
        services.set_limit(cast.alice, client.id, amount=10_000_001)
    make_limit(cast, client, 10_000_000, by=cast.alice)
    make_limit(cast, client, 10_000_001, by=cast.emma)


def test_the_first_to_acknowledge_is_the_one_everybody_sees(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 100)
    make_invoice(cast, client, 200)
    alert_id = alerts_of(client)[0].id
    with unit_of_work():
        services.acknowledge(cast.bob, alert_id)
    with unit_of_work():
        services.acknowledge(cast.alice, alert_id)
    seen = queries.alert_for(cast.emma, alert_id)
    assert seen["acknowledged_by"] == {"id": str(cast.bob.user_id), "name": "Bob Martin"}
    assert db.session.scalar(select(func.count()).where(AuditEntry.action == "alert.acknowledge")) == 1


def test_an_acknowledgement_is_taken_back_by_the_same_person_within_two_minutes(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 100)
    make_invoice(cast, client, 200)
    alert_id = alerts_of(client)[0].id
    with unit_of_work():
        services.unacknowledge(cast.bob, alert_id)
        services.acknowledge(cast.bob, alert_id)
    with pytest.raises(Conflict), unit_of_work():
        services.unacknowledge(cast.alice, alert_id)
    with unit_of_work():
        services.unacknowledge(cast.bob, alert_id)
    assert alerts_of(client)[0].state == "open"
    with unit_of_work():
        services.acknowledge(cast.bob, alert_id)
    with (
        time_machine.travel(now() + timedelta(minutes=3)),
        pytest.raises(Conflict),
        unit_of_work(),
    ):
        services.unacknowledge(cast.bob, alert_id)
    pay(cast, client, 200)
    with pytest.raises(Conflict), unit_of_work():
        services.unacknowledge(cast.bob, alert_id)


def test_an_alert_is_given_only_to_someone_who_may_answer_it(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 100)
    make_invoice(cast, client, 200)
    alert_id = alerts_of(client)[0].id
    for person in (cast.david, cast.oscar, cast.nadia, cast.ada):
        with pytest.raises(Invalid), unit_of_work():
            services.assign(cast.alice, alert_id, person.user_id)
    for _again in range(2):
        with unit_of_work():
            services.assign(cast.alice, alert_id, cast.chloe.user_id)
    assert queries.alert_for(cast.bob, alert_id)["assigned_to"]["name"] == "Chloé Vidal"
    assert [line.id for line in queries.list_open_alerts(cast.chloe, only="mine")] == [alert_id]
    with unit_of_work():
        services.assign(cast.chloe, alert_id, None)
    assert queries.alert_for(cast.bob, alert_id)["assigned_to"] is None


def test_only_those_entitled_see_or_answer_an_alert(cast: Cast) -> None:
    client = make_client(cast)
    make_limit(cast, client, 100)
    make_invoice(cast, client, 200)
    alert_id = alerts_of(client)[0].id
    for actor in (cast.david, cast.oscar, cast.nadia):
        assert queries.alert_for(actor, alert_id) is None
        assert queries.count_open(actor) == 0
        assert queries.list_open_alerts(actor) == [] and queries.list_alerts(actor) == []
        assert queries.list_alerts(actor, "open", client_id=client.id) == []
        assert sum(queries.count_by_filter(actor).values()) == 0
        assert queries.limits_of(actor, [client.id]) == {}
        with pytest.raises(NotFound), unit_of_work():
            services.acknowledge(actor, alert_id)
    for actor in (cast.bob, cast.chloe, cast.alice, cast.emma, cast.sonia, cast.ada):
        assert queries.alert_for(actor, alert_id)["level"] == 100
        assert queries.count_open(actor) == 1
        assert queries.count_by_filter(actor)["breach"] == 1
        assert list(queries.limits_of(actor, [client.id])) == [client.id]
    with pytest.raises(Forbidden), unit_of_work():
        services.acknowledge(cast.ada, alert_id)


def test_a_thousand_clients_in_one_import_cost_the_same_queries_per_chunk(
    cast: Cast, count_queries: object
) -> None:
    clients = [make_client(cast, ref=f"K{number}") for number in range(100)]
    for client in clients:
        make_limit(cast, client, 100)

    def import_for(some: list[object], name: str) -> list[str]:
        rows = [
            InvoiceInput(
                ref=f"{name}-{client.ref}",
                client_id=client.id,
                issued_on=today(),
                due_on=today(),
                gross=500,
            )
            for client in some
        ]
        with count_queries() as sql, unit_of_work():
            upsert_invoices(cast.system, rows)
        return [
            line for line in sql if "alerts" in line or "passed_levels" in line or "credit_limits" in line
        ]

    few, many = import_for(clients[:3], "few"), import_for(clients[3:], "many")
    assert sum("INSERT INTO alerts" in line for line in many) == 1
    assert len(few) == len(many) <= 8
    assert db.session.scalar(select(func.count()).select_from(Alert)) == 100


def test_use_of_a_limit_counts_what_it_allows_today(cast: Cast) -> None:
    client = make_client(cast)
    assert queries.utilisation_of(None, 500) is None
    limit = make_limit(cast, client, 1000, ends_on=today())
    assert queries.utilisation_of(limit, 500) == 50
    with time_machine.travel(now() + timedelta(days=1)):
        assert queries.utilisation_of(limit, 0) == 0
        assert queries.utilisation_of(limit, 500) > 100
    assert [line.id for line in queries.list_alerts(cast.bob, client_id=client.id)] == []
