"""An amount in words, as a deed needs it: `mille deux cents euros et cinquante centimes`. Pure.

French follows the spelling of before 1990 (hyphens below a hundred only), as notaries write.
"""

from __future__ import annotations

from babel.numbers import get_currency_name

from webapp.core.money import minor_digits

_FR = [
    "zéro", "un", "deux", "trois", "quatre", "cinq", "six", "sept", "huit", "neuf", "dix", "onze", "douze",
    "treize", "quatorze", "quinze", "seize", "dix-sept", "dix-huit", "dix-neuf",
]  # fmt: skip
_FR_TENS = {2: "vingt", 3: "trente", 4: "quarante", 5: "cinquante", 6: "soixante", 8: "quatre-vingt"}
_EN = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
]  # fmt: skip
_EN_TENS = ["", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_LARGE = {"fr": ((10**9, "milliard"), (10**6, "million")), "en": ((10**9, "billion"), (10**6, "million"))}
_PARTS = {"fr": ("centime", "centimes"), "en": ("cent", "cents")}


def amount_in_words(amount: int, currency: str = "EUR", locale: str = "fr") -> str:
    """`amount` minor units in words, in French or English; never negative (raises ValueError)."""
    if amount < 0:
        raise ValueError("a negative amount has no words")
    scale = 10 ** minor_digits(currency)
    whole, rest = divmod(amount, scale)
    name = get_currency_name(currency, count=max(whole, 1), locale=locale)
    words = f"{number_in_words(whole, locale)} {_joined(whole, name, locale)}"
    if not rest:
        return words
    if scale != 100:
        return f"{words} {'et' if locale == 'fr' else 'and'} {rest}/{scale}"
    part = _PARTS[locale][0 if rest == 1 else 1]
    cents = f"{number_in_words(rest, locale)} {part}"
    return cents if not whole else f"{words} {'et' if locale == 'fr' else 'and'} {cents}"


def _joined(whole: int, name: str, locale: str) -> str:
    """`un million d’euros`, but `un million deux euros`."""
    if locale != "fr" or whole < 10**6 or whole % 10**6:
        return name
    return f"d’{name}" if name[0].lower() in "aeéiouhy" else f"de {name}"


def number_in_words(number: int, locale: str = "fr") -> str:
    """A whole number from 0 below a thousand billions, in words."""
    return _french(number) if locale == "fr" else _english(number)


def _french(number: int) -> str:
    if number < 20:
        return _FR[number]
    words: list[str] = []
    for size, name in _LARGE["fr"]:
        count, number = divmod(number, size)
        if count:
            words.append(f"{_french(count)} {name}{'s' if count > 1 else ''}")
    thousands, number = divmod(number, 1000)
    if thousands:
        words.append("mille" if thousands == 1 else f"{_hundreds(thousands, last=False)} mille")
    if number:
        words.append(_hundreds(number, last=True))
    return " ".join(words)


def _hundreds(number: int, *, last: bool) -> str:
    """1 to 999; `cents` and `quatre-vingts` take their s only where nothing but a noun follows."""
    count, number = divmod(number, 100)
    words = []
    if count:
        plural = "s" if count > 1 and not number and last else ""
        words.append(f"cent{plural}" if count == 1 else f"{_FR[count]} cent{plural}")
    if number:
        words.append(_below_hundred(number, last=last))
    return " ".join(words)


def _below_hundred(number: int, *, last: bool) -> str:
    if number < 20:
        return _FR[number]
    ten, unit = divmod(number, 10)
    if ten in (7, 9):
        ten, unit = ten - 1, unit + 10
    if not unit:
        return _FR_TENS[ten] + ("s" if ten == 8 and last else "")
    joint = " et " if unit in (1, 11) and ten != 8 else "-"
    return f"{_FR_TENS[ten]}{joint}{_FR[unit]}"


def _english(number: int) -> str:
    if number < 20:
        return _EN[number]
    words: list[str] = []
    for size, name in (*_LARGE["en"], (1000, "thousand")):
        count, number = divmod(number, size)
        if count:
            words.append(f"{_english(count)} {name}")
    hundreds, number = divmod(number, 100)
    if hundreds:
        words.append(f"{_EN[hundreds]} hundred")
    if number:
        ten, unit = divmod(number, 10)
        small = _EN[number] if number < 20 else _EN_TENS[ten] + (f"-{_EN[unit]}" if unit else "")
        words.append(f"and {small}" if words else small)
    return " ".join(words)
