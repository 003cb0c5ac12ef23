from __future__ import annotations

import time
import uuid

import pytest

from webapp.threads.markup import mentioned, render

BOB = uuid.UUID(int=7)


@pytest.mark.parametrize(
    ("body", "html"),
    [
        ("Bonjour, il reste 7 220 € ?", "<p>Bonjour, il reste 7 220 € ?</p>"),
        ("un **mot** et *un autre*", "<p>un <strong>mot</strong> et <em>un autre</em></p>"),
        ("a\nb", "<p>a<br>\nb</p>"),
        ("- un\n- deux", "<ul>\n<li>un</li>\n<li>deux</li>\n</ul>"),
        ("3. un\n4. deux", '<ol start="3">\n<li>un</li>\n<li>deux</li>\n</ol>'),
        ("> cité", "<blockquote>\n<p>cité</p>\n</blockquote>"),
        ("`<b>`", "<p><code>&lt;b&gt;</code></p>"),
        ("```\n<b>\n```", "<pre><code>&lt;b&gt;\n</code></pre>"),
        ("# pas un titre", "<p># pas un titre</p>"),
        ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
    ],
)
def test_the_small_markdown(body: str, html: str) -> None:
    assert render(body, {}) == html


def test_links_go_to_the_web_and_to_mail_only() -> None:
    link = '<a href="https://a.fr/x?y=1" target="_blank" rel="noopener noreferrer">'
    assert render("voir https://a.fr/x?y=1.", {}) == f"<p>voir {link}https://a.fr/x?y=1</a>.</p>"
    assert 'href="mailto:a@b.fr"' in render("[écrire](mailto:a@b.fr)", {})
    for target in ("javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "/x"):
        assert "javascript:alert" not in render(f"[x]({target})", {}).replace("(javascript:alert(1))", "")
        assert f'href="{target[:4]}' not in render(f"[x]({target})", {}) or target == "/x"
    assert "<img" not in render("![x](https://a.fr/x.png)", {})
    assert render("https://", {}) == "<p>https://</p>"


def test_only_known_handles_become_mentions() -> None:
    people = {"bob": BOB}
    html = render("@Bob et @inconnu, mais pas `@bob` ni x@bob.fr", people)
    assert html.count('class="mention"') == 1
    assert f'<span class="mention" data-user="{BOB}">@Bob</span> et @inconnu' in html
    assert "<code>@bob</code>" in html
    assert mentioned(people, {"bob", "inconnu"}) == [BOB]


def test_a_mention_inside_a_link_stays_text() -> None:
    assert 'class="mention"' not in render("[@bob](https://a.fr)", {"bob": BOB})


@pytest.mark.parametrize(
    "body",
    [">" * 10_000, "*" * 10_000, "[" * 10_000, "`" * 9_999, "- " * 5_000, "@" * 10_000, "a@b " * 2_500,
     "https://" * 1_250, "[a](" * 2_500, "_a " * 3_300, "\\" * 10_000],
    ids=lambda body: body[:4],
)  # fmt: skip
def test_hostile_text_costs_little_and_stays_harmless(body: str) -> None:
    started = time.process_time()
    html = render(body, {"bob": BOB})
    assert time.process_time() - started < 2
    assert "<script" not in html
