"""R5: every route, asked by every role in and out of scope, answers as the table says."""

from __future__ import annotations

import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.ground import Ground
from tests.proofs import Figures
from tests.rights.expectations import Row
from tests.rights.table import TABLE
from tests.rights.world import INSIDERS, OUTSIDERS, World, ask, make_world, sign_in
from webapp.users.actor import Actor

pytestmark = pytest.mark.promise("R5")

# What each variable part of an address points at.
PARTS = {
    "client_id": "<client>",
    "invoice_id": "<invoice>",
    "thread_id": "<invoice>",
    "message_id": "<message>",
    "payment_id": "<payment>",
    "order_id": "<order>",
    "note_id": "<note>",
    "currency": "USD",
    "on": "2026-11-02",
    "write_off_id": "<write_off>",
    "limit_request_id": "<limit_request>",
    "delegation_id": "<new>",
    "alert_id": "<alert>",
    "guarantee_id": "<guarantee>",
    "dispute_id": "<dispute>",
    "code": "quality",
    "notification_id": "<notification>",
    "session_id": "<session>",
    "token_id": "<token>",
    "passkey_id": "<passkey>",
    "user_id": "<person>",
    "branch_id": "<branch>",
    "device_id": "<new>",
    "grant_id": "<grant>",
    "import_id": "<import>",
    "matching_id": "<matching>",
    "batch_id": "<batch>",
    "key": "<proposal>",
    "export_id": "<export>",
    "test_id": "<new>",
    "part_id": "<contact>",
    "field_id": "<field>",
    "merge_id": "<new>",
    "file_id": "<new>",
    "upload_id": "<new>",
    "part": "contacts",
    "panel": "contacts",
    "handle": "bob",
    "act_id": "<act>",
    "promise_id": "<promise>",
    "visit_id": "<visit>",
    "fact_id": "<fact>",
    "fact_code": "stock_high",
    "task_id": "<task>",
    "request_id": "<request>",
    "kind": "test",
    "token": "no-such-token",
    "filename": "dist/manifest.json",
    "name": "visit",
}
REFS = {
    "clients": "C-LYON",
    "delivery-notes": "BL-LYON",
    "invoices": "F-LYON",
    "orders": "O-LYON",
    "quotes": "Q-LYON",
}


def address(rule: str) -> str:
    """The rule with its parts pointing at Bob's things."""
    if "by-ref" in rule:
        return re.sub(r"<[^>]+>", REFS[rule.split("/")[3]], rule)
    return re.sub(r"<(?:[^:>]+:)?([^>]+)>", lambda part: PARTS[part[1]], rule)


def routes(app: Flask) -> set[str]:
    return {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def expected(row: Row, name: str, actor: Actor) -> frozenset[int]:
    """Statuses this person may get."""
    if row.public:
        return row.accept
    if row.scope == "nobody" or (row.scope == "own" and name != "bob"):
        return frozenset({404})
    if row.scope == "client" and name in OUTSIDERS:
        return frozenset({404}) if actor.role in row.roles else frozenset({403, 404})
    if actor.role in row.roles:
        return row.accept
    return frozenset({403, 404}) if row.denied == 0 else frozenset({row.denied})


def test_every_route_has_a_line_in_the_table_and_every_line_a_route(app: Flask) -> None:
    assert routes(app) - TABLE.keys() == set(), "routes nobody decided about"
    assert TABLE.keys() - routes(app) == set(), "lines about routes that are gone"


READS = [route for route in sorted(TABLE) if route.startswith("GET ")]
WRITES = [route for route in sorted(TABLE) if not route.startswith("GET ")]
PEOPLE = (*INSIDERS, *OUTSIDERS)


@pytest.mark.parametrize("name", PEOPLE)
def test_a_person_reads_what_they_should_and_nothing_else(
    app: Flask, db: object, ground: Ground, figures: Figures, name: str
) -> None:
    """Reading changes nothing, so that one world serves for every address."""
    world = ground.scene("rights", make_world)
    browser, csrf = sign_in(app, world.actors[name])
    wrong = [said for route in READS if (said := fault(route, name, world, browser, csrf))]
    figures["routes asked"] = len(READS)
    assert wrong == []


@pytest.mark.parametrize("route", WRITES)
def test_a_route_serves_those_it_should_and_nobody_else(
    app: Flask, db: object, ground: Ground, figures: Figures, route: str
) -> None:
    world = ground.scene("rights", make_world)
    wrong = [fault(route, name, world, *sign_in(app, world.actors[name])) for name in world.actors]
    figures["people asked"] = len(world.actors)
    assert [said for said in wrong if said] == []


def fault(route: str, name: str, world: World, browser: FlaskClient, csrf: str) -> str | None:
    """What is wrong with this person's answer from this route, in words."""
    row, actor = TABLE[route], world.actors[name]
    method, rule = route.split(" ", 1)
    status = ask(browser, csrf, method, world.fill(address(rule)), row, world).status_code
    wanted = expected(row, name, actor)
    return None if status in wanted else f"{route}: {name} ({actor.role}) got {status}, not {sorted(wanted)}"


def test_a_route_that_is_not_public_asks_for_a_session(app: Flask, db: object, ground: Ground) -> None:
    """Nobody gets anywhere, so that one world serves for every address."""
    world, wrong = ground.scene("rights", make_world), []
    for route in sorted(TABLE):
        method, rule = route.split(" ", 1)
        if not TABLE[route].public:
            status = signed_out(app, method, world.fill(address(rule)), TABLE[route], world)
            if status not in ({401, 400} if rule.startswith("/api/") else {302, 303, 400}):
                wrong.append(f"{route}: {status}")
    assert wrong == []


@pytest.mark.parametrize("route", [route for route in sorted(TABLE) if TABLE[route].public])
def test_a_public_route_answers_without_a_session(app: Flask, db: object, ground: Ground, route: str) -> None:
    row, world = TABLE[route], ground.scene("rights", make_world)
    method, rule = route.split(" ", 1)
    assert signed_out(app, method, address(rule), row, world) in row.accept


def signed_out(app: Flask, method: str, path: str, row: Row, world: World) -> int:
    browser = app.test_client()
    browser.get("/sign-in")
    return ask(browser, _csrf(browser), method, path, row, world).status_code


def _csrf(browser: object) -> str:
    page = browser.get("/sign-in").get_data(as_text=True)  # type: ignore[attr-defined]
    found = re.search(r'name="csrf[-_]token"[^>]*(?:content|value)="([^"]+)"', page)
    return found[1] if found else ""


def test_a_thing_that_is_gone_looks_like_one_out_of_scope(app: Flask, db: object, ground: Ground) -> None:
    world = ground.scene("rights", make_world)
    browser, _csrf_token = sign_in(app, world.actors["oscar"])
    hidden = browser.get(world.fill("/api/v1/clients/<client>"))
    missing = browser.get(world.fill("/api/v1/clients/<new>"))
    assert hidden.status_code == missing.status_code == 404
    assert {**hidden.get_json(), "request_id": 0} == {**missing.get_json(), "request_id": 0}
