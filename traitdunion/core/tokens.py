"""Secrets and signed values: what stands in a link or a cookie, and the fingerprint of it that a table may keep.

A signed value can be read by whoever holds it: it carries ids, never personal data. Purposes do not open each other.
"""

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask import current_app
from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

from traitdunion.core.errors import Refused

Value = int | str


class TokenRefused(Refused):
    """The link is not one of ours, was altered, or is too old."""


def sign(purpose: str, values: Sequence[Value]) -> str:
    """A text for an address or a field that `read` gives back as `values`, for the same purpose only."""
    return _serializer(purpose).dumps(list(values))


def read(purpose: str, token: str, max_age: timedelta | None) -> list[Value]:
    """The signed values; raises TokenRefused when they were altered, meant for something else, or are too old."""
    seconds = None if max_age is None else int(max_age.total_seconds())
    try:
        values: list[Value] = _serializer(purpose).loads(token, max_age=seconds)
    except SignatureExpired:
        raise TokenRefused("Ce lien n’est plus valable\u00a0: il est trop ancien.") from None
    except BadData:
        raise TokenRefused("Ce lien n’est pas valable. Vérifiez qu’il est entier.") from None
    return values


def new_secret() -> str:
    """A secret of 256 bits, fit for an address or a cookie."""
    return secrets.token_urlsafe(32)


def new_code() -> str:
    """Six digits that a person reads and types; only with a limit on tries."""
    return f"{secrets.randbelow(1_000_000):06d}"


def fingerprint(secret: str) -> bytes:
    """A keyed hash of the secret: what a table keeps, from which nobody who reads the table finds the secret."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.digest(key, f"fingerprint:{secret}".encode(), hashlib.sha256)


def _serializer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        str(current_app.config["SECRET_KEY"]),
        salt=f"traitdunion.{purpose}",
        signer_kwargs={"digest_method": hashlib.sha256},
    )
