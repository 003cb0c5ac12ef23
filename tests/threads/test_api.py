from __future__ import annotations

import uuid
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core.ids import new_id
from webapp.core.rates import messages
from webapp.users.actor import Actor

Headers = Callable[[Actor], dict[str, str]]


@pytest.fixture
def thread_id(cast: Cast) -> uuid.UUID:
    return make_invoice(cast, make_client(cast)).id


@pytest.fixture
def http(app) -> FlaskClient:  # type: ignore[no-untyped-def]
    return app.test_client()


def test_posting_is_idempotent_by_client_id(
    cast: Cast, http: FlaskClient, api_of: Headers, thread_id: uuid.UUID
) -> None:
    url, headers, body = (
        f"/api/v1/threads/{thread_id}/messages",
        api_of(cast.bob),
        {"client_id": str(new_id())},
    )
    first = http.post(url, json=body | {"body": "un"}, headers=headers)
    again = http.post(url, json=body | {"body": "deux"}, headers=headers)
    assert (first.status_code, again.json) == (201, first.json)
    assert set(first.json) >= {
        "id", "thread_id", "seq", "client_id", "author", "body", "html", "created_at",
        "edited_at", "deleted_at", "reply_to", "mentions", "reactions",
    }  # fmt: skip
    assert set(first.json["author"]) == {"id", "name", "handle", "initials", "role"}
    keyed = headers | {"Idempotency-Key": str(new_id())}
    one = {"client_id": str(new_id()), "body": "clé"}
    assert http.post(url, json=one, headers=keyed).json == http.post(url, json=one, headers=keyed).json
    assert http.post(url, json=one | {"body": "autre"}, headers=keyed).status_code == 422
    assert http.get(url, headers=headers).json["last_seq"] == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"body": "x" * 100_000}, "too_long"),
        ({"body": " "}, "empty"),
        ({"body": "\x00"}, "unreadable"),
        ({"body": "\ud800"}, "invalid"),
        ({"body": 7}, "invalid"),
        ({"body": "x", "more": 1}, "invalid"),
        ({"body": "x", "client_id": "1"}, "invalid"),
    ],
)
def test_what_cannot_be_said_is_refused_by_name(
    cast: Cast, http: FlaskClient, api_of: Headers, thread_id: uuid.UUID, body: dict[str, object], code: str
) -> None:
    payload = {"client_id": str(new_id()), **body}
    answer = http.post(f"/api/v1/threads/{thread_id}/messages", json=payload, headers=api_of(cast.bob))
    assert (answer.status_code, answer.json["code"]) == (422, code)


def test_pages_run_both_ways(cast: Cast, http: FlaskClient, api_of: Headers, thread_id: uuid.UUID) -> None:
    for number in range(7):
        say(cast.bob, thread_id, str(number))
    url, headers = f"/api/v1/threads/{thread_id}/messages", api_of(cast.alice)

    def seqs(query: str) -> tuple[list[int], bool, str | None]:
        found = http.get(f"{url}?{query}", headers=headers).json
        assert found["last_seq"] == 7
        return [item["seq"] for item in found["items"]], found["more"], found["next_cursor"]

    assert seqs("after_seq=2&limit=3")[:2] == ([3, 4, 5], True)
    assert seqs(f"limit=3&cursor={seqs('after_seq=2&limit=3')[2]}")[:2] == ([6, 7], False)
    assert seqs("after_seq=7") == ([], False, None)
    assert seqs("limit=3")[:2] == ([5, 6, 7], True)
    assert seqs(f"limit=3&cursor={seqs('limit=3')[2]}")[:2] == ([2, 3, 4], True)
    assert seqs("before_seq=3")[:2] == ([1, 2], False)
    for bad in ("limit=0", "limit=201", "after_seq=-1", "after_seq=x", "cursor=%00"):
        assert http.get(f"{url}?{bad}", headers=headers).status_code == 422, bad


