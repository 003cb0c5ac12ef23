"""One storyline played by the people around one client: wordings, facts, hours. Pure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from operator import itemgetter

from webapp.core.clock import PARIS
from webapp.core.money import format_money
from webapp.demo.books import Document
from webapp.demo.companies import Company
from webapp.demo.french import day_month, polish, weekday
from webapp.demo.paying import is_working_day, working_day_before, working_days_after
from webapp.demo.people import Person
from webapp.demo.stories import Line, Story

# All plural and masculine, so that sentences agree.
GOODS = (
    "panneaux OSB",
    "chevrons 63×75",
    "bacs acier",
    "rails R48",
    "panneaux de laine de bois",
    "profilés IPE 160",
    "pavés 8 cm",
    "carreaux 60×60",
    "tubes multicouches",
    "sacs de chape",
    "blocs béton",
    "madriers",
    "rouleaux d'isolant",
    "volets roulants",
)
OPENING, MINUTES = time(8, 25), 570  # a working day, and how long people write in it


@dataclass(slots=True)
class Post:
    """One message: who, what, when, the place of what it answers, and who reacted."""

    author: str
    body: str
    at: datetime
    reply_to: int | None = None
    likes: list[tuple[str, str]] = field(default_factory=list)
    photos: int = 0


class Casting:
    """One storyline played by the people around one client."""

    def __init__(
        self,
        rng: random.Random,
        document: Document,
        company: Company,
        people: Sequence[Person],
        day: date,
        heard: Counter[str],
        fresh: bool = False,
    ) -> None:
        self.heard, self.fresh = heard, fresh
        self.rng, self.document, self.company, self.day = rng, document, company, day
        self.voices = _voices(rng, company, people)
        self.promised: dict[str, date] = {}
        self.facts = self._facts()

    def play(self, story: Story) -> list[Post]:
        chosen = self._choose(story)
        times = self._times([each for _, each, _ in chosen], story)
        places = {n: place for place, (n, _, _) in enumerate(chosen)}
        posts = []
        for (_, each, wording), instant in zip(chosen, times, strict=True):
            author = self.voices[each.voice].email
            likes = [(self.voices[voice].email, emoji) for voice, emoji in each.likes]
            body = wording.format_map(self.facts | self._dates(wording, instant.date()))
            answers = places[each.to] if each.to is not None else None
            likes = [like for like in dict.fromkeys(likes) if like[0] != author]
            posts.append(Post(author, polish(body), instant, answers, likes, each.photos))
        return posts

    def _choose(self, story: Story) -> list[tuple[int, Line, str]]:
        """The lines that are written and their wording, the least heard so far where it is free."""
        chosen: list[tuple[int, Line, str]] = []
        picked: dict[int, int] = {}
        for n, each in enumerate(story.lines):
            if self.rng.random() >= each.chance or (each.to is not None and each.to not in picked):
                continue
            places = list(range(len(each.wordings)))
            self.rng.shuffle(places)
            counts = [(self.heard[each.wordings[place]], place) for place in places]
            place = min(counts, key=itemgetter(0))[1]
            if each.same_as is not None and each.same_as in picked:
                place = picked[each.same_as]
            if each.wordings[place]:
                picked[n] = place
                self.heard[each.wordings[place]] += 1
                chosen.append((n, each, each.wordings[place]))
        return chosen

    def _facts(self) -> dict[str, str]:
        rng, document, company = self.rng, self.document, self.company
        open_ = document.open or document.gross
        woman = company.contact.startswith("Mme")
        facts = {
            "client": company.trade_name,
            "contact": company.contact,
            "il": "elle" if woman else "il",
            "Il": "Elle" if woman else "Il",
            "ref": document.ref,
            "open": format_money(open_),
            "gross": format_money(document.gross),
            "part": format_money(max(open_ * rng.randint(35, 60) // 100 // 10_000, 1) * 10_000, cents=False),
            "credit": format_money(max(document.gross * rng.randint(6, 18) // 100, 1_200)),
            "due": day_month(document.due_on),
            "basket": format_money(rng.randint(18, 96) * 10_000, cents=False),
            "bl": f"{rng.randint(41_000, 78_999)}",
            "order": f"{rng.choice(('CC', 'BC', 'CF'))}-{rng.randint(10_200, 68_900)}",
            "goods": rng.choice(GOODS),
        }
        for voice, person in self.voices.items():
            facts[voice], facts[f"at_{voice}"] = person.first_name, f"@{person.handle}"
        return facts

    def _dates(self, wording: str, day: date) -> dict[str, str]:
        """`d1` is told anew each time; `d3` and `d7`, once promised, stay until they are past."""
        dates = {"d1": working_days_after(day, 1)}
        for name, count in (("d3", 3), ("d7", 7)):
            if f"{{{name}}}" in wording:
                if self.promised.get(name, day) <= day:
                    self.promised[name] = working_days_after(day, count)
                dates[name] = self.promised[name]
        return {name: weekday(each, day) for name, each in dates.items()}

    def _times(self, lines: Sequence[Line], story: Story) -> list[datetime]:
        """Instants of the lines, in working hours, all before today."""
        rng = self.rng
        gaps = [int(each.after * 60 * rng.uniform(0.6, 1.4)) + rng.randint(1, 25) for each in lines[1:]]
        back = 0 if self.fresh else min(int(rng.expovariate(0.13)), 28)
        end = self.day - timedelta(days=1 + back)
        if story.name == "settled":
            end = self.document.paid[-1][2]
        while not is_working_day(end):
            end -= timedelta(days=1)
        minute = rng.randint(20, 120) if story.name == "settled" else rng.randint(60, MINUTES - 15)
        instants = [_instant(end, minute, rng)]
        for gap in reversed(gaps):
            minute -= gap
            while minute < 0:
                end, minute = working_day_before(end), minute + MINUTES
            instants.append(_instant(end, minute, rng))
        return list(reversed(instants))


def _voices(rng: random.Random, company: Company, people: Sequence[Person]) -> dict[str, Person]:
    def one(role: str, branch: str | None = None) -> Person:
        return next(each for each in people if each.role == role and branch in (None, each.branch))

    accountants = [each for each in people if each.role == "accountant"]
    return {
        "rep": next(each for each in people if each.email == company.sales_rep),
        "sav": one("after_sales", company.branch),
        "mgr": one("branch_manager", company.branch),
        "cpt": rng.choices(accountants, [len(accountants)] + [1] * (len(accountants) - 1))[0],
        "cm": one("credit_manager"),
        "cfo": one("cfo"),
    }


def _instant(day: date, minute: int, rng: random.Random) -> datetime:
    opening = datetime.combine(day, OPENING, PARIS)
    return opening + timedelta(minutes=minute, seconds=rng.randrange(60))
