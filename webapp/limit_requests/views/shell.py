"""The blueprint of the pages about limit requests, and what they answer with."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

blueprint = Blueprint("limit_requests", __name__)
Shown = str | Response | tuple[str, int]
