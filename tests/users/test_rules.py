"""Devices, names, local paths, SIREN, passwords."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from webapp.users import rules

ANDROID = "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36"
IPHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 Version/18.1 Safari/604.1"
)
EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/131.0 Safari/537.36 Edg/131.0"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (ANDROID, ("Chrome", "Android")),
        (IPHONE, ("Safari", "iPhone")),
        (EDGE, ("Edge", "Windows")),
        ("curl/8.5", (None, None)),
        (None, (None, None)),
    ],
)
def test_a_user_agent_is_said_as_browser_and_system(text: str | None, said: tuple[object, object]) -> None:
    assert rules.device(text) == said


def test_names_are_found_without_accents_by_the_start_of_any_word_or_by_handle() -> None:
    assert rules.fold("Chloé VIDAL") == "chloe vidal"
    assert all(rules.matches(typed, "Chloé Vidal", "chloe") for typed in ("", "chl", "VID", "@chloe"))
    assert not rules.matches("idal", "Chloé Vidal", "chloe")


def test_a_handle_is_what_stands_before_the_at_in_plain_letters() -> None:
    assert rules.handle_base("Élise.De La Rue@x.fr") == "elise.de-la-rue"
    assert rules.handle_base("+++@x.fr") == "personne"
    assert len(rules.handle_base("a" * 90 + "@x.fr")) == 50


@pytest.mark.parametrize("path", ["/", "/clients/1?tab=x#y", "/settings/people?q=é"])
def test_a_sign_in_leads_to_pages_of_this_site(path: str) -> None:
    assert rules.local_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        None,
        "",
        "clients",
        "//evil.example/x",
        "/\\evil.example",
        "https://evil.example",
        "javascript:alert(1)",
        "/a\nSet-Cookie: x",
        "/sign-in?next=/",
        "/sign-out",
        "/setup",
        "/\x7f",
        "///[",
    ],
)
def test_a_sign_in_never_leads_elsewhere_nor_back_to_itself(path: str | None) -> None:
    assert rules.local_path(path) is None


def test_a_siren_has_nine_digits_and_a_key() -> None:
    assert rules.find_siren("732 829 320") == "732829320"
    assert rules.find_siren("732829321") is None
    assert rules.find_siren("12") is None


def test_a_password_has_ten_to_two_hundred_characters() -> None:
    assert rules.password_fault("neuf car.") == "short"
    assert rules.password_fault("x" * 201) == "long"
    assert rules.password_fault("dix caract") is None


def test_showing_who_one_is_counts_for_ten_minutes() -> None:
    instant = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
    assert rules.is_recent(instant, instant + timedelta(minutes=9, seconds=59))
    assert not rules.is_recent(instant, instant + timedelta(minutes=10))
    assert not rules.is_recent(None, instant)


def test_no_sign_in_leads_back_to_a_door() -> None:
    for door in ("/sign-in", "/sign-in/second", "/sign-in/again?next=/", "/sign-out", "/setup?token=x"):
        assert rules.local_path(door) is None, door
    assert rules.local_path("/sign-ins") == "/sign-ins"


@pytest.mark.parametrize(
    ("host", "name", "address"),
    [
        ("encours.example", "encours.example", False),
        ("Encours.Example:8443", "encours.example", False),
        ("localhost:5000", "localhost", False),
        ("127.0.0.1:5000", "127.0.0.1", True),
        ("[::1]:5000", "::1", True),
        ("[::1]", "::1", True),
    ],
)
def test_a_host_is_read_without_its_port_and_known_for_a_name_or_an_address(
    host: str, name: str, address: bool
) -> None:
    assert rules.host_name(host) == name
    assert rules.is_address(name) is address


def test_codes_are_read_however_they_were_typed() -> None:
    assert rules.app_code(" 123 456 ") == "123456"
    for typed in ("5cb6-1e2f-faef", "5CB61E2FFAEF", " 5cb6 1e2f faef "):
        assert rules.recovery_code(typed) == "5cb6-1e2f-faef"
    for none in ("", "123456", "5cb6-1e2f-fae", "5cb6-1e2f-faeg", "5cb6-1e2f-faef-0"):
        assert rules.recovery_code(none) is None
