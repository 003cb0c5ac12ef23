"""Rows of visits and of the facts seen there."""

from __future__ import annotations

from tests.rights.expectations import ALL, Row

ADMIN = frozenset({"admin"})
VISITORS = ALL - {"admin"}
OVER = frozenset({200, 409})  # who comes second is told that it is done
LINK = {"subject_type": "dispute", "subject_id": "<dispute>"}
CHOSEN = {"fact_id": "<fact>"}
KIND = {"label": "Toiture refaite", "weight": "2", "days": "60"}

VISITING: dict[str, Row] = {
    "GET /visits": Row(),
    "GET /visits/new": Row(VISITORS),
    "GET /visits/<uuid:visit_id>": Row(scope="client"),
    "GET /visits/<uuid:visit_id>/thread": Row(scope="client"),
    "GET /clients/<uuid:client_id>/visits/new": Row(VISITORS, scope="client"),
    "POST /clients/<uuid:client_id>/visits": Row(VISITORS, scope="client", form={"outcome": "good"}),
    "POST /facts/<uuid:fact_id>/confirm": Row(VISITORS, scope="client", form={}),
    "POST /facts/<uuid:fact_id>/end": Row(VISITORS, scope="client", form={}),
    "GET /invoices/<uuid:invoice_id>/facts": Row(scope="client"),
    "POST /invoices/<uuid:invoice_id>/facts": Row(VISITORS, scope="client", form=CHOSEN),
    "POST /invoices/<uuid:invoice_id>/facts/remove": Row(VISITORS, scope="client", form=CHOSEN),
    "POST /disputes/<uuid:dispute_id>/facts": Row(VISITORS, scope="client", form=CHOSEN),
    "POST /disputes/<uuid:dispute_id>/facts/remove": Row(VISITORS, scope="client", form=CHOSEN),
    "GET /settings/visit-facts": Row(ADMIN),
    "POST /settings/visit-facts": Row(ADMIN, form=KIND),
    "POST /settings/visit-facts/stamp": Row(ADMIN, form={"on": "1"}),
    "GET /settings/visit-facts/kinds/<fact_code>": Row(ADMIN),
    "POST /settings/visit-facts/kinds/<fact_code>": Row(ADMIN, form=KIND),
    "GET /api/v1/visits": Row(),
    "POST /api/v1/visits": Row(VISITORS, scope="client", body={"client_ref": "C-LYON", "outcome": "good"}),
    "GET /api/v1/visits/<uuid:visit_id>": Row(scope="client"),
    "GET /api/v1/fact-kinds": Row(),
    "GET /api/v1/facts": Row(),
    "GET /api/v1/facts/<uuid:fact_id>": Row(scope="client"),
    "POST /api/v1/facts/<uuid:fact_id>/confirmation": Row(VISITORS, scope="client"),
    "POST /api/v1/facts/<uuid:fact_id>/end": Row(VISITORS, scope="client", accept=OVER),
    "POST /api/v1/facts/<uuid:fact_id>/links": Row(VISITORS, scope="client", body=LINK),
    "POST /api/v1/facts/<uuid:fact_id>/links/removal": Row(VISITORS, scope="client", body=LINK),
}
