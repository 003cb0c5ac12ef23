"""Rows of threads: what is said, what clients read of it, disputes."""

from __future__ import annotations

from tests.rights.expectations import ALL, FINANCE, Row

ADMIN = frozenset({"admin"})
BOB = frozenset({"sales_rep"})
CONTEST = {"reason": "price", "text": "Tarif 2025 facturé"}
ONCE = frozenset({200, 201, 204, 302, 303, 409})  # who comes second is told that it is done
REASON = {"department": "sales", "role": "sales_rep", "delay_days": "5"}
WRITERS = ALL - {"admin"}  # to clients
OPENERS, DECIDERS = WRITERS, FINANCE | {"after_sales", "branch_manager"}

TALK: dict[str, Row] = {
    # Threads
    "GET /api/v1/threads": Row(),
    "GET /api/v1/threads/<uuid:thread_id>": Row(scope="client"),
    "GET /api/v1/threads/<uuid:thread_id>/messages": Row(scope="client"),
    "POST /api/v1/threads/<uuid:thread_id>/messages": Row(
        scope="client", body={"client_id": "<fresh>", "body": "Bonjour"}
    ),
    "POST /api/v1/threads/<uuid:thread_id>/read": Row(scope="client", body={"seq": 1}),
    "PUT /api/v1/threads/<uuid:thread_id>/level": Row(scope="client", body={"level": "mentions"}),
    "PATCH /api/v1/messages/<uuid:message_id>": Row(
        frozenset({"sales_rep"}), scope="client", body={"body": "Repris"}
    ),
    "DELETE /api/v1/messages/<uuid:message_id>": Row(BOB, scope="client"),
    "POST /api/v1/messages/<uuid:message_id>/reactions": Row(scope="client", body={"emoji": "👍"}),
    "GET /api/v1/messages/<uuid:message_id>/versions": Row(scope="client"),
    "GET /api/v1/messages/<uuid:message_id>/readers": Row(scope="client"),
    "GET /api/v1/threads/<uuid:thread_id>/search": Row(scope="client", query={"q": "conteste"}),
    "GET /api/v1/threads/<uuid:thread_id>/links": Row(
        scope="client", query={"from_seq": "1", "to_seq": "50"}
    ),
    "GET /messages/<uuid:message_id>/versions": Row(scope="client"),
    "GET /messages/<uuid:message_id>/readers": Row(scope="client"),
    "GET /threads/<uuid:thread_id>/search": Row(scope="client", query={"q": "conteste"}),
    "GET /threads": Row(),
    "GET /threads/<uuid:thread_id>/acts/<kind>/<uuid:act_id>": Row(scope="client"),
    "GET /invoices/<uuid:invoice_id>": Row(scope="client"),
    "GET /clients/<uuid:client_id>/thread": Row(scope="client"),
    "POST /threads/<uuid:thread_id>/messages": Row(
        scope="client", form={"client_id": "<fresh>", "body": "Bonjour"}
    ),
    "POST /threads/<uuid:thread_id>/level": Row(scope="client", form={"level": "mentions"}),
    "POST /messages/<uuid:message_id>/edit": Row(BOB, scope="client", form={"body": "Repris"}),
    "POST /messages/<uuid:message_id>/delete": Row(BOB, scope="client", form={}),
    "POST /messages/<uuid:message_id>/react": Row(scope="client", form={"emoji": "👍"}),
    "GET /api/v1/threads/<uuid:thread_id>/followers": Row(scope="client"),
    "PUT /api/v1/threads/<uuid:thread_id>/followers/<uuid:user_id>": Row(
        scope="client",
        accept=frozenset({422}),  # the person of the world is out of scope
    ),
    "DELETE /api/v1/threads/<uuid:thread_id>/followers/<uuid:user_id>": Row(
        scope="client", accept=frozenset({404})
    ),
    "GET /threads/<uuid:thread_id>/followers": Row(scope="client"),
    "POST /threads/<uuid:thread_id>/followers": Row(scope="client", form={"user_id": "<alice>"}),
    "POST /threads/<uuid:thread_id>/followers/<uuid:user_id>/remove": Row(
        scope="client", form={}, accept=frozenset({404})
    ),
    "GET /threads/<uuid:thread_id>/readers": Row(scope="client"),
    "GET /settings/followers": Row(ADMIN),
    "POST /settings/followers": Row(ADMIN, form={"sales_rep": "all", "cfo": "mentions"}),
    # What clients read: for those who write to them
    "GET /clients/<uuid:client_id>/access": Row(WRITERS, scope="client"),
    "POST /clients/<uuid:client_id>/access": Row(
        WRITERS, scope="client", form={"contact_id": "<contact>", "days": "30"}
    ),
    "GET /clients/<uuid:client_id>/access/<uuid:grant_id>": Row(WRITERS, scope="client", denied=404),
    "POST /clients/<uuid:client_id>/access/<uuid:grant_id>/code": Row(
        WRITERS, scope="client", denied=404, form={}, accept=frozenset({200, 422})
    ),
    "POST /clients/<uuid:client_id>/access/<uuid:grant_id>/revoke": Row(
        WRITERS, scope="client", denied=404, form={}
    ),
    "POST /clients/<uuid:client_id>/access/<uuid:grant_id>/change": Row(
        WRITERS, scope="client", denied=404, form={"days": "30"}
    ),
    "GET /api/v1/clients/<uuid:client_id>/accesses": Row(WRITERS, scope="client"),
    "POST /api/v1/clients/<uuid:client_id>/accesses": Row(
        WRITERS, scope="client", body={"contact_id": "<contact>", "days": 30}
    ),
    "GET /api/v1/clients/<uuid:client_id>/accesses/<uuid:grant_id>": Row(WRITERS, scope="client", denied=404),
    "PATCH /api/v1/clients/<uuid:client_id>/accesses/<uuid:grant_id>": Row(
        WRITERS, scope="client", denied=404, body={"days": 30}, accept=frozenset({200, 409})
    ),
    "DELETE /api/v1/clients/<uuid:client_id>/accesses/<uuid:grant_id>": Row(
        WRITERS, scope="client", denied=404
    ),
    # The clients' own pages: by their link alone (tests/sharing)
    "GET /g/<token>": Row(public=True, accept=frozenset({404})),
    "POST /g/<token>": Row(public=True, form={"code": "000000"}, accept=frozenset({404})),
    "POST /g/<token>/code": Row(public=True, form={}, accept=frozenset({404})),
    "GET /g/<token>/threads/<uuid:thread_id>": Row(public=True, accept=frozenset({404})),
    "POST /g/<token>/threads/<uuid:thread_id>": Row(
        public=True, form={"body": "Bonjour"}, accept=frozenset({404})
    ),
    # Disputes: David resolves the one that stands here, Bob opened it
    "GET /disputes": Row(),
    "GET /disputes/list": Row(),
    "GET /disputes/statistics": Row(),
    "GET /disputes/<uuid:dispute_id>": Row(scope="client"),
    "GET /invoices/<uuid:invoice_id>/dispute": Row(OPENERS, scope="client"),
    "POST /invoices/<uuid:invoice_id>/dispute": Row(
        OPENERS, scope="client", form={**CONTEST, "part": "amount", "amount": "1,00"}
    ),
    "POST /disputes/<uuid:dispute_id>/following": Row(
        DECIDERS, scope="client", form={"resolver_id": "<david>", "due_on": "<today>"}
    ),
    "POST /disputes/<uuid:dispute_id>/waiting": Row(
        DECIDERS, scope="client", form={"state": "waiting_client"}
    ),
    "POST /disputes/<uuid:dispute_id>/proposal": Row(DECIDERS, scope="client", form={"amount": "1,00"}),
    "POST /disputes/<uuid:dispute_id>/credit": Row(
        FINANCE, scope="client", form={"credit_ref": "A-LYON"}, accept=ONCE
    ),
    "POST /disputes/<uuid:dispute_id>/rejection": Row(
        DECIDERS, scope="client", form={"text": "Conforme"}, accept=ONCE
    ),
    "POST /disputes/<uuid:dispute_id>/withdrawal": Row(OPENERS, scope="client", form={}, accept=ONCE),
    "GET /settings/dispute-reasons": Row(ADMIN),
    "POST /settings/dispute-reasons": Row(ADMIN, form={"label": "Casse", **REASON}),
    "GET /settings/dispute-reasons/<code>": Row(ADMIN),
    "POST /settings/dispute-reasons/<code>": Row(ADMIN, form={**REASON, "used": "1"}),
    "GET /api/v1/disputes": Row(),
    "POST /api/v1/disputes": Row(
        OPENERS,
        scope="client",
        body={**CONTEST, "invoice_id": "<invoice>", "amount": {"amount": 100, "currency": "EUR"}},
    ),
    "GET /api/v1/disputes/<uuid:dispute_id>": Row(scope="client"),
    "PATCH /api/v1/disputes/<uuid:dispute_id>": Row(DECIDERS, scope="client", body={"due_on": "<today>"}),
    "POST /api/v1/disputes/<uuid:dispute_id>/waiting": Row(
        DECIDERS, scope="client", body={"state": "waiting_us"}
    ),
    "POST /api/v1/disputes/<uuid:dispute_id>/proposal": Row(DECIDERS, scope="client", body={}),
    "POST /api/v1/disputes/<uuid:dispute_id>/credit": Row(
        FINANCE, scope="client", body={"credit_ref": "A-LYON"}, accept=ONCE
    ),
    "POST /api/v1/disputes/<uuid:dispute_id>/rejection": Row(
        DECIDERS, scope="client", body={"text": "Conforme"}, accept=ONCE
    ),
    "POST /api/v1/disputes/<uuid:dispute_id>/withdrawal": Row(OPENERS, scope="client", body={}, accept=ONCE),
}
