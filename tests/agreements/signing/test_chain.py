"""The chain of signatures: any alteration shows."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest

from traitdunion.agreements.signing import chain
from traitdunion.agreements.signing.chain import Kept, Link

FIRST = Link(
    agreement="K7Q2X9XWM3",
    version=1,
    role="beneficiary",
    name="Camille Exemple",
    channel="sms",
    masked_address="…\u00a012\u00a034",
    signed_at=datetime(2026, 11, 20, 17, 4, tzinfo=UTC),
    terms_hash=b"t" * 32,
    previous_hash=None,
)


def kept(*links: Link) -> list[Kept]:
    """As they are stored, each bound to the one before."""
    found: list[Kept] = []
    for link in links:
        bound = replace(link, previous_hash=found[-1].hash if found else None)
        found.append(Kept(link=bound, hash=chain.digest(bound), terms_hash_today=b"t" * 32))
    return found


THREE = kept(FIRST, replace(FIRST, role="company"), replace(FIRST, role="representative"))


class TestDigest:
    def test_is_that_of_yesterday(self) -> None:
        # Pinned: what was signed yesterday is verified tomorrow.
        assert chain.digest(FIRST).hex() == "018c1eb262a223a0392747a1e388b1b7c3fe45a74d826e4bdfa2696ab6a32f62"

    def test_is_the_same_wherever_the_clock_stands(self) -> None:
        there = FIRST.signed_at.astimezone(timezone(timedelta(hours=5)))

        assert chain.digest(replace(FIRST, signed_at=there)) == chain.digest(FIRST)

    @pytest.mark.parametrize(
        "change",
        [
            {"agreement": "K7Q2X9XWM4"},
            {"version": 2},
            {"role": "company"},
            {"name": "Camille Autre"},
            {"channel": "email"},
            {"masked_address": "…\u00a012\u00a035"},
            {"signed_at": FIRST.signed_at + timedelta(microseconds=1)},
            {"terms_hash": b"u" * 32},
            {"previous_hash": b"p" * 32},
        ],
        ids=lambda change: next(iter(change)),
    )
    def test_changes_with_each_part(self, change: dict[str, object]) -> None:
        assert chain.digest(replace(FIRST, **change)) != chain.digest(FIRST)  # type: ignore[arg-type]


class TestHolds:
    def test_for_none_for_one_and_for_several(self) -> None:
        assert chain.holds([])
        assert chain.holds(THREE[:1])
        assert chain.holds(THREE)

    @pytest.mark.parametrize(
        "alter",
        [
            lambda found: found[1:],
            lambda found: [found[0], found[2]],
            lambda found: [found[1], found[0], found[2]],
            lambda found: [*found[:2], replace(found[2], terms_hash_today=b"u" * 32)],
            lambda found: [replace(found[0], link=replace(found[0].link, name="Autre")), *found[1:]],
            lambda found: [replace(found[0], hash=b"h" * 32), *found[1:]],
        ],
        ids=["first taken away", "one taken away", "order", "terms altered", "name altered", "hash altered"],
    )
    def test_no_more_once_something_was_altered(self, alter: Callable[[list[Kept]], list[Kept]]) -> None:
        assert not chain.holds(alter(THREE))