def test_out_of_scope_is_404(cast: Cast, http: FlaskClient, api_of: Headers, thread_id: uuid.UUID) -> None:
    message_id = say(cast.bob, thread_id).id
    headers, base = api_of(cast.oscar), "/api/v1"
    send = {"client_id": str(new_id()), "body": "x"}
    for method, path, body in (
        ("GET", f"/threads/{thread_id}", None),
        ("GET", f"/threads/{thread_id}/messages", None),
        ("GET", f"/invoices/{thread_id}/thread", None),
        ("POST", f"/threads/{thread_id}/messages", send),
        ("PATCH", f"/messages/{message_id}", {"body": "x"}),
        ("DELETE", f"/messages/{message_id}", None),
        ("POST", f"/messages/{message_id}/reactions", {"emoji": "👍"}),
        ("POST", f"/threads/{thread_id}/read", {"seq": 1}),
        ("PUT", f"/threads/{thread_id}/level", {"level": "all"}),
    ):
        assert http.open(base + path, method=method, json=body, headers=headers).status_code == 404, path
    assert http.get("/api/v1/threads", headers=headers).json == {"items": [], "next_cursor": None}


def test_changing_reading_and_following(
    cast: Cast, http: FlaskClient, api_of: Headers, thread_id: uuid.UUID
) -> None:
    message_id, bob, alice = say(cast.bob, thread_id).id, api_of(cast.bob), api_of(cast.alice)
    edited = http.patch(f"/api/v1/messages/{message_id}", json={"body": "mieux"}, headers=bob)
    assert edited.json["body"] == "mieux"
    assert http.patch(f"/api/v1/messages/{message_id}", json={"body": "x"}, headers=alice).status_code == 403
    path = f"/api/v1/messages/{message_id}/reactions"
    assert http.post(path, json={"emoji": "👍"}, headers=alice).json["reactions"][0]["emoji"] == "👍"
    assert http.post(path, json={"emoji": "👍", "on": False}, headers=alice).json["reactions"] == []
    assert http.post(f"/api/v1/threads/{thread_id}/read", json={"seq": 9}, headers=alice).json["seq"] == 1
    level = http.put(f"/api/v1/threads/{thread_id}/level", json={"level": "all"}, headers=alice)
    assert level.json["level"] == "all"
    say(cast.bob, thread_id, "@alice")
    shown = http.get(f"/api/v1/invoices/{thread_id}/thread", headers=alice).json
    assert (shown["thread_id"], shown["last_seq"], shown["unread"]) == (str(thread_id), 2, 1)
    (item,) = http.get("/api/v1/threads", headers=alice).json["items"]
    assert (item["unread"], item["mentioned"], item["preview"]) == (1, True, "@alice")
    assert http.delete(f"/api/v1/messages/{message_id}", headers=bob).json["body"] == ""


def test_conversations_are_paged(cast: Cast, http: FlaskClient, api_of: Headers) -> None:
    for number in range(5):
        say(cast.bob, make_invoice(cast, make_client(cast), ref=f"P-{number}").id)
    headers, titles, cursor = api_of(cast.bob), [], ""
    for _ in range(3):
        page = http.get(f"/api/v1/threads?limit=2{cursor}", headers=headers).json
        titles += [item["title"] for item in page["items"]]
        cursor = f"&cursor={page['next_cursor']}"
    assert titles == ["P-4", "P-3", "P-2", "P-1", "P-0"]
    assert page["next_cursor"] is None
    assert http.get("/api/v1/threads?cursor=WzFd", headers=headers).status_code == 422


def test_a_person_too_fast_is_told_when_to_try_again(
    cast: Cast, http: FlaskClient, api_of: Headers, thread_id: uuid.UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "_clock", lambda: 0.0)
    monkeypatch.setattr(messages, "_buckets", {})
    for _ in range(600):
        messages.take(cast.bob.key)
    payload = {"client_id": str(new_id()), "body": "x"}
    answer = http.post(f"/api/v1/threads/{thread_id}/messages", json=payload, headers=api_of(cast.bob))
    assert (answer.status_code, answer.json["code"]) == (429, "rate_limited")
    assert int(answer.headers["Retry-After"]) >= 1
