"""A flood through nginx slows nobody down, in its own process or in the other (R16)."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.proofs import Figures
from tests.realtime.calm import measure
from tests.realtime.server import Client
from tests.several import Several

pytestmark = [pytest.mark.server, pytest.mark.promise("R16")]


@pytest.fixture(scope="module")
def site() -> Iterator[Several]:
    """nginx, two web processes, a worker, PostgreSQL and Redis."""
    several = Several()
    try:
        several.wait()
        several.seed()
        yield several
    finally:
        several.stop()


def test_a_flood_through_nginx_slows_nobody_in_either_process(site: Several, figures: Figures) -> None:
    watcher = Client(site.url, token=site.tokens["chloe"]).connect()
    # nginx gives connections to the processes in turns: two that follow each other are on both.
    others = [Client(site.url, token=site.tokens["alice"]).connect() for _ in range(2)]
    try:
        watcher.join(site.invoice_id)
        measure(others, site.client_id, watcher, site.invoice_id, site.tokens["ada"], figures)
    finally:
        for client in (watcher, *others):
            client.close()
