"""The client's side: finance writes from a phone and confirms, the mail arrives, the client opens the link,
gives the code and answers; both see it live, and the internal word beside it is nowhere."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browsing import put_away
from tests.journeys.conftest import SIZES
from tests.mail_server import MailServer, text_of
from tests.serving import Server

pytestmark = [pytest.mark.browser, pytest.mark.server]
SECRET = "Entre nous : marge de 12 %"


@pytest.fixture(scope="module")
def post_office() -> Iterator[MailServer]:
    with MailServer() as server:
        yield server


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, post_office: MailServer) -> Iterator[Server]:
    """A served demo company whose mails go to the local server."""
    folder: Path = tmp_path_factory.mktemp("walled")
    mails = {"SMTP_URL": post_office.url, "MAIL_FROM": "encours@martel.test"}
    server = Server(folder, ENCOURS_ENV="desk", SECRET_KEY="wall", EMBED_WORKER="1", **mails)
    server.flask("demo", "load", "--clients", "20", "--invoices", "200", "--seed", "3")
    server.environ["ENCOURS_DEMO"] = "1"
    server.start()
    yield server
    server.stop()


@pytest.fixture
def open_phone(chromium: Browser, house: Server) -> Iterator[Callable[[], Page]]:
    contexts: list[BrowserContext] = []

    def opened() -> Page:
        width, height = SIZES["phone"]
        context = chromium.new_context(
            viewport={"width": width, "height": height}, locale="fr-FR", timezone_id="Europe/Paris",
            base_url=house.url, reduced_motion="reduce",
        )  # fmt: skip
        contexts.append(context)
        return context.new_page()

    yield opened
    for context in contexts:
        put_away(context)


def next_mail(post_office: MailServer, known: int) -> EmailMessage:
    """The mail after the first `known`, once it is there."""
    deadline = time.monotonic() + 60
    while len(post_office.mails) <= known:
        assert time.monotonic() < deadline, "no mail came"
        time.sleep(0.1)
    return post_office.mails[known]


def add_contact(page: Page) -> str:
    """Élise joins the client of an invoice; the invoice's address."""
    page.goto("/invoices")
    address = page.locator("a[href^='/invoices/0']").first.get_attribute("href")
    assert address
    invoice = page.evaluate("path => fetch(path).then(r => r.json())", f"/api/v1{address}")
    page.goto(f"/clients/{invoice['client_id']}/contacts/new")
    page.get_by_label("Nom", exact=False).first.fill("Aa Delorme")
    page.get_by_label("Adresse e-mail").fill("elise@delorme.test")
    page.get_by_label("À contacter de préférence").check()
    page.locator("main form.form button[type=submit]").click()
    page.wait_for_url(re.compile(r"/clients/[0-9a-f-]+(#.*)?$"))
    return address


def write_to_client(page: Page, text: str) -> None:
    """The composer on its sand ground, then the question."""
    page.locator(".comp .seg label", has_text="Client").click()
    expect(page.locator("#client-readers")).to_contain_text("lira ce message")
    page.locator("#message-body").fill(text)
    page.locator(".comp").get_by_role("button", name="Envoyer au client").click()
    sheet = page.locator("dialog#to-client")
    expect(sheet).to_contain_text(text)
    expect(page.locator("article.msg--ext", has_text=text)).to_have_count(0)
    sheet.get_by_role("button", name="Envoyer au client").click()
    expect(page.locator("article.msg--ext", has_text=text)).to_be_visible()


def test_finance_and_the_client_talk_and_the_team_stays_behind_the_wall(
    open_phone: Callable[[], Page], house: Server, post_office: MailServer
) -> None:
    ours = open_phone()
    ours.goto("/sign-in")
    ours.click("[data-demo='alice']")
    ours.wait_for_url(f"{house.url}/")
    address = add_contact(ours)
    ours.goto(address)
    expect(ours.locator(".comp input[value=internal]")).to_be_checked()
    ours.locator("#message-body").fill(SECRET)
    ours.get_by_role("button", name="Envoyer à l’équipe").click()
    expect(ours.locator("article.msg:not(.msg--ext)", has_text=SECRET)).to_be_visible()
    write_to_client(ours, "Pouvez-vous régler vendredi ?")

    mail = next_mail(post_office, 0)
    assert "Pouvez-vous régler vendredi ?" in text_of(mail)
    found = re.search(rf"{re.escape(house.url)}/g/\S+", text_of(mail))
    assert found
    theirs = open_phone()
    theirs.goto(found.group())
    expect(theirs.locator("main")).not_to_contain_text("vendredi")
    theirs.get_by_role("button", name="Recevoir le code").click()
    expect(theirs.get_by_label("Code")).to_be_visible()
    code = re.search(r": (\d{6})", text_of(next_mail(post_office, 1)))
    assert code
    theirs.get_by_label("Code").fill(code.group(1))
    theirs.get_by_role("button", name="Continuer").click()
    expect(theirs.locator("article", has_text="Pouvez-vous régler vendredi ?")).to_be_visible()
    expect(ours.locator("article.msg--ext .bub__mark")).to_contain_text("Lu")

    theirs.get_by_label("Votre réponse").fill("Oui, vendredi matin.")
    theirs.get_by_role("button", name="Envoyer").click()
    expect(theirs.locator("article", has_text="Oui, vendredi matin.")).to_be_visible()
    answer = ours.locator("article.msg--ext", has_text="Oui, vendredi matin.")
    expect(answer).to_be_visible()
    expect(answer.locator(".av--ext")).to_be_visible()
    write_to_client(ours, "Merci, c’est noté.")
    expect(theirs.locator("article", has_text="Merci, c’est noté.")).to_be_visible(timeout=20_000)
    assert SECRET not in theirs.content()
    assert all("marge" not in text_of(each) + each.as_string() for each in post_office.mails)
    ours.reload()
    expect(ours.locator(".comp input[value=internal]")).to_be_checked()
    kinds = ours.locator(".talk > article").evaluate_all(
        "all => all.map(each => each.className.includes('ext'))"
    )
    assert kinds[-4:] == [False, True, True, True]
