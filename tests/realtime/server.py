"""A real server process for tests, on its own database, and clients that speak to it."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import socketio

ROOT = Path(__file__).resolve().parent.parent.parent
READY_SECONDS = 120.0


def wait_for(condition: Callable[[], Any], seconds: float = 10.0, what: str = "the condition") -> Any:
    """What `condition` gives once it is true. Fails after `seconds`."""
    deadline = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not come true in {seconds} s")
        time.sleep(0.01)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """`python wsgi.py` with its own instance folder; killed and started again at will."""

    def __init__(self, folder: Path, **environ: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        keep = {key: value for key, value in os.environ.items() if not key.startswith(("FLASK_", "COV_"))}
        self.environ = keep | {
            "ENCOURS_ENV": "test",
            "INSTANCE_PATH": str(folder),
            "SECRET_KEY": "test-secret",
            "EMBED_WORKER": "0",
            "ENCOURS_DEMO": "0",
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "PORT": str(self.port),
            "ASYNC_MODE": os.environ.get("ASYNC_MODE", "eventlet"),
            **environ,
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> Server:
        """Start and wait until it answers."""
        log = (self.folder / "server.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "wsgi.py"], cwd=ROOT, env=self.environ, stdout=log, stderr=log
        )
        log.close()
        wait_for(self.answers, READY_SECONDS, f"the server ({self.folder}/server.log)")
        return self

    def answers(self) -> bool:
        if self.process is not None and self.process.poll() is not None:
            raise AssertionError(f"the server ended:\n{self.log()[-3000:]}")
        try:
            urllib.request.urlopen(f"{self.url}/socket.io/?EIO=4&transport=polling", timeout=2).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def log(self) -> str:
        return (self.folder / "server.log").read_text(errors="replace")

    def kill(self) -> None:
        """As a power cut does it."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 10.0) -> int:
        """Ask it to end; its exit code."""
        if self.process is None or self.process.poll() is not None:
            return 0
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

    def run(self, script: str) -> str:
        """Run Python inside an application context of another process (as a command or a job would)."""
        code = "from wsgi import app\nwith app.app_context():\n" + "".join(
            f"    {line}\n" for line in script.strip().splitlines()
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env=self.environ | {"FLASK_RUN_FROM_CLI": "true"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr[-3000:]
        return done.stdout.strip()


class Client:
    """A person's socket: sends with acknowledgement, keeps everything it hears."""

    def __init__(self, url: str, **auth: str) -> None:
        self.url = url
        self._token = auth.get("token")
        self._cookie = auth.get("cookie")
        self.heard: list[tuple[str, Any]] = []
        self.sio = socketio.Client(reconnection=False, handle_sigint=False)
        self.sio.on("*", lambda event, *args: self.heard.append((event, args[0] if args else None)))

    def connect(self, **options: Any) -> Client:
        headers = {"Cookie": f"encours={self._cookie}"} if self._cookie else {}
        self.sio.connect(
            self.url,
            auth={"token": self._token} if self._token else None,
            headers=headers,
            transports=options.pop("transports", ["websocket"]),
            wait_timeout=10,
            **options,
        )
        return self

    def call(self, event: str, payload: Any = None, timeout: float = 10) -> dict[str, Any]:
        return self.sio.call(event, payload, timeout=timeout)  # type: ignore[no-any-return]

    def join(self, thread_id: object, after_seq: int | None = None) -> dict[str, Any]:
        return self.call("thread.join", {"thread_id": str(thread_id), "after_seq": after_seq})

    def send(self, thread_id: object, body: str, client_id: object = None, **more: Any) -> dict[str, Any]:
        act = str(client_id or uuid.uuid4())
        return self.call(
            "message.send", {"thread_id": str(thread_id), "client_id": act, "body": body, **more}
        )

    def named(self, event: str) -> list[Any]:
        """Payloads of that event, in the order they came."""
        return [payload for name, payload in list(self.heard) if name == event]

    def wait(self, event: str, count: int = 1, seconds: float = 10) -> Any:
        """The `count`-th payload of that event, once it is there."""
        return wait_for(lambda: len(self.named(event)) >= count, seconds, event) and self.named(event)[-1]

    def close(self) -> None:
        """Leave; the library may wait for ever for the other end's farewell, a test does not."""
        leaving = threading.Thread(target=self.sio.disconnect, daemon=True)
        leaving.start()
        leaving.join(3)


def copy_instance(template: Path, folder: Path) -> Path:
    """A fresh instance folder with the template's database."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copy(template / "encours.db", folder / "encours.db")
    return folder
