"""What companies type for a slot: read generously, refused in words tied to the field."""

from datetime import date, time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.immersions.slot_fields import TYPED, form
from traitdunion.immersions.models import LONGEST_DAYS, MOST_PLACES, SlotKind


class TestDetails:
    def test_say_what_was_typed(self) -> None:
        typed = form()

        assert typed.validate(), typed.errors
        found = typed.details()
        assert (found.when.kind, found.when.first_day, found.when.last_day) == (
            SlotKind.HALF_DAY,
            date(2026, 12, 7),
            date(2026, 12, 7),
        )
        assert (found.when.starts_at, found.when.ends_at) == (time(8), time(12))
        assert found.when.book_by == date(2026, 12, 5)
        assert (found.places, found.when.minors_welcome, found.accepts_at_once) == (2, True, False)
        assert (found.tutor_role, found.transport) == (None, None)

    @pytest.mark.parametrize(
        "typed", ["8", "08", "8h", "8 h", "8h00", "08:00", "8:00", "8.00", "8 h 00 min", "08:00:00"]
    )
    def test_take_every_way_to_write_an_hour(self, typed: str) -> None:
        filled = form(de=typed)

        assert filled.validate(), filled.errors
        assert filled.details().when.starts_at == time(8)

    @pytest.mark.parametrize("typed", ["7/12/2026", "07.12.2026", "2026-12-07"])
    def test_take_every_way_to_write_a_day(self, typed: str) -> None:
        filled = form(du=typed)

        assert filled.validate(), filled.errors


class TestValidate:
    @pytest.mark.parametrize(
        ("different", "field", "words"),
        [
            ({"titre": " "}, "titre", "Écrivez le métier"),
            ({"titre": "x" * 121}, "titre", "trop long"),
            ({"metier": ""}, "metier", "Choisissez le métier"),
            ({"metier": "D1106"}, "metier", "Choisissez le métier"),
            ({"type": ""}, "type", "Choisissez une durée"),
            ({"type": "an"}, "type", "Choisissez une durée"),
            ({"du": ""}, "du", "Indiquez le premier jour"),
            ({"du": "31/02/2027"}, "du", "n’existe pas"),
            ({"du": "demain"}, "du", "n’existe pas"),
            ({"du": "2026-11-19"}, "du", "Ce jour est passé"),
            ({"du": "2026-11-20"}, "du", "C’est aujourd’hui"),
            ({"du": "2028-01-10"}, "du", "trop loin"),
            ({"au": "2026-12-06"}, "au", "avant le premier"),
            ({"au": "2026-12-08"}, "au", "un seul jour"),
            ({"type": "jours", "au": "2026-12-14"}, "au", "plus de 5"),
            ({"type": "semaines", "au": "2027-01-07"}, "au", "un mois au plus"),
            ({"de": ""}, "de", "heure de début"),
            ({"a": "25:00"}, "a", "n’existe pas"),
            ({"a": "12:60"}, "a", "n’existe pas"),
            ({"a": "midi"}, "a", "par exemple 8h30"),
            ({"a": "8:00"}, "a", "après l’heure de début"),
            ({"a": "7:00"}, "a", "après l’heure de début"),
            ({"a": "15:00"}, "a", "trop long pour une demi-journée"),
            ({"type": "visite"}, "a", "trop long pour une visite"),
            ({"type": "jours", "de": "6:00", "a": "23:00"}, "a", "trop long pour une journée"),
            ({"de": "4:00", "a": "8:00"}, "mineurs", "18"),
            ({"type": "jours", "de": "8:00", "a": "19:00"}, "mineurs", "18"),
            ({"places": ""}, "places", "nombre de places"),
            ({"places": "0"}, "places", "Entre 1 et 50"),
            ({"places": "10000"}, "places", "Entre 1 et 50"),
            ({"places": "-3"}, "places", "Entre 1 et 50"),
            ({"places": "deux"}, "places", "en chiffres"),
            ({"places": "1.5"}, "places", "en chiffres"),
            ({"places": "9" * 400}, "places", "en chiffres"),
            ({"code_postal": "5700"}, "code_postal", "5\u00a0chiffres"),
            ({"ville": ""}, "ville", "Indiquez la ville"),
            ({"tuteur": ""}, "tuteur", "qui accueille"),
            ({"taches": " \n "}, "taches", "verra et fera"),
            ({"taches": "x" * 4_001}, "taches", "trop long"),
            ({"limite": "2026-12-08"}, "limite", "après le premier jour"),
            ({"limite": "2026-11-19"}, "limite", "déjà passée"),
        ],
    )
    def test_ties_what_is_wrong_to_its_field(self, different: dict[str, str], field: str, words: str) -> None:
        typed = form(**different)

        assert not typed.validate()
        assert set(typed.errors) == {field}
        assert words in " ".join(typed.errors[field])

    def test_keeps_what_was_typed(self) -> None:
        typed = form(a="25:00", places="10000")

        typed.validate()

        assert 'value="25:00"' in typed.a()
        assert 'value="10000"' in typed.places()

    def test_lets_adults_come_at_night(self) -> None:
        typed = form(de="4:00", a="8:00", mineurs="")

        assert typed.validate(), typed.errors

    @given(st.dictionaries(st.sampled_from(sorted(TYPED)), st.text(max_size=30)))
    def test_never_fails_otherwise_than_by_a_sentence(self, different: dict[str, Any]) -> None:
        typed = form(**different)

        if typed.validate():
            found = typed.details()
            assert found.when.first_day <= found.when.last_day
            assert (found.when.last_day - found.when.first_day).days < LONGEST_DAYS
            assert found.when.starts_at < found.when.ends_at
            assert 1 <= found.places <= MOST_PLACES
        else:
            assert typed.errors
