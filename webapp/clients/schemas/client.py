"""Clients as the API and the form write and read them."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from marshmallow import fields, validate

from webapp.clients.rules import LANGUAGES, TEXT_FIELDS
from webapp.core.api import ApiSchema, MoneySchema, PageArgs, money, page_of
from webapp.core.fields import PlainText

# Days overdue, as `invoices.rules.BUCKETS` counts them; a schema lies below that feature.
BUCKETS = (("not_due", 0), ("1_30", 30), ("31_60", 60), ("61_90", 90), ("91_120", 120), ("over_120", None))
INSOLVENCIES = ("safeguard", "receivership", "liquidation")


def _text(name: str, **options: Any) -> PlainText:
    return PlainText(TEXT_FIELDS[name], **options)


class TermsSchema(ApiSchema):
    """When an invoice falls due: days from issue, then the end of that month or not."""

    days = fields.Integer(
        strict=True,
        validate=validate.Range(0, 365, error=str(_l("Indiquez un nombre de jours de 0 à 365."))),
    )
    end_of_month = fields.Boolean()


class ClientWrite(ApiSchema):
    """What a program may write of a client; a field left out keeps its value."""

    legal_name = _text("legal_name", blank=False)
    trade_name = _text("trade_name", allow_none=True)
    siren = PlainText(40, allow_none=True)
    siret = PlainText(40, allow_none=True)
    vat_number = PlainText(40, allow_none=True)
    rcs = _text("rcs", allow_none=True)
    naf = PlainText(40, allow_none=True)
    legal_form = _text("legal_form", allow_none=True)
    founded_on = fields.Date(allow_none=True)
    language = fields.String(validate=validate.OneOf(LANGUAGES))
    trade = _text("trade", allow_none=True)
    street = _text("street", allow_none=True)
    postcode = _text("postcode", allow_none=True)
    city = _text("city", allow_none=True)
    country = fields.String(validate=validate.Regexp(r"^[A-Z]{2}\Z"))
    phone = _text("phone", allow_none=True)
    email = _text("email", allow_none=True)
    branch = PlainText(120, allow_none=True)
    sales_rep = PlainText(254, allow_none=True)
    terms = fields.Nested(TermsSchema)
    insolvency = fields.String(allow_none=True, validate=validate.OneOf(INSOLVENCIES))
    insolvency_on = fields.Date(allow_none=True)


class ClientSchema(ApiSchema):
    """A client with its figures; limit and utilisation are null for roles that may not see them."""

    id = fields.UUID()
    ref = fields.String()
    legal_name = fields.String()
    trade_name = fields.String(allow_none=True)
    siren = fields.String(allow_none=True)
    siret = fields.String(allow_none=True)
    vat_number = fields.String(allow_none=True)
    rcs = fields.String(allow_none=True)
    naf = fields.String(allow_none=True)
    legal_form = fields.String(allow_none=True)
    founded_on = fields.Date(allow_none=True)
    language = fields.String()
    trade = fields.String(allow_none=True)
    street = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    city = fields.String(allow_none=True)
    country = fields.String()
    phone = fields.String(allow_none=True)
    email = fields.String(allow_none=True)
    branch = fields.String()
    sales_rep = fields.String(allow_none=True)
    terms = fields.Nested(TermsSchema)
    insolvency = fields.String(allow_none=True)
    insolvency_on = fields.Date(allow_none=True)
    outstanding = fields.Nested(MoneySchema)
    exposure = fields.Nested(MoneySchema)
    overdue = fields.Nested(MoneySchema)
    limit = fields.Nested(MoneySchema, allow_none=True)
    utilisation = fields.Integer(allow_none=True)
    days_late = fields.Integer(allow_none=True)
    payer_class = fields.String(allow_none=True)
    revision = fields.Integer()
    updated_at = fields.DateTime()


class ExposureSchema(ApiSchema):
    """What a client owes and may still buy. `exposure` is net of `unapplied` and of credit notes; it counts
    `unbilled_amount` (delivered) and `open_orders` as the company set it. `cover` is what guarantees pay,
    `unsecured` the rest; both null for roles that may not see limits."""

    outstanding = fields.Nested(MoneySchema)
    overdue = fields.Nested(MoneySchema)
    not_due = fields.Nested(MoneySchema)
    unapplied = fields.Nested(MoneySchema)
    unbilled_amount = fields.Nested(MoneySchema)
    open_orders = fields.Nested(MoneySchema)
    exposure = fields.Nested(MoneySchema)
    cover = fields.Nested(MoneySchema, allow_none=True)
    unsecured = fields.Nested(MoneySchema, allow_none=True)
    limit = fields.Nested(MoneySchema, allow_none=True)
    utilisation = fields.Integer(allow_none=True)
    available = fields.Nested(MoneySchema, allow_none=True)


class ClientListArgs(PageArgs):
    """Filters of the list of clients."""

    q = PlainText(200, load_default="")
    filter = fields.String(
        load_default="all",
        validate=validate.OneOf(["all", "breach", "overdue", "overdue_60", "no_limit", "mine"]),
    )
    sort = fields.String(load_default="name", validate=validate.OneOf(["urgency", "name", "outstanding"]))


class HappeningSchema(ApiSchema):
    """A line of a client's timeline."""

    id = fields.UUID()
    kind = fields.String()
    at = fields.DateTime()
    amount = fields.Nested(MoneySchema, allow_none=True)
    level = fields.Integer(allow_none=True)
    ref = fields.String(allow_none=True)
    text = fields.String(allow_none=True)
    subject_id = fields.UUID(allow_none=True)
    actor = fields.String(allow_none=True)
    count = fields.Integer()


