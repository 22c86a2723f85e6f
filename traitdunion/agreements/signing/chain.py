"""The chain of an agreement's signatures: what each one hashes, and whether all of it still holds."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import orjson


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A signature as it is hashed."""

    agreement: str
    """The agreement's code."""
    version: int
    role: str
    name: str
    channel: str
    masked_address: str
    signed_at: datetime
    terms_hash: bytes
    previous_hash: bytes | None
    """None for the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A signature as it is stored: what it says, the hash that was written with it, and that of its terms as they are
    stored today."""

    link: Link
    hash: bytes
    terms_hash_today: bytes


def digest(link: Link) -> bytes:
    """SHA-256 of all that the signature says, the hash of the one before included."""
    said = {
        "agreement": link.agreement,
        "version": link.version,
        "role": link.role,
        "name": link.name,
        "channel": link.channel,
        "masked_address": link.masked_address,
        "signed_at": link.signed_at.astimezone(UTC).isoformat(timespec="microseconds"),
        "terms": link.terms_hash.hex(),
        "previous": link.previous_hash.hex() if link.previous_hash else None,
    }
    return hashlib.sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).digest()


def holds(signatures: Sequence[Kept]) -> bool:
    """Whether none was altered, added or taken away since, in the order in which they were given."""
    before: Iterable[bytes | None] = (None, *(one.hash for one in signatures))
    return all(_holds(one, previous) for one, previous in zip(signatures, before, strict=False))


def _holds(one: Kept, previous: bytes | None) -> bool:
    return (
        one.link.previous_hash == previous
        and hmac.compare_digest(digest(one.link), one.hash)
        and hmac.compare_digest(one.link.terms_hash, one.terms_hash_today)
    )
