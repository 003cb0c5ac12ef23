"""Clients that belong together add up, as far as one sees them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from tests.factories.books import make_client, make_invoice
from tests.factories.limits import make_limit
from tests.factories.people import Cast
from webapp.clients.queries.groups import group_of
from webapp.clients.services import grouping
from webapp.core.db import unit_of_work
from webapp.core.errors import Forbidden, Invalid, NotFound
from webapp.extensions import db
from webapp.home.queries.accounts import get_account
from webapp.home.queries.groups import read_group
from webapp.users.models import AuditEntry


def link(cast: Cast, child: object, parent: object) -> None:
    with unit_of_work():
        grouping.link_client(cast.alice, child.id, parent.ref)


def family(cast: Cast) -> list[object]:
    """A parent with two subsidiaries, one of them in Nantes; a twin by SIREN; a stranger."""
    parent = make_client(cast, legal_name="Delorme Groupe", siren="732829320")
    lyon = make_client(cast, legal_name="Delorme Lyon")
    nantes = make_client(cast, legal_name="Delorme Nantes", branch="Nantes", rep=cast.oscar)
    twin = make_client(cast, legal_name="Delorme Dépôt", siren="732829320")
    stranger = make_client(cast, legal_name="Vidal", siren="552100554")
    link(cast, lyon, parent)
    link(cast, nantes, lyon)
    for client in (parent, lyon, nantes, twin, stranger):
        make_invoice(cast, client, 10_000, due_in=-3)
    make_limit(cast, parent, 50_000)
    make_limit(cast, nantes, 20_000)
    return [parent, lyon, nantes, twin, stranger]


def test_the_same_siren_and_links_by_hand_make_one_group(cast: Cast) -> None:
    parent, lyon, nantes, twin, stranger = family(cast)
    everyone = {parent.id, lyon.id, nantes.id, twin.id}
    for member in (parent, lyon, nantes, twin):
        assert set(group_of(member)) == everyone and group_of(member)[0] == member.id
    assert group_of(stranger) == [stranger.id]


def test_totals_are_of_what_is_in_scope(cast: Cast) -> None:
    parent, _lyon, nantes, _twin, stranger = family(cast)
    whole = read_group(cast.alice, get_account(cast.alice, parent.id))
    assert (len(whole.members), whole.hidden, whole.outstanding, whole.limit) == (4, 0, 40_000, 70_000)
    bobs = read_group(cast.bob, get_account(cast.bob, parent.id))
    assert (len(bobs.members), bobs.hidden, bobs.overdue, bobs.limit) == (3, 1, 30_000, 50_000)
    oscars = read_group(cast.oscar, get_account(cast.oscar, nantes.id))
    assert (len(oscars.members), oscars.hidden, oscars.outstanding) == (1, 3, 10_000)
    davids = read_group(cast.david, get_account(cast.david, parent.id))
    assert davids.limit is None
    assert read_group(cast.bob, get_account(cast.bob, stranger.id)).hidden == 0


def test_no_circle_and_no_stranger(cast: Cast) -> None:
    parent, lyon, nantes, _twin, _stranger = family(cast)
    for child, above in ((parent, nantes), (parent, parent), (lyon, nantes)):
        with pytest.raises(Invalid) as refusal:
            link(cast, child, above)
        assert "parent_ref" in refusal.value.errors
    with pytest.raises(Invalid), unit_of_work():
        grouping.link_client(cast.alice, parent.id, "C-NONE")
    with pytest.raises(Forbidden), unit_of_work():
        grouping.unlink_client(cast.bob, lyon.id)
    with pytest.raises(NotFound), unit_of_work():
        grouping.unlink_client(cast.oscar, lyon.id)
    with unit_of_work():
        grouping.unlink_client(cast.alice, nantes.id)
    assert nantes.id not in group_of(parent)
    entries = select(AuditEntry.action).where(
        AuditEntry.subject_id == str(nantes.id), AuditEntry.action.like("client.%link")
    )
    assert db.session.scalars(entries.order_by(AuditEntry.id)).all() == ["client.link", "client.unlink"]


def test_pages_and_programs_show_the_same_group(
    app: Flask, cast: Cast, browser_of: Callable, api_of: Callable
) -> None:
    parent, _lyon, _nantes, twin, stranger = family(cast)
    browser = browser_of(cast.bob)
    page = browser.get(f"/clients/{parent.id}/group").get_data(as_text=True)
    assert "1 client du groupe n’est pas dans votre portefeuille" in page and "Delorme Nantes" not in page
    api, headers = app.test_client(), api_of(cast.alice)
    shown = api.get(f"/api/v1/clients/{parent.id}/group", headers=headers).json
    assert shown["outstanding"] == {"amount": 40_000, "currency": "EUR"} and len(shown["members"]) == 4
    url, ref = f"/api/v1/clients/{stranger.id}/parent", twin.ref
    assert len(api.put(url, json={"parent_ref": ref}, headers=headers).json["members"]) == 5
    assert len(api.put(url, json={"parent_ref": None}, headers=headers).json["members"]) == 1
    assert api.put(url, json={"parent_ref": "zz"}, headers=headers).status_code == 422
    finance = browser_of(cast.alice)
    csrf = finance.get("/api/v1/session").get_json()["csrf_token"]
    path = f"/clients/{stranger.id}/parent"
    for form, status in (({"parent_ref": "zz"}, 422), ({"parent_ref": ref}, 303)):
        assert finance.post(path, data={**form, "csrf_token": csrf}).status_code == status
    assert finance.post(f"{path}/remove", data={"csrf_token": csrf}).status_code == 303
