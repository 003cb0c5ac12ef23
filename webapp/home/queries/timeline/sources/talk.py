"""What was said: inside, to the client, and by the client."""

from __future__ import annotations

from typing import Any

from sqlalchemy import case, func, or_, select

from webapp.clients.models import Client
from webapp.home.queries.timeline.columns import CLIENT, client_thread
from webapp.home.queries.timeline.columns import line as shared
from webapp.home.queries.timeline.sources.source import Source
from webapp.invoices.models import Invoice
from webapp.threads.models import Message

# A message of files alone is told by a sign.
_SAYS = func.coalesce(func.nullif(func.substr(Message.body, 1, 280), ""), "📎")


def _said(kind: Any, *, about: Any, kinds: tuple[str, ...], ref: Any = None) -> Any:
    """Messages of these kinds that nobody took back. A guest is named as they signed."""
    line = shared(
        kind,
        Message.created_at,
        Message.id,
        ref=ref,
        text=_SAYS,
        subject=about,
        actor=Message.author_id,
        name=Message.guest_name,
    )
    return line.where(Message.deleted_at.is_(None), Message.kind.in_(kinds))


# In a thread the client reads: by us, or by somebody of theirs.
_DIRECTION = case((Message.kind == "client", "from_client"), else_="to_client")
_OWN = or_(Client.id == CLIENT, Client.merged_into_id == CLIENT)  # merged into it, too


def _about_invoices(_dialect: str) -> Any:
    """Inside, about the client's invoices."""
    line = _said("message", about=Invoice.id, kinds=("text",), ref=Invoice.ref)
    return line.join(Invoice, Invoice.id == Message.thread_id).where(Invoice.client_id == CLIENT)


def _about_client(_dialect: str) -> Any:
    """Inside, about the client itself."""
    line = _said("message", about=Message.thread_id, kinds=("text",))
    return line.where(Message.thread_id.in_(select(Client.id).where(_OWN)))


def _with_client_about_invoices(dialect: str) -> Any:
    line = _said(_DIRECTION, about=Invoice.id, kinds=("text", "client"), ref=Invoice.ref)
    thread = client_thread(dialect, Invoice.id)
    return line.join(Invoice, thread == Message.thread_id).where(Invoice.client_id == CLIENT)


def _with_client(dialect: str) -> Any:
    line = _said(_DIRECTION, about=Client.id, kinds=("text", "client"))
    return line.join(Client, client_thread(dialect, Client.id) == Message.thread_id).where(_OWN)


TALK = (
    Source("messages", None, _about_invoices),
    Source("messages", None, _about_client),
    Source("messages", None, _with_client_about_invoices),
    Source("messages", None, _with_client),
)
