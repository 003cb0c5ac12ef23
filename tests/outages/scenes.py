"""What happens while the database, Redis or the disk is away, measured; for tests and proofs (R17)."""

from __future__ import annotations

import contextlib
import os
import re
import sqlite3
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import requests
from socketio.exceptions import ConnectionError as CannotConnect

from tests.daemons import Postgres, Redis
from tests.outages.house import Answer, House, until
from tests.realtime.server import Client

RECOVERY_SECONDS = 20.0
HEARD_SECONDS = 20.0
FILLING = "filling"


def database_away(house: House, cluster: Postgres, *, frozen: bool, rounds: int = 3) -> dict[str, Any]:
    """Stop (or freeze) PostgreSQL under a running server, ask for everything, start it again."""
    socket = house.socket("bob")
    assert socket.join(house.invoices[0])["ok"]
    assert house.send("before").status == 201
    cluster.freeze() if frozen else cluster.stop()
    answers: list[Answer] = []
    refusals: list[dict[str, Any]] = []
    for number in range(rounds):
        answers += [house.read(), house.send(f"lost {number}"), house.ask("GET", "/clients", page=True)]
        refusals.append(socket.send(house.invoices[0], "lost too"))
    ready, alive = house.ask("GET", "/readyz"), house.ask("GET", "/healthz")
    stranger = refused_connection(house, "emma")
    cluster.thaw() if frozen else cluster.start()
    recovered = until(lambda: house.send("after").status == 201, RECOVERY_SECONDS)
    heard = until(lambda: socket.send(house.invoices[0], "after too")["ok"], RECOVERY_SECONDS)
    return {
        "statuses": sorted({answer.status for answer in answers}),
        "kinds": sorted({answer.kind for answer in answers}),
        "retry_after": all(answer.retry_after for answer in answers),
        "slowest_s": round(max(answer.seconds for answer in answers), 2),
        "socket_codes": sorted({refusal["error"]["code"] for refusal in refusals}),
        "connection": stranger,
        "readyz": ready.status,
        "healthz": alive.status,
        "recovered_s": round(recovered + heard, 2),
        "bodies": house.bodies(),
    }


def refused_connection(house: House, handle: str) -> str:
    """What somebody who connects now is told."""
    client = Client(house.servers[0].url, token=house.people[handle]["token"])
    reasons: list[dict[str, str]] = []
    client.sio.on("connect_error", reasons.append)
    with contextlib.suppress(CannotConnect):
        client.connect()
    client.close()
    return reasons[0]["message"] if reasons else "let in"


def redis_away(house: House, queue: Redis, *, frozen: bool, sends: int = 5) -> dict[str, Any]:
    """Two web processes: what one person writes on the first, another hears on the second."""
    thread = house.invoices[0]
    speaker, listener = house.socket("alice", 0), house.socket("bob", 1)
    assert speaker.join(thread)["ok"]
    assert listener.join(thread)["ok"]
    quick = _heard(speaker, listener, thread, sends)
    queue.freeze() if frozen else queue.stop()
    away = _heard(speaker, listener, thread, sends)
    limited = wrong_password(house)
    queue.thaw() if frozen else queue.start()
    back = _heard(speaker, listener, thread, sends)
    said = [message["message"]["id"] for message in listener.named("message.posted")]
    return {
        "heard_with_redis_s": quick,
        "heard_without_s": away,
        "heard_after_s": back,
        "sign_in": limited.status_code,
        "doubled": len(said) - len(set(said)),
        "heard": len(set(said)),
        "sent": 3 * sends,
    }


def _heard(speaker: Client, listener: Client, thread: str, sends: int) -> float:
    """The longest time from a send to its being heard in the other process."""
    slowest = 0.0
    for _ in range(sends):
        act = str(uuid.uuid4())
        assert speaker.send(thread, "entendu ?", act)["ok"]
        took = until(
            lambda act=act: any(
                payload["message"]["client_id"] == act for payload in listener.named("message.posted")
            ),
            HEARD_SECONDS,
        )
        slowest = max(slowest, took)
    return round(slowest, 2)


