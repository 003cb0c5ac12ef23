"""French in the sources, English in the catalogue: nothing missing, nothing left in the other language."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest
import time_machine
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask, render_template_string
from flask_babel import force_locale

from tests.factories.words import Words
from webapp.core.pages import capital, long_day

ROOT = Path(__file__).resolve().parent.parent
APP = ROOT / "webapp"
ENGLISH = APP / "translations" / "en" / "LC_MESSAGES" / "messages.po"
STRINGS = sorted((APP / "static" / "src").rglob("strings.ts"))
SCRIPTS = sorted(path for path in (APP / "static" / "src").rglob("*.ts") if path.name != "strings.ts")
ACCENTS = re.compile("[àâçéèêëîïôöùûüœ’«»]", re.IGNORECASE)
# Names, the same in every language; the choice of a language is written in that language.
NAMES = {"Encours", "Français", "English"}


def compile_catalogue() -> None:
    """Make the compiled catalogue when it is missing or older than the sentences."""
    compiled = ENGLISH.with_suffix(".mo")
    if compiled.exists() and compiled.stat().st_mtime >= ENGLISH.stat().st_mtime:
        return
    fresh = compiled.with_suffix(".new")
    with ENGLISH.open("rb") as source, fresh.open("wb") as target:
        write_mo(target, read_po(source, locale="en"))
    fresh.replace(compiled)


compile_catalogue()  # on import: an application reads a language once, in whichever test comes first


def extracted() -> tuple[Catalog, set[str]]:
    """The sentences of the sources, and the files that hold some, as `script/translations` finds them."""
    with (ROOT / "babel.cfg").open() as file:
        method_map, options = parse_mapping_cfg(file)
    more = re.findall(r"-k (\S+)", (ROOT / "script" / "translations").read_text())
    found, files = Catalog(), set()
    for name, _line, message, _comments, context in extract_from_dir(
        APP, method_map, options, {**DEFAULT_KEYWORDS, **parse_keywords(more)}
    ):
        found.add(message, context=context)
        files.add(name)
    return found, files


@pytest.fixture(scope="module")
def extraction() -> tuple[Catalog, set[str]]:
    return extracted()


@pytest.fixture(scope="module")
def sources(extraction: tuple[Catalog, set[str]]) -> Catalog:
    return extraction[0]


@pytest.fixture(scope="module")
def english() -> Catalog:
    with ENGLISH.open("rb") as file:
        return read_po(file, locale="en")


def sentences(words: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    """A message has one form, or one a number."""
    return (words,) if isinstance(words, str) else tuple(words)


def keys(catalogue: Catalog) -> set[tuple[str | None, tuple[str, ...]]]:
    return {(message.context, sentences(message.id)) for message in catalogue if message.id}


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def test_the_catalogue_holds_every_sentence_of_the_sources_and_no_other(
    sources: Catalog, english: Catalog
) -> None:
    assert keys(sources) - keys(english) == set(), "run script/translations, then translate these"
    assert keys(english) - keys(sources) == set(), "run script/translations: nothing says these any more"
    assert len(keys(english)) > 500


def test_every_sentence_has_its_english(english: Catalog) -> None:
    assert not english.obsolete
    for message in messages(english):
        forms = sentences(message.string)
        assert not message.fuzzy, message.id
        assert len(forms) == (english.num_plurals if message.pluralizable else 1), message.id
        assert all(form.strip() for form in forms), message.id


def test_english_has_the_figures_of_the_french(english: Catalog) -> None:
    for message in messages(english):
        assert not list(message.check(english)), message.id
        wanted = {tuple(sorted(re.findall(r"%(?:\(\w+\))?[a-z%]", each))) for each in sentences(message.id)}
        for form in sentences(message.string):
            assert tuple(sorted(re.findall(r"%(?:\(\w+\))?[a-z%]", form))) in wanted, message.id


def test_both_languages_keep_their_typography(english: Catalog) -> None:
    for message in messages(english):
        for text in sentences(message.id):
            assert "..." not in text and "!" not in text and '"' not in text, text
            assert not re.search(r"\w'\w", text), f"{text}: the apostrophe is ’"
            assert not re.search(r"\w[:;?]|« ?$|[^ \u00a0]»", text), f"{text}: a space goes before"
        for text in sentences(message.string):
            assert not re.search(r"\.\.\.|[!'\"«»]|\s[:;?%](?!\()", text), text
            edges = [(each[:1].isspace(), each[-1:].isspace()) for each in (sentences(message.id)[0], text)]
            assert edges[0] == edges[1], f"{text}: spaces at its ends differ"


def test_no_english_is_left_in_french(english: Catalog) -> None:
    for message in messages(english):
        for form in sentences(message.string):
            assert not re.search("[àâçéèêëîïôöùûüœ]", form, re.IGNORECASE), form


def test_extraction_reads_every_file_that_speaks(extraction: tuple[Catalog, set[str]]) -> None:
    _found, files = extraction
    said = re.compile(r"\b(?:_|_l|n?p?gettext|lazy_gettext)\(\s*[\"']")
    speaking = {
        str(path.relative_to(APP))
        for path in [*APP.rglob("*.py"), *(APP / "templates").rglob("*.*")]
        if said.search(path.read_text())
    }
    assert speaking - files == set()


def test_every_translating_function_is_one_extraction_knows() -> None:
    more = re.findall(r"-k (\S+)", (ROOT / "script" / "translations").read_text())
    known = {*DEFAULT_KEYWORDS, *(each.partition(":")[0] for each in more)}
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.module == "flask_babel":
                for name in node.names:
                    if "gettext" in name.name:
                        assert (name.asname or name.name) in known, f"{path}: {name.asname}"


# Of a template: comments, blocks that hold a class, the rest of Jinja, attributes of a tag Jinja has cut.
MARKS = (r"\{#.*?#\}", r"\{% block (?:view|app_class) %\}.*?\{% endblock %\}", r"\{%.*?%\}|\{\{.*?\}\}")
ATTRIBUTES = r'[\w-]+="[^"]*"|\brequired\b'


def test_no_template_says_a_word_outside_the_catalogue() -> None:
    for path in (APP / "templates").rglob("*.html"):
        bare = path.read_text()
        for mark in MARKS:
            bare = re.sub(mark, " ", bare, flags=re.DOTALL)
        said = re.sub(ATTRIBUTES, "", " ".join(Words(bare).said))
        words = set(re.findall(r"[^\W\d_]{2,}", said))
        assert words <= NAMES, f"{path}: {words - NAMES}"


def test_no_script_says_a_word_outside_its_strings() -> None:
    for path in SCRIPTS:
        code = re.sub(r"/\*.*?\*/|(?<!:)//[^\n]*", "", path.read_text(), flags=re.DOTALL)
        for literal in re.findall(r'"[^"\n]*"|`[^`]*`', code):
            assert not ACCENTS.search(literal), f"{path}: {literal}"


def entries(text: str) -> dict[str, str]:
    return dict(re.findall(r'(\w+):\s*"((?:[^"\\]|\\.)*)"', text))


@pytest.mark.parametrize("path", STRINGS, ids=lambda path: path.parent.name)
def test_scripts_say_the_same_things_in_both_languages(path: Path) -> None:
    text = path.read_text()
    assert text.count("fr: {") == text.count("en: {") == 1
    french, english = (entries(part) for part in text.split("fr: {")[1].split("en: {"))
    assert french and french.keys() == english.keys()
    for key, sentence in french.items():
        assert set(re.findall(r"\{\w+\}", sentence)) == set(re.findall(r"\{\w+\}", english[key])), key
        assert not re.search(r"\w'\w|\.\.\.|!", sentence), sentence
        assert not re.search(r"\.\.\.|[!'«»]|\s[:;?%]|[àâçéèêëîïôùûœ]", english[key]), english[key]


@pytest.mark.parametrize(
    ("locale", "said"),
    [("fr", ["0 jour", "1 jour", "2 jours"]), ("en", ["0 days", "1 day", "2 days"])],
)
def test_templates_count_none_as_each_language_does(app: Flask, locale: str, said: list[str]) -> None:
    page = "{% for n in (0, 1, 2) %}{{ ngettext('%(num)s jour', '%(num)s jours', n) }};{% endfor %}"
    with app.test_request_context(), force_locale(locale):
        assert render_template_string(page).split(";")[:3] == said


@pytest.mark.parametrize(
    ("locale", "near", "far"),
    [("fr", "Lundi 30 novembre", "4 janvier 2027"), ("en", "Monday 30 November", "4 January 2027")],
)
def test_long_days_are_written_as_each_language_does(app: Flask, locale: str, near: str, far: str) -> None:
    with time_machine.travel("2026-11-22 09:00"), app.test_request_context(), force_locale(locale):
        assert capital(long_day(date(2026, 11, 30))) == near
        assert long_day(date(2027, 1, 4)) == far


def test_a_constant_of_a_template_is_written_for_each_reader(app: Flask) -> None:
    template = app.jinja_env.from_string("{{ 100|percent }} {{ 123400|cents }}")
    read = []
    for locale in ("fr", "en"):
        with app.test_request_context(), force_locale(locale):
            read.append(template.render())
    assert read == ["100\u00a0% 1\u202f234\u00a0€", "100% €1,234"]
