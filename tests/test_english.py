"""A visit in English, page by page: nothing of the product is said in French, whoever says it."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from sqlalchemy import update

from tests.factories.books import make_client, make_invoice
from tests.factories.imports import bring, write
from tests.factories.limits import alerts_of, make_limit
from tests.factories.people import Cast
from tests.factories.pictures import png
from tests.factories.promises import credit_request, promise, task
from tests.factories.talk import say
from tests.factories.visits import brought, visit
from tests.factories.words import Words
from tests.test_languages import compile_catalogue
from webapp.clients.models import Client, CustomValue
from webapp.clients.services import bank, custom, documents, merging, parts, upsert_client
from webapp.core.clock import now, today
from webapp.core.db import unit_of_work
from webapp.core.money import Money
from webapp.extensions import db
from webapp.notifications.texts import push_words
from webapp.payments.services import record_payment
from webapp.threads.models import Message
from webapp.users.actor import Actor
from webapp.users.models import User
from webapp.users.queries import find_user_actor
from webapp.visits.models import Visit
from webapp.visits.services import Said, Signed, set_stamp

Browse = Callable[[Actor], FlaskClient]
compile_catalogue()

# Words no English sentence of the product has. What people wrote is taken out first.
FRENCH = re.compile(
    r"\b(?:plafonds?|aucune?|fiches?|réglages|factures?|échue?s?|encours|dépassements?|alertes?|fils?|retard"
    r"|agences?|règlements?|avoirs?|chercher|enregistrer|annuler|retour|voir|jours?|hier|lundi|mardi|mercredi"
    r"|jeudi|vendredi|samedi|dimanche|janvier|février|mars|avril|juin|juillet|août|septembre|octobre"
    r"|novembre|décembre|le|la|les|un|une|des|du|et|est|dans|pour|avec|par|sur|pas|vous|votre|vos|rien|sans)\b",
    re.IGNORECASE,
)
ACCENTED = re.compile("[àâçéèêëîïôöùûüœ«]", re.IGNORECASE)
FRENCH_FIGURES = re.compile(r"\d[\s\u202f\u00a0]*€|\d[\s\u202f\u00a0]%|\d\u202f\d")
NAMES = ("encours.test", "Encours", "Français", "Siège", "Ma société", "fichier.csv", "Chloé")
# Answers that are not pages for people.
PROGRAMS = {"static", "pwa.favicon", "pwa.alive", "pwa.ready", "pwa.service_worker", "pwa.metrics"}
FILE = """invoice number;customer number;customer name;invoice date;due date;amount
F-ENG-1;C-ENG;Stone Works;2026-11-02;2026-12-02;1250.50
"""
WRONG = FILE + "F-ENG-2;C-ENG;Stone Works;;2026-12-02;twelve\n"


@pytest.fixture
def ids(cast: Cast) -> dict[str, str]:
    """English readers; a client over its limit and late, talked about, partly paid; files brought in."""
    with unit_of_work() as session:
        session.execute(update(User).values(locale="en"))
    client = make_client(cast, legal_name="Northern Joinery", ref="C-NORTH", city="York", payment_days=45)
    make_limit(cast, client, 50_000, by=cast.alice, max_days_late=3)
    invoice = make_invoice(cast, client, 120_000, due_in=-10, ref="F-NORTH")
    make_invoice(cast, client, 8_000, due_in=20, ref="F-AHEAD")
    make_client(cast, legal_name="Quiet Mill", insolvency="safeguard")
    say(cast.bob, invoice.id, f"@{cast.alice.handle} two lines are in doubt")
    with unit_of_work():
        record_payment(
            cast.sonia,
            source="test",
            source_ref="P-NORTH",
            client_id=client.id,
            received_on=today(),
            amount=20_000,
            allocations=[(invoice.id, 15_000)],
        )
    sonia = reader(cast.sonia)
    write(sonia, bring(sonia, FILE))
    found = {
        "client_id": str(client.id),
        "invoice_id": str(invoice.id),
        "alert_id": str(alerts_of(client)[0].id),
        "user_id": str(cast.bob.user_id),
        "branch_id": str(cast.lyon.id),
        "import_id": str(bring(sonia, WRONG).id),
        "thread_id": str(invoice.id),
        "promise_id": str(promise(cast.bob, invoice.id, 5_000, said_by="Anne Ford").id),
        "task_id": str(task(cast.bob, invoice.id, cast.alice, text="Call Anne").id),
        "request_id": str(credit_request(cast.bob, invoice.id, 2_000, reason="Two broken").id),
        **sheet(cast, client),
        "visit_id": str(visited(cast, client).id),
        "fact_code": "stock_high",
    }
    written_in_english()
    return found


def written_in_english() -> None:
    """What the product writes into threads is in the company's language, like what people write there."""
    with unit_of_work() as session:
        texts = {"body": "Something happened", "html": "<p>Something happened</p>"}
        session.execute(update(Message).where(Message.kind != "text").values(**texts))


