"""Pure decisions about files: what a spreadsheet must not run, how figures are written, names."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

FORMATS = ("csv", "xlsx", "pdf")
DECIMALS = ("fr", "iso")
MEDIA = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
# Answered at once up to so many rows; more is work for the worker.
AT_ONCE = {"csv": 2_000, "xlsx": 2_000, "pdf": 100}
# A paper of more rows is of use to nobody, and a sheet cannot hold more.
MOST = {"csv": None, "xlsx": 1_000_000, "pdf": 5_000}
# What a spreadsheet takes for a formula, also in the wide shapes of East Asian keyboards.
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠")


def neutral(text: str) -> str:
    """Text that no spreadsheet runs: an apostrophe before what would start a formula (R12)."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def decimal_text(amount: int, digits: int, mark: str = ".") -> str:
    """Minor units as a plain decimal number: `-1234,56`. Never a float on the way."""
    sign, size = ("-" if amount < 0 else ""), abs(amount)
    if digits == 0:
        return f"{sign}{size}"
    units, rest = divmod(size, 10**digits)
    return f"{sign}{units}{mark}{rest:0{digits}d}"


def day_text(day: date, decimals: str) -> str:
    """`24/11/2026`, or `2026-11-24` with ISO."""
    return day.isoformat() if decimals == "iso" else day.strftime("%d/%m/%Y")


def file_name(title: str, day: date, format_: str) -> str:
    """`factures-2026-11-22.csv`: letters every system takes."""
    stem = re.sub(r"[^a-z0-9]+", "-", fold(title)).strip("-")
    return f"{stem or 'export'}-{day.isoformat()}.{format_}"


def fold(text: str) -> str:
    """Small letters without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in plain if not unicodedata.combining(char))
