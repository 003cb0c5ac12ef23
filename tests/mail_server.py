"""A mail server for tests, on loopback: keeps what it is handed, refuses when told to."""

from __future__ import annotations

from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller

from tests.serving import free_port


class MailServer:
    """`with MailServer() as server:` listens; `server.mails` are those it took, oldest first."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.says: str | None = None  # e.g. "451 later", "550 no such user"
        self._controller = Controller(self, hostname="127.0.0.1", port=free_port())

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self._controller.port}"

    def __enter__(self) -> MailServer:
        self._controller.start()
        return self

    def __exit__(self, *_exc: object) -> None:
        self._controller.stop()

    async def handle_RCPT(  # noqa: N802 (named by aiosmtpd)
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if self.says:
            return self.says
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        found = message_from_bytes(envelope.content, _class=EmailMessage, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.mails.append(found)
        return "250 OK"


def text_of(mail: EmailMessage) -> str:
    """What a person reads of it."""
    return str(mail.get_content()).replace("\r\n", "\n")
