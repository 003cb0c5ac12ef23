"""The blueprint of this feature's pages."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("invoices", __name__)
