"""Forms of the parts of a sheet: which fields, in which words, and what they hold as the schemas take it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from marshmallow import EXCLUDE, Schema, ValidationError

from webapp.clients.schemas.parts import (
    AddressSchema,
    BankAccountWrite,
    ContactSchema,
    DocumentSchema,
    ReferenceSchema,
    SignatorySchema,
)
from webapp.core.errors import Invalid
from webapp.core.money import BadAmount, field_amount, parse_amount
from webapp.core.pages import locale_name

LANGUAGE_NAMES = {
    "fr": _l("Français"),
    "en": _l("Anglais"),
    "de": _l("Allemand"),
    "es": _l("Espagnol"),
    "it": _l("Italien"),
    "nl": _l("Néerlandais"),
    "pt": _l("Portugais"),
}
ROLE_WORDS = {
    "payer": _l("Paie"),
    "decider": _l("Décide"),
    "after_sales": _l("SAV"),
    "other": _l("Autre"),
}
ADDRESS_WORDS = {
    "billing": _l("Facturation"),
    "delivery": _l("Livraison"),
    "registered": _l("Siège social"),
}
DOCUMENT_WORDS = {
    "kbis": _l("Kbis"),
    "terms_of_sale": _l("CGV signées"),
    "stamp": _l("Tampon"),
    "mandate": _l("Mandat de prélèvement"),
    "other": _l("Autre document"),
}


@dataclass(frozen=True)
class Input:
    """One field of a form, as the macro `field` draws it."""

    name: str
    label: object
    type: str = "text"
    required: bool = False
    help: object = None
    options: Mapping[str, object] | None = None
    attrs: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """The form of one part: its titles, its fields, and the schema that judges what is written."""

    new: object
    edit: object
    save: object
    schema: type[Schema]
    inputs: tuple[Input, ...]

    def read(self) -> dict[str, Any]:
        """What the request's form holds, judged. Raises Invalid with the field at fault."""
        body: dict[str, Any] = {}
        for each in self.inputs:
            text = request.form.get(each.name, "")
            if text.strip() or each.required or each.type == "tick":
                body[each.name] = _value(each, text)
        try:
            return dict(self.schema(unknown=EXCLUDE).load(body))
        except ValidationError as error:
            raise Invalid(errors=_flat(error.normalized_messages())) from None


def _value(each: Input, text: str) -> Any:
    if each.type == "tick":
        return each.name in request.form
    if each.type == "money" and text.strip():
        try:
            minor = parse_amount(text, "." if locale_name() == "en" else ",")
        except BadAmount:
            raise Invalid(errors={each.name: _("Indiquez un montant, par exemple 60 000.")}) from None
        return {"amount": minor, "currency": "EUR"}
    return text


def _flat(errors: dict[str, Any]) -> dict[str, Any]:
    """Messages by field; those inside an amount are the amount's."""
    return {
        name: [text for texts in found.values() for text in texts] if isinstance(found, dict) else found
        for name, found in errors.items()
    }


def shown(form: Form, row: Any) -> dict[str, Any]:
    """A row as its form shows it."""
    values: dict[str, Any] = {}
    for each in form.inputs:
        value = getattr(row, each.name, None)
        values[each.name] = "" if value is None else value
        if each.type == "money" and value is not None:
            values[each.name] = field_amount(value, locale=locale_name())
    return values


_LONG = {"autocomplete": "off"}
_PHONE = Input("phone", _l("Téléphone"), "tel", attrs={"maxlength": 30, **_LONG})

FORMS: dict[str, Form] = {
    "contacts": Form(
        _l("Nouveau contact"),
        _l("Modifier le contact"),
        _l("Enregistrer le contact"),
        ContactSchema,
        (
            Input("name", _l("Nom"), required=True, attrs={"maxlength": 120, **_LONG}),
            Input("role", _l("Rôle"), "select", required=True, options=ROLE_WORDS),
            Input("job", _l("Fonction"), attrs={"maxlength": 120}),
            _PHONE,
            Input("email", _l("Adresse e-mail"), "email", attrs={"maxlength": 254, **_LONG}),
            Input("language", _l("Langue"), "select", options=LANGUAGE_NAMES),
            Input("preferred", _l("À contacter de préférence dans ce rôle"), "tick"),
        ),
    ),
    "addresses": Form(
        _l("Nouvelle adresse"),
        _l("Modifier l’adresse"),
        _l("Enregistrer l’adresse"),
        AddressSchema,
        (
            Input("kind", _l("Sert à"), "select", required=True, options=ADDRESS_WORDS),
            Input("label", _l("Nom du lieu"), attrs={"maxlength": 120}),
            Input("street", _l("Adresse"), attrs={"maxlength": 200}),
            Input("postcode", _l("Code postal"), attrs={"maxlength": 12}),
            Input("city", _l("Ville"), required=True, attrs={"maxlength": 120}),
            Input(
                "country",
                _l("Pays"),
                required=True,
                help=_l("Deux lettres : FR, BE…"),
                attrs={"maxlength": 2},
            ),
        ),
    ),
    "references": Form(
        _l("Nouvelle référence commerciale"),
        _l("Modifier la référence"),
        _l("Enregistrer la référence"),
        ReferenceSchema,
        (
            Input("company", _l("Fournisseur"), required=True, attrs={"maxlength": 200}),
            Input("person", _l("Contact"), attrs={"maxlength": 120}),
            _PHONE,
            Input("heard_on", _l("Interrogé le"), "date"),
            Input("said", _l("Ce qu’il en dit"), "textarea", attrs={"maxlength": 2000}),
        ),
    ),
    "signatories": Form(
        _l("Nouveau signataire"),
        _l("Modifier le signataire"),
        _l("Enregistrer le signataire"),
        SignatorySchema,
        (
            Input("name", _l("Nom"), required=True, attrs={"maxlength": 120, **_LONG}),
            Input("capacity", _l("Qualité"), required=True, help=_l("Gérant, directrice des achats…")),
            Input("since", _l("Depuis"), "date"),
            Input("until", _l("Jusqu’au"), "date"),
            Input("ceiling", _l("Plafond de signature"), "money", help=_l("Vide : sans plafond.")),
        ),
    ),
    "bank-accounts": Form(
        _l("Nouveau compte bancaire"),
        _l("Nouveau compte bancaire"),
        _l("Enregistrer le compte"),
        BankAccountWrite,
        (
            Input("iban", _l("IBAN"), required=True, attrs={**_LONG, "spellcheck": "false"}),
            Input("bic", _l("BIC"), attrs={**_LONG, "spellcheck": "false"}),
            Input("holder", _l("Titulaire"), attrs={"maxlength": 200}),
            Input("bank", _l("Banque"), attrs={"maxlength": 120}),
        ),
    ),
    "documents": Form(
        _l("Nouveau document"),
        _l("Nouveau document"),
        _l("Enregistrer le document"),
        DocumentSchema,
        (
            Input("kind", _l("Document"), "select", required=True, options=DOCUMENT_WORDS),
            Input("title", _l("Titre"), attrs={"maxlength": 200}),
            Input("version", _l("Version"), help=_l("Celle des CGV signées."), attrs={"maxlength": 40}),
            Input("dated_on", _l("Daté ou signé le"), "date"),
            Input("ends_on", _l("Valable jusqu’au"), "date"),
        ),
    ),
}
