"""Verbs about clients. Page, API and importer all write through these."""

from webapp.clients.services.writing import (
    archive_clients,
    check_identity,
    ensure_clients,
    revive_clients,
    upsert_client,
)

__all__ = [
    "archive_clients",
    "check_identity",
    "ensure_clients",
    "revive_clients",
    "upsert_client",
]
