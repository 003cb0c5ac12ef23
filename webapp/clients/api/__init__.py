"""JSON about clients: list, upsert, exposure, timeline; the parts of a sheet, groups, merges."""

from webapp.clients.api import accounts, clients, custom, documents, parts, relations
from webapp.clients.api.shell import blp

__all__ = ["accounts", "blp", "clients", "custom", "documents", "parts", "relations"]
