"""The session in its signed cookie, read also where a browser brings several of that name.

An answer cut in the middle of `Set-Cookie` leaves what arrived of it as a cookie of its own, for the folder
that was asked: it comes first from then on (RFC 6265, 5.4), and would shut its owner out of that folder.
"""

from __future__ import annotations

from flask import Flask, Request
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from itsdangerous import BadSignature


class NewestCookie(SecureCookieSessionInterface):
    """Of the cookies that bear our signature, the one signed last."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        serializer = self.get_signing_serializer(app)
        if serializer is None:
            return None
        longest = int(app.permanent_session_lifetime.total_seconds())
        found = []
        for value in request.cookies.getlist(self.get_cookie_name(app)):
            try:
                kept, signed_at = serializer.loads(value, max_age=longest, return_timestamp=True)
            except BadSignature:
                continue
            found.append((signed_at, kept))
        newest = max(found, key=lambda each: each[0], default=None)
        return self.session_class(newest[1]) if newest else self.session_class()
