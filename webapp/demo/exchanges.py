"""What the demo's people say to a few clients, and what is answered, beside what they say to each other."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import update

from webapp.core.clock import now
from webapp.demo.talk import Conversation
from webapp.extensions import db
from webapp.sharing.queries import find_guest_of
from webapp.sharing.services import invite
from webapp.threads.models import Message, Thread, ThreadMember
from webapp.threads.rules import client_thread_of
from webapp.threads.services import post_message
from webapp.threads.subjects import read_subject
from webapp.users.actor import Actor
from webapp.users.queries import list_actors

ONE_IN = 3
_EXAMINED = (
    "Bonjour, nous examinons votre réclamation avec le service après-vente. Pouvez-vous nous envoyer le "
    "bon de livraison annoté ?",
    "Bonjour, je le demande au magasin et vous l’envoie dans la journée.",
)
_ASKED = (
    "Bonjour, sauf erreur cette facture n’est pas encore réglée. Quelle date pouvons-nous retenir ?",
    "Le virement part vendredi. Désolés pour le retard.",
)
# By the storyline of the team: what is said to the client, and their answer, if there is one.
WORDS: dict[str, tuple[str, str | None]] = {
    "damaged": _EXAMINED,
    "short_delivery": _EXAMINED,
    "delivery_note": _EXAMINED,
    "price": (
        "Bonjour, le prix est vérifié avec notre commercial. Nous revenons vers vous demain.",
        None,
    ),
    "order_number": (
        "Bonjour, quel numéro de commande doit figurer sur cette facture ?",
        "Bonjour, c’est le BC-2291. Merci de nous la renvoyer avec.",
    ),
    "promise": _ASKED,
    "cheque": _ASKED,
    "part_payment": (
        "Bonjour, votre règlement est bien arrivé. Il reste un solde : est-ce un oubli ou un désaccord ?",
        "Un désaccord sur le transport. Pouvez-vous nous rappeler ce qui était convenu ?",
    ),
    "settled": ("Bonjour, votre règlement est bien arrivé. Merci.", None),
}


def write(
    rng: random.Random,
    talk: Sequence[Conversation],
    document_ids: Sequence[uuid.UUID],
    people: dict[str, uuid.UUID],
) -> list[list[Message]]:
    """Write to one client in three of those that are talked about; what was said, by thread.

    Who has no contact with an address is left alone. The clock is set back as for the team's messages.
    """
    actors = {actor.user_id: actor for actor in list_actors(people.values())}
    written = []
    for conversation in [each for each in talk if each.story in WORDS][::ONE_IN]:
        author = actors[people[conversation.posts[0].author]]
        said = _say(rng, author, document_ids[conversation.subject], conversation.story)
        if said:
            written.append(said)
            _set_back(said, min(conversation.posts[-1].at, now() - timedelta(hours=5)))
    return written


def _say(rng: random.Random, author: Actor, document_id: uuid.UUID, story: str) -> list[Message]:
    """Our word and the client's; nothing when nobody there has an address."""
    thread_id = client_thread_of(document_id)
    subject = read_subject(thread_id)
    grants = invite(author, subject) if subject else []
    guest = find_guest_of(grants[0].id) if grants else None
    if guest is None:
        return []
    ours, theirs = WORDS[story]
    said = [post_message(author, thread_id, client_id=_act(rng), body=ours)]
    if theirs:
        said.append(post_message(guest.actor, thread_id, client_id=_act(rng), body=theirs))
    return said


def _set_back(said: list[Message], last: datetime) -> None:
    """The first word a day before the last one; all is read by the team but the client's answer."""
    times = [last - timedelta(hours=23), last + timedelta(hours=2)][: len(said)]
    for message, instant in zip(said, times, strict=True):
        message.created_at = instant
    thread_id = said[0].thread_id
    db.session.flush()
    db.session.execute(
        update(Thread)
        .where(Thread.id == thread_id)
        .values(created_at=times[0], last_message_at=times[-1], guest_read_seq=len(said) - 1)
    )
    db.session.execute(
        update(ThreadMember).where(ThreadMember.thread_id == thread_id).values(last_read_seq=1)
    )


def _act(rng: random.Random) -> uuid.UUID:
    return uuid.UUID(int=rng.getrandbits(128), version=4)
