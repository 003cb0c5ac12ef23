"""The demo's people answer alerts and talk, through the real services; then the clock is set back."""

from __future__ import annotations

import random
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from io import BytesIO

from sqlalchemy import insert, select, update

from webapp.clients.models import Client
from webapp.demo.people import CAST
from webapp.demo.photos import draw_pallet
from webapp.demo.talk import Conversation, Post
from webapp.demo.writing import at
from webapp.extensions import db
from webapp.files.services import keep
from webapp.files.storage import receive
from webapp.risk.models import Alert
from webapp.risk.policy import may_answer_alerts, may_hear_of
from webapp.risk.rules import GRAVE
from webapp.risk.services import acknowledge
from webapp.threads.models import Message, Reaction, Thread, ThreadMember
from webapp.threads.services import post_message
from webapp.users.actor import Actor
from webapp.users.queries import list_actors

# Of a hundred alerts of each severity, how many somebody has acknowledged; at most so many acts.
ANSWERED = {1: 0.7, 2: 0.5, 3: 0.25}
MOST_ANSWERS = 200
FRESH_BREACHES = 3
MOST_FILMS = 3  # conversations with photos
FAVOURITE = CAST[1].email
CHUNK = 500
Posted = list[list[uuid.UUID]]


def answer_alerts(
    rng: random.Random, client_ids: Sequence[uuid.UUID], people: dict[str, uuid.UUID], day: date
) -> list[uuid.UUID]:
    """Acknowledge some alerts by name and date all but a few breaches back; ids of all."""
    order = {client_id: place for place, client_id in enumerate(client_ids)}
    alerts = [alert for alert in db.session.scalars(select(Alert)) if alert.client_id in order]
    alerts.sort(key=lambda alert: (order[alert.client_id], alert.kind, alert.level))
    actors = {actor.user_id: actor for actor in list_actors(people.values())}
    answers = {actor.role: actor for actor in actors.values() if actor.role == "credit_manager"}
    fresh = _freshest(alerts, people)
    answered, dates = 0, []
    for alert in alerts:
        if alert.id in fresh:
            continue
        raised_at = _raised(rng, alert, day)
        wanted = rng.random() < ANSWERED[alert.severity]
        if wanted and answered < MOST_ANSWERS:
            answered += 1
            acknowledge(_answerer(rng, alert, list(actors.values()), answers["credit_manager"]), alert.id)
            alert.acknowledged_at = raised_at + timedelta(minutes=rng.randint(12, 2_000))
        told = None if wanted or alert.severity < GRAVE else raised_at + timedelta(days=1)
        dates.append({"id": alert.id, "raised_at": raised_at, "escalated_at": told})
    db.session.flush()
    for start in range(0, len(dates), CHUNK):
        db.session.execute(update(Alert), dates[start : start + CHUNK])
    return [alert.id for alert in alerts]


def _freshest(alerts: Sequence[Alert], people: dict[str, uuid.UUID]) -> set[uuid.UUID]:
    """Breaches that count as raised just now: one of the first representative's, then others'."""
    breaches = [alert for alert in alerts if alert.kind == "limit_breach"]
    owners = dict(
        db.session.execute(
            select(Client.id, Client.sales_rep_id).where(
                Client.id.in_([alert.client_id for alert in breaches[:CHUNK]])
            )
        )
        .tuples()
        .all()
    )
    first = people[FAVOURITE]
    own = [alert for alert in breaches if owners.get(alert.client_id) == first][:1]
    others = [alert for alert in breaches if owners.get(alert.client_id) != first]
    return {alert.id for alert in [*own, *others][:FRESH_BREACHES]}


def _raised(rng: random.Random, alert: Alert, day: date) -> datetime:
    back = rng.randint(3, 11) if alert.severity == 3 else rng.randint(4, 45)
    return at(day - timedelta(days=back), rng.randint(6, 16), rng.randrange(60))


def _answerer(rng: random.Random, alert: Alert, actors: Sequence[Actor], manager: Actor) -> Actor:
    """The credit manager, or a branch manager of that client."""
    client = db.session.get_one(Client, alert.client_id)
    near = [
        actor
        for actor in actors
        if actor.role == "branch_manager" and may_answer_alerts(actor) and may_hear_of(actor, client)
    ]
    return rng.choice(near) if near and rng.random() < 0.4 else manager


