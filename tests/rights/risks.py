"""Rows of the table about limits, guarantees and alerts."""

from __future__ import annotations

from datetime import timedelta

from tests.rights.expectations import RISK, Row
from webapp.core.clock import today

SOON = (today() + timedelta(days=5)).isoformat()
LIMITS = frozenset({"credit_manager", "cfo"})
ANSWER = RISK - {"admin"}

RISKS = {
    "GET /clients/<uuid:client_id>/limit": Row(RISK, scope="client", denied=0),
    "POST /clients/<uuid:client_id>/limit": Row(
        LIMITS, denied=0, scope="client", form={"amount": "600", "source": "internal"}
    ),
    "GET /clients/<uuid:client_id>/guarantees/new": Row(LIMITS, scope="client", denied=0),
    "POST /clients/<uuid:client_id>/guarantees": Row(
        LIMITS, scope="client", denied=0, form={"kind": "bank", "giver": "Banque", "amount": "600"}
    ),
    "POST /guarantees/<uuid:guarantee_id>/withdraw": Row(LIMITS, scope="client", denied=0, form={}),
    "GET /api/v1/clients/<uuid:client_id>/guarantees": Row(RISK, scope="client", denied=404),
    "POST /api/v1/clients/<uuid:client_id>/guarantees": Row(
        LIMITS,
        scope="client",
        denied=0,
        body={"kind": "bank", "giver": "Banque", "amount": {"amount": 60000, "currency": "EUR"}},
    ),
    "POST /api/v1/guarantees/<uuid:guarantee_id>/withdrawal": Row(
        LIMITS, scope="client", denied=0, accept=frozenset({200, 409})
    ),
    "GET /alerts": Row(RISK, denied=200),
    "GET /alerts/<uuid:alert_id>": Row(RISK, scope="client", denied=0),
    "POST /alerts/<uuid:alert_id>/acknowledge": Row(ANSWER, scope="client", denied=0, form={}),
    "POST /alerts/<uuid:alert_id>/unacknowledge": Row(
        ANSWER, scope="client", denied=0, form={}, accept=frozenset({302, 303, 403, 409})
    ),
    "POST /alerts/<uuid:alert_id>/snooze": Row(
        ANSWER, scope="client", denied=0, form={"until": SOON, "reason": "Virement annoncé"}
    ),
    "POST /alerts/<uuid:alert_id>/assign": Row(ANSWER, scope="client", denied=0, form={"user_id": "<alice>"}),
    "GET /api/v1/limits": Row(RISK, denied=200),
    "POST /api/v1/limits": Row(
        LIMITS,
        scope="client",
        denied=0,
        body={"client_ref": "C-LYON", "amount": {"amount": 60000, "currency": "EUR"}, "source": "internal"},
    ),
    "GET /api/v1/alerts": Row(RISK, denied=200),
    "GET /api/v1/alerts/<uuid:alert_id>": Row(RISK, scope="client", denied=404),
    "POST /api/v1/alerts/<uuid:alert_id>/acknowledgement": Row(ANSWER, scope="client", denied=0),
    "DELETE /api/v1/alerts/<uuid:alert_id>/acknowledgement": Row(
        ANSWER, scope="client", denied=0, accept=frozenset({200, 403, 409})
    ),
    "POST /api/v1/alerts/<uuid:alert_id>/snooze": Row(
        ANSWER, scope="client", denied=0, body={"until": SOON, "reason": "Virement annoncé"}
    ),
    "POST /api/v1/alerts/<uuid:alert_id>/assignment": Row(
        ANSWER, scope="client", denied=0, body={"user_id": "<alice>"}
    ),
}
