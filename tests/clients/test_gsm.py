"""What fits into an SMS."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.clients import gsm


class TestSegments:
    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("", 1),
            ("é" * 160, 1),
            ("é" * 161, 2),
            ("a" * 306, 2),
            ("a" * 307, 3),
            ("€" * 80, 1),
            ("€" * 81, 2),
            ("ê" * 70, 1),
            ("ê" * 71, 2),
            ("ê" * 134, 2),
            ("ê" * 135, 3),
            ("🙂" * 35, 1),
            ("🙂" * 36, 2),
        ],
    )
    def test_counts_as_operators_do(self, text: str, count: int) -> None:
        assert gsm.segments(text) == count


class TestFitted:
    def test_keeps_the_accents_that_the_alphabet_has(self) -> None:
        text = "Votre réservation à Metz est acceptée : où et à quelle heure ? Dès 9 h." * 2

        assert gsm.fitted(text) == text

    def test_writes_typography_plainly(self) -> None:
        assert (
            gsm.fitted("L’essai d’un métier\u00a0: «\u00a0oui\u202f!\u00a0»…") == "L'essai d'un métier : \"oui !\"..."
        )

    def test_keeps_other_accents_where_they_cost_nothing(self) -> None:
        assert gsm.fitted("Le maître reçoit Zoë mardi.") == "Le maître reçoit Zoë mardi."

    def test_gives_them_up_where_they_would_cost_a_second_sms(self) -> None:
        text = "Votre code pour vous connecter est 123456. Il est bon pendant vingt minutes, peut-être un peu moins, "
        fitted = gsm.fitted(f"{text}ça reste court, et le cœur y est.")

        assert fitted.endswith("peut-etre un peu moins, ca reste court, et le coeur y est.")
        assert gsm.segments(fitted) == 1

    def test_keeps_names_in_other_scripts(self) -> None:
        assert gsm.fitted("Bonjour Олена") == "Bonjour Олена"

    @given(st.text(max_size=400))
    def test_never_costs_more(self, text: str) -> None:
        assert gsm.segments(gsm.fitted(text)) <= max(gsm.segments(text), gsm.segments(text.replace("…", "...")))
