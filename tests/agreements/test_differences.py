"""What makes everybody sign again, and what does not."""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.agreements import samples
from traitdunion.agreements import differences
from traitdunion.agreements.differences import Difference
from traitdunion.agreements.kinds import Objective
from traitdunion.agreements.snapshot import Contact, Employer, Terms

SOME = samples.minor(samples.terms())


def changed_leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The value with each of its parts changed in turn, and which."""
    if is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            for name, other in changed_leaves(getattr(value, field.name), f"{path}.{field.name}"):
                yield name, replace(value, **{field.name: other})
    elif isinstance(value, tuple):
        yield path, value[:-1]
    else:
        yield path, _another(value)


def _another(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, StrEnum):
        return Objective.RECRUIT
    if isinstance(value, date):
        return value + timedelta(days=1)
    return "Tout autre chose, bien plus long que ce qui était écrit." if value is None else f"{value} mais pas ici"


EACH = [
    (name, terms)
    for name, terms in changed_leaves(SOME)
    # What was not there at all.
    if name not in {".beneficiary.employer", ".renewed", ".host.registered_on"}
]


class TestBetween:
    def test_finds_nothing_in_the_same_text(self) -> None:
        assert differences.between(SOME, replace(SOME)) == []

    @pytest.mark.parametrize(("name", "terms"), EACH, ids=[name for name, _ in EACH])
    def test_finds_each_part_that_changed(self, name: str, terms: Terms) -> None:
        found = differences.between(SOME, terms)

        assert len(found) == 1
        is_contact = name.startswith((".emergency", ".referent"))
        assert found[0].is_material is not is_contact
        assert found[0].what != "un détail"

    def test_finds_another_employer(self) -> None:
        employer = Employer(name="Garage Léo", siret=None, address=None, job=None)

        found = differences.between(SOME, replace(SOME, beneficiary=replace(SOME.beneficiary, employer=employer)))

        assert found == [Difference("la situation de la personne", True)]

    def test_lets_a_typing_error_be_corrected(self) -> None:
        tutor = Contact(given_name="Rachid", family_name="Petrin", function="Boulanger")

        found = differences.between(replace(SOME, host=replace(SOME.host, tutor=tutor)), SOME)

        assert found == [Difference("la personne qui accueille", False)]

    def test_takes_another_tutor_for_another_tutor(self) -> None:
        tutor = Contact(given_name="Zoé", family_name="Levain", function="Boulanger")

        found = differences.between(SOME, replace(SOME, host=replace(SOME.host, tutor=tutor)))

        assert found == [Difference("la personne qui accueille", True)]


class TestIsTypingError:
    @pytest.mark.parametrize(
        ("old", "new"),
        [("Camile Exemple", "Camille Exemple"), ("pétrir", "Petrir"), ("Metz", "Mezt"), ("Ada  Martin", "Ada Martin")],
    )
    def test_is_two_signs_at_most(self, old: str, new: str) -> None:
        assert differences.is_typing_error(old, new)

    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("1 rue du Four", "2 rue du Four"),
            ("Au four", ""),
            ("le", "la"),
            ("Ne pas toucher au four", "Toucher au four"),
            ("Ada Martin", "Eve Martin"),
            ("", ""),
        ],
    )
    def test_is_not_another_word_or_figure(self, old: str, new: str) -> None:
        assert not differences.is_typing_error(old, new)

    @given(st.text(max_size=30), st.text(max_size=30))
    def test_goes_both_ways(self, one: str, two: str) -> None:
        assert differences.is_typing_error(one, two) == differences.is_typing_error(two, one)
