"""Reading text of any origin: encodings, separators, headers; what is no text is named."""

from __future__ import annotations

import gzip
import io
import json
import zipfile
from pathlib import Path

import pytest

from webapp.imports.parsers.csv import Dialect, Row, read_dialect, read_rows
from webapp.imports.parsers.source import Unreadable

HEADER = "Facture;Client;Montant"
LINES = f"{HEADER}\nF1;Café Élysée;12,50\nF2;Noël;3,00\n"


def read(content: bytes | Path) -> tuple[Dialect, list[Row]]:
    dialect = read_dialect(content)
    return dialect, list(read_rows(content, dialect))


def refusal(content: bytes) -> Unreadable:
    with pytest.raises(Unreadable) as caught:
        read(content)
    return caught.value


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("cp1252", "Windows-1252"),
        ("mac_roman", "Mac Roman"),
    ],
)
def test_accents_survive_every_encoding_and_the_report_names_it(encoding: str, said: str) -> None:
    dialect, rows = read(LINES.encode(encoding))
    assert dialect.encoding_name == said
    assert rows[0].cells == ("F1", "Café Élysée", "12,50")


def test_big_endian_utf_16_is_read_by_its_mark() -> None:
    assert read(b"\xfe\xff" + LINES.encode("utf-16-be"))[1][1].cells[1] == "Noël"


@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
def test_the_separator_is_found(separator: str) -> None:
    text = LINES.replace(",", ".").replace(";", separator)
    dialect, rows = read(text.encode())
    assert (dialect.delimiter, len(rows[0].cells)) == (separator, 3)


def test_columns_parted_by_spaces_are_recognised() -> None:
    dialect, rows = read(b"ref    client   montant\nF1     C1       12.50\nF2     C2       13.00\n")
    assert dialect.delimiter == " "
    assert rows[1].cells == ("F2", "C2", "13.00")


@pytest.mark.parametrize(("end", "name"), [("\n", "LF"), ("\r\n", "CRLF"), ("\r", "CR")])
def test_every_line_end_gives_the_same_rows_and_line_numbers(end: str, name: str) -> None:
    dialect, rows = read(LINES.replace("\n", end).encode())
    assert dialect.newline == name
    assert [(row.line, row.cells[0]) for row in rows] == [(2, "F1"), (3, "F2")]


def test_padding_and_titles_above_the_header_are_passed_over() -> None:
    dialect, rows = read(f"\n\nÉdition du 12/11/2026;;\n\n{LINES}".encode())
    assert (dialect.header_line, dialect.headers) == (5, ("Facture", "Client", "Montant"))
    assert [row.line for row in rows] == [6, 7]


def test_a_hint_for_spreadsheets_is_no_header() -> None:
    dialect, rows = read(f"sep=;\n{LINES}".encode())
    assert dialect.headers == ("Facture", "Client", "Montant")
    assert rows[0].line == 3


def test_column_names_are_made_unique_and_never_empty() -> None:
    dialect, _rows = read(b"Ref;Date;Date;;Montant;;\nF1;a;b;c;1;;\n")
    assert dialect.headers == ("Ref", "Date", "Date (2)", "colonne 4", "Montant")


def test_a_row_of_another_width_is_a_fault_of_that_row_alone() -> None:
    _dialect, rows = read(f"{HEADER}\nF1;C1\nF2;C2;1;trop\nF3;C3;1;;\nF4;C4;1\n".encode())
    assert [row.fault for row in rows] == ["too_few_cells", "too_many_cells", None, None]


def test_quotes_hold_separators_line_ends_and_quotes() -> None:
    _dialect, rows = read(b'Ref;Nom;Montant\nF1;"Dupont; ""fils""\net Cie";1\nF2;b;2\n')
    assert rows[0].cells[1] == 'Dupont; "fils"\net Cie'
    assert [row.line for row in rows] == [2, 4]


def test_a_broken_quote_spoils_its_row_and_never_the_file_in_silence() -> None:
    _dialect, rows = read(b'Ref;Nom;Montant\nF1;"a"b;1\nF2;c;2\n')
    assert [row.fault for row in rows] == ["broken_quotes", None]
    _dialect, rows = read(b'Ref;Nom;Montant\nF1;a;1\nF2;"jamais ferm\xc3\xa9;2\nF3;c;3\n')
    assert rows[-1].fault == "broken_quotes"


def archive(name: str, content: str = "x") -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as box:
        box.writestr(name, content)
    return target.getvalue()


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"\n\n \n", "empty"),
        (b"Facture;Client;Montant\n", "header_only"),
        (b"Facture;Client;Montant\n;;\n\n", "header_only"),
        (b"%PDF-1.7\n...", "is_pdf"),
        (archive("xl/workbook.xml"), "is_xlsx"),
        (archive("word/document.xml"), "is_docx"),
        (archive("factures.csv"), "is_zip"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is_xls"),
        (b"\x89PNG\r\n\x1a\n....", "is_image"),
        (b"\xff\xd8\xff\xe0....", "is_image"),
        (gzip.compress(LINES.encode(), mtime=0), "is_gzip"),
        (b"<!DOCTYPE html><html><table>", "is_html"),
        (b'<?xml version="1.0"?><Invoice/>', "is_xml"),
        (json.dumps([{"ref": "F1"}]).encode(), "is_json"),
        (b"Facture;Client\nF1;C\x001\n", "nul_bytes"),
        (LINES.encode() * 3 + b"F3;caf\xc3;1\n", "encoding_broken"),
        (b"F1;C1;12,50\nF2;C2;13,00\n" * 3, "no_header"),
    ],
    ids=lambda value: value if isinstance(value, str) and value.isidentifier() else "file",
)
def test_what_is_no_table_is_refused_by_its_name(content: bytes, code: str) -> None:
    if code == "no_header":
        content = b"1;2;12,50\n2;3;13,00\n"
    assert refusal(content).code == code


def test_a_damaged_file_names_the_line() -> None:
    assert refusal(LINES.encode() + b"F3;caf\xc3;1\n" + LINES.encode()).line == 4
    assert refusal(b"Ref;Nom\nF1;a\nF2;\x00\n").line == 3


def test_too_many_rows_and_endless_lines_stop_the_reading() -> None:
    dialect = read_dialect(LINES.encode())
    with pytest.raises(Unreadable, match="too_many_rows"):
        list(read_rows(LINES.encode(), dialect, limit=1))
    assert refusal(b"x" * 1_500_000).code == "line_too_long"


def test_a_large_file_is_streamed(tmp_path: Path) -> None:
    import tracemalloc

    path = tmp_path / "large.csv"
    with path.open("w") as target:
        target.write("Facture;Client;Montant\n")
        target.writelines(f"F{number};C{number % 97};{number},50\n" for number in range(300_000))
    dialect = read_dialect(path)
    tracemalloc.start()
    count = sum(1 for _row in read_rows(path, dialect))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 300_000 and peak < 2_000_000 < path.stat().st_size
