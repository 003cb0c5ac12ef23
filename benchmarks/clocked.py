"""The product as it is served, which also notes in the file COMMITS when it is about to commit.

`python -m benchmarks.clocked` in place of `python wsgi.py`: an instant a line, seconds since 1970.
"""

from __future__ import annotations

import os
import time

from sqlalchemy import event

import wsgi
from webapp.extensions import db


def note_commits(path: str) -> None:
    """From now on, each commit of this process."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)

    def note(_connection: object) -> None:
        os.write(file, f"{time.time()}\n".encode())

    with wsgi.app.app_context():
        event.listen(db.engine, "commit", note)


if __name__ == "__main__":
    note_commits(os.environ["COMMITS"])
    wsgi.main()
