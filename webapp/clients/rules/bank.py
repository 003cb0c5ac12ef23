"""Bank references: what is valid, and how much of it everyone may see.

python-stdnum checks length and structure by country, and the check digits (ISO 13616, ISO 9362). It
is here already for SIREN and VAT numbers; schwifty knows the same and the names of banks besides,
from a registry of 5 MB that ages.
"""

from __future__ import annotations

from stdnum import bic as std_bic
from stdnum import exceptions as stdnum_errors
from stdnum import iban as std_iban


def clean_iban(text: str | None) -> tuple[str | None, str | None]:
    """A compact IBAN and None; or None and why not: `iban_missing`, `iban_key`, `iban_form`."""
    if not text or not text.strip():
        return None, "iban_missing"
    try:
        return str(std_iban.validate(text)), None
    except stdnum_errors.InvalidChecksum:
        return None, "iban_key"
    except stdnum_errors.ValidationError:
        return None, "iban_form"


def clean_bic(text: str | None) -> tuple[str | None, str | None]:
    """A compact BIC and None, None and None without one; or None and `bic`."""
    if not text or not text.strip():
        return None, None
    try:
        return str(std_bic.validate(text)), None
    except stdnum_errors.ValidationError:
        return None, "bic"


def mask_iban(iban: str) -> str:
    """What may be shown of an IBAN: country, key and the last four signs (`FR76 •••• 1234`)."""
    return f"{iban[:4]} •••• {iban[-4:]}"
