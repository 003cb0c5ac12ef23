"""Which column means what: proposed from names and values, corrected by a person, remembered."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import lazy_gettext as _l

from webapp.imports.values import AmountColumn, DateColumn


@dataclass(frozen=True)
class Field:
    """Something a file can say. `kind` is text, ref, date, amount or word."""

    name: str
    label: Any
    kind: str = "text"
    required: bool = False


INVOICES = (
    Field("ref", _l("Facture"), "ref", True),
    Field("client_ref", _l("Code client"), "ref"),
    Field("client_name", _l("Nom du client")),
    Field("issued_on", _l("Émise le"), "date", True),
    Field("due_on", _l("Échéance"), "date"),
    Field("gross", _l("Montant TTC"), "amount", True),
    Field("currency", _l("Devise"), "word"),
    Field("rate", _l("Cours de la devise"), "word"),
    Field("kind", _l("Type de pièce"), "word"),
    Field("settled_on", _l("Réglée le"), "date"),
    Field("siren", _l("SIREN")),
    Field("siret", _l("SIRET")),
    Field("vat_number", _l("N° de TVA")),
    Field("branch", _l("Agence")),
    Field("sales_rep", _l("Commercial (e-mail)")),
)
CLIENTS = (
    Field("ref", _l("Code client"), "ref", True),
    Field("legal_name", _l("Raison sociale"), required=True),
    Field("trade_name", _l("Nom commercial")),
    Field("siren", _l("SIREN")),
    Field("siret", _l("SIRET")),
    Field("vat_number", _l("N° de TVA")),
    Field("trade", _l("Métier")),
    Field("street", _l("Rue")),
    Field("postcode", _l("Code postal")),
    Field("city", _l("Ville")),
    Field("phone", _l("Téléphone")),
    Field("email", _l("E-mail")),
    Field("branch", _l("Agence")),
    Field("sales_rep", _l("Commercial (e-mail)")),
)
PAYMENTS = (
    Field("ref", _l("Référence du règlement"), "ref"),
    Field("client_ref", _l("Code client"), "ref", True),
    Field("issued_on", _l("Reçu le"), "date", True),
    Field("gross", _l("Montant reçu"), "amount", True),
    Field("currency", _l("Devise"), "word"),
    Field("rate", _l("Cours de la devise"), "word"),
    Field("method", _l("Mode de règlement"), "word"),
    Field("invoices", _l("Factures réglées")),
    Field("text", _l("Libellé")),
)
# What an entry of a FEC becomes; nobody names its columns.
ENTRIES = (
    Field("ref", _l("Pièce"), "ref", True),
    Field("client_ref", _l("Client"), "ref", True),
    Field("client_name", _l("Nom du client")),
    Field("issued_on", _l("Date"), "date", True),
    Field("due_on", _l("Échéance"), "date"),
    Field("gross", _l("Montant"), "amount", True),
    Field("currency", _l("Devise"), "word"),
    Field("kind", _l("Type de pièce"), "word"),
    Field("settled_on", _l("Réglée le"), "date"),
    Field("letters", _l("Lettrage")),
    Field("text", _l("Libellé")),
)
KINDS = {"invoices": INVOICES, "clients": CLIENTS, "payments": PAYMENTS}
SHAPES = {**KINDS, "entries": ENTRIES}

# Names that accounting systems give to columns, folded to letters and digits.
NAMES: dict[str, tuple[str, ...]] = {
    "ref": ("facture", "nfacture", "nofacture", "numfacture", "numerofacture", "numerodefacture", "nopiece",
            "numpiece", "piece", "npiece", "numeropiece", "pieceref", "refpiece", "docid", "documentid",
            "invoicenumber", "invoiceno", "invoiceid", "invoice", "invoiceref", "documentnumber",
            "documentno", "docno", "docnumber", "billnumber", "belnr", "dopiece", "reference", "ref", "numero",
            "invoicenum"),
    "client_ref": ("codeclient", "client", "noclient", "numclient", "numeroclient", "ctnum", "comptetiers",
                   "codetiers", "tiers", "refclient", "customerid", "customerno", "customernumber",
                   "custnumber", "custno", "custid", "customer", "customercode", "customerref", "accountnumber",
                   "accountno", "account", "debtor", "debtorid", "kunnr", "compauxnum", "clientref", "idclient",
                   "clientid", "clientcode", "compteclient"),
    "client_name": ("nomclient", "nom", "nomduclient", "raisonsociale", "client", "customername", "namecustomer",
                    "custname", "name", "accountname", "debtorname", "company", "companyname", "societe",
                    "ctintitule", "intitule", "vendorname", "compauxlib", "clientname", "libelleclient"),
    "issued_on": ("emisele", "date", "datefacture", "datedefacture", "datepiece", "dateemission", "datedoc",
                  "invoicedate", "issuedate", "issuedon", "documentdate", "docdate", "documentcreatedate",
                  "postingdate", "dodate", "billdate", "dateinvoice", "bldat", "createdon", "dateecriture"),
    "due_on": ("echeance", "dateecheance", "dateech", "datedecheance", "duedate", "dueindate", "dueon", "due",
               "datelimite", "paymentdue", "paymentduedate", "ech", "drdateech", "netduedate", "maturitydate"),
    "gross": ("montantttc", "mtttc", "ttc", "totalttc", "netapayer", "montant", "amount", "invoiceamount",
              "totalamount", "gross", "grossamount", "total", "totalopenamount", "invoicetotal", "convertedusd",
              "amountdue", "montanteur", "amounteur", "amountincludingtax", "amountinclvat", "solde", "montantdu",
              "amountlocal", "amountindoccurr", "openamount", "restedu"),
    "currency": ("devise", "currency", "currencycode", "invoicecurrency", "codedevise", "monnaie", "curr", "waers"),
    "rate": ("cours", "taux", "tauxdechange", "coursdevise", "exchangerate", "rate", "fxrate", "kurs", "parite"),
    "kind": ("type", "typepiece", "typedepiece", "documenttype", "doctype", "documenttypecode", "kind",
             "naturepiece", "typedocument", "invoicetype", "typefacture"),
    "settled_on": ("regleele", "reglele", "datereglement", "datedereglement", "datepaiement", "datedepaiement",
                   "settleddate", "settledon", "settlementdate", "paiddate", "paidon", "paymentdate", "cleardate",
                   "clearingdate", "datepaid", "payele", "dateencaissement", "cleared", "datelettrage"),
    "siren": ("siren", "nsiren", "numerosiren"),
    "siret": ("siret", "nsiret", "numerosiret"),
    "vat_number": ("tva", "ntva", "tvaintra", "tvaintracommunautaire", "numerotva", "vat", "vatnumber", "vatid",
                   "ntvaintra"),
    "branch": ("agence", "branch", "site", "etablissement", "depot"),
    "sales_rep": ("commercial", "emailcommercial", "salesrep", "salesrepemail", "representant", "vendeur"),
    "legal_name": ("raisonsociale", "nom", "legalname", "name", "companyname", "societe", "client",
                   "denomination", "intitule", "ctintitule", "nomclient", "customername"),
    "trade_name": ("nomcommercial", "enseigne", "tradename"),
    "trade": ("metier", "activite", "trade", "secteur"),
    "street": ("rue", "adresse", "adresse1", "street", "address", "address1", "voie"),
    "postcode": ("codepostal", "cp", "postcode", "zip", "zipcode", "postalcode"),
    "city": ("ville", "city", "commune", "town"),
    "phone": ("telephone", "tel", "phone", "mobile"),
    "email": ("email", "mail", "courriel", "emailaddress"),
}  # fmt: skip
# In a file of payments the same fields are called otherwise.
PAYMENT_NAMES: dict[str, tuple[str, ...]] = {
    "ref": ("referencereglement", "referencedureglement", "numreglement", "numeroreglement", "nreglement",
            "idreglement", "paymentid", "paymentref", "paymentreference", "paymentnumber", "transactionid",
            "referencebancaire", "piece", "npiece", "nopiece", "reference", "ref"),
    "issued_on": ("recule", "datereglement", "datedereglement", "datepaiement", "datedepaiement", "dateencaissement",
                  "paymentdate", "paidon", "receivedon", "valuedate", "datevaleur", "dateoperation", "date"),
    "gross": ("montantrecu", "montantreglement", "montantdureglement", "montantpaye", "montantregle",
              "paymentamount", "amountpaid", "paidamount", "credit", "montant", "amount", "total"),
    "method": ("modedereglement", "modereglement", "modedepaiement", "modepaiement", "moyendepaiement",
               "paymentmethod", "method", "mode"),
    "invoices": ("facturesreglees", "factures", "facture", "invoices", "invoice", "invoiceref", "invoicerefs",
                 "invoicenumber", "invoicenumbers", "nfacture", "numerodefacture", "piecesreglees"),
    "text": ("libelle", "text", "label", "description", "motif", "remittance", "commentaire"),
}  # fmt: skip
# Column names that hold a code in one system and a name in another.
AMBIGUOUS = frozenset({"client", "customer", "account", "debtor", "tiers"})
# A column named as a date or an amount is one when at least this share of its values reads so.
MOST = 0.5
PREDICTION = re.compile(
    r"predict|forecast|expect|estim|prevu|previs|probab|projet|projected|anticip|planned|schedul|attendu|promis"
)
# What a name may carry without changing its meaning: a remark in brackets, a currency, small words.
_REMARK = re.compile(r"\(.*?\)|\[.*?\]")
_SMALL = re.compile(r"\b(?:eur|euros?|usd|gbp|chf|cad|€|\$|£|de|du|des|d|la|le|les|l|of|the|in|en)\b|[€$£]")


@dataclass
class Proposal:
    """Field -> column. `unsure` fields deserve a look; `ignored` columns come with a reason."""

    mapping: dict[str, str] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    ignored: list[dict[str, str]] = field(default_factory=list)


def fields_of(kind: str) -> tuple[Field, ...]:
    """What a file of that kind can say."""
    return SHAPES[kind]


def fold(name: str) -> str:
    """A column name reduced to its letters and digits, without accents."""
    plain = unicodedata.normalize("NFKD", name.replace("°", "").replace("º", "").lower())
    return re.sub(r"[^a-z0-9]", "", "".join(c for c in plain if not unicodedata.combining(c)))


def headers_key(headers: Iterable[str]) -> str:
    """Under which a mapping is remembered: the header, whatever its order."""
    return hashlib.sha256("\n".join(sorted(fold(name) for name in headers)).encode()).hexdigest()


def missing_fields(kind: str, mapping: Mapping[str, str]) -> list[str]:
    """Required fields that no column gives."""
    missing = [each.name for each in fields_of(kind) if each.required and each.name not in mapping]
    if kind == "invoices" and not {"client_ref", "client_name"} & mapping.keys():
        missing.append("client_ref")
    return missing


def propose(kind: str, headers: Sequence[str], samples: Mapping[str, Sequence[str]]) -> Proposal:
    """The likely meaning of each column, from its name, then checked against its values.

    A column named as a prediction, or a settlement date with fractions of a second, is left out
    of payments: it was computed, nobody paid (DECISIONS, "A settled date makes a payment").
    """
    proposal = Proposal()
    folded = {name: fold(name) for name in headers}
    taken: set[str] = set()
    for wanted in fields_of(kind):
        synonyms = _synonyms(kind, wanted.name)
        found = _best(synonyms, headers, taken)
        if found is None:
            continue
        reason = _objection(wanted, found, folded[found], samples.get(found, ()))
        if reason:
            proposal.ignored.append({"column": found, "field": wanted.name, "reason": reason})
            continue
        proposal.mapping[wanted.name] = found
        taken.add(found)
        if folded[found] != synonyms[0] and not _fits(wanted, samples.get(found, ())):
            proposal.unsure.append(wanted.name)
    proposal.ignored = [each for each in proposal.ignored if each["column"] not in taken]
    noted = {each["column"] for each in proposal.ignored}
    proposal.ignored += [
        {"column": name, "field": "", "reason": "prediction"}
        for name in headers
        if kind == "invoices" and name not in taken | noted and PREDICTION.search(folded[name])
    ]
    return proposal


def _synonyms(kind: str, name: str) -> tuple[str, ...]:
    """What the field is called; in a file of clients the reference is the client's code."""
    if kind == "clients" and name == "ref":
        codes = tuple(word for word in NAMES["client_ref"] if word not in AMBIGUOUS)
        return (*codes, "reference", "ref", "code", "numero", "id", "compte")
    return PAYMENT_NAMES.get(name, NAMES.get(name, ())) if kind == "payments" else NAMES[name]


