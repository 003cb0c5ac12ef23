"""Pure decisions about clients."""

from webapp.clients.rules.bank import clean_bic, clean_iban, mask_iban
from webapp.clients.rules.custom import FIELD_KINDS, clean_custom, is_stale
from webapp.clients.rules.identity import (
    LANGUAGES,
    TEXT_FIELDS,
    age,
    clean_naf,
    clean_siren,
    clean_siret,
    clean_vat,
    due_date,
    fold,
    search_text,
)
from webapp.clients.rules.parts import (
    ADDRESS_KINDS,
    CONTACT_ROLES,
    DOCUMENT_KINDS,
    WALLED_DOCUMENTS,
    signs_on,
)

__all__ = [
    "ADDRESS_KINDS",
    "CONTACT_ROLES",
    "DOCUMENT_KINDS",
    "FIELD_KINDS",
    "LANGUAGES",
    "TEXT_FIELDS",
    "WALLED_DOCUMENTS",
    "age",
    "clean_bic",
    "clean_custom",
    "clean_iban",
    "clean_naf",
    "clean_siren",
    "clean_siret",
    "clean_vat",
    "due_date",
    "fold",
    "is_stale",
    "mask_iban",
    "search_text",
    "signs_on",
]
