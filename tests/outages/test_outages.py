"""The database, Redis or the disk goes away and comes back: clear answers, nothing lost (R17)."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.daemons import Postgres, Redis, skip_or_fail
from tests.outages import scenes
from tests.outages.house import House
from tests.proofs import Figures, size

pytestmark = [pytest.mark.server, pytest.mark.promise("R17")]
ROUNDS, SENDS = size((1, 5), (10, 20))
SLOWEST_SECONDS = size(6, 2)  # promised: 2, on a machine that has nothing else to do


@pytest.fixture
def folder() -> Iterator[Path]:
    """Short and in memory where there is one."""
    base = "/dev/shm" if Path("/dev/shm").is_dir() else None
    made = Path(tempfile.mkdtemp(prefix="encours-outage-", dir=base))
    yield made
    shutil.rmtree(made, ignore_errors=True)


@pytest.mark.parametrize("frozen", [False, True], ids=["stopped", "frozen"])
def test_without_its_database_the_server_says_so_at_once_and_comes_back(
    folder: Path, mortal_postgres: Postgres, figures: Figures, frozen: bool
) -> None:
    house = House(folder, DATABASE_URL=mortal_postgres.create(f"house_{uuid.uuid4().hex[:8]}"))
    try:
        found = scenes.database_away(house.start(), mortal_postgres, frozen=frozen, rounds=ROUNDS)
    finally:
        house.stop()
    assert found["statuses"] == [503]
    assert found["kinds"] == ["application/problem+json", "text/html"]
    assert found["retry_after"]
    figures |= {
        "rounds": ROUNDS,
        "slowest 503": f"{found['slowest_s']} s",
        "back after": f"{found['recovered_s']} s",
    }
    assert found["slowest_s"] < SLOWEST_SECONDS
    assert found["recovered_s"] < 10
    assert found["socket_codes"] == ["unavailable"]
    assert found["connection"] == "unavailable"
    assert (found["healthz"], found["readyz"]) == (200, 503)
    assert found["bodies"] == ["before", "after", "after too"]


@pytest.mark.parametrize("frozen", [False, True], ids=["stopped", "frozen"])
def test_without_redis_people_on_two_processes_still_hear_each_other(
    folder: Path, mortal_redis: Redis, figures: Figures, frozen: bool
) -> None:
    house = House(folder, processes=2, REDIS_URL=mortal_redis.url)
    try:
        found = scenes.redis_away(house.start(), mortal_redis, frozen=frozen, sends=SENDS)
    finally:
        house.stop()
    figures |= {
        "sent": found["sent"],
        "heard": found["heard"],
        "heard within": f"{found['heard_without_s']} s",
    }
    assert (found["heard"], found["doubled"]) == (found["sent"], 0)
    assert found["heard_without_s"] < 15
    assert 200 <= found["sign_in"] < 500


def test_a_full_disk_is_said_clearly_and_harms_nothing(tmp_path: Path, figures: Figures) -> None:
    try:
        with scenes.small_disk(tmp_path / "disk", "12m") as disk:
            house = House(disk)
            try:
                found = scenes.disk_full(house.start(), disk)
            finally:
                house.stop()
    except scenes.CannotMount as reason:
        skip_or_fail(str(reason))
    assert (found["status"], found["kind"]) == (507, "application/problem+json")
    assert (found["code"], found["socket_code"]) == ("unavailable", "unavailable")
    assert found["detail"].startswith(("Le disque", "The server"))
    assert (found["page"], found["page_kind"], found["text_given_back"]) == (507, "text/html", True)
    assert (found["upload"], found["upload_remains"]) == (507, 0)
    assert found["reading"] == [200, 200]
    figures |= {name: found[name] for name in ("status", "lost", "integrity")}
    assert found["lost"] == 0
    assert found["integrity"] == "ok"