def _spellings(name: str) -> tuple[str, str]:
    """A column name folded, and folded without what it may carry."""
    words = re.sub(r"(?<=[a-zé])(?=[A-Z])", " ", _REMARK.sub(" ", name)).replace("_", " ")
    return fold(name), fold(_SMALL.sub(" ", words.lower().replace("’", " ").replace("'", " ")))


def _best(synonyms: Sequence[str], headers: Sequence[str], taken: set[str]) -> str | None:
    """The free column whose name is best known for the field; earlier synonyms are surer."""
    spelled = {name: _spellings(name) for name in headers if name not in taken}
    for closeness in (0, 1):
        for synonym in synonyms:
            for name, spellings in spelled.items():
                if spellings[closeness] == synonym:
                    return name
    return None


def _objection(wanted: Field, _name: str, folded: str, values: Sequence[str]) -> str | None:
    if PREDICTION.search(folded):
        return "prediction"
    if wanted.kind == "date":
        column = DateColumn()
        for value in values:
            column.add(value)
        if wanted.name == "settled_on" and column.computed:
            return "computed_instant"
        if wanted.name == "settled_on" and "clear" in folded and column.timed >= MOST * column.values > 0:
            return "computed_hours"
        if column.values and column.fits[column.shape] < MOST * column.values:
            return "not_dates"
    if wanted.kind == "amount":
        amounts = AmountColumn()
        for value in values:
            amounts.add(value)
        if amounts.values and amounts.readable < MOST * amounts.values:
            return "not_amounts"
    if wanted.name == "client_ref" and folded in AMBIGUOUS and _names_of_companies(values):
        return "names"
    return None


def _names_of_companies(values: Sequence[str]) -> bool:
    """Do most values read as names (several words) rather than as codes?"""
    said = [value for value in values if value.strip()]
    return bool(said) and sum(" " in value.strip() for value in said) > len(said) / 2


def _fits(wanted: Field, values: Sequence[str]) -> bool:
    if wanted.kind == "amount":
        column = AmountColumn()
        for value in values:
            column.add(value)
        return column.values == 0 or column.likely
    return True
