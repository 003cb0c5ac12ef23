"""One person who floods the server does not slow down the others (R16)."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.proofs import Figures
from tests.realtime.calm import measure
from tests.realtime.conftest import Live
from tests.realtime.server import Client

pytestmark = [pytest.mark.server, pytest.mark.promise("R16")]


def test_a_flood_by_one_person_slows_nobody_else_down(
    own_live: Live, client_of: Callable[..., Client], figures: Figures
) -> None:
    flooded, quiet = own_live.invoices[1], own_live.invoices[2]
    watcher, alice = client_of(own_live, "chloe"), client_of(own_live, "alice")
    watcher.join(flooded)
    measure([alice], quiet, watcher, flooded, own_live.people["ada"]["token"], figures)