class TimelineArgs(PageArgs):
    """How the timeline is paged and narrowed."""

    kind = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.OneOf(["invoices", "payments", "disputes", "messages", "risk", "sheet", "imports"]),
    )


class FiguresSchema(ApiSchema):
    """How a client pays. `trend` is by how many days the last three months are later than the twelve
    before; `fundable` what a factor or bank would finance, null for roles that may not see limits."""

    days_late = fields.Integer(allow_none=True)
    trend = fields.Integer(allow_none=True)
    payer_class = fields.String(allow_none=True)
    open_orders = fields.Nested(MoneySchema)
    fundable = fields.Nested(MoneySchema, allow_none=True)
    fundable_days = fields.Integer()
    buckets = fields.Dict(keys=fields.String(), values=fields.Nested(MoneySchema))
    credits = fields.Nested(MoneySchema)
    disputed = fields.Nested(MoneySchema)
    last_payment = fields.Nested(MoneySchema, allow_none=True)
    last_payment_on = fields.Date(allow_none=True)
    best_payment = fields.Nested(MoneySchema, allow_none=True)
    best_payment_on = fields.Date(allow_none=True)


ClientPage = page_of(ClientSchema, "ClientPage")
Timeline = page_of(HappeningSchema, "Timeline")
PLAIN = (
    "ref",
    "legal_name",
    "trade_name",
    "siren",
    "siret",
    "vat_number",
    "rcs",
    "naf",
    "legal_form",
    "founded_on",
    "language",
    "trade",
    "street",
    "postcode",
    "city",
    "country",
    "phone",
    "email",
    "insolvency",
    "insolvency_on",
    "revision",
    "updated_at",
)


def written(values: dict[str, Any]) -> dict[str, Any]:
    """The fields of a client as the service takes them: terms laid flat."""
    flat = {key: value for key, value in values.items() if key != "terms"}
    terms = values.get("terms") or {}
    if "days" in terms:
        flat["payment_days"] = terms["days"]
    if "end_of_month" in terms:
        flat["end_of_month"] = terms["end_of_month"]
    return flat


def client_json(account: Any) -> dict[str, Any]:
    """An account as the contract shows a client."""
    client = account.client
    return {
        "id": str(client.id),
        **{name: getattr(client, name) for name in PLAIN},
        "branch": account.branch,
        "sales_rep": account.sales_rep_email,
        "terms": {"days": client.payment_days, "end_of_month": client.end_of_month},
        "outstanding": money(account.outstanding),
        "exposure": money(account.exposure),
        "overdue": money(account.overdue),
        "limit": money(account.limit),
        "utilisation": account.utilisation,
        "days_late": account.balance.days_late if account.balance else None,
        "payer_class": account.letter,
    }


def exposure_json(account: Any, not_due: int) -> dict[str, Any]:
    """What an account owes, part by part."""
    return {
        "outstanding": money(account.outstanding),
        "overdue": money(account.overdue),
        "not_due": money(not_due),
        "unapplied": money(account.unapplied),
        "unbilled_amount": money(account.unbilled_amount),
        "open_orders": money(account.open_orders),
        "exposure": money(account.exposure),
        "cover": money(account.cover) if account.sees_limit else None,
        "unsecured": money(account.unsecured) if account.sees_limit else None,
        "limit": money(account.limit),
        "utilisation": account.utilisation,
        "available": money(account.available),
    }


def figures_json(account: Any, figures: Any) -> dict[str, Any]:
    """The figures of a sheet as the contract shows them."""
    last, best = figures.last or (None, None), figures.best or (None, None)
    names = [name for name, _last in BUCKETS]
    return {
        "days_late": account.balance.days_late if account.balance else None,
        "trend": figures.trend,
        "payer_class": account.letter,
        "open_orders": money(account.open_orders),
        "fundable": money(figures.fundable) if account.sees_limit else None,
        "fundable_days": figures.fundable_days,
        "buckets": {name: money(cents) for name, cents in zip(names, figures.aging.buckets, strict=True)},
        "credits": money(figures.aging.credits),
        "disputed": money(figures.contested.value),
        "last_payment": money(last[1]),
        "last_payment_on": last[0],
        "best_payment": money(best[1]),
        "best_payment_on": best[0],
    }


def happening_json(line: Any) -> dict[str, Any]:
    """A line of the timeline; an alert's figure is a level, not money."""
    alert = line.kind == "alert"
    return {
        "id": str(line.id),
        "kind": line.kind,
        "at": line.at,
        "amount": None if alert else money(line.amount),
        "level": line.amount if alert else None,
        "ref": line.ref,
        "text": line.text,
        "subject_id": str(line.subject_id) if line.subject_id else None,
        "actor": line.actor,
        "count": line.count,
    }
