"""What people said stands over what was computed, in words that a counsellor could read."""

import pytest

from traitdunion.matching.reasons import Reason, ReasonKind, score

SAME_TRADE = Reason(ReasonKind.SAME_OCCUPATION, 1.0, codes=("D1102",))
WRONG_LEVEL = Reason(ReasonKind.LEVEL, 0.0)


class TestScore:
    def test_of_a_training_that_people_confirmed_is_certain_even_at_the_wrong_level(self) -> None:
        assert score([Reason(ReasonKind.CONFIRMED, 1.0), WRONG_LEVEL]) == 1.0

    def test_of_a_training_that_people_refused_is_nothing_even_for_the_same_trade(self) -> None:
        assert score([SAME_TRADE, Reason(ReasonKind.REFUSED, 1.0)]) == 0.0

    @pytest.mark.parametrize("computed", [[], [SAME_TRADE], [SAME_TRADE, WRONG_LEVEL]])
    def test_of_a_training_of_which_nobody_said_anything_is_neither(self, computed: list[Reason]) -> None:
        assert score([Reason(ReasonKind.REFUSED, 1.0)]) <= score(computed) < score([Reason(ReasonKind.CONFIRMED, 1.0)])
