"""Mails that leave the house, one at a time, to the server that `SMTP_URL` names.

Plain text only. Ten seconds for all of it; what a server refuses for good is told apart from what is
worth another try.
"""

from __future__ import annotations

import smtplib
import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import SplitResult, unquote, urlsplit

from webapp.config import Settings

SECONDS = 10.0
PORTS = {"smtp": 25, "smtps": 465}


class Undeliverable(Exception):
    """The server will never take this mail: trying again is of no use."""


class Postponed(Exception):
    """Nobody took it this time."""


@dataclass(frozen=True)
class Mail:
    """One mail to one person. `key` makes its Message-ID, so that a second copy is known as one."""

    key: str
    to_name: str
    to_email: str
    from_name: str
    subject: str
    text: str


def compose(settings: Settings, mail: Mail) -> EmailMessage:
    """The mail as it travels. Raises Undeliverable for an address that is none."""
    message = EmailMessage()
    try:
        message["From"] = Address(_line(mail.from_name), addr_spec=settings.mail_from)
        message["To"] = Address(_line(mail.to_name), addr_spec=mail.to_email)
    except (ValueError, IndexError) as error:
        raise Undeliverable(f"no address: {type(error).__name__}") from error
    message["Subject"] = _line(mail.subject)
    message["Message-ID"] = f"<{mail.key}@{settings.mail_from.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    return message


def send(settings: Settings, mail: Mail) -> None:
    """Hand a mail over. Raises Undeliverable, Postponed."""
    message = compose(settings, mail)
    parts = urlsplit(settings.smtp_url)
    try:
        with _server(parts) as server:
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message)
    except smtplib.SMTPResponseException as error:
        refused = Undeliverable if error.smtp_code >= 500 else Postponed
        raise refused(f"{error.smtp_code}") from error
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _said in error.recipients.values()]
        raise (Undeliverable if min(codes) >= 500 else Postponed)(f"{codes[0]}") from error
    except (smtplib.SMTPException, OSError, UnicodeError) as error:
        raise Postponed(type(error).__name__) from error


def _server(parts: SplitResult) -> smtplib.SMTP:
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    context = ssl.create_default_context()
    if parts.scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=SECONDS, context=context)
    server = smtplib.SMTP(host, port, timeout=SECONDS)
    server.ehlo()
    if server.has_extn("starttls"):
        server.starttls(context=context)
    return server


def _line(text: str) -> str:
    """Names and subjects are one line: what follows a line break would be a header."""
    return " ".join(text.split())
