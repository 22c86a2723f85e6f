"""The terms of an agreement: one JSON, one digest."""

import json
from dataclasses import replace
from datetime import date, time
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests.agreements import samples
from traitdunion.agreements import snapshot
from traitdunion.agreements.kinds import Objective
from traitdunion.agreements.models import AgreementVersion
from traitdunion.agreements.snapshot import Renewed, Shift

SOME = samples.terms()
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


class TestToJson:
    @given(TEXT, st.none() | TEXT, st.none() | st.sampled_from(Objective), st.times(), st.dates())
    def test_is_read_back_as_it_was(
        self, tasks: str, goals: str | None, objective: Objective | None, starts_at: time, on: date
    ) -> None:
        starts_at = starts_at.replace(second=0, microsecond=0, fold=0)
        days = (samples.day(on, Shift(starts_at=starts_at, ends_at=time(23, 59))),)
        terms = samples.minor(replace(SOME, tasks=tasks, goals=goals, objective=objective, days=days))

        assert snapshot.from_json(orjson.loads(snapshot.canonical(snapshot.to_json(terms)))) == terms

    def test_keeps_what_it_prolongs(self) -> None:
        renewed = Renewed(code="EX1", first_day=date(2026, 11, 2), last_day=date(2026, 11, 6), why="Trop court.")

        found = snapshot.from_json(snapshot.to_json(replace(SOME, renewed=renewed)))

        assert found.renewed == renewed


class TestFromJson:
    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"format": 2}, "format 2"),
            ({"days": [{"on": "demain", "shifts": []}]}, "isoformat"),
            ({"tasks": 3}, "3 is no str"),
        ],
    )
    def test_refuses_what_is_not_of_this_format(self, change: dict[str, Any], said: str) -> None:
        with pytest.raises(ValueError, match=said):
            snapshot.from_json({**snapshot.to_json(SOME), **change})

    def test_refuses_what_lacks_a_field(self) -> None:
        stored = snapshot.to_json(SOME)
        del stored["tasks"]

        with pytest.raises(KeyError):
            snapshot.from_json(stored)


class TestDigest:
    def test_is_that_of_these_very_bytes(self) -> None:
        # Pinned: agreements signed yesterday are verified tomorrow.
        assert snapshot.digest({"b": "é", "a": [1, None, True]}).hex() == (
            "052bf4934febe2a267bfd9576365d3d358f728ecdddce6230c56986a01730cf1"
        )

    def test_does_not_depend_on_the_order_of_keys(self) -> None:
        stored = snapshot.to_json(SOME)

        assert snapshot.digest(dict(reversed(stored.items()))) == snapshot.digest(stored)

    def test_is_the_same_once_stored(self, session: Session) -> None:
        made = samples.agreement(session, SOME)
        version_id, signed = made.versions[0].id, made.versions[0].hash
        session.expire_all()

        stored = session.get_one(AgreementVersion, version_id)

        assert snapshot.digest(stored.terms) == signed == snapshot.digest(snapshot.to_json(SOME))

    @pytest.mark.parametrize(
        "field",
        [name for name in snapshot.to_json(SOME) if name != "format"],
    )
    def test_changes_with_each_field(self, field: str) -> None:
        stored = snapshot.to_json(SOME)

        altered = {**stored, field: json.dumps(stored[field])}

        assert snapshot.digest(altered) != snapshot.digest(stored)
