"""The blueprint that both files of this folder fill."""

from __future__ import annotations

from webapp.core.api import blueprint

blp = blueprint("payments", __name__, "Money received, and which invoices it settles.")
