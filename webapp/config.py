"""Settings, read once from the environment: the only place that knows `os.environ`.

Every value is typed and checked here, so that a wrong one stops the start with a sentence
instead of surfacing later. `docs/operations.md` lists them for operators.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

ENVIRONMENTS = ("desk", "production", "test")
ASYNC_MODES = ("eventlet", "gevent", "threading")
BROWSER_PUSH_HOSTS = (
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "*.push.apple.com",
    "*.notify.windows.com",
)
ROOT = Path(__file__).resolve().parent.parent


class ConfigError(RuntimeError):
    """A setting is missing or unusable; the message names it and says what it takes."""


@dataclass(frozen=True)
class Settings:
    """What the process was told. Built by `from_environ`, never changed afterwards."""

    environment: str
    host: str
    port: int
    async_mode: str
    instance_path: Path
    database_url: str
    redis_url: str
    secret_key: str
    demo: bool
    embed_worker: bool
    push_allowed_hosts: tuple[str, ...]
    smtp_url: str
    storage_url: str
    mail_from: str = "encours@localhost"
    public_url: str = "http://127.0.0.1:5000"
    proxies: int = 0
    watchdog: bool = False
    live_path: str = "fast"  # or "stock": the sending half of a WebSocket as the library made it
    upload_limit: int = 600 * 1024 * 1024
    storage_quota: int = 20_000 * 1024 * 1024
    extra: Mapping[str, object] = field(default_factory=dict)

    @property
    def production(self) -> bool:
        return self.environment == "production"

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    @property
    def bucket(self) -> bool:
        """Whether stored files lie in a bucket, with the folder before it."""
        return self.storage_url.startswith("s3://")

    @property
    def storage_folder(self) -> Path:
        """Where stored files lie on this machine."""
        if self.bucket or not self.storage_url:
            return self.instance_path / "files"
        return Path(self.storage_url.removeprefix("file://"))

    @classmethod
    def from_environ(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Read and check every setting.

        Raises ConfigError when a value cannot be used, or a secret is missing in production.
        """
        env = os.environ if environ is None else environ
        environment = _choice(env, "ENCOURS_ENV", ENVIRONMENTS, "desk")
        instance = Path(env.get("INSTANCE_PATH") or ROOT / "instance").resolve()
        instance.mkdir(parents=True, exist_ok=True)
        return cls(
            environment=environment,
            host=env.get("HOST") or "127.0.0.1",
            port=_integer(env, "PORT", 5000, 0, 65535),
            async_mode=_choice(env, "ASYNC_MODE", ASYNC_MODES, "eventlet"),
            instance_path=instance,
            database_url=_database_url(env, instance),
            redis_url=env.get("REDIS_URL", ""),
            secret_key=_secret_key(env, environment, instance),
            demo=_flag(env, "ENCOURS_DEMO", environment == "desk"),
            embed_worker=_flag(env, "EMBED_WORKER", environment != "production"),
            push_allowed_hosts=_hosts(env.get("PUSH_ALLOWED_HOSTS", "")),
            smtp_url=_smtp_url(env),
            mail_from=_mail_from(env),
            public_url=_public_url(env, environment),
            storage_url=_storage_url(env),
            storage_quota=_integer(env, "STORAGE_QUOTA_MB", 20_000, 1, 100_000_000) * 1024 * 1024,
            proxies=_integer(env, "TRUSTED_PROXIES", 0, 0, 5),
            watchdog=_flag(env, "ENCOURS_WATCHDOG", False),
            live_path=_choice(env, "LIVE_PATH", ("fast", "stock"), "fast"),
        )


def _choice(env: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = env.get(name) or default
    if value not in allowed:
        raise ConfigError(f"{name}={value!r}: expected one of {', '.join(allowed)}")
    return value


def _integer(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name) or str(default)
    if not text.isdigit() or not low <= int(text) <= high:
        raise ConfigError(f"{name}={text!r}: expected a whole number from {low} to {high}")
    return int(text)


def _flag(env: Mapping[str, str], name: str, default: bool) -> bool:
    value = env.get(name, "")
    if value not in ("", "0", "1"):
        raise ConfigError(f"{name}={value!r}: expected 0 or 1")
    return default if value == "" else value == "1"


def _database_url(env: Mapping[str, str], instance: Path) -> str:
    url = env.get("DATABASE_URL") or f"sqlite:///{instance / 'encours.db'}"
    if url.startswith("postgres://"):
        url = "postgresql://" + url.removeprefix("postgres://")
    if not url.startswith(("sqlite:///", "postgresql://", "postgresql+psycopg2://")):
        raise ConfigError("DATABASE_URL: expected sqlite:///… or postgresql://…")
    # The driver that waits without stopping an event loop; SQLAlchemy would choose another.
    if url.startswith("postgresql://"):
        url = "postgresql+psycopg2://" + url.removeprefix("postgresql://")
    return url


def _secret_key(env: Mapping[str, str], environment: str, instance: Path) -> str:
    """The signing key; at a desk it is made once and kept in the instance folder."""
    given = env.get("SECRET_KEY", "")
    if given:
        return given
    if environment == "production":
        raise ConfigError("SECRET_KEY is required in production")
    kept = instance / "secret_key"
    if not kept.exists():
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48))
    return kept.read_text().strip()


def _smtp_url(env: Mapping[str, str]) -> str:
    url = env.get("SMTP_URL", "")
    if url and (urlsplit(url).scheme not in ("smtp", "smtps") or not urlsplit(url).hostname):
        raise ConfigError("SMTP_URL: expected smtp://[user:password@]host[:port] or smtps://…")
    return url


def _mail_from(env: Mapping[str, str]) -> str:
    """The address mails come from: said, or the one that signs in to the server."""
    user = unquote(urlsplit(env.get("SMTP_URL", "")).username or "")
    address = env.get("MAIL_FROM") or (user if "@" in user else "encours@localhost")
    if not re.fullmatch(r"[^\s<>@]+@[^\s<>@]+", address):
        raise ConfigError(f"MAIL_FROM={address!r}: expected an e-mail address")
    return address


def _public_url(env: Mapping[str, str], environment: str) -> str:
    """Where people outside find the product: links in mails start with it."""
    given = env.get("PUBLIC_URL", "").rstrip("/")
    if not given and environment == "production" and env.get("SMTP_URL"):
        raise ConfigError("PUBLIC_URL is required in production when SMTP_URL is set: mails hold links")
    if given and not re.fullmatch(r"https?://[^\s/?#]+", given):
        raise ConfigError("PUBLIC_URL: expected https://host")
    return given or f"http://{env.get('HOST') or '127.0.0.1'}:{env.get('PORT') or 5000}"


def _storage_url(env: Mapping[str, str]) -> str:
    """Where stored files lie: nothing for the instance folder, another folder, or a bucket that speaks S3."""
    url = env.get("STORAGE_URL", "")
    bucket = re.fullmatch(r"s3://[a-z0-9.-]{3,63}(/[^?#]*)?(\?[^#]*)?", url)
    if url and not bucket and not url.startswith(("/", "file:///")):
        raise ConfigError(
            "STORAGE_URL: expected s3://bucket[/prefix][?endpoint=https://…&region=…], /a/folder or nothing"
        )
    return url


def _hosts(text: str) -> tuple[str, ...]:
    hosts = tuple(part.strip().lower() for part in text.split(",") if part.strip())
    return hosts or BROWSER_PUSH_HOSTS
