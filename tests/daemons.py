"""A PostgreSQL and a Redis of the test's own, to stop and start again: nobody else stands on them.

Made from the programs on this machine. What is missing is named and skipped at a desk, and is a
failure under CI=true.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg2
import pytest
import redis

from tests.serving import free_port

READY_SECONDS = 30.0


class Missing(RuntimeError):
    """This machine lacks a program."""


def _program(name: str, *places: str) -> str:
    found = shutil.which(name) or next(
        (str(path) for place in places for path in sorted(Path("/").glob(f"{place}/{name}"), reverse=True)),
        None,
    )
    if found is None:
        raise Missing(f"{name} is not on this machine")
    return found


def _until(answers: Callable[[], Any], process: subprocess.Popen[bytes], what: str) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise RuntimeError(f"{what} ended at once")
        if answers():
            return
        time.sleep(0.02)
    raise RuntimeError(f"{what} did not start")


def _children(parent: int) -> list[int]:
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            # "pid (name) state parent …": a name may hold spaces and brackets.
            if int(path.read_text().rpartition(")")[2].split()[1]) == parent:
                found.append(int(path.parent.name))
    return found


class _Daemon(ABC):
    """A process that is stopped, frozen and started again on the same port and files."""

    def __init__(self, name: str) -> None:
        base = "/dev/shm" if Path("/dev/shm").is_dir() else None
        self.folder = Path(tempfile.mkdtemp(prefix=f"encours-{name}-", dir=base))
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def start(self) -> None:
        """Start it, and wait until it answers."""

    def stop(self) -> None:
        """End it; what it keeps stays for the next start."""
        if self.process is None or self.process.poll() is not None:
            return
        self.thaw()
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            self._signal(signal.SIGKILL)
            self.process.wait()

    def freeze(self) -> None:
        """It keeps its connections and answers nothing more, as a machine that hangs does."""
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def _signal(self, number: signal.Signals) -> None:
        """To the process and its children, each of which leads a group of its own in PostgreSQL."""
        assert self.process is not None
        for pid in (self.process.pid, *_children(self.process.pid)):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)

    def remove(self) -> None:
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Postgres(_Daemon):
    """A cluster in a temporary folder; user `postgres` without a password, from loopback only."""

    def __init__(self) -> None:
        self._initdb = _program("initdb", "usr/lib/postgresql/*/bin")
        self._server = _program("postgres", "usr/lib/postgresql/*/bin")
        super().__init__("postgres")
        # It refuses to run as root.
        self._as: dict[str, Any] = {"user": "postgres", "group": "postgres"} if os.getuid() == 0 else {}
        if self._as:
            shutil.chown(self.folder, "postgres", "postgres")
        options = ["--username=postgres", "--auth=trust", "--no-sync", "--encoding=UTF8", "--locale=C"]
        subprocess.run(
            [self._initdb, f"--pgdata={self.folder / 'data'}", *options],
            check=True,
            capture_output=True,
            cwd="/",
            **self._as,
        )

    def start(self) -> None:
        log = (self.folder / "log").open("ab")
        self.process = subprocess.Popen(
            [
                self._server,
                f"-D{self.folder / 'data'}",
                f"-p{self.port}",
                "-clisten_addresses=127.0.0.1",
                "-cunix_socket_directories=",
            ],
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            **self._as,
        )
        log.close()
        _until(self._answers, self.process, "PostgreSQL")

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg2.OperationalError:
            return False
        return True

    def url(self, database: str) -> str:
        return f"postgresql://postgres@127.0.0.1:{self.port}/{database}"

    def create(self, database: str) -> str:
        """A new empty database; its URL."""
        connection = psycopg2.connect(self.url("postgres"))
        connection.autocommit = True
        connection.cursor().execute(f'CREATE DATABASE "{database}"')
        connection.close()
        return self.url(database)


class Redis(_Daemon):
    """A Redis that keeps nothing."""

    def __init__(self) -> None:
        self._server = _program("redis-server", "usr/local/bin")
        super().__init__("redis")

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self.process = subprocess.Popen(
            [
                self._server,
                "--port",
                str(self.port),
                "--bind",
                "127.0.0.1",
                "--save",
                "",
                "--dir",
                self.folder,
            ],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )
        _until(self._answers, self.process, "Redis")

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url, socket_timeout=1).ping())
        except redis.RedisError:
            return False


def skip_or_fail(reason: str) -> None:
    """Named and skipped at a desk; a failure in continuous integration."""
    if os.environ.get("CI") == "true":
        pytest.fail(reason)
    pytest.skip(reason)


def _running(kind: Callable[[], Any]) -> Iterator[Any]:
    try:
        daemon = kind()
    except Missing as missing:
        skip_or_fail(str(missing))
    try:
        daemon.start()
        yield daemon
    finally:
        daemon.remove()


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[Postgres]:
    """A PostgreSQL to fill with databases."""
    yield from _running(Postgres)


@pytest.fixture
def mortal_postgres() -> Iterator[Postgres]:
    """A PostgreSQL to stop and start."""
    yield from _running(Postgres)


@pytest.fixture
def mortal_redis() -> Iterator[Redis]:
    """A Redis to stop and start."""
    yield from _running(Redis)
