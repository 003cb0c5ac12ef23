"""Pure decisions about a client's identity and terms."""

from __future__ import annotations

import calendar
import re
import unicodedata
from datetime import date, timedelta

from stdnum import exceptions as stdnum_errors
from stdnum.eu import vat
from stdnum.fr import siren as fr_siren
from stdnum.fr import siret as fr_siret

# Fields of a client that a person or a file may write, with their longest text.
TEXT_FIELDS = {
    "ref": 64,
    "legal_name": 200,
    "trade_name": 200,
    "rcs": 60,
    "legal_form": 60,
    "trade": 120,
    "street": 200,
    "postcode": 12,
    "city": 120,
    "phone": 30,
    "email": 254,
}

# In which a client, or a person there, is written to.
LANGUAGES = ("fr", "en", "de", "es", "it", "nl", "pt")
_NAF = re.compile(r"(\d{2})\.?(\d{2})\s?([A-Za-z])\Z")


def fold(text: str) -> str:
    """Lower case without accents: how names are searched and sorted."""
    plain = unicodedata.normalize("NFKD", text.replace("œ", "oe").replace("Œ", "OE"))
    return "".join(char for char in plain if not unicodedata.combining(char)).lower().strip()


def clean_siren(text: str | None) -> tuple[str | None, str | None]:
    """The nine digits of a SIREN and None, or None and why not: `siren_length`, `siren_key`."""
    return _clean(text, fr_siren, "siren")


def clean_siret(text: str | None) -> tuple[str | None, str | None]:
    """The fourteen digits of a SIRET and None, or None and `siret_length` or `siret_key`."""
    return _clean(text, fr_siret, "siret")


def _clean(text: str | None, standard: object, name: str) -> tuple[str | None, str | None]:
    if not text or not text.strip():
        return None, None
    try:
        return str(standard.validate(text)), None  # type: ignore[attr-defined]
    except stdnum_errors.InvalidChecksum:
        return None, f"{name}_key"
    except stdnum_errors.ValidationError:
        return None, f"{name}_length"


def clean_vat(text: str | None) -> tuple[str | None, str | None]:
    """A European VAT number, compact, and None; or None and `vat`."""
    if not text or not text.strip():
        return None, None
    try:
        return str(vat.validate(text)), None
    except stdnum_errors.ValidationError:
        return None, "vat"


def clean_naf(text: str | None) -> tuple[str | None, str | None]:
    """A code of the French nomenclature of activities (`43.32A`) and None; or None and `naf`."""
    if not text or not text.strip():
        return None, None
    found = _NAF.match(text.strip())
    if found is None:
        return None, "naf"
    return f"{found[1]}.{found[2]}{found[3].upper()}", None


def age(founded_on: date | None, day: date) -> int | None:
    """Whole years a company has existed on `day`; None when unknown, or not founded yet."""
    if founded_on is None or founded_on > day:
        return None
    return day.year - founded_on.year - ((day.month, day.day) < (founded_on.month, founded_on.day))


def due_date(issued_on: date, payment_days: int, end_of_month: bool) -> date:
    """When an invoice falls due under the client's terms (end of month: days, then month end)."""
    due = issued_on + timedelta(days=payment_days)
    if end_of_month:
        due = due.replace(day=calendar.monthrange(due.year, due.month)[1])
    return due


def search_text(ref: str, legal_name: str, *others: str | None) -> str:
    """Everything a client is looked up by, folded, in one text."""
    words = [ref, legal_name, *(other for other in others if other)]
    return fold(" ".join(dict.fromkeys(words)))[:600]
