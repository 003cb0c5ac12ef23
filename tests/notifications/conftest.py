"""A push service the product may call, and phones subscribed to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.push_service import Device, PushService
from webapp.core import jobs
from webapp.core.db import unit_of_work
from webapp.notifications.services import subscribe
from webapp.users.actor import Actor


@pytest.fixture
def push(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[PushService]:
    with PushService() as service:
        settings = app.config["SETTINGS"]
        allowed = (service.allow, "fcm.googleapis.com")
        monkeypatch.setitem(app.config, "SETTINGS", replace(settings, push_allowed_hosts=allowed))
        yield service


@pytest.fixture
def phone_of(app: Flask, push: PushService) -> Callable[[Actor], Device]:
    """A phone of someone of the cast, subscribed."""

    def make(actor: Actor) -> Device:
        device = push.subscribe()
        values = device.as_json()
        with unit_of_work():
            subscribe(
                actor,
                app.config["SETTINGS"],
                endpoint=values["endpoint"],
                user_agent="Mozilla/5.0 (Linux; Android 15) Chrome/131.0",
                **values["keys"],
            )
        return device

    return make


@pytest.fixture
def run_jobs() -> Callable[[], int]:
    """What the worker does, here and now."""
    return lambda: jobs.run_due(1000)
