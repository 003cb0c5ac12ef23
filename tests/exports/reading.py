"""Reading files back, as programs do: CSV, and XLSX from its own XML."""

from __future__ import annotations

import csv
import io
import re
import zipfile
from xml.etree import ElementTree

_SHARED = "xl/sharedStrings.xml"
_NAMES = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}


def read_csv(content: bytes) -> list[list[str]]:
    """Rows of a CSV that starts with a BOM and uses semicolons."""
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), delimiter=";"))


def read_xlsx(content: bytes) -> list[dict[str, tuple[str, object]]]:
    """Rows of the first sheet: column letter -> (type, value); a formula has the type `formula`."""
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = ElementTree.fromstring(book.read("xl/worksheets/sheet1.xml"))
        names = book.namelist()
        shared = ElementTree.fromstring(book.read(_SHARED)) if _SHARED in names else []
        styles = book.read("xl/styles.xml").decode()
    texts = ["".join(each.itertext()) for each in shared]
    quoted = [
        bool(re.search('quotePrefix="1"', each)) for each in re.findall("<xf [^>]*>", _cell_styles(styles))
    ]
    return [
        {re.sub(r"\d", "", cell.get("r", "")): _cell(cell, texts, quoted) for cell in row}
        for row in sheet.iterfind("s:sheetData/s:row", _NAMES)
    ]


def _cell_styles(styles: str) -> str:
    return styles.split("<cellXfs", 1)[1].split("</cellXfs>", 1)[0]


def _cell(cell: ElementTree.Element, texts: list[str], quoted: list[bool]) -> tuple[str, object]:
    value = cell.findtext("s:v", namespaces=_NAMES)
    if cell.find("s:f", _NAMES) is not None:
        return "formula", value
    if cell.get("t") == "s":
        return "text" if quoted[int(cell.get("s", 0))] else "head", texts[int(value or 0)]
    if cell.get("t") == "inlineStr":
        text = "".join(cell.find("s:is", _NAMES).itertext())  # type: ignore[union-attr]
        return "text" if quoted[int(cell.get("s", 0))] else "head", text
    return "number", float(value) if value is not None else None
