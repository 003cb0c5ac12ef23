"""R11: whatever a program sends to the API, as any role, it gets what the document promises, never a 5xx."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import product
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.factories.books import make_client, make_invoice
from tests.factories.people import Cast
from tests.proofs import Figures, size

pytestmark = pytest.mark.promise("R11")
CASES = size(300, 1_250)  # a role
ROLES = ("alice", "bob", "chloe", "david", "emma", "sonia", "ada", "oscar")
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@pytest.mark.parametrize("who", ROLES)
def test_the_api_keeps_its_document(
    app: Flask, cast: Cast, api_of: Callable[..., dict[str, str]], figures: Figures, who: str
) -> None:
    client = make_client(cast, ref="C-1")
    invoice = make_invoice(cast, client, due_in=-3)
    real = {"client_id": client.id, "invoice_id": invoice.id, "thread_id": invoice.id, "ref": "C-1"}
    headers = api_of(getattr(cast, who))
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", own_context(app))
    operations = [found.ok() for found in schema.get_all_operations()]
    modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
    each = -(-CASES // (len(operations) * len(modes)))
    sent = 0

    for operation, mode in product(operations, modes):

        @seed(20261122)
        @settings(
            max_examples=each,
            deadline=None,
            database=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy(generation_mode=mode))
        def ask(case: Any) -> None:
            nonlocal sent
            sent += 1
            if sent % 2:  # every other one is about something that exists
                known = {name: str(real[name]) for name in case.path_parameters or {} if name in real}
                case.path_parameters = {**(case.path_parameters or {}), **known}
            case.validate_response(case.call(headers=headers), checks=CHECKS)

        ask()
    figures |= {"operations": len(operations), "cases": sent, "violations": 0}


def own_context(app: Flask) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The application as it is served: each request has a context of its own."""

    def served(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with app.app_context():
            return app(environ, start_response)

    return served
