"""Pure decisions about people: devices in words, folded names, local paths, SIREN, passwords, codes."""

from __future__ import annotations

import ipaddress
import re
import unicodedata
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from stdnum.exceptions import ValidationError
from stdnum.fr import siren as siren_number

PASSWORD_MIN = 10
PASSWORD_MAX = 200
# How long showing who one is counts for bank data, large approvals and one's own sign-in.
FRESH = timedelta(minutes=10)
# What leads in and out is never where a sign-in leads to.
DOORS = ("/sign-in", "/sign-out", "/setup")

# Order matters: Edge and Opera also say "Chrome", Chrome also says "Safari".
BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Macintosh", "Mac"),
    ("CrOS", "ChromeOS"),
    ("Linux", "Linux"),
)
PHONES = frozenset({"iPhone", "iPad", "Android"})


def device(user_agent: str | None) -> tuple[str | None, str | None]:
    """The browser and the system a User-Agent names, each None when it names none."""
    text = user_agent or ""
    browser = next((name for mark, name in BROWSERS if mark in text), None)
    system = next((name for mark, name in SYSTEMS if mark in text), None)
    return browser, system


def fold(text: str) -> str:
    """Lower case without accents: how names are compared when someone searches."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in plain if not unicodedata.combining(letter))


def handle_base(email: str) -> str:
    """The @handle an address asks for: the part before the @, folded to plain letters."""
    local = unicodedata.normalize("NFKD", email.split("@")[0]).encode("ascii", "ignore").decode()
    return (re.sub(r"[^a-z0-9._-]+", "-", local.lower()).strip("-.") or "personne")[:50]


def matches(query: str, name: str, handle: str) -> bool:
    """Does a person answer to what was typed: the start of a word of the name, or of the handle?"""
    wanted = fold(query).strip().lstrip("@")
    if not wanted:
        return True
    folded = fold(name)
    return folded.startswith(wanted) or f" {wanted}" in folded or fold(handle).startswith(wanted)


def local_path(text: str | None) -> str | None:
    """`text` when it is a path of this site, else None: a sign-in never leads elsewhere."""
    if not text or not text.startswith("/") or text.startswith("//") or "\\" in text:
        return None
    if any(ord(letter) < 32 or ord(letter) == 127 for letter in text):
        return None
    path = urlsplit(text).path
    return None if any(path == door or path.startswith(f"{door}/") for door in DOORS) else text


def find_siren(text: str) -> str | None:
    """The nine digits of a valid SIREN, spaces aside, or None."""
    try:
        return str(siren_number.validate(text))
    except ValidationError:
        return None


def password_fault(password: str) -> str | None:
    """`short` or `long` when a password can't be chosen, None when it can."""
    if len(password) < PASSWORD_MIN:
        return "short"
    return "long" if len(password) > PASSWORD_MAX else None


def is_recent(proved_at: datetime | None, now: datetime) -> bool:
    """Did the person show who they are within the last ten minutes?"""
    return proved_at is not None and now - proved_at < FRESH


def host_name(host: str) -> str:
    """The name in a `Host` header, without port or brackets."""
    name, _colon, port = host.rpartition(":")
    return (name if name and port.isdigit() else host).strip("[]").lower()


def is_address(name: str) -> bool:
    """Is it an IP address? Passkeys belong to a name and can't be made for one."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def app_code(text: str) -> str:
    """The code of an authenticator app as typed, without the blanks apps show in it."""
    return "".join(text.split())


def recovery_code(text: str) -> str | None:
    """A recovery code as it was given (`5cb6-1e2f-faef`), however it was typed; None if it is none."""
    plain = re.sub(r"[\s-]", "", text).lower()
    if not re.fullmatch(r"[0-9a-f]{12}", plain):
        return None
    return "-".join(plain[start : start + 4] for start in (0, 4, 8))
