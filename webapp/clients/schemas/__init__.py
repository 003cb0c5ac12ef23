"""What is written about clients, and how it is shown."""

from webapp.clients.schemas.client import (
    ClientListArgs,
    ClientPage,
    ClientSchema,
    ClientWrite,
    ExposureSchema,
    FiguresSchema,
    HappeningSchema,
    TermsSchema,
    Timeline,
    TimelineArgs,
    client_json,
    exposure_json,
    figures_json,
    happening_json,
    written,
)

__all__ = [
    "ClientListArgs",
    "ClientPage",
    "ClientSchema",
    "ClientWrite",
    "ExposureSchema",
    "FiguresSchema",
    "HappeningSchema",
    "TermsSchema",
    "Timeline",
    "TimelineArgs",
    "client_json",
    "exposure_json",
    "figures_json",
    "happening_json",
    "written",
]
