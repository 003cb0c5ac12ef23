"""Rows of the acts made in threads: promises, tasks, requests for a credit note."""

from __future__ import annotations

from tests.rights.expectations import ALL, FINANCE, RISK, Row

TAKERS = ALL - {"admin"}
ONCE = frozenset({200, 201, 303, 409})  # who comes second is told that it is done
TEN = {"amount": 1000, "currency": "EUR"}
SAID = {"amount": TEN, "promised_on": "<today>"}
SAID_FORM = {"amount": "10", "promised_on": "<today>", "said_by": "Élise"}
TASK = {"text": "Rappeler", "owner_id": "<bob>", "due_on": "<today>"}
MOVED = {"owner_id": "<bob>", "due_on": "<today>"}
CREDIT = {"amount": TEN, "reason": "Palettes cassées"}

ASKERS = FINANCE | {"sales_rep", "branch_manager"}
APPROVERS = frozenset({"branch_manager", "credit_manager", "cfo"})
LIMIT = {"amount": {"amount": 150000, "currency": "EUR"}, "reason": "Chantier de l’école"}
DECIDED = frozenset({200, 201, 303, 409})

ACTS: dict[str, Row] = {
    "GET /promises": Row(),
    "GET /promises/<uuid:promise_id>": Row(scope="client"),
    "GET /threads/<uuid:thread_id>/promises/new": Row(TAKERS, scope="client"),
    "POST /threads/<uuid:thread_id>/promises": Row(TAKERS, scope="client", form=SAID_FORM),
    "GET /promises/<uuid:promise_id>/replace": Row(TAKERS, scope="client"),
    "POST /promises/<uuid:promise_id>/replace": Row(TAKERS, scope="client", form=SAID_FORM, accept=ONCE),
    "POST /promises/<uuid:promise_id>/cancel": Row(TAKERS, scope="client", form={}),
    "GET /api/v1/promises": Row(),
    "POST /api/v1/promises": Row(TAKERS, scope="client", body={"invoice_ref": "F-LYON", **SAID}),
    "GET /api/v1/promises/<uuid:promise_id>": Row(scope="client"),
    "POST /api/v1/promises/<uuid:promise_id>/replacement": Row(
        TAKERS, scope="client", body=SAID, accept=ONCE
    ),
    "POST /api/v1/promises/<uuid:promise_id>/cancellation": Row(TAKERS, scope="client", accept=ONCE),
    "GET /tasks": Row(),
    "GET /tasks/<uuid:task_id>": Row(scope="client"),
    "GET /threads/<uuid:thread_id>/tasks/new": Row(scope="client"),
    "POST /threads/<uuid:thread_id>/tasks": Row(scope="client", form=TASK),
    "POST /tasks/<uuid:task_id>/change": Row(scope="client", form=MOVED),
    "POST /tasks/<uuid:task_id>/done": Row(scope="client", form={}),
    "GET /api/v1/tasks": Row(),
    "POST /api/v1/tasks": Row(scope="client", body={"thread_id": "<invoice>", **TASK}),
    "GET /api/v1/tasks/<uuid:task_id>": Row(scope="client"),
    "PATCH /api/v1/tasks/<uuid:task_id>": Row(scope="client", body=MOVED),
    "POST /api/v1/tasks/<uuid:task_id>/done": Row(scope="client", body={"done": True}),
    "GET /credit-requests": Row(),
    "GET /credit-requests/<uuid:request_id>": Row(scope="client"),
    "GET /invoices/<uuid:invoice_id>/credit-requests/new": Row(TAKERS, scope="client"),
    "POST /invoices/<uuid:invoice_id>/credit-requests": Row(
        TAKERS, scope="client", form={"amount": "10", "reason": "Palettes cassées"}
    ),
    "POST /credit-requests/<uuid:request_id>/grant": Row(
        FINANCE, scope="client", form={"credit_ref": "A-LYON", "amount": "10"}
    ),
    "POST /credit-requests/<uuid:request_id>/decline": Row(FINANCE, scope="client", form={"answer": "Non"}),
    "GET /api/v1/credit-requests": Row(),
    "POST /api/v1/credit-requests": Row(TAKERS, scope="client", body={"invoice_ref": "F-LYON", **CREDIT}),
    "GET /api/v1/credit-requests/<uuid:request_id>": Row(scope="client"),
    "POST /api/v1/credit-requests/<uuid:request_id>/answers": Row(
        FINANCE, scope="client", body={"decision": "grant", "credit_ref": "A-LYON"}, accept=ONCE
    ),
    "GET /limit-requests": Row(),
    "GET /clients/<uuid:client_id>/limit-requests/new": Row(ASKERS, scope="client", denied=0),
    "POST /clients/<uuid:client_id>/limit-requests": Row(
        ASKERS, scope="client", denied=0, form={"amount": "1500", "reason": "Chantier de l’école"}
    ),
    "GET /limit-requests/<uuid:limit_request_id>": Row(RISK, scope="client", denied=0),
    "GET /limit-requests/<uuid:limit_request_id>/thread": Row(RISK, scope="client", denied=0),
    "POST /limit-requests/<uuid:limit_request_id>/decision": Row(
        APPROVERS, scope="client", denied=0, form={"decision": "ask", "reason": "Pourquoi ?"}, accept=DECIDED
    ),
    "POST /limit-requests/<uuid:limit_request_id>/answer": Row(
        frozenset({"sales_rep"}), scope="client", denied=0, form={"answer": "Voici"}, accept=DECIDED
    ),
    "POST /limit-requests/<uuid:limit_request_id>/withdraw": Row(
        frozenset({"sales_rep"}), scope="client", denied=0, form={}, accept=DECIDED
    ),
    "GET /settings/delegation": Row(APPROVERS),
    "POST /settings/delegation": Row(
        APPROVERS, form={"to_id": "<person>", "starts_on": "2026-11-01"}, accept=frozenset({422})
    ),
    "POST /settings/delegation/<uuid:delegation_id>/end": Row(form={}, accept=frozenset({404})),
    "GET /api/v1/limit-requests": Row(),
    "POST /api/v1/limit-requests": Row(ASKERS, scope="client", body={"client_ref": "C-LYON", **LIMIT}),
    "GET /api/v1/limit-requests/<uuid:limit_request_id>": Row(RISK, scope="client", denied=0),
    "POST /api/v1/limit-requests/<uuid:limit_request_id>/decisions": Row(
        APPROVERS, scope="client", denied=0, body={"decision": "ask", "reason": "Pourquoi ?"}, accept=DECIDED
    ),
    "POST /api/v1/limit-requests/<uuid:limit_request_id>/answers": Row(
        frozenset({"sales_rep"}), scope="client", denied=0, body={"answer": "Voici"}, accept=DECIDED
    ),
    "POST /api/v1/limit-requests/<uuid:limit_request_id>/withdrawal": Row(
        frozenset({"sales_rep"}), scope="client", denied=0, accept=DECIDED
    ),
}
