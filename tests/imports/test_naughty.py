"""R10 by import: hostile text in every column is written as it was, or its row is refused by name."""

from __future__ import annotations

import csv
import io
import unicodedata
from pathlib import Path

import pytest

from tests.factories.imports import bring, write
from tests.factories.naughty import naughty_strings
from tests.factories.people import Cast
from tests.proofs import Figures
from webapp.clients.models import Client
from webapp.core.errors import Invalid
from webapp.extensions import db

pytestmark = pytest.mark.promise("R10")


def file_of(strings: list[str]) -> bytes:
    """One client a string, which stands in its name and its town."""
    out = io.StringIO()
    rows = csv.writer(out, delimiter=";")
    rows.writerow(["Code client", "Raison sociale", "Ville"])
    rows.writerows((f"N-{number}", text, text) for number, text in enumerate(strings))
    return out.getvalue().encode("utf-8", "surrogatepass")


def test_names_are_written_as_they_were_or_refused(cast: Cast, real_files: Path, figures: Figures) -> None:
    strings = [text for text in naughty_strings(real_files) if text.strip() and "\ud800" not in text]
    plain, refused = [], 0
    for text in strings:
        said: dict[str, object] = {}
        try:
            row = bring(cast.sonia, file_of([text]), kind="clients")
        except Invalid as refusal:
            said, row = refusal.errors, None
        if row is not None and row.state == "checked" and row.counts.get("created"):
            plain.append(text)
        else:
            refused += 1
            assert said if row is None else row.errors or row.counts.get("refused"), text
    row = bring(cast.sonia, file_of(plain), kind="clients")
    assert row is not None
    assert (row.state, row.counts.get("refused", 0)) == ("checked", 0)
    write(cast.sonia, row)
    written = {client.ref: client for client in db.session.query(Client)}
    cut = 0
    for number, text in enumerate(plain):
        visible = "".join(" " if unicodedata.category(char) == "Cc" else char for char in text)
        whole, name = " ".join(visible.split()), written[f"N-{number}"].legal_name
        cut += name != whole
        assert whole == name or whole.startswith(name)
    assert cut <= sum(note["count"] for note in row.warnings if note["code"] == "cut"), "what is cut is said"
    figures |= {"strings": len(strings), "written unchanged": len(plain), "refused by name": refused}
