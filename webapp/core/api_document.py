"""What the OpenAPI document says of every operation alike: who may call, how errors look."""

from __future__ import annotations

from typing import Any

from flask_smorest import Api

PROBLEM = "application/problem+json"
PROBLEM_SCHEMA = {
    "type": "object",
    "description": "RFC 9457",
    "required": ["type", "title", "status", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string", "description": "stable, for programs"},
        "detail": {"type": "string", "description": "for people, in their language"},
        "request_id": {"type": "string"},
        "retry_after": {"type": "integer", "description": "seconds"},
        "errors": {"type": "object", "description": "field -> what is wrong with it"},
    },
}


def complete(api: Api) -> None:
    """Add the problem format, the ways to sign in and the header of POSTs. Called once all is registered."""
    spec = api.spec
    spec.components.schemas["Problem"] = PROBLEM_SCHEMA
    spec.components.responses["Problem"] = {
        "description": "What went wrong, and where",
        "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    spec.components.security_scheme("token", {"type": "http", "scheme": "bearer"})
    spec.components.security_scheme("session", {"type": "apiKey", "in": "cookie", "name": "encours"})
    spec.options["security"] = [{"token": []}, {"session": []}]
    for path in spec._paths.values():
        for method, operation in path.items():
            if isinstance(operation, dict):
                _complete(method, operation)


def _complete(method: str, operation: dict[str, Any]) -> None:
    responses = operation.setdefault("responses", {})
    for status in [status for status in responses if not _is_success(status)]:
        del responses[status]
    responses["default"] = {"$ref": "#/components/responses/Problem"}
    if method == "post":
        operation.setdefault("parameters", []).append(
            {
                "name": "Idempotency-Key",
                "in": "header",
                "required": False,
                "schema": {"type": "string", "format": "uuid"},
                "description": "the same key and body answer the first result again",
            }
        )


def _is_success(status: object) -> bool:
    return str(status).isdigit() and int(str(status)) < 400
