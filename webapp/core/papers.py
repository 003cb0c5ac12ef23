"""PDF from a page of ours. Nothing is ever fetched from anywhere (SSRF, files)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache


@cache
def available() -> bool:
    """Whether WeasyPrint finds the libraries of the system it draws with."""
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        return False
    return True


def render(html: str, css: str = "", pictures: Mapping[str, bytes] | None = None) -> bytes:
    """The PDF of a page and its style.

    They may name no address but the keys of `pictures`, whose contents are given: everything else is refused.
    """
    from weasyprint import CSS, HTML
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    given = dict(pictures or {})

    class Refuse(URLFetcher):  # type: ignore[misc]
        def fetch(self, url: str, headers: object = None) -> object:
            if url in given:
                return URLFetcherResponse(url, given[url])
            raise ValueError("papers fetch nothing")

    refuse = Refuse()
    style = CSS(string=css, url_fetcher=refuse)
    made: bytes = HTML(string=html, url_fetcher=refuse).write_pdf(stylesheets=[style])
    return made
