"""The table itself: one line a route. `test_matrix.py` refuses a route that has none."""

from __future__ import annotations

from tests.rights.acts import ACTS
from tests.rights.expectations import ALL, FINANCE, IMPORTERS, RISK, Row
from tests.rights.risks import RISKS
from tests.rights.talk import TALK
from tests.rights.visiting import VISITING

ADMIN = frozenset({"admin"})
PANELS = "invoices,disputes,guarantees,contacts,identity,documents"
PAYMENTS = FINANCE | {"branch_manager", "sales_rep", "admin"}
ONCE = frozenset({200, 201, 204, 302, 303, 409})  # who comes second is told that it is done
# A file, as `world.ask` sends it.
FILE = "<file>"
COLUMNS = {"ref": "NO_PIECE", "client_ref": "CLIENT", "issued_on": "DATE", "gross": "TTC"}
CLIENT = {"legal_name": "Ateliers du Rhône", "city": "Lyon"}
INVOICE = {
    "client_ref": "C-LYON",
    "issued_on": "2026-10-01",
    "due_on": "2026-10-31",
    "gross": {"amount": 120000, "currency": "EUR"},
}
ORDER = {
    "client_ref": "C-LYON",
    "issued_on": "2026-10-01",
    "amount": {"amount": 90000, "currency": "EUR"},
}
NOTE = {
    "client_ref": "C-LYON",
    "delivered_on": "2026-10-01",
    "amount": {"amount": 30000, "currency": "EUR"},
}
LOSS = {
    "invoice_ref": "F-LYON",
    "amount": {"amount": 10, "currency": "EUR"},
    "reason": "difference",
}
CLIENT_FORM = {
    "ref": "C-NEW",
    "legal_name": "Neuve",
    "country": "FR",
    "branch": "Lyon",
    "payment_days": "30",
    "revision": "1",
}
PUSH = {
    "endpoint": "https://fcm.googleapis.com/fcm/send/<bob>",
    "keys": {
        "p256dh": "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
        "auth": "BTBZMqHH6r4Tts7J_aSIgg",
    },
}

CONTACT = {"name": "Anne Faure", "role": "payer", "phone": "04 78 00 00 00"}
BANK = {"iban": "FR76 3000 6000 0112 3456 7890 189", "bic": "AGRIFRPP882"}
PDF = "<pdf>"
TUS = {"Tus-Resumable": "1.0.0"}
SAID = {"id": "<fresh>", "name": "message.send", "payload": {"thread_id": "<invoice>", "body": "Bonjour"}}
PAPERS = ALL - {"admin"}
PART = "/clients/<uuid:client_id>/<any(contacts,addresses,references,signatories):part>"
# Taken away by the first who may; the next ones find nothing.
GONE = frozenset({200, 204, 303, 404})


def _parts(name: str, writers: frozenset[str], body: dict[str, str]) -> dict[str, Row]:
    """The routes of one part of the sheet. Only a contact stands in the world; of the others, none."""
    several = f"/api/v1/clients/<uuid:client_id>/{name}"
    one = f"{several}/<uuid:part_id>"
    found = frozenset({200, 404})
    return {
        f"GET {several}": Row(scope="client"),
        f"POST {several}": Row(writers, scope="client", body=body),
        f"GET {one}": Row(scope="client", accept=found),
        f"PUT {one}": Row(writers, scope="client", denied=0, body=body, accept=found),
        f"DELETE {one}": Row(writers, scope="client", denied=0, accept=GONE),
    }


