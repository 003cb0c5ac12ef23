"""`flask import`: one JSON object a file on standard output, exit codes, a fresh instance."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
KEYS = {"file", "status", "kind", "format", "counts", "totals", "warnings", "errors"}
GOOD = "Facture;Code client;Émise le;Montant TTC\nF1;C1;15/10/2026;12,50\n"


def run(instance: Path, *args: object) -> tuple[int, list[dict[str, Any]], str]:
    """The command in its own process on its own instance."""
    environ = {
        **os.environ,
        "INSTANCE_PATH": str(instance),
        "ENCOURS_ENV": "desk",
        "ENCOURS_DEMO": "0",
        "EMBED_WORKER": "0",
        "DATABASE_URL": "",
    }
    done = subprocess.run(
        [Path(sys.executable).with_name("flask"), "--app", "wsgi", *map(str, args)],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, [json.loads(line) for line in done.stdout.splitlines()], done.stderr


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An instance that has its database; preparing one takes longer than most commands."""
    folder = tmp_path_factory.mktemp("prepared") / "i"
    environ = {**os.environ, "INSTANCE_PATH": str(folder), "ENCOURS_DEMO": "0", "DATABASE_URL": ""}
    flask = Path(sys.executable).with_name("flask")
    subprocess.run(
        [flask, "--app", "wsgi", "prepare"], cwd=ROOT, env=environ, check=True, capture_output=True
    )
    return folder


@pytest.fixture
def instance(prepared: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return shutil.copytree(prepared, tmp_path / "i")


@pytest.fixture
def good(tmp_path: Path) -> Path:
    path = tmp_path / "factures.csv"
    path.write_text(GOOD)
    return path


def test_a_fresh_instance_imports_a_real_file_and_says_so_on_one_line(
    tmp_path: Path, real_files: Path
) -> None:
    path = real_files / "ar/ibm_late_payment_histories.csv"
    code, lines, _log = run(tmp_path / "i", "import", path, "--json")
    assert (code, len(lines)) == (0, 1)
    report = lines[0]
    assert report.keys() >= KEYS
    assert (report["file"], report["status"], report["kind"], report["format"]) == (
        str(path),
        "imported",
        "invoices",
        "csv",
    )
    assert report["counts"] == {"created": 2466, "updated": 0, "unchanged": 0, "skipped": 0}
    assert report["totals"]["gross"] == 14_770_318 and report["errors"] == []
    again = run(tmp_path / "i", "import", path, "--json")[1][0]
    assert again["counts"] == {"created": 0, "updated": 0, "unchanged": 2466, "skipped": 0}


def test_files_are_taken_in_order_and_one_refusal_makes_the_exit_code(
    tmp_path: Path, instance: Path, good: Path
) -> None:
    bad = tmp_path / "mauvais.csv"
    bad.write_text(GOOD.replace("12,50", "douze").replace("F1", "F2") + "F3;C1;15/10/2026;1,00\n" * 3)
    pdf = tmp_path / "facture.csv"
    pdf.write_bytes(b"%PDF-1.7")
    code, lines, _log = run(instance, "import", bad, good, pdf, tmp_path / "absent.csv", "--json")
    assert code == 1
    assert [line["status"] for line in lines] == ["refused", "imported", "refused", "refused"]
    error = lines[0]["errors"][0]
    assert error.keys() == {"row", "column", "code", "message"}
    assert (error["row"], error["column"], error["code"]) == (2, "Montant TTC", "not_a_number")
    assert lines[2]["errors"][0]["message"].startswith("Ce fichier est un PDF")
    assert all(line["errors"] for line in lines if line["status"] == "refused")


def test_a_dry_run_writes_nothing(instance: Path, good: Path) -> None:
    code, lines, _log = run(instance, "import", good, "--dry-run", "--json")
    assert (code, lines[0]["status"], lines[0]["counts"]["created"]) == (0, "would_import", 1)
    _code, lines, _log = run(instance, "import", good, "--json")
    assert lines[0]["counts"]["created"] == 1


@pytest.mark.parametrize(
    ("options", "code"),
    [
        (("--format", "xlsx"), "format_unsupported"),
        (("--format", "fec"), "no_fec"),
        (("--kind", "statement"), "kind_unsupported"),
        (("--mapping", "Gescom"), "unknown_mapping"),
        (("--kind", "clients"), "missing_column"),
    ],
)
def test_what_is_not_there_yet_is_refused_in_a_sentence(
    instance: Path, good: Path, options: tuple[str, str], code: str
) -> None:
    exit_code, lines, _log = run(instance, "import", good, *options, "--json")
    assert (exit_code, lines[0]["status"], lines[0]["errors"][0]["code"]) == (1, "refused", code)
    assert lines[0]["errors"][0]["message"].endswith(".")


def test_people_read_sentences_without_json(instance: Path, good: Path) -> None:
    environ = {**os.environ, "INSTANCE_PATH": str(instance), "ENCOURS_DEMO": "0", "DATABASE_URL": ""}
    done = subprocess.run(
        [Path(sys.executable).with_name("flask"), "--app", "wsgi", "import", good],
        cwd=ROOT,
        env=environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0 and "imported (created 1" in done.stdout
