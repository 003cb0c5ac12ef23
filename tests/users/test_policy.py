"""Who may do what, role by role."""

from __future__ import annotations

import pytest

from tests.factories.people import Cast
from webapp.users.actor import ROLES, system_actor
from webapp.users.policy import RIGHTS, may, may_manage_users, rights_of, sees_everything


def test_every_right_names_known_roles_only() -> None:
    for right, roles in RIGHTS.items():
        assert roles <= {*ROLES, "system"}, right


def test_only_finance_and_administrators_are_not_bound_to_branches(cast: Cast) -> None:
    assert [actor.handle for actor in cast if sees_everything(actor)] == ["alice", "emma", "sonia", "ada"]


def test_only_an_administrator_manages_people_and_approves_nothing(cast: Cast) -> None:
    assert [actor.handle for actor in cast if may_manage_users(actor)] == ["ada"]
    assert not may(cast.ada, "limit.set")
    assert not may(cast.ada, "alert.acknowledge")
    assert not may(cast.ada, "bank.read")


def test_after_sales_sees_no_limit_score_alert_or_bank_data(cast: Cast) -> None:
    hidden = {"limit.read", "risk.read", "alert.read", "bank.read", "payment.read"}
    assert hidden.isdisjoint(rights_of(cast.david))
    assert "thread.write" in rights_of(cast.david)


def test_bank_data_is_for_finance_people_alone(cast: Cast) -> None:
    assert RIGHTS["bank.read"] == {"accountant", "credit_manager", "cfo"}
    assert not may(system_actor(), "bank.read")


def test_a_right_nobody_defined_is_an_error(cast: Cast) -> None:
    with pytest.raises(KeyError):
        may(cast.ada, "no.such.right")
