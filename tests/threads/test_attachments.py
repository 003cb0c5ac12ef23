"""Files on messages: whose they may be, who reads them, what becomes of them."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Sequence
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.factories import pictures
from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.talk import say
from webapp.core.db import unit_of_work
from webapp.core.errors import DomainError, Invalid
from webapp.core.ids import new_id
from webapp.extensions import db
from webapp.files.models import StoredFile
from webapp.files.services import keep
from webapp.files.storage import receive
from webapp.threads import queries, services
from webapp.threads.models import Message
from webapp.threads.services import Draft
from webapp.users.actor import Actor

Browser = Callable[[Actor], FlaskClient]
Headers = Callable[[Actor], dict[str, str]]


@pytest.fixture
def thread_id(cast: Cast) -> uuid.UUID:
    return make_invoice(cast, make_client(cast)).id


def brought(actor: Actor, content: bytes | None = None, name: str = "palette.jpg") -> uuid.UUID:
    arrival = receive(BytesIO(content or pictures.jpeg()))
    with unit_of_work():
        return keep(actor, arrival, name, quota=10**9).id


def post(
    actor: Actor,
    thread_id: uuid.UUID,
    files: Sequence[uuid.UUID],
    body: str = "",
    client_id: uuid.UUID | None = None,
) -> Message:
    act = client_id or new_id()
    with unit_of_work():
        return services.post_message(actor, thread_id, client_id=act, body=body, attachment_ids=files)


def test_a_message_shows_its_files_in_the_order_given(cast: Cast, thread_id: uuid.UUID) -> None:
    files = [
        brought(cast.bob, pictures.webm(42_000), "note.webm"),
        brought(cast.bob),
        brought(cast.bob, pictures.PDF, "bon.pdf"),
    ]
    message = post(cast.bob, thread_id, files, "Trois pièces")
    shown = queries.present_one(message.id)["attachments"]
    assert [(each["id"], each["kind"]) for each in shown] == list(
        zip(map(str, files), ("audio", "image", "file"), strict=True)
    )
    assert (shown[0]["duration_ms"], shown[1]["width"], shown[2]["name"]) == (42_000, 60, "bon.pdf")
    assert queries.read_page(thread_id).items[0]["attachments"] == shown


def test_text_may_be_missing_beside_a_file_only(cast: Cast, thread_id: uuid.UUID) -> None:
    message = post(cast.bob, thread_id, [brought(cast.bob)], "  ")
    assert (message.body, message.html, message.file_count) == ("", "", 1)
    with pytest.raises(Invalid):
        post(cast.bob, thread_id, [], "  ")
    with unit_of_work():
        services.edit_message(cast.bob, message.id, "Palette abîmée")
        services.edit_message(cast.bob, message.id, "")
    answer = say(cast.alice, thread_id, "Vu", reply_to=message.id)
    assert queries.present_one(answer.id)["quote"]["excerpt"] == "📎 1"
    assert queries.list_conversations(cast.bob)["items"][0]["preview"] == "Vu"


@pytest.mark.promise("R5")
def test_only_ones_own_loose_files_can_be_hung_and_only_once(cast: Cast, thread_id: uuid.UUID) -> None:
    mine, hers = brought(cast.bob), brought(cast.alice)
    post(cast.bob, thread_id, [mine])
    free = brought(cast.bob)
    for files, code in (
        ([hers], "attachment_gone"),
        ([mine], "attachment_gone"),
        ([new_id()], "attachment_gone"),
        ([free, free], "attachment_gone"),
        ([free, hers], "attachment_gone"),
        ([free] * 11, "too_many"),
    ):
        with pytest.raises(Invalid) as refusal:
            post(cast.bob, thread_id, files)
        assert refusal.value.code == code and "attachment_ids" in refusal.value.errors
    assert db.session.get_one(StoredFile, free).subject_id is None
    assert queries.find_last_seq(thread_id) == 1


def test_two_messages_of_one_batch_do_not_share_a_file(cast: Cast, thread_id: uuid.UUID) -> None:
    file_id = brought(cast.bob)
    drafts = [Draft(cast.bob, thread_id, new_id(), "", None, (file_id,)) for _ in range(2)]
    with unit_of_work():
        first, second = services.post_messages(drafts)
    assert isinstance(first, uuid.UUID) and isinstance(second, DomainError)
    assert db.session.get_one(StoredFile, file_id).subject_id == first


def test_the_same_act_again_is_the_first_message_with_its_files(cast: Cast, thread_id: uuid.UUID) -> None:
    act, file_id = new_id(), brought(cast.bob)
    first = post(cast.bob, thread_id, [file_id], client_id=act)
    assert post(cast.bob, thread_id, [file_id], client_id=act).id == first.id
    assert len(queries.present_one(first.id)["attachments"]) == 1


@pytest.mark.promise("R6")
def test_files_have_the_rights_of_the_thread(cast: Cast, browser_of: Browser, thread_id: uuid.UUID) -> None:
    file_id = brought(cast.bob)
    paths = (f"/files/{file_id}", f"/files/{file_id}/thumb?size=1280", f"/api/v1/files/{file_id}")
    for path in paths:
        assert browser_of(cast.alice).get(path).status_code == 404
    post(cast.bob, thread_id, [file_id])
    for path in paths:
        for reader in (cast.bob, cast.alice, cast.chloe, cast.david):
            assert browser_of(reader).get(path).status_code == 200
        for stranger in (cast.oscar, cast.nadia):
            assert browser_of(stranger).get(path).status_code == 404


def test_taking_a_message_back_takes_its_files_back(
    cast: Cast, browser_of: Browser, thread_id: uuid.UUID
) -> None:
    file_id = brought(cast.bob)
    message = post(cast.bob, thread_id, [file_id], "Palette")
    with unit_of_work():
        services.delete_message(cast.bob, message.id)
    assert queries.present_one(message.id)["attachments"] == []
    assert browser_of(cast.alice).get(f"/files/{file_id}").status_code == 404
    assert browser_of(cast.bob).get(f"/files/{file_id}").status_code == 200
    assert db.session.get_one(StoredFile, file_id).loose_since is not None


def test_the_api_takes_attachment_ids(app: Any, cast: Cast, api_of: Headers, thread_id: uuid.UUID) -> None:
    http, headers = app.test_client(), api_of(cast.bob)
    url, files = f"/api/v1/threads/{thread_id}/messages", [str(brought(cast.bob))]
    sent = {"client_id": str(new_id()), "body": "", "attachment_ids": files}
    answer = http.post(url, json=sent, headers=headers)
    assert answer.status_code == 201 and [each["id"] for each in answer.json["attachments"]] == files
    other = http.post(url, json=sent | {"client_id": str(new_id())}, headers=headers)
    assert (other.status_code, other.json["code"]) == (422, "attachment_gone")


def test_the_form_brings_files_without_scripts(cast: Cast, browser_of: Browser, thread_id: uuid.UUID) -> None:
    bob, page = browser_of(cast.bob), f"/invoices/{thread_id}"
    csrf = re.search(r'name="csrf_token" value="([^"]+)"', bob.get(page).text)
    assert csrf is not None

    def send(*files: tuple[BytesIO, str], body: str = "") -> Any:
        form = {"csrf_token": csrf.group(1), "body": body, "files": list(files)}
        return bob.post(f"/threads/{thread_id}/messages", data=form, follow_redirects=True)

    shown = send((BytesIO(pictures.jpeg()), "a.jpg"), (BytesIO(pictures.webm(65_000)), "n.webm")).text
    assert (
        len(re.findall(r'src="/files/[0-9a-f-]{36}/thumb\?size=320"', shown)) == 1
        and "<audio" in shown
        and "1:05" in shown
    )
    assert "abîmée" in send((BytesIO(pictures.jpeg(400, 300)[:800]), "b.jpg"), body="Perdu").text
    assert "au plus 10" in send(*((BytesIO(pictures.PDF), f"{n}.pdf") for n in range(11))).text
    assert queries.find_last_seq(thread_id) == 1


def test_sending_without_files_asks_nothing_about_files(
    cast: Cast, count_queries: Callable[[], Any], thread_id: uuid.UUID
) -> None:
    say(cast.bob, thread_id)
    with count_queries() as sql:
        say(cast.bob, thread_id, "Encore")
    assert not [each for each in sql if "stored_files" in str(each)]
    with count_queries() as sql:
        queries.read_page(thread_id)
    assert len(sql) == 1  # files come with their messages, and are looked for where a message has some