class CannotMount(RuntimeError):
    """This machine does not let us mount a small disk."""


@contextlib.contextmanager
def small_disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of a few megabytes. Raises CannotMount."""
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise CannotMount("mount is not on this machine") from error
    if done.returncode:
        raise CannotMount(f"mounting is not permitted here: {done.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def fill(disk: Path) -> None:
    """Take every byte that is left."""
    descriptor = os.open(disk / FILLING, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    with contextlib.suppress(OSError):
        for size in (65536, 1):
            with contextlib.suppress(OSError):
                while True:
                    os.write(descriptor, b"x" * size)
    os.close(descriptor)


def disk_full(house: House, disk: Path, *, most_sends: int = 400) -> dict[str, Any]:
    """Fill the disk under a running server, write until it refuses, read, make room, write again."""
    socket = house.socket("bob")
    assert socket.join(house.invoices[0])["ok"]
    kept = ["before"]
    assert house.send("before").status == 201
    fill(disk)
    refusal, number = None, 0
    for number in range(most_sends):  # the log has room of its own for some more
        answer = house.send(f"full {number} " + "x" * 2000)
        if answer.status != 201:
            refusal = answer
            break
        kept.append(f"full {number}")
    assert refusal is not None, "the disk never was full"
    page = post_page(house, "Le client promet de payer lundi.")
    sent = upload(house)
    left = list((disk / "imports").glob("*"))
    told = socket.send(house.invoices[0], "x" * 4000)
    reading = [house.read().status, house.ask("GET", "/clients", page=True).status]
    (disk / FILLING).unlink()
    recovered = until(lambda: house.send("after").status == 201, RECOVERY_SECONDS)
    bodies = [" ".join(body.split()[:2]) if body.startswith("full") else body for body in house.bodies()]
    house.stop()
    with contextlib.closing(sqlite3.connect(disk / "encours.db")) as connection:
        integrity = connection.execute("PRAGMA integrity_check").fetchone()[0]
    return {
        "status": refusal.status,
        "kind": refusal.kind,
        "code": refusal.json["code"],
        "detail": refusal.json["detail"],
        "retry_after": refusal.retry_after,
        "page": page.status_code,
        "page_kind": page.headers["Content-Type"].split(";")[0],
        "text_given_back": "Le client promet de payer lundi." in page.text,
        "upload": sent.status_code,
        "upload_remains": len(left),
        "socket_code": told["error"]["code"] if not told["ok"] else "taken",
        "reading": reading,
        "recovered_s": round(recovered, 2),
        "lost": len(set(kept) - set(bodies)),
        "integrity": integrity,
    }


def post_page(house: House, text: str) -> requests.Response:
    """A browser without scripts posts the thread’s form."""
    with requests.Session() as browser:
        browser.cookies.set("encours", house.people["alice"]["cookie"], domain="127.0.0.1", path="/")
        url = house.servers[0].url
        shown = browser.get(f"{url}/invoices/{house.invoices[0]}", timeout=10)
        token = re.search(r'name="csrf_token" value="([^"]+)"', shown.text)
        assert token is not None, shown.text[:500]
        form = {"csrf_token": token.group(1), "body": text}
        return browser.post(f"{url}/threads/{house.invoices[0]}/messages", data=form, timeout=10)


def wrong_password(house: House) -> requests.Response:
    """Somebody tries to sign in: an act whose rate is counted in Redis."""
    with requests.Session() as browser:
        url = f"{house.servers[0].url}/sign-in"
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get(url, timeout=10).text)
        assert token is not None
        form = {"csrf_token": token.group(1), "email": "alice@encours.test", "password": "une autre"}
        return browser.post(url, data=form, timeout=10)


def upload(house: House) -> requests.Response:
    """An import larger than what is left."""
    content = b"ref;montant\n" + b"F1;100\n" * 20_000
    return requests.post(
        f"{house.servers[0].url}/api/v1/imports",
        files={"file": ("factures.csv", content)},
        headers={"Authorization": f"Bearer {house.people['sonia']['token']}"},
        timeout=10,
    )
