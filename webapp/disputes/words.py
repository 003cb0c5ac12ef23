"""Reasons, departments, states and roles in words, for pages, threads and files."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l
from flask_babel import lazy_pgettext

REASON_WORDS: dict[str, object] = {
    "price": _l("Prix"),
    "quantity": _l("Quantité"),
    "quality": lazy_pgettext("dispute", "Qualité"),
    "delivery": _l("Livraison"),
    "order_number": _l("N° de commande manquant"),
    "duplicate": _l("Facture en double"),
    "already_paid": _l("Déjà payée"),
    "terms": lazy_pgettext("dispute", "Conditions"),
    "other": _l("Autre motif"),
}
DEPARTMENT_WORDS: dict[str, object] = {
    "sales": lazy_pgettext("dispute", "Commerce"),
    "after_sales": lazy_pgettext("dispute", "Service après-vente"),
    "logistics": _l("Logistique"),
    "accounting": lazy_pgettext("dispute", "Comptabilité"),
    "credit": lazy_pgettext("dispute", "Crédit clients"),
}
RESOLVER_WORDS: dict[str, object] = {
    "sales_rep": _l("Commercial du client"),
    "after_sales": lazy_pgettext("dispute", "Service après-vente"),
    "branch_manager": _l("Responsable d’agence"),
    "accountant": lazy_pgettext("dispute", "Comptabilité"),
    "credit_manager": lazy_pgettext("dispute", "Crédit clients"),
}
STATE_WORDS: dict[str, object] = {
    "open": _l("Ouvert"),
    "waiting_us": _l("En examen"),
    "waiting_client": _l("Attend le client"),
    "accepted_credit": _l("Réglé par avoir"),
    "accepted_partly": _l("Accepté en partie"),
    "rejected": lazy_pgettext("dispute", "Rejeté"),
    "withdrawn": lazy_pgettext("dispute", "Retiré"),
    "closed_by_payment": _l("Réglé par paiement"),
}
STEP_WORDS: tuple[object, ...] = (
    _l("Ouvert"),
    _l("Examiné"),
    _l("Proposé"),
    lazy_pgettext("dispute", "Réglé"),
)


def reason_name(code: str, label: str | None = None) -> str:
    """What a reason is called: as the company says, else in the product's words."""
    return label or str(REASON_WORDS.get(code, code))
