"""Accesses by JSON: the same acts, refusals and walls as on the pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories.books import make_client
from tests.factories.people import Cast
from tests.factories.promises import press
from tests.sharing.conftest import Delorme, grant_to
from webapp.clients.services import parts
from webapp.core.clock import now
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.core.models import Command
from webapp.extensions import db
from webapp.sharing.links import link
from webapp.sharing.models import AccessGrant
from webapp.users.actor import Actor
from webapp.users.models import AuditEntry

Headers = Callable[[Actor], dict[str, str]]


@pytest.fixture
def at(delorme: Delorme) -> str:
    return f"/api/v1/clients/{delorme.client_id}/accesses"


def test_an_access_is_given_once_read_and_ended(
    app: Flask, cast: Cast, delorme: Delorme, api_of: Headers, at: str
) -> None:
    bob = api_of(cast.bob)
    asked = {"contact_id": str(delorme.contact_id), "subject_id": str(delorme.invoice_id), "days": 30}
    browser, key = app.test_client(), {"Idempotency-Key": str(new_id())}
    given, again = (browser.post(at, json=asked, headers={**bob, **key}) for _turn in range(2))
    assert (given.status_code, again.get_json()) == (201, given.get_json())
    found = given.get_json()
    assert found["email"] == "compta@delorme.test"
    assert (found["state"], found["subject"], found["given_by"]) == ("live", "F-1187", "Bob Martin")
    listed = browser.get(at, headers=bob).get_json()
    assert listed == {"items": [found], "next_cursor": None}
    one = f"{at}/{found['id']}"
    row = db.session.scalars(select(AccessGrant)).one()
    assert browser.get(one, headers=bob).get_json() == {**found, "link": link(row.id)}
    for _turn in range(2):
        assert browser.delete(one, headers=bob).status_code == 204
    after = browser.get(one, headers=bob).get_json()
    assert (after["state"], after["link"]) == ("over", None)
    assert after["revoked_at"] is not None
    assert actions() == ["access.give", "access.revoke"]


def actions() -> list[str]:
    query = select(AuditEntry.action).where(AuditEntry.action.startswith("access."))
    return list(db.session.scalars(query.order_by(AuditEntry.id)))


def test_the_link_is_kept_in_no_answer_that_is_remembered(
    app: Flask, cast: Cast, delorme: Delorme, api_of: Headers, at: str
) -> None:
    key = {"Idempotency-Key": str(new_id()), **api_of(cast.bob)}
    app.test_client().post(at, json={"contact_id": str(delorme.contact_id)}, headers=key)
    grant = db.session.scalars(select(AccessGrant)).one()
    kept = db.session.scalars(select(Command.result)).all()
    assert kept
    assert link(grant.id).rpartition("/")[2] not in str(kept)


def test_its_days_change_from_now_on_longer_or_shorter(
    app: Flask, cast: Cast, delorme: Delorme, api_of: Headers, at: str
) -> None:
    grant = grant_to(cast, delorme, days=30)
    one, bob = f"{at}/{grant.id}", api_of(cast.bob)
    for days in (365, 7):
        changed = app.test_client().patch(one, json={"days": days}, headers=bob)
        assert changed.status_code == 200
        until = db.session.get_one(AccessGrant, grant.id, populate_existing=True).expires_at
        assert abs(until - now() - timedelta(days=days)) < timedelta(minutes=5)
    assert actions()[-2:] == ["access.change"] * 2
    refused = app.test_client().patch(one, json={"days": 8}, headers=bob)
    assert refused.status_code == 422
    assert "days" in refused.get_json()["errors"]


def test_one_that_is_over_is_not_made_to_last(
    app: Flask, cast: Cast, delorme: Delorme, api_of: Headers, at: str
) -> None:
    """Taken back, or its contact is gone: another has to be given."""
    bob = api_of(cast.bob)
    ended, left = grant_to(cast, delorme), grant_to(cast, delorme, only_invoice=True)
    app.test_client().delete(f"{at}/{ended.id}", headers=bob)
    with unit_of_work():
        parts.remove_part(cast.system, delorme.client_id, "contacts", delorme.contact_id)
    for grant_id in (ended.id, left.id):
        refused = app.test_client().patch(f"{at}/{grant_id}", json={"days": 30}, headers=bob)
        assert (refused.status_code, refused.get_json()["code"]) == (409, "access_over")


def test_who_is_no_contact_there_and_what_is_anothers_is_refused(
    app: Flask, cast: Cast, delorme: Delorme, api_of: Headers, at: str
) -> None:
    bob, browser = api_of(cast.bob), app.test_client()
    other = make_client(cast)
    grant = grant_to(cast, delorme)
    unknown: dict[str, Any] = {"contact_id": str(new_id())}
    assert browser.post(at, json=unknown, headers=bob).get_json()["errors"].keys() == {"contact_id"}
    foreign = {"contact_id": str(delorme.contact_id), "subject_id": str(other.id)}
    assert browser.post(at, json=foreign, headers=bob).get_json()["errors"].keys() == {"subject_id"}
    elsewhere = f"/api/v1/clients/{other.id}/accesses/{grant.id}"
    for method in ("get", "delete"):
        assert getattr(browser, method)(elsewhere, headers=bob).status_code == 404
    assert browser.get(at, headers=api_of(cast.ada)).status_code == 403
    assert browser.get(at, headers=api_of(cast.oscar)).status_code == 404


def test_the_page_changes_how_long_too(cast: Cast, delorme: Delorme, browser_of: Any) -> None:
    grant = grant_to(cast, delorme, days=7)
    page, browser = f"/clients/{delorme.client_id}/access/{grant.id}", browser_of(cast.bob)
    assert "Changer la durée" in browser.get(page).text
    assert press(browser, f"{page}/change", days="365").status_code == 303
    until = db.session.get_one(AccessGrant, grant.id, populate_existing=True).expires_at
    assert until > now() + timedelta(days=300)
    assert press(browser, f"{page}/change", days="1").status_code == 422
