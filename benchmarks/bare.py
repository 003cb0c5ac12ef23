"""The least that stores something and tells everybody: `python -m benchmarks.bare PORT FILE`.

On `go` one row is committed to SQLite with the product's own settings, then everyone connected gets the
instant before the commit, on the same engine and the same Socket.IO server as the product.
"""

from __future__ import annotations

import sqlite3
import sys
import time

import eventlet
import eventlet.wsgi
import socketio


def serve(port: int, path: str) -> None:
    file = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=FULL"):
        file.execute(f"PRAGMA {pragma}")
    file.execute("CREATE TABLE rows (at REAL)")
    server = socketio.Server(async_mode="eventlet", cors_allowed_origins="*")

    @server.on("go")  # type: ignore[untyped-decorator]
    def go(_sid: str, *_: object) -> None:
        at = time.time()
        file.execute("BEGIN IMMEDIATE")
        file.execute("INSERT INTO rows VALUES (?)", (at,))
        file.execute("COMMIT")
        server.emit("frame", {"at": at})

    eventlet.wsgi.server(eventlet.listen(("127.0.0.1", port)), socketio.WSGIApp(server), log_output=False)


if __name__ == "__main__":
    serve(int(sys.argv[1]), sys.argv[2])
