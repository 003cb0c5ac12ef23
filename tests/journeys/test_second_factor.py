"""The second factor in a real browser: a passkey, an app's code, a recovery code; a role that must."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from passlib.totp import TOTP
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect

from tests.browsing import put_away
from tests.journeys.test_accessibility import EVERYTHING, SMALL, WIDER
from tests.serving import Server
from tests.users.conftest import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.server, pytest.mark.promise("R21")]

# What a phone or laptop with a fingerprint reader is to Chromium.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "ctap2Version": "ctap2_1",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """An empty company with Bob and Ada, who have passwords."""
    server = Server(tmp_path_factory.mktemp("factors"), SECRET_KEY="factors")
    for name, role in (("bob", "sales_rep"), ("ada", "admin")):
        person = ("--email", f"{name}@x.fr", "--name", f"{name.title()} Martin", "--role", role)
        server.flask(
            "users", "create", *person, "--branch", "Lyon", "--password-stdin", stdin=f"{PASSWORD}\n"
        )
    server.start()
    yield server
    server.stop()


@pytest.fixture
def phone(chromium: Browser, house: Server) -> Iterator[Callable[[], Page]]:
    """`phone()`: another phone with a fingerprint reader. Passkeys belong to a name, not to an IP."""
    contexts: list[BrowserContext] = []

    def open_one() -> Page:
        context = chromium.new_context(
            base_url=f"http://localhost:{house.port}",
            locale="fr-FR",
            viewport={"width": 390, "height": 844},
            reduced_motion="reduce",
        )
        contexts.append(context)
        page = context.new_page()
        devtools = context.new_cdp_session(page)
        devtools.send("WebAuthn.enable")
        devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})
        return page

    yield open_one
    for context in contexts:
        put_away(context)


def give_password(page: Page, who: str, then: str) -> None:
    page.goto("/sign-in?next=/settings/security")
    page.fill("#email", f"{who}@x.fr")
    page.fill("#password", PASSWORD)
    page.click("text='Se connecter'")
    page.wait_for_url(then)


def sign_out(page: Page) -> None:
    page.goto("/settings")
    page.click("text='Se déconnecter'")
    page.wait_for_url("**/sign-in")


def faults(page: Page) -> list[str]:
    """What keeps somebody from reading or acting on this page, in either theme."""
    found = [*page.evaluate(WIDER), *page.evaluate(SMALL)]
    page.evaluate(Axe().axe_script)
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen = page.evaluate("options => axe.run(options).then(found => found.violations)", EVERYTHING)
        found += [f"{scheme} {each['id']}: {each['nodes'][0]['html'][:160]}" for each in seen]
    return found


def read_codes(page: Page) -> list[str]:
    codes = page.input_value("textarea").split()
    assert len(codes) == 10
    assert faults(page) == []
    return codes


def add_app(page: Page) -> TOTP:
    """Sets the app up as a person who types the key in; what it shows from then on."""
    app = TOTP(key=page.input_value("#f-secret"), format="base32")
    page.fill("#f-code", app.generate().token)
    page.click("text='Confirmer'")
    return app


def next_code(app: TOTP) -> str:
    """The code of the next half-minute: phones run ahead, and the one of now was used up."""
    token: str = app.generate(app.normalize_time(None) + 30).token
    return token


def is_fault(line: ConsoleMessage) -> bool:
    """Signing out wipes the device, and Chromium may say that it closed its store."""
    return line.type == "error" and "Force close delete origin" not in line.text


def test_a_passkey_then_an_app_open_the_account_and_the_password_alone_no_longer_does(
    phone: Callable[[], Page],
) -> None:
    page = phone()
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if is_fault(line) else None)
    page.on("pageerror", lambda error: said.append(str(error)))

    give_password(page, "bob", "**/settings/security")
    page.fill("#f-name", "Téléphone de Bob")
    page.click("text='Ajouter une clé d’accès'")
    codes = read_codes(page)
    page.click("text='C’est noté'")
    expect(page.locator("body")).to_contain_text("Téléphone de Bob")
    expect(page.locator("body")).to_contain_text("jamais utilisée")
    sign_out(page)

    page.click("text='Utiliser une clé d’accès'")
    page.wait_for_url(re.compile(r":\d+/$"))
    page.goto("/settings/security")
    expect(page.locator("body")).not_to_contain_text("jamais utilisée")
    page.click("a[href='/settings/security/app']")
    app = add_app(page)
    expect(page.locator("body")).to_contain_text("10 codes restants")
    sign_out(page)

    give_password(page, "bob", "**/sign-in/second")
    page.goto("/clients")
    page.wait_for_url("**/sign-in?next=/clients")
    page.goto("/sign-in/second")
    assert faults(page) == []
    page.fill("#f-code", next_code(app))
    page.click("text='Continuer'")
    page.wait_for_url("**/settings/security")
    sign_out(page)

    give_password(page, "bob", "**/sign-in/second")
    page.click("text='Utiliser une clé d’accès'")
    page.wait_for_url("**/settings/security")
    sign_out(page)

    give_password(page, "bob", "**/sign-in/second")
    page.click("summary")
    page.fill("#f-recovery", codes[3])
    page.click("text='Continuer avec ce code'")
    page.wait_for_url("**/settings/security")
    expect(page.locator("body")).to_contain_text("9 codes restants")
    assert said == []


def test_an_administrator_makes_it_compulsory_and_is_the_first_to_be_led_there(
    phone: Callable[[], Page],
) -> None:
    desk = phone()
    give_password(desk, "ada", "**/settings/security")
    desk.goto("/settings/company")
    desk.check("input[value='admin']")
    desk.click("text='Enregistrer les rôles'")
    expect(desk.locator("h1")).to_have_text("Protéger votre compte")

    page = phone()
    give_password(page, "ada", "**/settings/security")
    expect(page.locator("nav.nav")).to_have_count(0)
    assert faults(page) == []
    page.goto("/clients")
    page.wait_for_url("**/settings/security")
    page.click("text='Ajouter une clé d’accès'")
    read_codes(page)
    page.click("text='Continuer'")
    page.wait_for_url("**/clients")
    expect(page.locator("nav.nav")).to_have_count(1)
    desk.goto("/clients")
    desk.wait_for_url("**/sign-in?next=/clients")
