"""The world of the canaries: a client who reads one thread of a house full of them, and how it asks."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import make_limit
from tests.factories.people import Cast
from tests.factories.promises import task
from tests.factories.talk import say
from tests.rights.table import TABLE
from tests.rights.test_matrix import address
from tests.rights.world import World, ask, make_world
from tests.sharing.canaries import Outside, leaks, plant
from tests.sharing.conftest import Enter, GuestBrowser
from webapp.clients.models import Client
from webapp.clients.services import parts
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.files.models import StoredFile
from webapp.sharing.links import link_token
from webapp.sharing.services import give_access
from webapp.threads.rules import client_thread_of
from webapp.threads.services import delete_message, edit_message, post_system_line, react


@dataclass
class Sweep:
    """A client who reads one thread of a house full of canaries, and what to look for."""

    world: World
    outside: Outside
    guest: GuestBrowser
    csrf: str
    words: dict[str, str]

    @property
    def token(self) -> str:
        return link_token(self.outside.grant_id)

    @property
    def thread_id(self) -> uuid.UUID:
        return client_thread_of(self.outside.invoice_id)

    def threads(self) -> list[uuid.UUID]:
        """The client's about the invoice and about all, then the team's about both."""
        inside = [self.outside.invoice_id, self.outside.client_id]
        return [self.thread_id, client_thread_of(self.outside.client_id), *inside]


def make_sweep(cast: Cast, guest_of: Enter, run_jobs: Callable[[], int]) -> Sweep:
    """Everything there is about Bob's client, talked about inside and, by Chloé alone, with the client."""
    world = make_world(cast)
    client_id, invoice_id = (uuid.UUID(world.ids[name]) for name in ("client", "invoice"))
    thread_id = client_thread_of(invoice_id)
    _talk(cast, client_id, invoice_id)
    _others(cast, client_id)
    guest = guest_of(uuid.UUID(world.ids["grant"]))
    guest.enter()
    assert guest.say(thread_id, "Oui, vendredi.").status_code == 303
    run_jobs()
    authors = frozenset({cast.chloe.user_id})
    contact_id, grant_id = (uuid.UUID(world.ids[name]) for name in ("contact", "grant"))
    outside = Outside(client_id, contact_id, grant_id, invoice_id, authors)
    found = re.search(r'name="csrf_token" value="([^"]+)"', guest.browser.get("/sign-in").text)
    assert found
    return Sweep(world, outside, guest, found[1], plant(outside))


def _talk(cast: Cast, client_id: uuid.UUID, invoice_id: uuid.UUID) -> None:
    """Inside; and with the client: reworded, taken back, quoted, reacted to, with a file, by the product."""
    thread_id = client_thread_of(invoice_id)
    first = say(cast.chloe, thread_id, "Pouvez-vous régler ?")
    taken_back, reworded = say(cast.chloe, thread_id, "pas pour eux"), say(cast.chloe, thread_id, "mal dit")
    say(cast.chloe, thread_id, "Je précise.", reply_to=first.id)
    say(cast.chloe, client_thread_of(client_id), "Nous fermons le 24.")
    inner = say(cast.david, invoice_id, "Il ment @emma")
    say(cast.alice, invoice_id, "On ne livre plus.", reply_to=inner.id)
    with unit_of_work():
        edit_message(cast.chloe, reworded.id, "bien dit")
        delete_message(cast.chloe, taken_back.id)
        edit_message(cast.david, inner.id, "Il se trompe @emma")
        for message in (first, inner):
            react(cast.emma, message.id, "👀")
        for thread in (invoice_id, thread_id):
            post_system_line(thread, "Reste à payer")
        file = {"sha256": "0" * 64, "size": 1, "media_type": "application/pdf", "name": "marge.pdf"}
        hangs = {"subject_type": "message", "subject_id": first.id, "position": 0, "loose_since": None}
        of = {"id": new_id(), "owner_id": cast.chloe.user_id, "created_at": now()}
        db.session.execute(sa.insert(StoredFile).values(**of, **file, **hangs))


def _others(cast: Cast, client_id: uuid.UUID) -> None:
    """Another contact with an access of its own, another client, what is said with them."""
    other = make_client(cast, legal_name="Ailleurs")
    apart = make_invoice(cast, db.session.get_one(Client, client_id), ref="F-APART")
    with unit_of_work():
        values = {"name": "Luc", "role": "other", "email": "luc@rhone.test"}
        luc = parts.add_part(cast.system, client_id, "contacts", values)
        give_access(cast.bob, client_id, luc.id, subject_id=apart.id)
    for thread_id in (other.id, client_thread_of(other.id)):
        say(cast.alice, thread_id, "Pour un autre")


def paths(route: str, sweep: Sweep) -> list[str]:
    """Addresses of a route: with the guest's own link, for each thread they may try."""
    rule = route.partition(" ")[2].replace("<token>", sweep.token)
    if rule.startswith("/g/"):
        return list(dict.fromkeys(re.sub(r"<[^>]*thread_id>", str(each), rule) for each in sweep.threads()))
    return [sweep.world.fill(address(rule))]


def send(sweep: Sweep, route: str, path: str) -> Any:
    return ask(sweep.guest.browser, sweep.csrf, route.partition(" ")[0], path, TABLE[route], sweep.world)


def seen(sweep: Sweep, answer: Any) -> list[str]:
    return leaks(sweep.words, [answer.get_data().decode("utf-8", "replace"), str(answer.headers)])


def stir(cast: Cast, sweep: Sweep) -> None:
    """Something happens, inside and with the client, once the canaries are in."""
    say(cast.alice, sweep.outside.invoice_id, f"{sweep.words['messages.body']} inside")
    say(cast.chloe, sweep.thread_id, "Merci")
    assert sweep.guest.say(sweep.thread_id, "De rien").status_code == 303
    task(cast.bob, sweep.outside.invoice_id, cast.chloe, text=sweep.words["tasks.text"])
    client = db.session.get_one(Client, sweep.outside.client_id)
    for amount in (100_000_000, 1):
        make_limit(cast, client, amount)
