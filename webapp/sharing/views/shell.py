"""What the pages of this feature hang on."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("sharing", __name__)
