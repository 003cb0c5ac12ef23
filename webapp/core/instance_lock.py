"""Who works on an instance folder: servers and workers side by side, or one restore alone.

A lock of the kernel on a small file: a process that dies, however it dies, lets go of it.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FILE = "in_use.lock"


class InUse(RuntimeError):
    """Somebody else works on this instance folder in a way that excludes us."""


@contextmanager
def shared(instance: Path) -> Iterator[None]:
    """Serve or work on this instance. Raises InUse while a restore runs."""
    with _hold(instance, fcntl.LOCK_SH, f"a restore is under way in {instance}: start again when it is done"):
        yield


@contextmanager
def alone(instance: Path) -> Iterator[None]:
    """Have the instance to oneself. Raises InUse while a server or a worker runs on it."""
    sentence = f"a server or a worker runs on {instance}: stop it first (SIGTERM or Ctrl-C)"
    with _hold(instance, fcntl.LOCK_EX, sentence):
        yield


@contextmanager
def _hold(instance: Path, kind: int, sentence: str) -> Iterator[None]:
    with (instance / FILE).open("ab") as file:
        try:
            fcntl.flock(file, kind | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InUse(sentence) from error
        yield
