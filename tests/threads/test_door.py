"""Coming into a thread: what is said at the door is neither missed nor heard only by others."""

from __future__ import annotations

import threading

import pytest
from flask import Flask

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.factories.sockets import join
from webapp.core.db import unit_of_work
from webapp.core.ids import new_id
from webapp.threads.services import post_message


def test_a_message_stored_while_somebody_comes_in_is_on_the_page_they_get(
    app: Flask, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    thread_id = make_invoice(cast, make_client(cast)).id

    def speak() -> None:
        with app.app_context(), unit_of_work():
            post_message(cast.alice, thread_id, client_id=new_id(), body="Payé hier")

    def meanwhile() -> None:
        speaker = threading.Thread(target=speak)
        speaker.start()
        speaker.join()

    page = join(app, cast.bob, thread_id, monkeypatch, meanwhile)
    assert [message["body"] for message in page["messages"]] == ["Payé hier"]
    assert page["last_seq"] == 1
