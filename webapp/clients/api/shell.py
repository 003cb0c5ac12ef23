"""The blueprint that the JSON about clients shares."""

from __future__ import annotations

from webapp.core.api import blueprint

blp = blueprint("clients", __name__, "Clients: who owes us, how much, up to which limit.")
