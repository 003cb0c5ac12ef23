"""Storylines of the demo's invoice threads: what people write when an invoice is not simply paid.

A storyline is a list of lines in the order they are written. `talk.py` casts it with the people
around one invoice, picks one wording a line and gives each its hour.
"""

from webapp.demo.stories import goods, money, risk
from webapp.demo.stories.lines import Line, Story

STORIES: tuple[Story, ...] = (*goods.STORIES, *money.STORIES, *risk.STORIES)

__all__ = ["STORIES", "Line", "Story"]
