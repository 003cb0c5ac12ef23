"""Nothing stops the event loop: hashing, the database, JSON and TLS let the others run.

It measures time, so it runs only under `script/prove`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable

import pytest
import requests

from tests.proofs import FULL, Figures
from tests.realtime.conftest import Live
from tests.realtime.server import Client

pytestmark = [
    pytest.mark.server,
    pytest.mark.promise("loop"),
    pytest.mark.skipif(not FULL, reason="it measures time: script/prove loop"),
]
LONGEST_MS = 50
BLOCKED = re.compile(r"blocked .*?\bms=(\d+).*?resumed=(\[.*?\]).*?where=(\[.*?\]).*?work_ms=(\d+)")


def test_no_task_keeps_the_others_waiting(
    live_on: Callable[..., Live], client_of: Callable[..., Client], figures: Figures
) -> None:
    live = live_on("sqlite", ENCOURS_WATCHDOG="1")
    warm_up(live)
    start = len(live.server.log())
    acts = [sign_in, read_lists, lambda live: talk(live, client_of), bring_a_file]
    threads = [threading.Thread(target=act, args=(live,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    plain = re.sub(r"\x1b\[[0-9;]*m", "", live.server.log()[start:])
    found = [(int(ms), int(work), *lines) for ms, *lines, work in BLOCKED.findall(plain)]
    working = [each for each in found if each[1] > LONGEST_MS]
    figures |= {"stretches over 50 ms": len(found), "of them at work, not waiting for a core": len(working)}
    figures["longest"] = f"{max((each[0] for each in found), default=0)} ms"
    assert working == []


def pages(live: Live) -> requests.Session:
    session = requests.Session()
    session.cookies.set("encours", live.people["alice"]["cookie"], domain="127.0.0.1", path="/")
    return session


def warm_up(live: Live) -> None:
    """Templates and statements are compiled at their first use."""
    session = pages(live)
    for path in (
        "/",
        "/clients",
        f"/clients/{live.client_id}",
        "/invoices",
        "/threads",
        "/alerts",
        "/imports",
        "/sign-in",
        "/api/v1/invoices?limit=200",
    ):
        assert session.get(live.url + path, timeout=30).status_code == 200


def sign_in(live: Live) -> None:
    """A wrong password costs as much hashing as a right one."""
    for number in range(8):
        session = requests.Session()
        page = session.get(f"{live.url}/sign-in", timeout=30).text
        token = re.search(r'name="csrf[-_]token"[^>]*(?:content|value)="([^"]+)"', page)
        assert token
        form = {"email": f"p{number}@encours.test", "password": "wrong password", "csrf_token": token[1]}
        session.post(f"{live.url}/sign-in", data=form, timeout=30)


def read_lists(live: Live) -> None:
    session = pages(live)
    for _number in range(20):
        for path in ("/clients", f"/clients/{live.client_id}", "/invoices", "/api/v1/invoices?limit=200"):
            assert session.get(live.url + path, timeout=30).status_code == 200


def talk(live: Live, client_of: Callable[..., Client]) -> None:
    bob = client_of(live, "bob")
    for number in range(300):
        bob.send(live.invoices[0], f"message {number}")


def bring_a_file(live: Live) -> None:
    lines = "".join(f"F{n};C1;01/10/2026;30/11/2026;10,00\n" for n in range(100_000))
    content = ("NO_PIECE;CT_NUM;DATE_PIECE;DATE_ECH;MT_TTC\n" + lines).encode()
    headers = {"Authorization": f"Bearer {live.people['sonia']['token']}"}
    answer = requests.post(
        f"{live.url}/api/v1/imports", files={"file": ("f.csv", content)}, headers=headers, timeout=60
    )
    assert answer.status_code == 202, answer.text
