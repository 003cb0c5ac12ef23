"""Entry point, and the only file that names the async engine.

Served (`python wsgi.py`), it patches the standard library first, then builds the application.
Under the `flask` command nothing is patched: commands and the worker run on plain threads.
"""

from __future__ import annotations

import gc
import os
from functools import partial
from typing import Any

gc.disable()  # until everything is there: what is made at the start stays, and is not looked through
_COMMAND = bool(os.environ.get("FLASK_RUN_FROM_CLI"))
_MODE = "threading" if _COMMAND else os.environ.get("ASYNC_MODE") or "eventlet"

if _MODE == "eventlet":
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # its notice about other frameworks, at every start
        import eventlet

    eventlet.monkey_patch()
elif _MODE == "gevent":
    from gevent import monkey

    monkey.patch_all()

from webapp import create_app  # noqa: E402  (patching comes first)
from webapp.config import Settings  # noqa: E402
from webapp.core import postgres  # noqa: E402


def _wait_for_database(descriptor: int, to_write: bool, seconds: float) -> None:
    """Let the others run until the database answers; TimeoutError when it does not."""
    if _MODE == "eventlet":
        from eventlet.hubs import trampoline

        trampoline(descriptor, not to_write, to_write, seconds, TimeoutError)
    elif _MODE == "gevent":
        from gevent.socket import wait_read, wait_write

        (wait_write if to_write else wait_read)(descriptor, seconds, TimeoutError())
    else:
        import select

        poll = select.poll()
        poll.register(descriptor, select.POLLOUT if to_write else select.POLLIN)
        if not poll.poll(seconds * 1000):
            raise TimeoutError


settings = Settings.from_environ()
if not (_COMMAND or settings.sqlite):
    postgres.install(_wait_for_database)
app = create_app(settings, sockets=not _COMMAND)
gc.freeze()
gc.enable()
DRAIN_SECONDS = 5.0


def main() -> None:
    """Serve until SIGTERM or SIGINT, then let requests under way finish."""
    import sys

    from webapp.core import instance_lock

    try:
        with instance_lock.shared(settings.instance_path):
            _serve()
    except instance_lock.InUse as refusal:
        sys.exit(str(refusal))


def _serve() -> None:
    import gc
    import socket
    import sys

    from webapp.core.supervisor import WorkerProcess

    worker = WorkerProcess() if settings.embed_worker else None
    if worker:
        worker.start()
    # What start-up made stays for good. Going through it again at each full collection stopped everyone
    # for 150 ms, every fifteen pages or so.
    gc.collect()
    gc.freeze()
    listener = socket.create_server((settings.host, settings.port), reuse_port=True, backlog=512)
    # Accepted sockets inherit it; without it Nagle holds back small frames.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    print(f"Encours: http://{settings.host}:{listener.getsockname()[1]}", file=sys.stderr, flush=True)
    try:
        {"eventlet": _eventlet, "gevent": _gevent, "threading": _threading}[_MODE](listener)
    finally:
        if worker:
            worker.stop()


def _on_stop(act: Any) -> None:
    """Call `act` once, at the first SIGTERM or SIGINT."""
    import signal

    def stop(*_: object) -> None:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        act()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)


def _hang_up() -> None:
    """Ask every socket to go: it comes back to the next process and catches up by seq."""
    from webapp.extensions import socketio

    for transport in list(socketio.server.eio.sockets.values()):
        transport.close(wait=False)


def _watch(hub: object) -> None:
    if settings.watchdog:
        from webapp.core import watchdog

        watchdog.install(hub)


def _eventlet(listener: Any) -> None:
    from eventlet import event, hubs, tpool, wsgi

    from webapp.core import offload

    offload.install(tpool.execute, eventlet.sleep)
    _watch(hubs.get_hub().greenlet)
    if settings.live_path == "fast":
        from webapp.extensions import socketio
        from webapp.realtime import lines

        soon = partial(hubs.get_hub().schedule_call_global, 0)
        lines.install(socketio.server, soon, eventlet.spawn_n)
    stopping = event.Event()
    # A signal may arrive in any greenlet: the hub passes it on to this one.
    _on_stop(lambda: hubs.get_hub().schedule_call_global(0, stopping.send))
    server = eventlet.spawn(wsgi.server, listener, app, log_output=False, keepalive=75, max_size=2048)
    stopping.wait()
    eventlet.spawn(_hang_up)
    # It stops accepting, closes idle connections and waits for the others.
    eventlet.kill(server, SystemExit)
    with eventlet.Timeout(DRAIN_SECONDS, False):
        server.wait()


def _gevent(listener: Any) -> None:
    from gevent import get_hub, pywsgi, sleep, spawn

    from webapp.core import offload

    offload.install(lambda run, *args, **kwargs: get_hub().threadpool.apply(run, args, kwargs), sleep)
    _watch(get_hub())
    server = pywsgi.WSGIServer(listener, app, log=None)

    def stop() -> None:
        spawn(_hang_up)
        spawn(server.stop, DRAIN_SECONDS)

    _on_stop(stop)
    server.serve_forever()


def _threading(listener: Any) -> None:
    import threading

    from werkzeug.serving import WSGIRequestHandler, make_server

    class Quiet(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_request(self, *_: object) -> None:
            pass

    server = make_server(
        settings.host, settings.port, app, threaded=True, fd=listener.fileno(), request_handler=Quiet
    )

    def stop() -> None:
        _hang_up()
        server.shutdown()

    _on_stop(lambda: threading.Thread(target=stop, daemon=True).start())
    server.serve_forever()


if __name__ == "__main__":
    main()
