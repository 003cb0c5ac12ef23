"""A small world in which everything belongs to Bob's client in Lyon, and the ways into it."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from io import BytesIO

from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from tests.factories.books import make_client, make_invoice
from tests.factories.disputes import make_dispute
from tests.factories.limits import alerts_of, make_guarantee, make_limit
from tests.factories.people import Cast
from tests.factories.promises import credit_request, promise, task
from tests.factories.requests import limit_request
from tests.factories.talk import say
from tests.factories.visits import fact_of, visit
from webapp.clients.models import Client
from webapp.clients.services import custom, parts
from webapp.core.clock import today
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.exports.definitions import find_listing
from webapp.exports.services import Asked, make_now, record_made
from webapp.exports.services.asking import read_filters
from webapp.extensions import db
from webapp.imports.services import receive, run_check, take_in
from webapp.invoices.services import NoteInput, OrderInput, upsert_note, upsert_order
from webapp.notifications.models import Notification
from webapp.payments.queries import proposals_for
from webapp.payments.rules import Share
from webapp.payments.services import match, record_payment, write_off
from webapp.sharing.services import give_access
from webapp.threads.services import post_act
from webapp.users.actor import Actor
from webapp.users.current import SESSION_KEY
from webapp.users.models import ApiToken, Passkey
from webapp.users.queries import find_user_actor
from webapp.users.services import create_token, create_user, start_session

OUTSIDERS = ("oscar", "nadia", "lea")
INSIDERS = ("alice", "bob", "chloe", "david", "emma", "sonia", "ada")


@dataclass
class World:
    """Ids by name, for addresses such as `/clients/<client>`."""

    actors: dict[str, Actor]
    ids: dict[str, str]

    def fill(self, text: str) -> str:
        """Put ids in the place of `<name>`."""
        for name, value in self.ids.items():
            text = text.replace(f"<{name}>", value)
        return text


def make_world(cast: Cast) -> World:
    """Bob's client with an overdue invoice above its limit, talked about, partly paid."""
    with unit_of_work():
        lea = create_user(
            cast.system, email="lea@encours.test", name="Léa Morel", role="sales_rep", branch=cast.lyon
        )
        lea_id = lea.id
    client = make_client(cast, ref="C-LYON", legal_name="Ateliers du Rhône")
    make_limit(cast, client, 50_000)
    invoice = make_invoice(cast, client, 120_000, due_in=-10, ref="F-LYON")
    with unit_of_work():
        orders = {
            kind: upsert_order(
                cast.system,
                OrderInput(kind, f"{kind[0].upper()}-LYON", client.id, today() - timedelta(days=30), 90_000),
            )[0].id
            for kind in ("quote", "order")
        }
    with unit_of_work():
        note = NoteInput("BL-LYON", client.id, today(), 30_000, orders["order"])
        delivered = upsert_note(cast.system, note)[0].id
    with unit_of_work():
        billed = make_invoice(cast, client, 90_000, ref="F-LYON-2")
        loss = write_off(cast.sonia, billed, amount=60_000, reason="goodwill")
    dispute = make_dispute(cast, invoice, 1_000)
    message = say(cast.bob, invoice.id, "Le client conteste deux lignes.")
    with unit_of_work():
        shown = {"kind": "test", "act_id": new_id()}
        post_act(cast.bob, invoice.id, client_id=new_id(), body="Un acte", **shown)
    with unit_of_work():
        payment = record_payment(
            cast.sonia,
            source="test",
            source_ref="P-LYON",
            client_id=client.id,
            received_on=today(),
            amount=1_000,
        )
        matched = record_payment(
            cast.sonia,
            source="test",
            source_ref="P-LYON-2",
            client_id=client.id,
            received_on=today(),
            amount=2_000,
        )
        matching = match(cast.sonia, client.id, [Share(matched.id, invoice.id, 2_000)])
        matching.batch_id = new_id()
        session = start_session(cast.bob.user_id, ip=None, user_agent="Bob's phone")
        create_token(cast.bob, cast.bob.user_id, "Bob's script")
        passkey = Passkey(
            id=new_id(),
            user_id=cast.bob.user_id,
            credential_id=b"bob",
            public_key=b"",
            sign_count=0,
            name="Bob's phone",
        )
        db.session.add(passkey)
        db.session.flush()
    import_id, export_id = _import(cast), _export(cast)
    contact_id, field_id = _sheet(cast, client)
    with unit_of_work():
        grant_id = str(give_access(cast.bob, client.id, uuid.UUID(contact_id)).id)
    alert = next(alert for alert in alerts_of(client) if alert.state == "open")
    mine = db.session.scalars(select(Notification).where(Notification.user_id == cast.bob.user_id)).first()
    token = db.session.scalars(select(ApiToken).where(ApiToken.user_id == cast.bob.user_id)).one()
    lea_actor = find_user_actor(lea_id)
    assert lea_actor is not None and mine is not None
    visited = visit(cast.bob, client.id, "works_stopped")
    names = (*INSIDERS, "oscar", "nadia")
    return World(
        actors={**{name: getattr(cast, name) for name in names}, "lea": lea_actor},
        ids={
            "client": str(client.id),
            "invoice": str(invoice.id),
            "message": str(message.id),
            "act": str(shown["act_id"]),
            "promise": str(promise(cast.bob, invoice.id, 10_000).id),
            "task": str(task(cast.bob, invoice.id, cast.chloe).id),
            "request": str(credit_request(cast.bob, invoice.id, 1_000).id),
            "limit_request": str(limit_request(cast.bob, client).id),
            "visit": str(visited.id),
            "fact": str(fact_of(visited).id),
            "payment": str(payment.id),
            "write_off": str(loss.id),
            "order": str(orders["order"]),
            "note": str(delivered),
            "alert": str(alert.id),
            "guarantee": str(make_guarantee(cast, client).id),
            "dispute": str(dispute.id),
            "notification": str(mine.id),
            "session": str(session.id),
            "token": str(token.id),
            "passkey": str(passkey.id),
            "person": str(lea_id),
            "branch": str(cast.nantes.id),
            "new": str(new_id()),
            "contact": contact_id,
            "grant": grant_id,
            "field": field_id,
            "bob": str(cast.bob.user_id),
            "alice": str(cast.alice.user_id),
            "david": str(cast.david.user_id),
            "import": import_id,
            "matching": str(matching.id),
            "batch": str(matching.batch_id),
            "proposal": proposals_for([payment])[payment.id][0].key,
            "today": today().isoformat(),
            "export": export_id,
        },
    )


