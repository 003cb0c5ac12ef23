"""Settings are checked at start, and a bad one is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from webapp.config import BROWSER_PUSH_HOSTS, ConfigError, Settings


def read(tmp_path: Path, **environ: str) -> Settings:
    return Settings.from_environ({"INSTANCE_PATH": str(tmp_path), **environ})


def test_nothing_is_needed_at_a_desk(tmp_path: Path) -> None:
    settings = read(tmp_path)
    assert settings.database_url == f"sqlite:///{tmp_path / 'encours.db'}"
    assert (settings.environment, settings.port, settings.demo, settings.embed_worker) == (
        "desk",
        5000,
        True,
        True,
    )
    assert settings.push_allowed_hosts == BROWSER_PUSH_HOSTS
    assert read(tmp_path).secret_key == settings.secret_key
    assert (tmp_path / "secret_key").stat().st_mode & 0o077 == 0


def test_production_has_no_default_secret_and_no_demo(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="SECRET_KEY"):
        read(tmp_path, ENCOURS_ENV="production")
    settings = read(tmp_path, ENCOURS_ENV="production", SECRET_KEY="x" * 40)
    assert settings.production
    assert not settings.demo
    assert not settings.embed_worker


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("PORT", "eighty"),
        ("PORT", "70000"),
        ("ASYNC_MODE", "twisted"),
        ("ENCOURS_ENV", "prod"),
        ("ENCOURS_DEMO", "yes"),
        ("DATABASE_URL", "mysql://x"),
        ("SMTP_URL", "mail.example"),
        ("MAIL_FROM", "nobody"),
        ("PUBLIC_URL", "encours.example"),
    ],
)
def test_a_bad_value_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(ConfigError, match=name):
        read(tmp_path, **{name: value})


def test_lists_and_addresses_are_read(tmp_path: Path) -> None:
    settings = read(
        tmp_path, PUSH_ALLOWED_HOSTS="127.0.0.1:9000, Push.Example", DATABASE_URL="postgres://db/encours"
    )
    assert settings.push_allowed_hosts == ("127.0.0.1:9000", "push.example")
    assert settings.database_url == "postgresql+psycopg2://db/encours"
    assert not settings.sqlite


def test_mails_come_from_who_signs_in_and_lead_to_where_people_find_the_product(tmp_path: Path) -> None:
    assert read(tmp_path, PORT="5103").public_url == "http://127.0.0.1:5103"
    smtp = "smtps://encours%40martel.test:secret@mail.martel.test"
    settings = read(tmp_path, SMTP_URL=smtp, PUBLIC_URL="https://encours.martel.test/")
    assert (settings.mail_from, settings.public_url) == ("encours@martel.test", "https://encours.martel.test")
    with pytest.raises(ConfigError, match="PUBLIC_URL"):
        read(tmp_path, ENCOURS_ENV="production", SECRET_KEY="x" * 40, SMTP_URL=smtp)
