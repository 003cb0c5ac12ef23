"""What a notification says, in the language of the running request (or the one forced).

A push names no client and no amount (QUALITY R23): whoever sees a locked screen learns only
that something waits.
"""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _


def push_words(kind: str, params: dict[str, Any] | None = None) -> tuple[str, str]:
    """Title and body of a push."""
    return (_alert_words() | _other_words()).get(kind, ("Encours", _("Il y a du nouveau.")))


def _alert_words() -> dict[str, tuple[str, str]]:
    return {
        "limit_breach": (
            _("Plafond dépassé"),
            _("Un de vos clients dépasse son plafond. Touchez pour voir."),
        ),
        "delay_breach": (
            _("Retard au-delà du toléré"),
            _("Un de vos clients paie plus tard que toléré. Touchez pour voir."),
        ),
        "limit_warning": (_("Plafond bientôt atteint"), _("Un de vos clients approche de son plafond.")),
        "limit_ending": (
            _("Un plafond se termine bientôt"),
            _("Celui d’un de vos clients. Touchez pour voir."),
        ),
        "guarantee_ending": (
            _("Une garantie se termine bientôt"),
            _("Celle d’un de vos clients. Touchez pour voir."),
        ),
    }


def _other_words() -> dict[str, tuple[str, str]]:
    return {
        "alert_back": (_("Une alerte en pause est de retour"), _("Touchez pour voir ce qui est attendu.")),
        "alert_escalated": (
            _("Une alerte reste sans réponse"),
            _("Un dépassement attend depuis hier. Touchez pour voir."),
        ),
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
        "promise_broken": (
            _("Promesse non tenue"),
            _("Un paiement promis n’est pas arrivé. Touchez pour voir."),
        ),
        "task_given": (_("Une tâche vous est confiée"), _("Touchez pour voir ce qui est attendu.")),
        "task_due": (_("Une tâche est pour aujourd’hui"), _("Touchez pour voir ce qui est attendu.")),
        "credit_asked": (_("Un avoir est demandé"), _("Touchez pour voir la demande.")),
        "credit_answered": (_("Votre demande d’avoir a sa réponse"), _("Touchez pour voir la réponse.")),
        "limit_asked": (_("Une décision vous attend"), _("Un plafond est demandé. Touchez pour voir.")),
        "limit_returned": (_("On vous pose une question"), _("Votre demande de plafond attend une réponse.")),
        "limit_decided": (_("Votre demande est décidée"), _("Touchez pour voir la réponse.")),
        "limit_expired": (_("Votre demande est restée sans réponse"), _("Touchez pour la refaire.")),
        "mention": (_("On vous a mentionné"), _("Quelqu’un attend votre réponse dans un fil.")),
        "message": (_("Nouveau message"), _("Il y a du nouveau dans un fil que vous suivez.")),
        "test": (_("Vos notifications fonctionnent"), _("Cet appareil sonnera pour une alerte.")),
    }


def inbox_words(kind: str, client: str | None, person: str | None) -> tuple[str, str]:
    """Title and second line in the inbox, where the reader's rights were asked first."""
    plain = {
        "write_off_asked": _("Un passage en perte est demandé"),
        "write_off_decided": _("Votre passage en perte est décidé"),
        "limit_asked": _("Un plafond est demandé"),
        "limit_expired": _("Votre demande de plafond est restée sans réponse"),
        "limit_decided": _("Votre demande de plafond est décidée"),
    }
    named = {
        "alert_assigned": _("%(name)s vous a confié une alerte", name=person),
        "write_off_asked": _("%(name)s demande un passage en perte", name=person),
        "write_off_decided": _("%(name)s a décidé de votre passage en perte", name=person),
        "limit_asked": _("%(name)s demande un plafond", name=person),
        "limit_decided": _("%(name)s a décidé de votre demande de plafond", name=person),
        "task_given": _("%(name)s vous a confié une tâche", name=person),
        "credit_asked": _("%(name)s demande un avoir", name=person),
        "credit_answered": _("%(name)s a répondu à votre demande d’avoir", name=person),
        "dispute_assigned": _("%(name)s vous a confié un litige", name=person),
        "dispute_proposed": _("%(name)s propose un avoir pour un litige", name=person),
        "mention": _("%(name)s vous a mentionné", name=person),
    }
    title = named.get(kind) if person else None
    return title or plain.get(kind) or push_words(kind)[0], client or ""
