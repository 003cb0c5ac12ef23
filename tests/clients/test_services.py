"""Writing clients: one by one as people do, many at once as files do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import select

from tests.factories.books import make_client
from tests.factories.people import Cast
from webapp.clients.models import Client, ClientAlias
from webapp.clients.policy import in_scope, may_see
from webapp.clients.queries import find_client, get_client, get_client_by_ref, list_aliases
from webapp.clients.services import ensure_clients, upsert_client
from webapp.core.db import unit_of_work
from webapp.core.errors import Conflict, Forbidden, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.extensions import db


def write(cast: Cast, ref: str, seen: int | None = None, **values: object) -> tuple[Client, str]:
    with unit_of_work():
        return upsert_client(cast.sonia, ref, values, seen_revision=seen)


def test_a_field_left_out_keeps_its_value(cast: Cast) -> None:
    client, outcome = write(cast, "C-1", legal_name="Delorme", city="Lyon", siret="732 829 320 00074")
    assert (outcome, client.siren, client.revision) == ("created", "732829320", 1)
    client, outcome = write(cast, "C-1", city="Bron")
    assert (outcome, client.legal_name, client.city, client.revision) == ("updated", "Delorme", "Bron", 2)
    assert write(cast, "C-1", city="Bron")[1] == "unchanged"
    assert write(cast, "C-1", sales_rep="bob@encours.test", branch="Lyon")[0].sales_rep_id == cast.bob.user_id
    assert write(cast, "C-1", sales_rep=None)[0].sales_rep_id is None


def test_a_revision_seen_before_another_edit_is_a_conflict(cast: Cast) -> None:
    write(cast, "C-1", legal_name="Delorme")
    write(cast, "C-1", seen=1, city="Bron")
    with pytest.raises(Conflict):
        write(cast, "C-1", seen=1, city="Lyon")


@pytest.mark.parametrize(
    ("ref", "values", "field"),
    [
        ("C-1", {"legal_name": " "}, "legal_name"),
        ("C-1", {}, "legal_name"),
        (" ", {"legal_name": "x"}, "ref"),
        ("x" * 65, {"legal_name": "x"}, "ref"),
        ("a\x00", {"legal_name": "x"}, "ref"),
        ("C-1", {"legal_name": "a\x01"}, "legal_name"),
        ("C-1", {"legal_name": "x" * 201}, "legal_name"),
        ("C-1", {"legal_name": "x", "siren": "123456789"}, "siren"),
        ("C-1", {"legal_name": "x", "siret": "12"}, "siret"),
        ("C-1", {"legal_name": "x", "siren": "552100554", "siret": "73282932000074"}, "siret"),
        ("C-1", {"legal_name": "x", "vat_number": "FR"}, "vat_number"),
        ("C-1", {"legal_name": "x", "sales_rep": "nobody@encours.test"}, "sales_rep"),
        ("C-1", {"legal_name": "x", "branch": "x" * 121}, "branch"),
    ],
)
def test_what_cannot_be_stored_names_the_field(cast: Cast, ref: str, values: dict, field: str) -> None:
    with pytest.raises(Invalid) as refusal:
        write(cast, ref, **values)
    assert field in refusal.value.errors
    assert db.session.scalar(select(Client.id)) is None


def test_field_roles_write_no_client(cast: Cast) -> None:
    with pytest.raises(Forbidden), unit_of_work():
        upsert_client(cast.bob, "C-1", {"legal_name": "x"})


def test_the_first_name_wins_and_other_spellings_are_found_too(cast: Cast) -> None:
    rows = [{"ref": "A", "name": "Bâti Sud"}, {"ref": "B"}, {"ref": "A", "name": "BATISUD SARL"}]
    with unit_of_work():
        done = ensure_clients(rows, new_id())
        assert done.created == ["A", "B"]
    with unit_of_work():
        again = ensure_clients([*rows, {"ref": "A", "name": "Batisud"}], new_id())
        assert again.created == []
    client = get_client_by_ref(cast.sonia, "A")
    assert (client.legal_name, list_aliases(client.id)) == ("Bâti Sud", ["BATISUD SARL", "Batisud"])
    assert "batisud sarl" in client.search_text
    write(cast, "A", city="Bron")
    assert "batisud" in client.search_text and "bron" in client.search_text
    assert db.session.scalars(select(ClientAlias.client_id).distinct()).all() == [client.id]


def test_the_scope_as_a_condition_and_as_a_question_agree(cast: Cast) -> None:
    mine = make_client(cast)
    others = make_client(cast, rep=cast.oscar, branch="Nantes")
    for actor in cast:
        seen = set(db.session.scalars(select(Client.id).where(in_scope(actor))))
        assert seen == {client.id for client in (mine, others) if may_see(actor, client)}
        assert (find_client(actor, mine.id) is not None) == may_see(actor, mine)
    assert {actor.handle for actor in cast if may_see(actor, mine)} >= {
        "bob",
        "chloe",
        "david",
        "alice",
        "ada",
    }
    stranger = replace(cast.bob, role="guest")
    assert not may_see(stranger, mine) and find_client(stranger, mine.id) is None
    for call in (lambda: get_client(cast.oscar, mine.id), lambda: get_client_by_ref(cast.oscar, mine.ref)):
        with pytest.raises(NotFound):
            call()
    with pytest.raises(NotFound):
        get_client_by_ref(cast.alice, "\x00")
