"""What is written about clients, and how it is shown."""

from webapp.clients.schemas.client import (
    ClientListArgs,
    ClientPage,
    ClientSchema,
    ClientWrite,
    ExposureSchema,
    HappeningSchema,
    TermsSchema,
    Timeline,
    client_json,
    exposure_json,
    happening_json,
    written,
)

__all__ = [
    "ClientListArgs",
    "ClientPage",
    "ClientSchema",
    "ClientWrite",
    "ExposureSchema",
    "HappeningSchema",
    "TermsSchema",
    "Timeline",
    "client_json",
    "exposure_json",
    "happening_json",
    "written",
]
