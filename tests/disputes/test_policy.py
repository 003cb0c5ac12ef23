"""The one act a dispute's card offers to whoever looks at it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

import pytest

from tests.factories.people import Cast
from webapp.disputes.policy import next_act


@dataclass
class Handled:
    opened_by: UUID | None
    resolver_id: UUID | None


@pytest.mark.parametrize(
    ("who", "closed", "proposed", "offered"),
    [
        ("alice", False, False, "credit"),
        ("alice", False, True, "credit"),
        ("alice", True, False, None),
        ("chloe", False, False, "propose"),
        ("chloe", False, True, None),
        ("david", False, False, "propose"),
        ("bob", False, False, None),
    ],
)
def test_a_card_offers_the_credit_to_finance_and_a_proposal_to_who_decides(
    cast: Cast, who: str, closed: bool, proposed: bool, offered: str | None
) -> None:
    dispute = Handled(opened_by=cast.bob.user_id, resolver_id=cast.david.user_id)
    assert next_act(getattr(cast, who), dispute, closed=closed, proposed=proposed) == offered
