"""Many messages stored together: each judged on its own, none lost, none twice, seqs without holes."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from webapp.core.db import unit_of_work
from webapp.core.errors import DomainError, Invalid, NotFound
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.threads import markup, queries
from webapp.threads.services import Draft, post_messages


def post(drafts: list[Draft]) -> tuple[list[Any], list[dict[str, Any]]]:
    """What became of them, and how those that were stored are shown at once."""
    with unit_of_work():
        results = post_messages(drafts)
        shown = queries.presented([found for found in results if isinstance(found, uuid.UUID)])
    return results, shown


def test_each_is_judged_alone_and_the_others_go_on(cast: Cast) -> None:
    client = make_client(cast)
    one, two = make_invoice(cast, client).id, make_invoice(cast, client).id
    results, _shown = post(
        [
            Draft(cast.bob, one, new_id(), "un"),
            Draft(cast.bob, one, new_id(), "  "),
            Draft(cast.oscar, one, new_id(), "d’ailleurs"),
            Draft(cast.alice, two, new_id(), "deux"),
            Draft(cast.alice, one, new_id(), "trois", reply_to=new_id()),
            Draft(cast.alice, one, new_id(), "quatre"),
        ]
    )
    kinds = [type(found).__name__ if isinstance(found, DomainError) else "stored" for found in results]
    assert kinds == ["stored", "Invalid", "NotFound", "stored", "NotFound", "stored"]
    db.session.rollback()
    page = queries.read_page(one)
    assert [(each["seq"], each["body"]) for each in page.items] == [(1, "un"), (2, "quatre")]
    assert queries.find_last_seq(two) == 1


def test_the_same_id_in_one_batch_is_one_message(cast: Cast) -> None:
    thread, other, act = (
        make_invoice(cast, make_client(cast)).id,
        make_invoice(cast, make_client(cast)).id,
        new_id(),
    )
    results, _shown = post(
        [
            Draft(cast.bob, thread, act, "un"),
            Draft(cast.bob, thread, act, "encore"),
            Draft(cast.alice, thread, act, "d’Alice"),
            Draft(cast.bob, other, act, "ailleurs"),
        ]
    )
    assert results[0] == results[1] != results[2]
    assert isinstance(results[3], Invalid) and results[3].code == "id_reused"
    assert queries.find_last_seq(thread) == 2


def test_what_is_shown_at_once_is_what_is_read_later(cast: Cast) -> None:
    thread = make_invoice(cast, make_client(cast)).id
    first, _ = post([Draft(cast.bob, thread, new_id(), "Bonjour @alice, **regarde** https://encours.test/")])
    drafts = [
        Draft(cast.alice, thread, new_id(), "simple"),
        Draft(cast.bob, thread, new_id(), "@chloe et @alice ?"),
        Draft(cast.alice, thread, new_id(), "en réponse", reply_to=first[0]),
        Draft(cast.system, thread, new_id(), "du produit"),
    ]
    _results, shown = post(drafts)
    db.session.rollback()
    db.session.info.clear()
    assert shown == queries.present([uuid.UUID(each["id"]) for each in shown])


def test_the_number_of_queries_does_not_grow_with_the_messages(cast: Cast, count_queries: Callable) -> None:
    thread = make_invoice(cast, make_client(cast)).id
    post([Draft(cast.bob, thread, new_id(), "pour commencer")])
    counts = []
    for size in (1, 40):
        with count_queries() as sql:
            post([Draft(cast.bob, thread, new_id(), f"message {n}") for n in range(size)])
        counts.append(len(sql))
    assert counts[0] == counts[1] <= 12, counts


def test_a_thread_out_of_scope_is_not_made(cast: Cast) -> None:
    results, _shown = post([Draft(cast.bob, new_id(), new_id(), "nulle part")])
    assert isinstance(results[0], NotFound)


@given(st.text(alphabet="aé@ 1.,:!?'()€/%-_*`>[]#\n", max_size=40))
def test_a_plain_text_is_written_as_the_parser_would_write_it(text: str) -> None:
    from html import escape

    body = text.strip()
    if body and markup._PLAIN.fullmatch(body) and "://" not in body:
        assert markup.render(body, {}) == f"<p>{escape(body, quote=False)}</p>"
        parsed = markup._markdown.render(body, {"people": {}}).strip()
        assert parsed.replace("&quot;", '"') == f"<p>{escape(body, quote=False)}</p>"
