"""What a notification says, in the language of the running request (or the one forced).

A push names no client and no amount (QUALITY R23): whoever sees a locked screen learns only
that something waits.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

DISPUTES = {
    "dispute_settled": _l("Un litige est réglé"),
    "dispute_late": _l("Un litige est en retard"),
    "dispute_escalated": _l("Un litige reste sans réponse"),
}


def push_words(kind: str, params: dict[str, Any] | None = None) -> tuple[str, str]:
    """Title and body of a push."""
    texts = {
        "limit_breach": (
            _("Plafond dépassé"),
            _("Un de vos clients dépasse son plafond. Touchez pour voir."),
        ),
        "delay_breach": (
            _("Retard au-delà du toléré"),
            _("Un de vos clients paie plus tard que toléré. Touchez pour voir."),
        ),
        "limit_warning": (_("Plafond bientôt atteint"), _("Un de vos clients approche de son plafond.")),
        "alert_assigned": (_("Une alerte vous est confiée"), _("Touchez pour voir ce qui est attendu.")),
        "write_off_asked": (_("Une décision vous attend"), _("Un passage en perte demande votre accord.")),
        "write_off_decided": (_("Votre demande est décidée"), _("Touchez pour voir la réponse.")),
        "dispute_assigned": (_("Un litige vous est confié"), _("Touchez pour voir ce qui est contesté.")),
        "dispute_proposed": (_("Un avoir est proposé"), _("Un litige attend votre avoir.")),
        "dispute_settled": (_("Un litige est réglé"), _("Touchez pour voir la décision.")),
        "dispute_late": (_("Un litige est en retard"), _("Son échéance est passée. Touchez pour répondre.")),
        "dispute_escalated": (
            _("Un litige reste sans réponse"),
            _("Son échéance est passée depuis plusieurs jours."),
        ),
        "mention": (_("On vous a mentionné"), _("Quelqu’un attend votre réponse dans un fil.")),
        "message": (_("Nouveau message"), _("Il y a du nouveau dans un fil que vous suivez.")),
        "test": (_("Vos notifications fonctionnent"), _("Cet appareil sonnera pour une alerte.")),
    }
    return texts.get(kind, ("Encours", _("Il y a du nouveau.")))


def inbox_words(kind: str, client: str | None, person: str | None) -> tuple[str, str]:
    """Title and second line in the inbox, where the reader's rights were asked first."""
    whose = client or ""
    if kind == "limit_breach":
        return _("Plafond dépassé"), whose
    if kind == "delay_breach":
        return _("Retard au-delà du toléré"), whose
    if kind == "limit_warning":
        return _("Plafond bientôt atteint"), whose
    if kind == "alert_assigned":
        by = _("%(name)s vous a confié une alerte", name=person) if person else None
        return by or _("Une alerte vous est confiée"), whose
    if kind == "write_off_asked":
        by = _("%(name)s demande un passage en perte", name=person) if person else None
        return by or _("Un passage en perte est demandé"), whose
    if kind == "write_off_decided":
        by = _("%(name)s a décidé de votre passage en perte", name=person) if person else None
        return by or _("Votre passage en perte est décidé"), whose
    if kind == "dispute_assigned":
        by = _("%(name)s vous a confié un litige", name=person) if person else None
        return by or _("Un litige vous est confié"), whose
    if kind == "dispute_proposed":
        by = _("%(name)s propose un avoir pour un litige", name=person) if person else None
        return by or _("Un avoir est proposé"), whose
    if kind in DISPUTES:
        return str(DISPUTES[kind]), whose
    if kind == "mention":
        by = _("%(name)s vous a mentionné", name=person) if person else None
        return by or _("On vous a mentionné"), whose
    return _("Nouveau message"), whose