def post(
    rng: random.Random,
    talk: Sequence[Conversation],
    document_ids: Sequence[uuid.UUID],
    people: dict[str, uuid.UUID],
) -> Posted:
    """Write every message in the order of its hour; ids of the messages of each conversation."""
    actors = {actor.user_id: actor for actor in list_actors(people.values())}
    posted: Posted = [[] for _ in talk]
    turns = sorted(
        (each.at, number, place)
        for number, conversation in enumerate(talk)
        for place, each in enumerate(conversation.posts)
    )
    reactions = []
    films = 0
    for _at, number, place in turns:
        each: Post = talk[number].posts[place]
        author = actors[people[each.author]]
        films += bool(each.photos)
        photos = _photos(author, number, each.photos) if films <= MOST_FILMS else []
        message = post_message(
            author,
            document_ids[talk[number].subject],
            client_id=uuid.UUID(int=rng.getrandbits(128), version=4),
            body=each.body,
            reply_to=posted[number][each.reply_to] if each.reply_to is not None else None,
            attachment_ids=photos,
        )
        posted[number].append(message.id)
        reactions += [
            {"message_id": message.id, "user_id": people[email], "emoji": emoji}
            for email, emoji in each.likes
        ]
    if reactions:
        db.session.execute(insert(Reaction.__table__), reactions)
    return posted


def _photos(author: Actor, seed: int, count: int) -> list[uuid.UUID]:
    """Photos of the goods, as their author brought them."""
    rng = random.Random(seed)  # nosec B311 # a picture, no secret
    brought = [receive(BytesIO(draw_pallet(rng))) for _ in range(count)]
    return [
        keep(author, arrival, f"palette {place}.jpg", quota=arrival.size + 10**12).id
        for place, arrival in enumerate(brought, 1)
    ]


def set_back(
    rng: random.Random,
    posted: Posted,
    talk: Sequence[Conversation],
    people: dict[str, uuid.UUID],
    day: date,
) -> dict[uuid.UUID, datetime]:
    """Give messages their hour, which is returned by id; all is read but the end of fresh threads."""
    hours = {
        message_id: each.at
        for ids, conversation in zip(posted, talk, strict=True)
        for message_id, each in zip(ids, conversation.posts, strict=True)
    }
    _update(Message, [{"id": key, "created_at": instant} for key, instant in hours.items()])
    threads = dict(
        db.session.execute(
            select(Message.id, Message.thread_id).where(Message.id.in_([ids[0] for ids in posted if ids]))
        )
        .tuples()
        .all()
    )
    starts = [(threads[ids[0]], each.posts) for ids, each in zip(posted, talk, strict=True) if ids]
    _update(
        Thread,
        [
            {"id": thread_id, "created_at": posts[0].at, "last_message_at": posts[-1].at}
            for thread_id, posts in starts
        ],
    )
    _mark_read(rng, starts, people, day)
    return hours


def _mark_read(
    rng: random.Random,
    starts: Sequence[tuple[uuid.UUID, Sequence[Post]]],
    people: dict[str, uuid.UUID],
    day: date,
) -> None:
    emails = {user_id: email for email, user_id in people.items()}
    members: dict[uuid.UUID, list[uuid.UUID]] = {}
    ids = [thread_id for thread_id, _ in starts]
    for thread_id, user_id in db.session.execute(
        select(ThreadMember.thread_id, ThreadMember.user_id)
        .where(ThreadMember.thread_id.in_(ids))
        .order_by(ThreadMember.thread_id, ThreadMember.user_id)
    ):
        members.setdefault(thread_id, []).append(user_id)
    rows = []
    for thread_id, posts in starts:
        fresh = (day - posts[-1].at.date()).days <= 6
        readers = sorted(members.get(thread_id, []), key=lambda user_id: emails.get(user_id, ""))
        for user_id in readers:
            seq = len(posts)
            if fresh and rng.random() < 0.75:
                seq = max(
                    (n for n, each in enumerate(posts, 1) if each.author == emails.get(user_id)),
                    default=max(len(posts) - 2, 0),
                )
                seq = max(seq, len(posts) - 4)
            rows.append({"thread_id": thread_id, "user_id": user_id, "last_read_seq": seq})
    _update(ThreadMember, rows)


def _update(model: type, rows: Sequence[dict[str, object]]) -> None:
    for start in range(0, len(rows), CHUNK):
        db.session.execute(update(model), list(rows[start : start + CHUNK]))
