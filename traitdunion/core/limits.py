"""Attempt counters: how often one network, or one address, may do something, counted by all processes together.

Each attempt is counted in a transaction of its own, so that a refused or failed request is counted too.
"""

import hashlib
import hmac
import ipaddress
import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.exceptions import TooManyRequests

from traitdunion.core import db, jobs
from traitdunion.core.personal import Fate, LegalBasis, PersonalData

# A subscriber has at least a /48 of IPv6, and neighbours of a /24 of IPv4 are seldom told apart by their operator.
_PREFIXES = {4: 24, 6: 48}

# The clock is the database's: those of the machines do not agree. Past the limit nothing more is counted.
_COUNT = text(
    """
    INSERT INTO rate_limits AS known (name, network, attempts, expires_at)
        VALUES (:name, :network, 1, clock_timestamp() + :per * interval '1 second')
    ON CONFLICT (name, network) DO UPDATE SET
        attempts = CASE WHEN known.expires_at <= clock_timestamp() THEN 1
            ELSE least(known.attempts, :most) + 1 END,
        expires_at = CASE WHEN known.expires_at <= clock_timestamp() THEN excluded.expires_at
            ELSE known.expires_at END
    RETURNING attempts, extract(epoch FROM expires_at - clock_timestamp())::double precision AS left
    """
)


class RateLimit(db.Base):
    """The attempts of a network since the first one of its current period."""

    __tablename__ = "rate_limits"
    __table_args__ = (
        Index("ix_rate_limits_expires_at", "expires_at"),
        {
            "info": {
                "personal": PersonalData(
                    purpose="Freiner les envois automatiques, par une empreinte de votre réseau ou de l’adresse tapée.",
                    kept_for="une heure au plus après la fin du délai d’attente",
                    then=Fate.ERASED,
                    legal_basis=LegalBasis.PUBLIC_TASK,
                )
            }
        },
    )

    name: Mapped[str] = mapped_column(primary_key=True)
    """What is limited."""
    network: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    """Keyed hash of whose attempts they are: nobody reads an address from it without the secret key."""
    attempts: Mapped[int]
    expires_at: Mapped[datetime]
    """When the count begins again."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `most` attempts `per` period that begins with the first of them, for each network or subject."""

    name: str
    most: int
    per: timedelta


def count(limit: Limit, address: str | None) -> None:
    """Counts an attempt from the network; past the limit raises TooManyRequests, which a page of ours answers (429).

    Its `retry_after` is in seconds, at least 1.
    """
    _count(limit, network(address, secret=current_app.config["SECRET_KEY"]))


def count_of(limit: Limit, subject: str) -> None:
    """Counts an attempt on the subject (an e-mail address, a code), whatever network it comes from; as `count`."""
    _count(limit, hmac.digest(current_app.config["SECRET_KEY"].encode(), f"subject:{subject}".encode(), hashlib.sha256))


def _count(limit: Limit, whose: bytes) -> None:
    values = {
        "name": limit.name,
        "network": whose,
        "most": limit.most,
        "per": limit.per.total_seconds(),
    }
    with db.transaction() as session:
        found = session.execute(_COUNT, values).one()
    if found.attempts > limit.most:
        raise TooManyRequests(retry_after=max(1, math.ceil(found.left)))


def network(address: str | None, *, secret: str) -> bytes:
    """A keyed hash of the network of the address (/24 for IPv4, /48 for IPv6); all unreadable ones are one network."""
    try:
        found = ipaddress.ip_address(address or "")
    except ValueError:
        truncated = "unknown"
    else:
        # Dual-stack servers write IPv4 addresses as ::ffff:192.0.2.1.
        mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
        found = mapped or found
        truncated = str(ipaddress.ip_network((found, _PREFIXES[found.version]), strict=False))
    return hmac.digest(secret.encode(), f"network:{truncated}".encode(), hashlib.sha256)


@jobs.task(queue="core", every="7 * * * *")
def forget(timestamp: int) -> None:  # noqa: ARG001 — procrastinate gives periodic tasks the instant they are for
    """Erases the counters whose period is over."""
    with db.transaction() as session:
        session.execute(text("DELETE FROM rate_limits WHERE expires_at < clock_timestamp()"))