def visited(cast: Cast, client: Client) -> Visit:
    """A visit with everything a report may hold, an older one whose fact fades, and one attached."""
    long_ago = now() - timedelta(days=100)
    visit(cast.bob, client.id, "works_stopped", "good_news", visited_at=long_ago, note="Roof under repair")
    with unit_of_work():
        set_stamp(cast.ada, True)
    amount, day = Money(5_000), today() + timedelta(days=3)
    return visit(
        cast.bob,
        client.id,
        "cash_tension",
        met="Anne Ford",
        note="Waits for two payments",
        promise=Said(amount, day, "Anne Ford"),
        file_ids=(brought(cast.bob, name="yard.jpg"),),
        signed=Signed(Money(120_000), "Anne Ford", "Director", brought(cast.bob, png(), "signature.png")),
        here=True,
    )


def sheet(cast: Cast, client: Client) -> dict[str, str]:
    """Something of everything on the client's sheet; the ids of a contact and of a field."""
    with unit_of_work():
        contact = {"name": "Anne Ford", "role": "payer", "job": "Clerk", "phone": "0478", "preferred": True}
        kept = parts.add_part(cast.alice, client.id, "contacts", contact)
        parts.add_part(cast.alice, client.id, "addresses", {"kind": "delivery", "city": "York"})
        parts.add_part(cast.alice, client.id, "references", {"company": "Stone Works", "said": "Pays well"})
        signer = {"name": "Anne Ford", "capacity": "Director", "until": today() - timedelta(days=1)}
        parts.add_part(cast.alice, client.id, "signatories", {**signer, "ceiling": 500_000})
        documents.add_document(cast.alice, client.id, {"kind": "stamp", "ends_on": date(2020, 1, 1)})
        bank.add_account(cast.alice, client.id, {"iban": "DE89370400440532013000"})
        field = custom.define_field(cast.ada, label="Headcount", kind="number", valid_days=30)
        custom.answer_field(cast.bob, client.id, field.id, "12")
        db.session.execute(update(CustomValue).values(confirmed_at=now() - timedelta(days=60)))
        custom.define_field(cast.ada, label="Insured", kind="yes_no")
        ids = {"part_id": str(kept.id), "field_id": str(field.id)}
        make_twin(cast, client)
    return ids


def make_twin(cast: Cast, client: Client) -> None:
    """A duplicate that was merged, and one that still looks like one."""
    for ref in ("C-TWIN", "C-LIKE"):
        values = {"legal_name": "Northern Joinery", "city": "York", "sales_rep": "bob@encours.test"}
        upsert_client(cast.system, ref, values)
    merging.merge_clients(cast.alice, client.id, "C-TWIN")


def reader(actor: Actor) -> Actor:
    """The actor as the database has them now."""
    found = find_user_actor(actor.user_id, via="page")
    assert found is not None
    return found


def french_in(markup: str, names: tuple[str, ...] = NAMES) -> list[str]:
    """What of the page reads as French."""
    found = []
    for text in Words(markup).said:
        for name in names:
            text = text.replace(name, "·")
        if FRENCH.search(text) or ACCENTED.search(text) or FRENCH_FIGURES.search(text):
            found.append(text)
    return found


# Rules that stand for several pages, and the words they are asked with.
CHOICES: dict[str, tuple[dict[str, str], ...]] = {
    "['panel']": tuple({"panel": name} for name in ("invoices", "contacts", "identity", "documents")),
    "['part']": tuple({"part": name} for name in ("contacts", "addresses", "references", "signatories")),
}


def pages(app: Flask, ids: dict[str, str]) -> list[str]:
    """Every address that answers a page; a new kind of id has to be given an example above."""
    found = []
    for rule in app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and rule.endpoint not in PROGRAMS and rule.rule[:5] != "/api/":
            for chosen in CHOICES.get(str(sorted(rule.arguments & {"panel", "part"})), ({},)):
                built = rule.build({name: ids.get(name, "unknown") for name in rule.arguments} | chosen)
                assert built is not None, f"{rule}: its ids have no example"
                found.append(built[1])
    return sorted(found)


