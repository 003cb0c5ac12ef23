"""One client that sends as fast as it can: `python -m tests.realtime.flooding URL TOKEN THREAD`, until it is
killed. Run in a process of its own, so that it takes nothing from those who measure."""

from __future__ import annotations

import sys
import uuid

import socketio


def flood(url: str, token: str, thread: str) -> None:
    client = socketio.Client(reconnection=True, reconnection_delay=0.1, handle_sigint=False)
    client.connect(url, auth={"token": token}, transports=["websocket"])
    while True:
        for _ in range(20):
            if client.connected:
                body = {"thread_id": thread, "client_id": str(uuid.uuid4()), "body": "encore"}
                client.emit("message.send", body)
        client.sleep(0.02)  # a thousand a second, fifty times what is allowed


if __name__ == "__main__":
    flood(*sys.argv[1:4])
