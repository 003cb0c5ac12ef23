"""R10 on the live channel: hostile text is stored unchanged or refused by name, and never ends a socket."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.factories.naughty import naughty_strings
from tests.proofs import Figures
from tests.realtime.conftest import Live
from tests.realtime.server import Client

pytestmark = [pytest.mark.server, pytest.mark.promise("R10")]


def test_messages_come_back_as_they_were_written(
    live: Live,
    client_of: Callable[..., Client],
    thread_of: Callable[[Live], str],
    real_files: Path,
    figures: Figures,
) -> None:
    thread, bob = thread_of(live), client_of(live, "bob")
    strings = naughty_strings(real_files)
    stored = refused = 0
    for text in strings:
        answer = bob.send(thread, text)
        if answer["ok"]:
            stored += 1
            assert answer["message"]["body"] == text
            assert "<script" not in answer["message"]["html"].lower()
        else:
            refused += 1
            assert answer["error"]["errors"]["body"], text
        odd = bob.call("thread.join", {"thread_id": text})
        assert (odd["ok"], odd["error"]["code"]) == (False, "invalid")
    assert bob.sio.connected
    assert "Traceback" not in live.server.log()
    figures |= {"strings": len(strings), "stored unchanged": stored, "refused by name": refused}
