"""Refusals a person can act on. Pages, API and sockets each turn them into their own answer."""

from __future__ import annotations

from collections.abc import Mapping


class DomainError(Exception):
    """A refusal: `code` for programs, `message` (lazily translated) for people.

    `errors` names the fields at fault: field -> message. `status` is the HTTP answer.
    """

    status = 400
    code = "refused"

    def __init__(
        self,
        message: object = "",
        *,
        code: str | None = None,
        errors: Mapping[str, object] | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code or type(self).code
        self.errors = dict(errors or {})
        self.retry_after = retry_after

    def __str__(self) -> str:
        return str(self.message) or self.code


class NotSignedIn(DomainError):
    status, code = 401, "not_signed_in"


class Forbidden(DomainError):
    """The actor sees the thing but may not do this to it."""

    status, code = 403, "forbidden"


class NotFound(DomainError):
    """It does not exist, or is out of the actor's scope: the two look the same."""

    status, code = 404, "not_found"


class Conflict(DomainError):
    """The thing changed meanwhile, or is closed."""

    status, code = 409, "conflict"


class TooLarge(DomainError):
    status, code = 413, "too_large"


class Invalid(DomainError):
    """The input cannot be used; `errors` says which field and why."""

    status, code = 422, "invalid"


class RateLimited(DomainError):
    status, code = 429, "rate_limited"


class Unavailable(DomainError):
    """Nothing is wrong with the request; try again."""

    status, code = 503, "unavailable"


class StorageFull(Unavailable):
    """The server's disk is full. For a program it is `unavailable`: keep it and try again later."""

    status = 507
