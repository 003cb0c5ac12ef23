"""Whoever signed out, was disabled or moved hears nothing more, within a second (R7)."""

from __future__ import annotations

import re
import time
import uuid
from collections.abc import Callable

import pytest
import requests
from socketio.exceptions import ConnectionError as CannotConnect

from tests.realtime.conftest import Live
from tests.realtime.server import Client, wait_for

pytestmark = [pytest.mark.server, pytest.mark.promise("R7")]
Connect = Callable[..., Client]
THREAD_NEWS = {"message.posted", "thread.typing", "thread.read", "presence.changed", "thread.unread"}

ACTS = {
    "demoted": (
        "from webapp.users import queries, services\n"
        "services.move_user(system_actor(), uuid.UUID('{id}'), role='sales_rep',"
        " branch=queries.find_branch_by_name('Nantes'))"
    ),
    "disabled": (
        "from webapp.users import services\nservices.set_active(system_actor(), uuid.UUID('{id}'), False)"
    ),
}
ELSEWHERE = """
import time
import uuid
from webapp.core.db import unit_of_work
from webapp.users.actor import system_actor
def act():
{act}
with unit_of_work(): act()
print(time.time())
"""


def elsewhere(live: Live, act: str) -> float:
    """Run it in another process, as the command line does; when it was committed."""
    body = "\n".join(f"    {line}" for line in act.splitlines())
    return float(live.server.run(ELSEWHERE.format(act=body)).splitlines()[-1])


def silent(live: Live, client: Client, speaker: Client, thread: str) -> None:
    """Half a second of messages later, nothing of the thread arrived."""
    before = len([name for name, _ in client.heard if name in THREAD_NEWS])
    for number in range(5):
        assert speaker.send(thread, f"sans témoin {number}")["ok"]
        speaker.call("thread.typing", {"thread_id": thread})
    speaker.wait("message.posted", 5)
    assert len([name for name, _ in client.heard if name in THREAD_NEWS]) == before


@pytest.mark.parametrize("how", list(ACTS))
def test_what_another_process_changed_silences_the_socket(
    own_live: Live, client_of: Connect, how: str
) -> None:
    live, thread = own_live, own_live.invoices[0]
    chloe, spare, bob = (client_of(live, name) for name in ("chloe", "chloe", "bob"))
    for client in (chloe, spare, bob):
        client.join(thread)
    bob.send(thread, "avant")
    chloe.wait("message.posted")
    elsewhere(live, ACTS[how].format(id=live.people["chloe"]["id"]))
    done = time.monotonic()
    if how == "disabled":
        assert chloe.wait("session.ended", seconds=1)["reason"] in ("disabled", "rights_changed")
        wait_for(lambda: not chloe.sio.connected, 3, "the disconnection")
    else:
        answer = {"code": ""}
        while answer["code"] != "not_found" and time.monotonic() - done < 1:
            answer = spare.call("thread.typing", {"thread_id": thread}).get("error", answer)
        assert answer["code"] == "not_found"
    assert time.monotonic() - done < 4
    bob.heard.clear()
    silent(live, chloe, bob, thread)
    silent(live, spare, bob, thread)


def test_signing_out_over_http_ends_the_sockets_of_that_session_only(
    own_live: Live, client_of: Connect
) -> None:
    live, thread = own_live, own_live.invoices[1]
    leaving, staying = client_of(live, "chloe", by="cookie"), client_of(live, "chloe")
    bob = client_of(live, "bob")
    for client in (leaving, staying, bob):
        client.join(thread)
    browser = requests.Session()
    browser.cookies.set("encours", live.people["chloe"]["cookie"], domain="127.0.0.1", path="/")
    page = browser.get(f"{live.url}/threads", timeout=10).text
    token = re.search(r'name="csrf-token" content="([^"]+)"', page)
    assert token
    answer = browser.post(f"{live.url}/sign-out", data={"csrf_token": token.group(1)}, timeout=10)
    assert answer.status_code == 200
    assert leaving.wait("session.ended", seconds=1)["reason"] == "signed_out"
    wait_for(lambda: not leaving.sio.connected, 3, "the disconnection")
    silent(live, leaving, bob, thread)
    staying.wait("message.posted", 5)
    with pytest.raises(CannotConnect):
        Client(live.url, cookie=live.people["chloe"]["cookie"]).connect()


def test_a_role_that_must_have_a_second_factor_hears_nothing_without_one(
    own_live: Live, client_of: Connect
) -> None:
    live, thread = own_live, own_live.invoices[3]
    chloe, program = client_of(live, "chloe", by="cookie"), client_of(live, "chloe")
    bob = client_of(live, "bob")
    for client in (chloe, program, bob):
        client.join(thread)
    elsewhere(
        live,
        "from webapp.users import services\n"
        "services.set_second_factor_roles(system_actor(), ['branch_manager'])",
    )
    assert chloe.wait("session.ended", seconds=2)["reason"] == "second_factor_required"
    silent(live, chloe, bob, thread)
    program.wait("message.posted", 5)  # a token is nobody's phone to enrol
    again, refusals = Client(live.url, cookie=live.people["chloe"]["cookie"]), []
    again.sio.on("connect_error", refusals.append)
    with pytest.raises(CannotConnect):
        again.connect()
    assert [refusal["message"] for refusal in refusals] == ["second_factor_required"]


def test_a_client_given_to_somebody_else_takes_its_threads_along(own_live: Live, client_of: Connect) -> None:
    live, thread = own_live, own_live.invoices[2]
    bob, alice = client_of(live, "bob"), client_of(live, "alice")
    bob.join(thread)
    alice.join(thread)
    act = (
        "from webapp.clients.services import upsert_client\n"
        "from webapp.clients.models import Client\n"
        "from webapp.extensions import db\n"
        f"ref = db.session.get(Client, uuid.UUID('{live.client_id}')).ref\n"
        "upsert_client(system_actor(), ref, {'sales_rep': 'oscar@encours.test'})"
    )
    elsewhere(live, act)
    wait_for(lambda: len(alice.named("presence.changed")[-1]["users"]) == 1, 1, "Bob's departure")
    alice.heard.clear()
    silent(live, bob, alice, thread)
    assert bob.call("thread.join", {"thread_id": thread})["error"]["code"] == "not_found"
    oscar = client_of(live, "oscar")
    assert oscar.join(thread)["last_seq"] == 5


def test_news_of_another_process_is_heard_once(own_live: Live, client_of: Connect) -> None:
    live, thread = own_live, own_live.invoices[3]
    bob = client_of(live, "bob")
    bob.join(thread)
    act = (
        "from webapp.threads.services import post_message\n"
        "from webapp.users.queries import find_user_actor\n"
        "actor = find_user_actor(uuid.UUID('{id}'))\n"
        "post_message(actor, uuid.UUID('{thread}'), client_id=uuid.UUID('{act}'), body='du terminal')"
    ).format(id=live.people["alice"]["id"], thread=thread, act=uuid.uuid4())
    elsewhere(live, act)
    assert bob.wait("message.posted", seconds=2)["message"]["body"] == "du terminal"
    assert bob.send(thread, "reçu")["message"]["seq"] == 2
    bob.wait("message.posted", 2)
    assert [payload["message"]["seq"] for payload in bob.named("message.posted")] == [1, 2]
