"""The blueprint that the JSON about stored files shares."""

from __future__ import annotations

from webapp.core.api import blueprint

blp = blueprint("files", __name__, "Stored files: brought at once or in pieces, then hung on a document.")
