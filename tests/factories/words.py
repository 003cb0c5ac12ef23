"""What a page says to people."""

from __future__ import annotations

from html.parser import HTMLParser


class Words(HTMLParser):
    """What a page says: its text, and the attributes people read or hear."""

    SPOKEN = frozenset({"aria-label", "alt", "placeholder", "title", "aria-description"})

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.said: list[str] = []
        self._silent = 0
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._silent += tag in ("script", "style")
        self.said += [value for name, value in attrs if name in self.SPOKEN and value]

    def handle_endtag(self, tag: str) -> None:
        self._silent -= tag in ("script", "style")

    def handle_data(self, data: str) -> None:
        if not self._silent and data.strip():
            self.said.append(data.strip())
