"""Rights by epoch: whoever lost one falls silent at once, not at their next event."""

from __future__ import annotations

from webapp.clients.events import ClientMoved, ClientsChanged
from webapp.realtime import audience, registry
from webapp.realtime.connection import end, leave, refresh
from webapp.realtime.ears import hears
from webapp.users.events import RightsChanged, SessionEnded


@hears(RightsChanged)
def on_rights_changed(event: RightsChanged) -> None:
    """An empty list stands for everyone (too many to name)."""
    user_ids = event.user_ids or tuple(registry.actors())
    registry.bump(user_ids)
    audience.forget()
    for user_id in user_ids:
        for connection in registry.of_user(user_id):
            refresh(connection)


@hears(SessionEnded)
def on_session_ended(event: SessionEnded) -> None:
    audience.forget()
    for connection in registry.of_sessions(event.session_ids):
        end(connection, event.reason)
    if not event.session_ids:
        recheck()


@hears(ClientMoved, ClientsChanged)
def on_client_moved(event: ClientMoved | ClientsChanged) -> None:
    """Access follows today's representative and branch."""
    audience.forget()
    ids = {event.client_id} if isinstance(event, ClientMoved) else set(event.client_ids)
    for thread_id in registry.rooms():
        subject = audience.subject_of(thread_id)
        if subject is None or not ids or subject.client_id in ids:
            for connection in registry.in_room(thread_id):
                if not audience.may_hear(connection.actor, thread_id):
                    leave(connection, thread_id)


def recheck() -> None:
    """Ask again for every socket: the net under the events above."""
    audience.forget()
    for connection in registry.everyone():
        refresh(connection, "ended")
