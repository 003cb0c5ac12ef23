"""The reasons of a proposal: kept with the matching as JSON, read as sentences in the reader's language."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from babel.dates import format_date
from flask_babel import gettext as _
from flask_babel import ngettext

from webapp.core.money import format_money
from webapp.core.pages import day, locale_name
from webapp.payments.rules.evidence import Reason

MOST_REFS = 4  # a sentence names so many documents, then counts


def reason_json(reason: Reason) -> dict[str, Any]:
    """A reason as it is stored: `{code, points, doubt, values}`, days in ISO form."""
    values = {
        key: value.isoformat() if isinstance(value, date) else value for key, value in reason.values.items()
    }
    return {"code": reason.code, "points": reason.points, "doubt": reason.doubt, "values": values}


def sentence(reason: Mapping[str, Any], currency: str = "EUR") -> str:
    """A stored reason in words; its code when it is one we no longer know."""
    values = dict(reason.get("values") or {})
    write = _SENTENCES.get(str(reason.get("code")))
    return write(_Words(values, currency)) if write else str(reason.get("code"))


class _Words:
    """The values of a reason as people read them."""

    def __init__(self, values: Mapping[str, Any], currency: str) -> None:
        self.values, self.currency = values, currency

    def refs(self, key: str = "refs") -> str:
        """`F-1, F-2 et F-3`, or the first ones and how many more."""
        refs = [str(each) for each in self.values.get(key, ())]
        if len(refs) > MOST_REFS:
            rest = len(refs) - MOST_REFS + 1
            return _("%(refs)s et %(n)s autres", refs=", ".join(refs[: MOST_REFS - 1]), n=rest)
        if len(refs) > 1:
            return _("%(refs)s et %(last)s", refs=", ".join(refs[:-1]), last=refs[-1])
        return "".join(refs)

    def amount(self) -> str:
        """With its cents and currency."""
        return format_money(int(self.values.get("amount", 0)), self.currency, locale_name())

    def day(self, key: str = "day") -> str:
        """`24/11/2026`."""
        return day(date.fromisoformat(self.values[key])) if self.values.get(key) else ""

    def month(self) -> str:
        """`novembre 2026`."""
        return format_date(date.fromisoformat(self.values["day"]), "MMMM yyyy", locale=locale_name())

    def number(self, key: str = "count") -> int:
        return int(self.values.get(key, 0))

    def text(self, key: str) -> str:
        return str(self.values.get(key, ""))

    def percent(self) -> str:
        """A rate in thousandths: `2 %`, `2,5 %`."""
        whole, rest = divmod(self.number("rate"), 10)
        mark = "." if locale_name() == "en" else ","
        figure = f"{whole}{mark}{rest}" if rest else str(whole)
        return f"{figure}%" if locale_name() == "en" else f"{figure}\u00a0%"


def _named(w: _Words) -> str:
    return _("Le libellé cite %(refs)s.", refs=w.refs())


def _tail(w: _Words) -> str:
    return _("Le libellé cite la fin du numéro de %(refs)s.", refs=w.refs())


_SENTENCES: dict[str, Callable[[_Words], str]] = {
    "named_exact": _named,
    "named_number": _named,
    "named_range": lambda w: _("Le libellé cite une suite de factures : %(refs)s.", refs=w.refs()),
    "named_tail": _tail,
    "named_and": lambda w: _(
        "Le libellé cite %(named)s ; d’autres factures qui se suivent complètent la somme.",
        named=w.refs("named"),
    ),
    "named_but_one": lambda w: _(
        "Le libellé cite aussi %(ref)s, sans laquelle la somme est exacte.", ref=w.text("left_out")
    ),
    "again": lambda w: _(
        "Même montant qu’un règlement rejeté par la banque, qui soldait %(refs)s.", refs=w.refs()
    ),
    "single": lambda w: _("Une seule facture : %(ref)s.", ref=w.text("first")),
    "instalment": lambda w: _("Une échéance de %(ref)s.", ref=w.text("first")),
    "all": lambda w: _("Toutes les factures ouvertes (%(n)s).", n=w.number()),
    "oldest": lambda w: _(
        "Les %(n)s factures les plus anciennes, jusqu’à %(last)s.", n=w.number(), last=w.text("last")
    ),
    "day": lambda w: _("Les %(n)s factures du %(day)s.", n=w.number(), day=w.day()),
    "due": lambda w: _("Les %(n)s factures à échéance du %(day)s.", n=w.number(), day=w.day("due")),
    "month": lambda w: _("Les %(n)s factures de %(month)s.", n=w.number(), month=w.month()),
    "period": lambda w: _(
        "Toutes les factures du %(day)s au %(until)s (%(n)s).",
        day=w.day(),
        until=w.day("until"),
        n=w.number(),
    ),
    "run": lambda w: _(
        "%(n)s factures qui se suivent, de %(first)s à %(last)s.",
        n=w.number(),
        first=w.text("first"),
        last=w.text("last"),
    ),
    "all_but_one": lambda w: _("Les factures qui se suivent, sauf %(ref)s.", ref=w.text("left_out")),
    "several": lambda w: _(
        "%(payments)s règlements ensemble soldent %(refs)s.", payments=w.number("payments"), refs=w.refs()
    ),
    "set": lambda w: _("%(n)s factures trouvées par leur somme : %(refs)s.", n=w.number(), refs=w.refs()),
    "in_part": lambda _w: _("Aucune somme ne correspond : les plus anciennes d’abord."),
    "amount_none": lambda w: _("Le montant est exact.") if w.number() < 2 else _("La somme est exacte."),
    "amount_instalment": lambda w: _("Montant exact ; il restera %(amount)s.", amount=w.amount()),
    "amount_credits": lambda w: _(
        "Exact une fois déduit l’avoir %(refs)s (%(amount)s).", refs=w.refs(), amount=w.amount()
    ),
    "amount_tolerance": lambda w: _(
        "Il manque %(amount)s, dans la tolérance : passé en écart de règlement.", amount=w.amount()
    ),
    "amount_over": lambda w: _("%(amount)s de trop, dans la tolérance : gardé au compte.", amount=w.amount()),
    "amount_fees": lambda w: _(
        "Il manque %(amount)s, comme d’habitude : frais bancaires.", amount=w.amount()
    ),
    "amount_discount": lambda w: _(
        "Escompte de %(percent)s, comme d’habitude : %(amount)s.", percent=w.percent(), amount=w.amount()
    ),
    "amount_usual_discount": lambda w: _(
        "Il manque %(amount)s, soit un escompte de %(percent)s.", percent=w.percent(), amount=w.amount()
    ),
    "amount_surplus": lambda w: _("%(amount)s resteront à affecter.", amount=w.amount()),
    "amount_short": lambda w: _("Il restera %(amount)s à régler.", amount=w.amount()),
    "habit_months": lambda _w: _("Ce client règle d’habitude un mois entier."),
    "habit_months_broken": lambda _w: _("Ce client règle d’habitude un mois entier, ici non."),
    "habit_days": lambda _w: _("Ce client règle d’habitude toutes les factures d’un même jour."),
    "habit_days_broken": lambda _w: _("Ce client règle d’habitude toutes les factures d’un jour, ici non."),
    "habit_oldest": lambda _w: _("Ce client règle les plus anciennes d’abord."),
    "habit_oldest_broken": lambda _w: _("Ce client règle d’habitude les plus anciennes d’abord, ici non."),
    "habit_delay": lambda w: _("%(days)s jours après la facture, son délai habituel.", days=w.number("days")),
    "habit_delay_broken": lambda w: _(
        "%(days)s jours après la facture, loin de ses %(usual)s jours habituels.",
        days=w.number("days"),
        usual=w.number("usual"),
    ),
    "later": lambda w: _("Reçu avant l’émission de %(refs)s.", refs=w.refs()),
    "names_other": lambda w: _("Mais le libellé cite %(refs)s.", refs=w.refs()),
    "names_unknown": lambda w: _(
        "Le libellé cite %(refs)s, qui n’est pas une pièce ouverte de ce client.", refs=w.refs()
    ),
    "twin": lambda w: _("Même montant que %(refs)s : rien ne les distingue.", refs=w.refs()),
    "rival": lambda w: ngettext(
        "Une autre explication donne exactement ce montant.",
        "%(num)s autres explications donnent exactement ce montant.",
        w.number(),
    ),
    "same_payment": lambda _w: _("Un autre règlement du même montant attend : payé deux fois ?"),
    "stopped": lambda _w: _("Trop de factures ouvertes pour essayer toutes les sommes."),
    "by_hand": lambda _w: _("Choisi à la main."),
}
