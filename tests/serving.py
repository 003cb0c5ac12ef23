"""A real server for tests: `python wsgi.py` in a process of its own, on its own database."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_SECONDS = 60.0


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Server:
    """Starts, stops, kills and restarts one server on a fixed port and instance folder."""

    def __init__(self, instance: Path, **environ: str) -> None:
        self.instance = instance
        self.port = free_port()
        self.process: subprocess.Popen[bytes] | None = None
        self.program: tuple[str, ...] = ("wsgi.py",)
        self._log = (instance / "server.log").open("ab")
        self.environ = {
            **{key: value for key, value in os.environ.items() if key != "FLASK_RUN_FROM_CLI"},
            "ENCOURS_ENV": "test",
            "INSTANCE_PATH": str(instance),
            "DATABASE_URL": "",
            "REDIS_URL": "",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "EMBED_WORKER": "0",
            "ENCOURS_DEMO": "0",
            **environ,
        }

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def flask(self, *command: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
        """Run `flask --app wsgi …` on this instance; raises when it fails."""
        done = subprocess.run(
            [sys.executable, "-m", "flask", "--app", "wsgi", *command],
            cwd=ROOT,
            env=self.environ,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(f"flask {' '.join(command)} failed:\n{done.stdout}\n{done.stderr}")
        return done

    def start(self) -> None:
        """Start and wait until it answers."""
        self.process = subprocess.Popen(
            [sys.executable, *self.program], cwd=ROOT, env=self.environ, stdout=self._log, stderr=self._log
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise RuntimeError(f"the server ended:\n{self.log()[-4000:]}")
            try:
                with urllib.request.urlopen(f"{self.url}/readyz", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.05)
        raise RuntimeError(f"the server did not start:\n{self.log()[-4000:]}")

    def kill(self) -> None:
        """`kill -9`, as a power cut does."""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """Ask it to end; kill it if it does not."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.kill()

    def log(self) -> str:
        return (self.instance / "server.log").read_text(errors="replace")
