"""Facts and outcomes in words, for pages, threads and answers."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

FACT_WORDS: dict[str, object] = {
    "cash_tension": _l("Trésorerie tendue"),
    "manager_change": _l("Nouveau dirigeant"),
    "stock_high": _l("Stock haut"),
    "works_stopped": _l("Chantier arrêté"),
    "new_competitor": _l("Nouveau concurrent"),
    "insolvency_rumour": _l("Rumeur de défaillance"),
    "good_news": _l("Bonne nouvelle"),
}
FACT_ICONS: dict[str, str] = {
    "cash_tension": "wallet",
    "manager_change": "user",
    "stock_high": "package",
    "works_stopped": "pause",
    "new_competitor": "flag",
    "insolvency_rumour": "octagon-alert",
    "good_news": "trending-up",
}
OUTCOME_WORDS: dict[str, object] = {
    "good": _l("Bien passée"),
    "mixed": _l("Mitigée"),
    "bad": _l("Mal passée"),
}
OUTCOME_ICONS = {"good": "circle-check", "mixed": "minus", "bad": "circle-x"}


def fact_name(code: str, label: str | None = None) -> str:
    """What a kind of fact is called: as the company says, else in the product's words."""
    return label or str(FACT_WORDS.get(code, code))


NOTHING_THERE = _l("Rien de tel à quoi rattacher un fait.")
