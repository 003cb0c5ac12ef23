"""At a desk the server brings its own worker: one process, restarted when it dies."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time

log = logging.getLogger(__name__)
RESTART_SECONDS = 1.0


class WorkerProcess:
    """The embedded worker, in its own process group; it ends by itself when we are gone."""

    def __init__(self) -> None:
        self._stopping = False
        self._process: subprocess.Popen[bytes] | None = None
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Ask it to finish what it runs; kill it after five seconds."""
        self._stopping = True
        process = self._process
        if process is None or process.poll() is not None:
            return
        process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + 5
        while process.poll() is None and time.monotonic() < deadline:
            time.sleep(0.05)
        if process.poll() is None:
            process.kill()

    def _watch(self) -> None:
        command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker", "--parent", str(os.getpid())]
        while not self._stopping:
            self._process = subprocess.Popen(command, process_group=0)  # nosec B603 # our own words
            while self._process.poll() is None:
                time.sleep(0.2)
            if not self._stopping:
                log.warning("the worker ended (code %s), starting another", self._process.returncode)
                time.sleep(RESTART_SECONDS)
