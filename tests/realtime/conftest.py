"""Fixtures with a real server: `live` (server and seeded cast), `client_of(name)`, `new_thread()`.

`ASYNC_MODE=threading pytest tests/realtime` runs the same on another engine.
"""

from __future__ import annotations

import json
import shutil
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.daemons import Redis
from tests.databases import postgres_database
from tests.realtime.server import ROOT, Client, Server

SEED = """
import json, flask_migrate
from webapp.core.db import unit_of_work
from webapp.users import services
from webapp.users.actor import system_actor
from webapp.users.current import SESSION_KEY
from tests.factories.people import make_cast
from tests.factories.books import make_client, make_invoice
from webapp.users.services import create_token, ensure_company, start_session
flask_migrate.upgrade()
with unit_of_work(): ensure_company()
with unit_of_work(): cast = make_cast()
client = make_client(cast)
invoices = [str(make_invoice(cast, client, due_in=-5).id) for _ in range(60)]
people = {}
signer = app.session_interface.get_signing_serializer(app)
with unit_of_work():
    for actor in cast:
        token = create_token(system_actor(), actor.user_id)
        session = start_session(actor.user_id, ip="127.0.0.1", user_agent="test")
        cookie = signer.dumps({SESSION_KEY: str(session.id)})
        ids = {"id": str(actor.user_id), "session": str(session.id)}
        people[actor.handle] = {"token": token, "cookie": cookie, **ids}
print(json.dumps({"invoices": invoices, "people": people, "client": str(client.id)}))
"""


@dataclass
class Live:
    """A running server with the cast: `people[handle]` has `id`, `token`, `cookie`, `session`."""

    server: Server
    people: dict[str, dict[str, str]]
    invoices: list[str]
    client_id: str

    @property
    def url(self) -> str:
        return self.server.url


@pytest.fixture(scope="session")
def seeded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, dict[str, Any]]]:
    """An instance folder with a migrated database and the cast, made once."""
    base = Path("/dev/shm") if Path("/dev/shm").is_dir() else tmp_path_factory.mktemp("live")
    folder = base / f"encours-live-{uuid.uuid4().hex[:8]}"
    folder.mkdir()
    server = Server(folder)
    server.environ["PYTHONPATH"] = str(ROOT)
    found = json.loads(server.run(SEED).splitlines()[-1])
    server.run("from webapp.extensions import db\ndb.session.connection().exec_driver_sql('SELECT 1')")
    yield folder, found
    shutil.rmtree(folder, ignore_errors=True)


def _live(seeded: tuple[Path, dict[str, Any]], name: str, **environ: str) -> Live:
    template, found = seeded
    folder = template.parent / f"{template.name}-{name}-{uuid.uuid4().hex[:6]}"
    folder.mkdir()
    if not environ.get("DATABASE_URL"):
        for path in template.glob("encours.db*"):
            shutil.copy(path, folder / path.name)
    server = Server(folder, PYTHONPATH=str(ROOT), **environ).start()
    return Live(server, found["people"], list(found["invoices"]), found["client"])


@pytest.fixture(scope="session")
def seeded_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, Any]]]:
    """The same in PostgreSQL: a database to copy."""
    with postgres_database() as url:
        server = Server(tmp_path_factory.mktemp("seed"), DATABASE_URL=url, PYTHONPATH=str(ROOT))
        found = json.loads(server.run(SEED).splitlines()[-1])
        yield url, found


class Several:
    """Web processes on one database with one Redis; made by the fixture `several`."""

    def __init__(self, lives: list[Live], redis: Redis) -> None:
        self.one, self.two = lives
        self.redis = redis


@pytest.fixture(scope="module", params=["redis up", "redis down"])
def several(
    seeded: tuple[Path, dict[str, Any]],
    seeded_postgres: tuple[str, dict[str, Any]],
    request: pytest.FixtureRequest,
) -> Iterator[Several]:
    """Two web processes on a PostgreSQL and a Redis of their own, which may then go away."""
    template, found = seeded_postgres
    redis = Redis()
    redis.start()
    lives: list[Live] = []
    with postgres_database(template) as url:
        try:
            for name in ("one", "two"):
                environ = {"DATABASE_URL": url, "REDIS_URL": redis.url}
                lives.append(_live((seeded[0], found), name, **environ))
            if request.param == "redis down":
                redis.stop()
            yield Several(lives, redis)
        finally:
            for live in lives:
                live.server.stop()
                shutil.rmtree(live.server.folder, ignore_errors=True)
            redis.remove()


@pytest.fixture(scope="session")
def shared_live(seeded: tuple[Path, dict[str, Any]]) -> Iterator[Live]:
    found = _live(seeded, "shared")
    yield found
    found.server.stop()
    shutil.rmtree(found.server.folder, ignore_errors=True)


@pytest.fixture
def live(shared_live: Live) -> Live:
    """A running server, shared by tests that leave people and rights alone."""
    return shared_live


@pytest.fixture
def own_live(seeded: tuple[Path, dict[str, Any]]) -> Iterator[Live]:
    """A server of the test's own, to kill, or to change rights on."""
    found = _live(seeded, "own")
    yield found
    found.server.stop()
    shutil.rmtree(found.server.folder, ignore_errors=True)


@pytest.fixture
def live_on(request: pytest.FixtureRequest) -> Iterator[Callable[..., Live]]:
    """`live_on("postgresql")`: a server of the test's own on that database."""
    with ExitStack() as closing:

        def start(database: str, **environ: str) -> Live:
            seeded = request.getfixturevalue("seeded")
            if database == "postgresql":
                template, found = request.getfixturevalue("seeded_postgres")
                environ["DATABASE_URL"] = closing.enter_context(postgres_database(template))
                seeded = (seeded[0], found)
            live = _live(seeded, "own", **environ)
            closing.callback(shutil.rmtree, live.server.folder, ignore_errors=True)
            closing.callback(live.server.stop)
            return live

        yield start


@pytest.fixture
def client_of() -> Iterator[Callable[..., Client]]:
    """`client_of(live, "bob")`: a connected socket, by token (or `by="cookie"`); closed at the end."""
    opened: list[Client] = []

    def connect(
        live: Live, handle: str, *, by: str = "token", url: str | None = None, **options: Any
    ) -> Client:
        client = Client(url or live.url, **{by: live.people[handle][by]})
        opened.append(client)
        return client.connect(**options)

    yield connect
    for client in opened:
        client.close()


@pytest.fixture
def thread_of() -> Callable[[Live], str]:
    """`thread_of(live)`: the thread of an invoice nobody has written about yet."""
    return lambda live: live.invoices.pop()
