"""A message's text as safe HTML: a small markdown, links, mentions. Made on the server only.

Raw HTML stays text, images do not exist, links go to http, https and mailto; what comes out is
sanitised once more, so that a fault in the parser is no fault of the page.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from html import escape
from uuid import UUID

import nh3
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from webapp.threads.rules import handle_at

_PLAIN = re.compile(r"(?:@|[^\W\d_])(?:[^\W_]|[ ,;:.!?'’\"()€/%«»°@\u00a0\u202f-])*")
_URL = re.compile(r"https?://[^\s<>\"'`|\\^{}]+")
_POINT = re.compile(r"https?://|@")
Named = Mapping[str, Mapping[str, str]]  # what may follow an @, and what marks it in the page
_TAIL = ".,;:!?)]…»"
_TAGS = {"p", "br", "em", "strong", "a", "ul", "ol", "li", "code", "pre", "blockquote", "span"}
_ATTRIBUTES: dict[str, set[str]] = {
    "a": {"href"},
    "ol": {"start"},
    "span": {"class", "data-user", "data-role"},
}


def render(body: str, people: Mapping[str, UUID], groups: Collection[str] = ()) -> str:
    """HTML of `body`; `people` are the handles that are mentions here, with their ids, `groups` the words
    that name everybody of a role."""
    text = body.strip()
    if _PLAIN.fullmatch(text) and "://" not in text and not ("@" in text and (people or groups)):
        return f"<p>{escape(text, quote=False)}</p>"
    html = _markdown.render(text, {"people": people, "groups": groups})
    return str(
        nh3.clean(
            html,
            tags=_TAGS,
            attributes=_ATTRIBUTES,
            url_schemes={"http", "https", "mailto"},
            set_tag_attribute_values={"a": {"target": "_blank"}},
        )
    ).strip()


def mentioned(html_people: Mapping[str, UUID], handles: Collection[str]) -> list[UUID]:
    """Ids of the people a text names, each once, in a stable order."""
    return list(dict.fromkeys(html_people[handle] for handle in sorted(handles) if handle in html_people))


def _link_text(state: StateCore) -> None:
    """Turn addresses and @handles in plain text into tokens of their own."""
    named: dict[str, dict[str, str]] = {
        **{word: {"data-role": word} for word in state.env.get("groups", ())},
        **{handle: {"data-user": str(found)} for handle, found in state.env.get("people", {}).items()},
    }
    for block in state.tokens:
        if block.type != "inline" or not block.children:
            continue
        depth = 0
        children: list[Token] = []
        for token in block.children:
            depth += {"link_open": 1, "link_close": -1}.get(token.type, 0)
            if token.type == "text" and depth == 0 and _POINT.search(token.content):
                children += _split(token.content, named)
            else:
                children.append(token)
        block.children = children


def _split(text: str, named: Named) -> Iterator[Token]:
    done = position = 0
    while found := _POINT.search(text, position):
        start = found.start()
        size, tokens = _tokens_at(text, start, named)
        position = start + max(size, 1)
        if tokens:
            yield _text(text[done:start])
            yield from tokens
            done = position
    yield _text(text[done:])


def _tokens_at(text: str, start: int, named: Named) -> tuple[int, list[Token]]:
    if text[start] == "@":
        handle = handle_at(text, start)
        if handle is None or handle.lower() not in named:
            return len(handle or "") + 1, []
        opening = Token("mention_open", "span", 1)
        opening.attrs = {"class": "mention", **named[handle.lower()]}
        return len(handle) + 1, [opening, _text(f"@{handle}"), Token("mention_close", "span", -1)]
    found = _URL.match(text, start)
    url = found.group().rstrip(_TAIL) if found else ""
    if len(url) <= len("https://"):
        return len(url), []
    opening = Token("link_open", "a", 1)
    opening.attrs = {"href": url}
    return len(url), [opening, _text(url), Token("link_close", "a", -1)]


def _text(content: str) -> Token:
    return Token("text", "", 0, content=content)


def _make() -> MarkdownIt:
    parser = MarkdownIt("zero", {"html": False, "breaks": True, "linkify": False, "typographer": False})
    parser.enable(["emphasis", "link", "backticks", "newline", "escape", "list", "fence", "blockquote"])
    parser.core.ruler.push("people_and_links", _link_text)
    return parser


_markdown = _make()
