"""Conversations about invoices: a storyline cast with the people around a client, hour by hour. Pure."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date

from webapp.demo.books import Document
from webapp.demo.casting import Casting, Post
from webapp.demo.companies import Company
from webapp.demo.people import Person
from webapp.demo.stories import STORIES

WORTH_A_WORD = 120_000  # cents: nobody discusses less


@dataclass(slots=True)
class Conversation:
    """A thread about the document at `subject` in the books."""

    subject: int
    story: str
    posts: list[Post]


def kinds_of(document: Document, company: Company, breached: bool, day: date) -> frozenset[str]:
    """What can be told about a document: words that storylines are about."""
    if document.kind != "invoice" or document.gross < WORTH_A_WORD:
        return frozenset()
    late, open_ = (day - document.due_on).days, document.open
    if open_ == 0:
        paid_on = document.paid[-1][2]
        fresh = (day - paid_on).days < 25 and 6 <= (paid_on - document.due_on).days <= 40
        return frozenset({"paid"} if fresh and len(document.paid) == 1 else ())
    if company.insolvency:
        return frozenset({"insolvent"})
    kinds = {
        "breach": breached and late > 2,
        "sinking": company.behaviour == "sinking" and late > 10,
        "disputed": document.disputed and late > 8,
        "partly": open_ < document.gross and late > 8,
        "overdue": company.behaviour in ("late", "disputing") and late > 9 and open_ == document.gross,
        "open": -12 < late <= 0 and (day - document.issued_on).days > 16,
    }
    return frozenset(name for name, true in kinds.items() if true)


def make_talk(
    rng: random.Random,
    documents: Sequence[Document],
    companies: Sequence[Company],
    people: Sequence[Person],
    breached: Collection[int],
    count: int,
    day: date,
) -> list[Conversation]:
    """About `count` conversations, the first representative's clients a little more than the others'.

    `breached` are the places of companies over their limit. One conversation a client at most.
    """
    told: dict[str, list[int]] = {story.name: [] for story in STORIES}
    for place, document in enumerate(documents):
        kinds = kinds_of(document, companies[document.owner], document.owner in breached, day)
        for story in STORIES:
            if kinds & story.about:
                told[story.name].append(place)
    favourite = next(person.email for person in people if person.role == "sales_rep")
    for places in told.values():
        rng.shuffle(places)
        places.sort(key=lambda place: companies[documents[place].owner].sales_rep != favourite)
    return _take_turns(rng, told, documents, companies, people, count, day)


def _take_turns(
    rng: random.Random,
    told: dict[str, list[int]],
    documents: Sequence[Document],
    companies: Sequence[Company],
    people: Sequence[Person],
    count: int,
    day: date,
) -> list[Conversation]:
    made: list[Conversation] = []
    used: set[int] = set()
    heard: Counter[str] = Counter()
    rounds = 0
    while len(made) < count and any(told.values()):
        rounds += 1
        for story in STORIES:
            places = told[story.name]
            # The favourite's clients come first in each list; every other turn takes from the end.
            while places:
                place = places.pop(0 if rounds % 2 else -1)
                owner = documents[place].owner
                if owner not in used:
                    used.add(owner)
                    fresh = len(made) % 4 == 0
                    casting = Casting(rng, documents[place], companies[owner], people, day, heard, fresh)
                    made.append(Conversation(place, story.name, casting.play(story)))
                    break
            if len(made) >= count:
                break
    return made