@pytest.mark.parametrize("name", ["alice", "ada", "bob", "sonia"])
def test_no_page_speaks_french_to_an_english_reader(
    app: Flask, cast: Cast, ids: dict[str, str], browser_of: Browse, name: str
) -> None:
    browser = browser_of(getattr(cast, name))
    seen = 0
    for path in pages(app, ids):
        answer = browser.get(path)
        if answer.mimetype == "text/html" and not answer.location:
            assert answer.text.startswith("<turbo-frame") or '<html lang="en"' in answer.text, path
            assert french_in(answer.text) == [], path
            seen += answer.status_code == 200
    assert seen > 15


def test_main_pages_answer_in_english_words(cast: Cast, ids: dict[str, str], browser_of: Browse) -> None:
    browser = browser_of(cast.alice)
    for path, words in {
        "/": ("Hello Alice", "Outstanding", "To do now", "Northern Joinery at"),
        "/clients": ("Clients", "Limit breach", "Most urgent first"),
        f"/clients/{ids['client_id']}": ("% used", "Available", "How it pays", "€500"),
        "/alerts": ("Alerts", "Acknowledge", "over"),
        "/threads": ("Threads",),
        f"/invoices/{ids['invoice_id']}": ("Send to team", "Left to pay", "out of €1,200.00"),
        "/settings/profile": ("Profile", "Language", "Save"),
        "/imports": ("Check file", "Already imported"),
    }.items():
        text = " ".join(Words(browser.get(path).text).said)
        assert [word for word in words if word not in text] == [], path


@pytest.mark.parametrize("path", ["/sign-in", "/offline", "/outbox", "/setup", "/password/unknown"])
def test_who_is_not_signed_in_is_answered_in_the_language_of_the_browser(
    app: Flask, cast: Cast, path: str
) -> None:
    english = app.test_client().get(path, headers={"Accept-Language": "en-GB,en;q=0.9,fr;q=0.5"})
    assert '<html lang="en"' in english.text
    assert french_in(english.text) == []
    french = app.test_client().get(path, headers={"Accept-Language": "de,it"})
    assert '<html lang="fr"' in french.text
    assert french_in(french.text)


def test_a_refused_form_says_why_in_english(cast: Cast, ids: dict[str, str], browser_of: Browse) -> None:
    browser = browser_of(cast.alice)
    token = browser.get("/api/v1/session").get_json()["csrf_token"]
    for path, form in {
        f"/clients/{ids['client_id']}/limit": {"amount": "much", "max_days_late": "x", "ends_on": "x"},
        "/clients/new": {"ref": "C-NORTH", "siren": "12", "payment_days": "900", "email": "x"},
        "/settings/profile": {"name": "", "phone": "x", "locale": "en", "theme": "pink"},
        "/settings/password": {"current": "wrong", "password": "a", "again": "b"},
        "/imports": {"kind": "invoices"},
    }.items():
        answer = browser.post(path, data={**form, "csrf_token": token})
        assert answer.status_code in (400, 413, 422), path
        assert french_in(answer.text) == [], path


def test_a_refusal_to_a_program_is_in_the_language_of_its_owner(
    app: Flask, cast: Cast, api_of: Callable[[Actor], dict[str, str]]
) -> None:
    asked = f"/api/v1/clients/{cast.bob.user_id}"
    headers = api_of(cast.bob)
    french = app.test_client().get(asked, headers=headers).get_json()
    with unit_of_work() as session:
        session.get_one(User, cast.bob.user_id).locale = "en"
    english = app.test_client().get(asked, headers=headers).get_json()
    assert french["detail"].endswith("n’est pas dans votre portefeuille.")
    assert english["detail"] == "Not found. It does not exist, or is not in your portfolio."


@pytest.mark.parametrize(
    ("locale", "message"),
    [
        ("fr", "Montant TTC : montant illisible (twelve)"),
        ("en", "Amount incl. VAT: unreadable amount (twelve)"),
    ],
)
def test_an_import_is_judged_in_the_language_of_who_brought_it(cast: Cast, locale: str, message: str) -> None:
    with unit_of_work() as session:
        session.get_one(User, cast.sonia.user_id).locale = locale
    with force_locale("fr" if locale == "en" else "en"):  # the worker's own language has no say
        row = bring(reader(cast.sonia), WRONG)
    assert message in [each["message"] for each in row.errors]


@pytest.mark.parametrize(
    "kind",
    [
        "limit_breach",
        "delay_breach",
        "limit_warning",
        "alert_assigned",
        "mention",
        "promise_broken",
        "task_given",
        "task_due",
        "credit_asked",
        "credit_answered",
        "message",
        "test",
        "other",
    ],
)
def test_a_push_has_its_words_in_both_languages(app: Flask, kind: str) -> None:
    with app.app_context():
        with force_locale("fr"):
            french = push_words(kind)
        with force_locale("en"):
            english = push_words(kind)
    assert french_in(" ".join(french)) and not french_in(" ".join(english))