TABLE: dict[str, Row] = {
    # The installable app and health
    "GET /manifest.webmanifest": Row(public=True),
    "GET /service-worker.js": Row(public=True),
    "GET /offline": Row(public=True),
    "GET /outbox": Row(public=True),  # a shell: the device fills it
    "GET /share": Row(),
    "GET /portfolio": Row(),  # another, kept while its person is signed in
    "GET /portfolio/forms/<name>": Row(ALL - {"admin"}),
    "GET /api/v1/portfolio": Row(),
    "GET /settings/offline-reading": Row(ADMIN),
    "POST /settings/offline-reading": Row(ADMIN, form={"on": "1"}),
    # Each act is judged alone, and answered beside the others: tests/sync asks for the rights of each.
    "POST /api/v1/sync": Row(body={"commands": [SAID]}),
    "GET /favicon.ico": Row(public=True),
    "GET /healthz": Row(public=True),
    "GET /readyz": Row(public=True),
    # Asked from loopback here; tests/pwa/test_metrics.py asks from elsewhere.
    "GET /metrics": Row(public=True),
    "GET /static/<path:filename>": Row(public=True, accept=frozenset({200, 404})),
    "GET /api/v1/openapi.json": Row(public=True),
    # Sign-in and the way in to an empty product
    "GET /sign-in": Row(public=True),
    "POST /sign-in": Row(
        public=True,
        form={"email": "x@y.test", "password": "wrong"},
        accept=frozenset({200, 302, 303, 422, 401}),
    ),
    "POST /sign-in/as/<handle>": Row(public=True, accept=frozenset({404})),
    "GET /setup": Row(public=True, accept=frozenset({302, 303, 404})),
    "POST /setup": Row(public=True, form={}, accept=frozenset({302, 303, 404})),
    "GET /password/<token>": Row(public=True, accept=frozenset({404})),
    "POST /password/<token>": Row(public=True, form={}, accept=frozenset({404})),
    "GET /sign-in/second": Row(public=True, accept=frozenset({303})),
    "POST /sign-in/second": Row(public=True, form={"code": "000000"}, accept=frozenset({303})),
    "POST /sign-in/second/options": Row(public=True, accept=frozenset({422})),
    "POST /sign-in/passkey/options": Row(public=True),
    "POST /sign-in/passkey": Row(public=True, form={"credential": "{}"}, accept=frozenset({303})),
    "GET /sign-in/again": Row(),
    "POST /sign-in/again": Row(form={"password": "wrong"}, accept=frozenset({422})),
    "POST /sign-in/again/options": Row(),
    "POST /sign-out": Row(form={}),
    "GET /api/v1/session": Row(),
    "GET /api/v1/people": Row(query={"q": "bo"}),
    # Settings: one's own
    "GET /settings": Row(),
    "GET /settings/about": Row(),
    "GET /settings/profile": Row(),
    "POST /settings/profile": Row(form={"name": "Autre Nom", "locale": "fr", "theme": "system"}),
    "GET /settings/password": Row(),
    "POST /settings/password": Row(form={"password": "x"}, accept=frozenset({200, 302, 303, 422})),
    "GET /settings/notifications": Row(),
    "GET /settings/security": Row(),
    "GET /settings/security/app": Row(),
    "POST /settings/security/app": Row(form={"code": "wrong", "secret": "made up"}),
    "POST /settings/security/app/remove": Row(form={}),
    "POST /settings/security/codes": Row(form={}, accept=frozenset({200, 422})),
    "POST /settings/security/passkeys/options": Row(),
    "POST /settings/security/passkeys": Row(
        form={"name": "Téléphone", "credential": "{}"}, accept=frozenset({422})
    ),
    "POST /settings/security/passkeys/<uuid:passkey_id>/remove": Row(scope="own", form={}),
    "GET /settings/sessions": Row(),
    "POST /settings/sessions/<uuid:session_id>/end": Row(scope="own", form={}),
    "POST /settings/sessions/end-others": Row(form={}),
    "GET /settings/tokens": Row(),
    "POST /settings/tokens": Row(form={"label": "test"}),
    "POST /settings/tokens/<uuid:token_id>/end": Row(scope="own", form={}),
    # Settings: the house
    "GET /settings/people": Row(ADMIN),
    "GET /settings/people/new": Row(ADMIN),
    "POST /settings/people": Row(
        ADMIN,
        form={"email": "<fresh>@encours.test", "name": "Neuf", "role": "accountant", "branch_id": "<branch>"},
    ),
    "GET /settings/people/<uuid:user_id>": Row(ADMIN),
    "POST /settings/people/<uuid:user_id>/place": Row(
        ADMIN, form={"role": "after_sales", "branch_id": "<branch>"}
    ),
    "POST /settings/people/<uuid:user_id>/active": Row(ADMIN, form={"active": "1"}),
    "POST /settings/people/<uuid:user_id>/sessions/end": Row(ADMIN, form={}),
    "POST /settings/people/<uuid:user_id>/second-factor/reset": Row(ADMIN, form={}),
    "POST /settings/people/<uuid:user_id>/password-link": Row(ADMIN, form={}),
    "GET /settings/branches": Row(ADMIN),
    "POST /settings/branches": Row(ADMIN, form={"name": "<fresh>", "parent_id": "<branch>"}),
    "GET /settings/branches/<uuid:branch_id>": Row(ADMIN),
    "POST /settings/branches/<uuid:branch_id>": Row(ADMIN, form={"name": "Nantes"}),
    "GET /settings/company": Row(ADMIN),
    "POST /settings/company": Row(ADMIN, form={"name": "Martel", "siren": ""}),
    "POST /settings/company/thresholds": Row(ADMIN, form={"write_off_cap": "50", "payment_tolerance": "1"}),
    "POST /settings/company/second-factor": Row(ADMIN, form={"role": "cfo"}),
    # Home, clients, invoices
    "GET /": Row(),
    "GET /clients": Row(),
    "GET /clients/new": Row(IMPORTERS),
    "POST /clients/new": Row(IMPORTERS, form={**CLIENT_FORM, "ref": "<fresh>"}),
    "GET /clients/<uuid:client_id>": Row(scope="client"),
    "GET /clients/<uuid:client_id>/activity": Row(scope="client"),
    "GET /clients/<uuid:client_id>/edit": Row(IMPORTERS, scope="client"),
    "POST /clients/<uuid:client_id>/edit": Row(
        IMPORTERS, scope="client", form=CLIENT_FORM, accept=frozenset({200, 302, 303, 409})
    ),
    "GET /clients/<uuid:client_id>/visit": Row(scope="client"),
    f"GET /clients/<uuid:client_id>/<any({PANELS}):panel>": Row(scope="client"),
    f"GET {PART}/new": Row(scope="client"),
    f"POST {PART}/new": Row(scope="client", form=CONTACT),
    f"GET {PART}/<uuid:part_id>": Row(scope="client"),
    f"POST {PART}/<uuid:part_id>": Row(scope="client", form=CONTACT),
    f"POST {PART}/<uuid:part_id>/remove": Row(scope="client", form={}, accept=GONE),
    "GET /clients/<uuid:client_id>/bank-accounts": Row(FINANCE, scope="client"),
    "GET /clients/<uuid:client_id>/bank-accounts/new": Row(FINANCE, scope="client"),
    "POST /clients/<uuid:client_id>/bank-accounts/new": Row(
        FINANCE, scope="client", form=BANK, accept=frozenset({303, 422})
    ),
    "POST /clients/<uuid:client_id>/bank-accounts/<uuid:part_id>/remove": Row(
        FINANCE, scope="client", form={}, accept=GONE
    ),
    "GET /clients/<uuid:client_id>/documents/new": Row(PAPERS, scope="client"),
    "POST /clients/<uuid:client_id>/documents/new": Row(PAPERS, scope="client", form={"kind": "kbis"}),
    "POST /clients/<uuid:client_id>/documents/<uuid:part_id>/remove": Row(
        PAPERS, scope="client", denied=0, form={}, accept=GONE
    ),
    "GET /clients/<uuid:client_id>/fields/<uuid:field_id>": Row(scope="client"),
    "POST /clients/<uuid:client_id>/fields/<uuid:field_id>": Row(scope="client", form={"value": "12"}),
    "POST /clients/<uuid:client_id>/fields/<uuid:field_id>/confirm": Row(scope="client", form={}),
    "GET /clients/<uuid:client_id>/group": Row(scope="client"),
    "POST /clients/<uuid:client_id>/parent": Row(
        IMPORTERS, scope="client", form={"parent_ref": "C-NONE"}, accept=frozenset({422})
    ),
    "POST /clients/<uuid:client_id>/parent/remove": Row(IMPORTERS, scope="client", form={}),
    "GET /clients/duplicates": Row(FINANCE),
    "GET /clients/<uuid:client_id>/merge": Row(FINANCE, scope="client"),
    "POST /clients/<uuid:client_id>/merge": Row(
        FINANCE, scope="client", form={"loser_ref": "C-NONE"}, accept=frozenset({422})
    ),
    "POST /clients/merges/<uuid:merge_id>/undo": Row(scope="nobody", form={}),
    "GET /settings/client-sheet": Row(ADMIN),
    "POST /settings/client-sheet": Row(ADMIN, form={"label": "<fresh>", "kind": "text"}),
    "POST /settings/client-sheet/fundable": Row(ADMIN, form={"fundable_days": "45"}),
    "GET /settings/client-sheet/<uuid:field_id>": Row(ADMIN),
    "POST /settings/client-sheet/<uuid:field_id>": Row(ADMIN, form={"label": "Effectif", "used": "1"}),
    # Stored files: theirs who brought them; the rights of documents are in tests/files.
    "GET /files/<uuid:file_id>": Row(scope="nobody"),
    "GET /files/<uuid:file_id>/thumb": Row(scope="nobody"),
    "GET /api/v1/files/<uuid:file_id>": Row(scope="nobody"),
    "POST /api/v1/files": Row(form={"file": PDF}),
    "POST /api/v1/uploads": Row(headers={**TUS, "Upload-Length": "9"}),
    "PATCH /api/v1/uploads/<uuid:upload_id>": Row(scope="nobody", headers=TUS),
    "DELETE /api/v1/uploads/<uuid:upload_id>": Row(scope="nobody", headers=TUS),
    "GET /invoices": Row(),
    "GET /api/v1/clients": Row(),
    "GET /api/v1/clients/<uuid:client_id>": Row(scope="client"),
    "GET /api/v1/clients/<uuid:client_id>/exposure": Row(scope="client"),
    "GET /api/v1/clients/<uuid:client_id>/credit-check": Row(
        RISK, scope="client", query={"amount": "1200000"}
    ),
    "GET /clients/<uuid:client_id>/sell": Row(RISK, scope="client", denied=0),
    "GET /api/v1/clients/<uuid:client_id>/timeline": Row(scope="client"),
    "GET /api/v1/clients/<uuid:client_id>/figures": Row(scope="client"),
    "GET /api/v1/clients/<uuid:client_id>/group": Row(scope="client"),
    "PUT /api/v1/clients/<uuid:client_id>/parent": Row(IMPORTERS, scope="client", body={"parent_ref": None}),
    "POST /api/v1/clients/<uuid:client_id>/merges": Row(
        FINANCE, scope="client", body={"loser_ref": "C-NONE"}, accept=frozenset({422})
    ),
    "POST /api/v1/merges/<uuid:merge_id>/undo": Row(scope="nobody"),
    "GET /api/v1/custom-fields": Row(),
    "POST /api/v1/custom-fields": Row(ADMIN, body={"label": "Effectif", "kind": "number"}),
    "GET /api/v1/clients/<uuid:client_id>/custom-values": Row(scope="client"),
    "PUT /api/v1/clients/<uuid:client_id>/custom-values/<uuid:field_id>": Row(
        scope="client", body={"value": "12"}
    ),
    "POST /api/v1/clients/<uuid:client_id>/custom-values/<uuid:field_id>/confirmation": Row(scope="client"),
    "GET /api/v1/clients/<uuid:client_id>/bank-accounts": Row(FINANCE, scope="client"),
    "POST /api/v1/clients/<uuid:client_id>/bank-accounts": Row(
        FINANCE, scope="client", body=BANK, accept=frozenset({201, 422})
    ),
    "GET /api/v1/clients/<uuid:client_id>/bank-accounts/<uuid:part_id>": Row(
        FINANCE, scope="client", accept=GONE
    ),
    "DELETE /api/v1/clients/<uuid:client_id>/bank-accounts/<uuid:part_id>": Row(
        FINANCE, scope="client", accept=GONE
    ),
    "GET /api/v1/clients/<uuid:client_id>/documents": Row(scope="client"),
    "POST /api/v1/clients/<uuid:client_id>/documents": Row(PAPERS, scope="client", body={"kind": "kbis"}),
    "DELETE /api/v1/clients/<uuid:client_id>/documents/<uuid:part_id>": Row(
        PAPERS, scope="client", denied=0, accept=GONE
    ),
    **_parts("contacts", ALL, CONTACT),
    **_parts("addresses", IMPORTERS, {"kind": "billing", "city": "Lyon"}),
    **_parts("references", IMPORTERS, {"company": "Fournitures du Rhône"}),
    **_parts("signatories", IMPORTERS, {"name": "Anne Faure", "capacity": "Gérante"}),
    "GET /api/v1/clients/by-ref/<path:ref>": Row(scope="client"),
    "PUT /api/v1/clients/by-ref/<path:ref>": Row(IMPORTERS, scope="client", body=CLIENT),
    "GET /api/v1/invoices": Row(),
    "GET /api/v1/invoices/<uuid:invoice_id>": Row(scope="client"),
    "GET /api/v1/invoices/by-ref/<path:ref>": Row(scope="client"),
    "PUT /api/v1/invoices/by-ref/<path:ref>": Row(FINANCE, scope="client", body=INVOICE),
    "GET /api/v1/invoices/<uuid:invoice_id>/thread": Row(scope="client"),
    "POST /settings/company/exposure": Row(ADMIN, form={"unbilled": "1", "orders": "1"}),
    "GET /api/v1/delivery-notes": Row(),
    "GET /api/v1/delivery-notes/<uuid:note_id>": Row(scope="client"),
    "GET /api/v1/delivery-notes/by-ref/<path:ref>": Row(scope="client"),
    "PUT /api/v1/delivery-notes/by-ref/<path:ref>": Row(FINANCE, scope="client", body=NOTE),
    "GET /orders": Row(),
    "GET /orders/<uuid:order_id>": Row(scope="client"),
    "GET /api/v1/orders": Row(),
    "GET /api/v1/orders/<uuid:order_id>": Row(scope="client"),
    "GET /api/v1/orders/by-ref/<path:ref>": Row(scope="client"),
    "PUT /api/v1/orders/by-ref/<path:ref>": Row(FINANCE, scope="client", body=ORDER),
    "GET /api/v1/quotes/by-ref/<path:ref>": Row(scope="client"),
    "PUT /api/v1/quotes/by-ref/<path:ref>": Row(FINANCE, scope="client", body=ORDER),
    "GET /exchange-rates": Row(FINANCE),
    "POST /exchange-rates": Row(FINANCE, form={"currency": "USD", "on": "2026-11-02", "rate": "0,9234"}),
    "GET /api/v1/exchange-rates": Row(),
    "PUT /api/v1/exchange-rates/<currency>/<on>": Row(FINANCE, body={"rate": "0.9234"}),
    # Payments
    "GET /api/v1/payments": Row(PAYMENTS),
    "POST /api/v1/payments": Row(
        FINANCE,
        scope="client",
        body={
            "client_ref": "C-LYON",
            "received_on": "2026-11-02",
            "amount": {"amount": 500, "currency": "EUR"},
        },
    ),
    "GET /api/v1/payments/<uuid:payment_id>": Row(PAYMENTS, scope="client"),
    "GET /api/v1/payments/<uuid:payment_id>/allocations": Row(PAYMENTS, scope="client"),
    "POST /api/v1/payments/<uuid:payment_id>/allocations": Row(
        FINANCE,
        scope="client",
        body={"allocations": [{"invoice_ref": "F-LYON", "amount": {"amount": 10, "currency": "EUR"}}]},
    ),
    "POST /api/v1/payments/<uuid:payment_id>/return": Row(
        FINANCE, scope="client", body={"returned_on": "<today>", "reason": "other"}, accept=ONCE
    ),
    "GET /api/v1/payments/<uuid:payment_id>/proposals": Row(PAYMENTS, scope="client"),
    "POST /api/v1/payments/<uuid:payment_id>/refusals": Row(
        FINANCE, scope="client", body={"proposal": "<proposal>"}, accept=ONCE
    ),
    "DELETE /api/v1/payments/<uuid:payment_id>/refusals/<key>": Row(FINANCE, scope="client"),
    "GET /api/v1/matchings": Row(PAYMENTS),
    "POST /api/v1/matchings": Row(
        FINANCE, scope="client", body={"payment_id": "<payment>", "proposal": "<proposal>"}, accept=ONCE
    ),
    "GET /api/v1/matchings/<uuid:matching_id>": Row(PAYMENTS, scope="client"),
    "POST /api/v1/matchings/<uuid:matching_id>/undo": Row(FINANCE, scope="client", accept=ONCE),
    "POST /api/v1/matchings/bulk": Row(
        FINANCE, body={"items": [{"payment_id": "<payment>", "proposal": "<proposal>"}]}
    ),
    "POST /api/v1/matchings/batches/<uuid:batch_id>/undo": Row(FINANCE),
    "GET /payments": Row(PAYMENTS),
    "GET /payments/<uuid:payment_id>": Row(PAYMENTS, scope="client"),
    "POST /payments/<uuid:payment_id>/accept": Row(FINANCE, scope="client", form={"key": "<proposal>"}),
    "POST /payments/<uuid:payment_id>/refuse": Row(FINANCE, scope="client", form={"key": "<proposal>"}),
    "POST /payments/<uuid:payment_id>/reconsider": Row(FINANCE, scope="client", form={"key": "<proposal>"}),
    "POST /payments/<uuid:payment_id>/match": Row(FINANCE, scope="client", form={"on-<invoice>": "10,00"}),
    "POST /payments/<uuid:payment_id>/return": Row(
        FINANCE, scope="client", form={"returned_on": "<today>", "reason": "other"}, accept=ONCE
    ),
    "GET /matching": Row(FINANCE),
    "GET /matching/sure": Row(FINANCE),
    "POST /matching/sure": Row(FINANCE, form={"chosen": "<payment>:<proposal>"}),
    "POST /matchings/<uuid:matching_id>/undo": Row(FINANCE, scope="client", form={}),
    "POST /matching/batches/<uuid:batch_id>/undo": Row(FINANCE, form={}),
    "GET /write-offs": Row(PAYMENTS),
    "GET /write-offs/<uuid:write_off_id>": Row(PAYMENTS, scope="client"),
    "POST /write-offs/<uuid:write_off_id>/decision": Row(
        frozenset({"credit_manager", "cfo"}), scope="client", form={"decision": "reject", "note": "Trop tôt"}
    ),
    "POST /write-offs/<uuid:write_off_id>/undo": Row(FINANCE, scope="client", form={}),
    "GET /invoices/<uuid:invoice_id>/write-off": Row(FINANCE, scope="client"),
    "POST /invoices/<uuid:invoice_id>/write-off": Row(
        FINANCE, scope="client", form={"amount": "0,10", "reason": "difference"}
    ),
    "GET /api/v1/write-offs": Row(PAYMENTS),
    "POST /api/v1/write-offs": Row(FINANCE, scope="client", body=LOSS),
    "GET /api/v1/write-offs/<uuid:write_off_id>": Row(PAYMENTS, scope="client"),
    "POST /api/v1/write-offs/<uuid:write_off_id>/decisions": Row(
        frozenset({"credit_manager", "cfo"}),
        scope="client",
        body={"decision": "reject", "note": "Trop tôt"},
        accept=frozenset({201, 409}),
    ),
    "POST /api/v1/write-offs/<uuid:write_off_id>/undo": Row(
        FINANCE, scope="client", body={}, accept=frozenset({409})
    ),
    # Threads, what clients read of them, acts made there, disputes
    **TALK,
    **ACTS,
    **VISITING,
    # Limits, guarantees and alerts
    **RISKS,
    # Imports
    "GET /imports": Row(IMPORTERS),
    "POST /imports": Row(IMPORTERS, form={"file": FILE, "kind": "invoices"}),
    "GET /imports/<uuid:import_id>": Row(IMPORTERS),
    "POST /imports/<uuid:import_id>/mapping": Row(IMPORTERS, form=COLUMNS, accept=frozenset({303, 409})),
    "POST /imports/<uuid:import_id>/commit": Row(IMPORTERS, form={}),
    "POST /imports/<uuid:import_id>/cancel": Row(IMPORTERS, form={}),
    "POST /imports/<uuid:import_id>/undo": Row(IMPORTERS, form={}),
    "GET /imports/<uuid:import_id>/refused.csv": Row(IMPORTERS),
    "GET /api/v1/imports": Row(IMPORTERS),
    "POST /api/v1/imports": Row(IMPORTERS, form={"file": FILE, "kind": "invoices"}),
    "GET /api/v1/imports/<uuid:import_id>": Row(IMPORTERS),
    "GET /api/v1/imports/<uuid:import_id>/rows": Row(IMPORTERS),
    "PUT /api/v1/imports/<uuid:import_id>/mapping": Row(
        IMPORTERS, body={"mapping": COLUMNS}, accept=frozenset({202, 409})
    ),
    "POST /api/v1/imports/<uuid:import_id>/commit": Row(IMPORTERS, accept=frozenset({202, 409})),
    "POST /api/v1/imports/<uuid:import_id>/cancel": Row(IMPORTERS),
    "POST /api/v1/imports/<uuid:import_id>/undo": Row(IMPORTERS, accept=frozenset({409})),
    # Figures
    "GET /api/v1/kpis/aging": Row(PAYMENTS),
    "GET /aging": Row(PAYMENTS),
    "GET /aging/<uuid:client_id>": Row(PAYMENTS, scope="client", denied=0),
    "GET /overdue": Row(),
    "GET /settings/aging": Row(ADMIN),
    "POST /settings/aging": Row(ADMIN, form={"bound": ["30", "60", "90", "120"]}),
    # Lists as files
    "GET /exports": Row(),
    "GET /exports/new": Row(query={"list": "clients"}),
    "POST /exports": Row(PAYMENTS, form={"list": "payments", "format": "csv"}),
    "GET /exports/<uuid:export_id>": Row(scope="own"),
    "GET /exports/<uuid:export_id>/file": Row(scope="own"),
    "POST /exports/<uuid:export_id>/cancel": Row(scope="own", form={}),
    "GET /api/v1/exports": Row(),
    "POST /api/v1/exports": Row(RISK, body={"list": "alerts", "format": "csv"}),
    "GET /api/v1/exports/<uuid:export_id>": Row(scope="own"),
    "GET /api/v1/exports/<uuid:export_id>/file": Row(scope="own"),
    "POST /api/v1/exports/<uuid:export_id>/cancel": Row(scope="own", accept=frozenset({200, 409})),
    # Inbox and devices
    "GET /notifications": Row(),
    "POST /notifications/<uuid:notification_id>/open": Row(scope="own", form={}),
    "POST /notifications/read": Row(form={}),
    "POST /notifications/devices/<uuid:device_id>/remove": Row(scope="nobody", form={}),
    "GET /api/v1/notifications": Row(),
    "POST /api/v1/notifications/<uuid:notification_id>/read": Row(scope="own"),
    "POST /api/v1/notifications/read": Row(),
    "GET /api/v1/push-subscriptions": Row(),
    "GET /api/v1/push-subscriptions/key": Row(),
    "POST /api/v1/push-subscriptions": Row(body=PUSH),
    "DELETE /api/v1/push-subscriptions/<uuid:device_id>": Row(scope="nobody"),
    "POST /api/v1/push-subscriptions/test": Row(accept=frozenset({202, 409, 422})),
    "GET /api/v1/push-subscriptions/test/<uuid:test_id>": Row(scope="nobody"),
}
__all__ = ["ALL", "TABLE"]