def _sheet(cast: Cast, client: Client) -> tuple[str, str]:
    """A person at the client's, and a question about it that is answered."""
    with unit_of_work():
        values = {
            "name": "Élise Delorme",
            "role": "payer",
            "phone": "04 78 00 00 00",
            "email": "elise@rhone.test",
        }
        contact_id = str(parts.add_part(cast.system, client.id, "contacts", values).id)
        field_id = custom.define_field(cast.system, label="Effectif", kind="number").id
        custom.answer_field(cast.bob, client.id, field_id, "8")
    return contact_id, str(field_id)


def _import(cast: Cast) -> str:
    """A file Alice brought, checked and ready to be written."""
    content = b"NO_PIECE;CLIENT;DATE;TTC\nF-NEW;C-LYON;01/11/2026;12,00\n"
    folder = current_app.config["SETTINGS"].instance_path / "imports"
    arrival = take_in(cast.alice, "novembre.csv", BytesIO(content), folder=folder)
    with unit_of_work():
        row = receive(cast.alice, arrival, enqueue_check=False)
        import_id = row.id
    run_check(import_id, unit_of_work)
    return str(import_id)


def _export(cast: Cast) -> str:
    """Bob's clients as a file."""
    listing = find_listing("clients")
    assert listing is not None
    asked = Asked(listing, "csv", "fr", {}, read_filters(cast.bob, listing, {}))
    made = make_now(cast.bob, asked, current_app.config["SETTINGS"].instance_path / "exports")
    assert made is not None
    with unit_of_work():
        return str(record_made(cast.bob, asked, made).id)


def sign_in(app: Flask, actor: Actor) -> tuple[FlaskClient, str]:
    """A browser of that person, and its CSRF token."""
    with unit_of_work():
        row = start_session(actor.user_id, ip=None, user_agent="test")
    browser = app.test_client()
    with browser.session_transaction() as session:
        session[SESSION_KEY] = str(row.id)
    token = browser.get("/api/v1/session").get_json()["csrf_token"]
    return browser, token


def ask(browser: FlaskClient, csrf: str, method: str, path: str, row: object, world: World) -> TestResponse:
    """One request as the row describes it, with ids filled in."""
    headers = {"X-CSRFToken": csrf, "Idempotency-Key": str(uuid.uuid4())}
    headers |= row.headers  # type: ignore[attr-defined]
    options: dict[str, object] = {}
    if row.body is not None:  # type: ignore[attr-defined]
        options["json"] = _fill(row.body, world)  # type: ignore[attr-defined]
    elif row.form is not None:  # type: ignore[attr-defined]
        options["data"] = _fill(row.form, world)  # type: ignore[attr-defined]
    query = _fill(row.query, world)  # type: ignore[attr-defined]
    return browser.open(path, method=method, headers=headers, query_string=query, **options)


def _fill(value: object, world: World) -> object:
    if value == "<pdf>":
        return BytesIO(b"%PDF-1.4 " + uuid.uuid4().bytes), "kbis.pdf"
    if value == "<file>":
        return BytesIO(b"NO_PIECE;CLIENT;DATE;TTC\nF-2;C-LYON;01/11/2026;12,00\n"), "novembre.csv"
    if isinstance(value, str):
        return str(uuid.uuid4()) if value == "<fresh>" else world.fill(value)
    if isinstance(value, dict):
        return {world.fill(key): _fill(item, world) for key, item in value.items()}
    if isinstance(value, list):
        return [_fill(item, world) for item in value]
    return value
