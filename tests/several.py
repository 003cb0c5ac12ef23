"""`deploy/local` for tests: two web processes, a worker and nginx on stores of their own."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import requests

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 120.0
NOT_INSTALLED = 69
LINE = re.compile(r"(?P<name>[a-z]+(?: \d)?): (?:(?P<address>\S+) )?\(pid (?P<pid>\d+)\)")
SEED = """
import json
from tests.factories.books import make_client, make_invoice
from tests.factories.people import make_cast
from webapp.core.db import unit_of_work
from webapp.users.security import make_hash
from webapp.users.services import create_token, set_password
from webapp.users.actor import system_actor
with unit_of_work(): cast = make_cast()
with unit_of_work():
    set_password(system_actor(), cast.alice.user_id, make_hash("{password}"))
    people = (cast.alice, cast.ada, cast.chloe)
    tokens = {{actor.handle: create_token(system_actor(), actor.user_id) for actor in people}}
client = make_client(cast)
invoice = make_invoice(cast, client, due_in=-5)
made = {{"client": str(client.id), "name": client.legal_name, "invoice": str(invoice.id)}}
print(json.dumps({{"tokens": tokens, **made}}))
"""
PASSWORD = "un plafond tient mieux"


def wait_for(condition: Callable[[], Any], what: str, seconds: float = 30.0) -> Any:
    """What `condition` gives once it is true. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, f"{what} did not come true in {seconds} s"
        time.sleep(0.05)
    return found


class Several:
    """The running whole: `url` is nginx's, `webs` the processes' own, `tokens` by handle."""

    def __init__(self) -> None:
        # Not pytest's folder: PostgreSQL, which runs as somebody else, has to reach its own in it.
        self.folder = Path(tempfile.mkdtemp(prefix="encours-several-"))
        self.folder.chmod(0o711)
        left_out = ("FLASK_RUN_FROM_CLI", "DATABASE_URL", "REDIS_URL", "PORT")
        self.environ = {key: value for key, value in os.environ.items() if key not in left_out} | {
            "ENCOURS_ENV": "test",
            "ENCOURS_DEMO": "0",
            "SECRET_KEY": "test-secret",
            "INSTANCE_PATH": str(self.folder),
        }
        self.lines: list[str] = []
        self.addresses: dict[str, str] = {}
        self.pids: dict[str, int] = {}
        self.url = ""
        self.tokens: dict[str, str] = {}
        self.client_id = self.client_name = self.invoice_id = ""
        self._log = (self.folder / "log").open("wb")
        self.process = subprocess.Popen(
            [ROOT / "deploy" / "local"], env=self.environ, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line)
            found = LINE.match(line)
            if found:
                self.pids[found["name"]] = int(found["pid"])
                self.addresses[found["name"]] = found["address"] or ""
            elif line.startswith("Encours: "):
                self.url = line.split()[1]

    def wait(self) -> None:
        """Until it has said its address. Skips (fails under CI) when the machine lacks a program."""
        wait_for(lambda: self.url or self.process.poll() is not None, "the start", START_SECONDS)
        if self.process.poll() == NOT_INSTALLED:
            missing = self.log().strip().splitlines()[-1]
            pytest.fail(missing) if os.environ.get("CI") == "true" else pytest.skip(missing)
        assert self.url, self.log()[-4000:]

    def seed(self) -> None:
        """The cast, a password for Alice, tokens for Alice, Ada and Chloé, one client with an invoice."""
        body = "\n".join(f"    {line}" for line in SEED.format(password=PASSWORD).splitlines())
        code = f"from wsgi import app\nwith app.app_context():\n{body}"
        stores = {"DATABASE_URL": self.addresses["postgres"], "REDIS_URL": self.addresses["redis"]}
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=self.environ | stores | {"FLASK_RUN_FROM_CLI": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-4000:]
        made = json.loads(done.stdout.strip().splitlines()[-1])
        self.tokens, self.invoice_id = made["tokens"], made["invoice"]
        self.client_id, self.client_name = made["client"], made["name"]

    @property
    def webs(self) -> list[str]:
        return [self.addresses["web 1"], self.addresses["web 2"]]

    def settle(self) -> None:
        """Until both web processes answer, whatever an earlier test did to them."""
        for number, address in enumerate(self.webs, 1):
            wait_for(lambda url=address: self._answers(url), f"web {number}", 60.0)

    @staticmethod
    def _answers(url: str) -> bool:
        try:
            return requests.get(f"{url}/readyz", timeout=2).ok
        except requests.RequestException:
            return False

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def stop(self) -> list[str]:
        """SIGTERM; what is still alive afterwards (nothing should be)."""
        self.process.terminate()
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        left = [name for name, pid in self.pids.items() if Path(f"/proc/{pid}").exists()]
        self._log.close()
        shutil.rmtree(self.folder, ignore_errors=True)
        return left
