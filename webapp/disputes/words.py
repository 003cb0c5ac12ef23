"""Reasons, departments, states and roles in words, for pages, threads and files."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

REASON_WORDS: dict[str, object] = {
    "price": _l("Prix"),
    "quantity": _l("Quantité"),
    "quality": _l("Qualité"),
    "delivery": _l("Livraison"),
    "order_number": _l("N° de commande manquant"),
    "duplicate": _l("Facture en double"),
    "already_paid": _l("Déjà payée"),
    "terms": _l("Conditions"),
    "other": _l("Autre motif"),
}
DEPARTMENT_WORDS: dict[str, object] = {
    "sales": _l("Commerce"),
    "after_sales": _l("Service après-vente"),
    "logistics": _l("Logistique"),
    "accounting": _l("Comptabilité"),
    "credit": _l("Crédit clients"),
}
RESOLVER_WORDS: dict[str, object] = {
    "sales_rep": _l("Commercial du client"),
    "after_sales": _l("Service après-vente"),
    "branch_manager": _l("Responsable d’agence"),
    "accountant": _l("Comptabilité"),
    "credit_manager": _l("Crédit clients"),
}
STATE_WORDS: dict[str, object] = {
    "open": _l("Ouvert"),
    "waiting_us": _l("En examen"),
    "waiting_client": _l("Attend le client"),
    "accepted_credit": _l("Réglé par avoir"),
    "accepted_partly": _l("Accepté en partie"),
    "rejected": _l("Rejeté"),
    "withdrawn": _l("Retiré"),
    "closed_by_payment": _l("Réglé par paiement"),
}
STEP_WORDS: tuple[object, ...] = (_l("Ouvert"), _l("Examiné"), _l("Proposé"), _l("Réglé"))


def reason_name(code: str, label: str | None = None) -> str:
    """What a reason is called: as the company says, else in the product's words."""
    return label or str(REASON_WORDS.get(code, code))
