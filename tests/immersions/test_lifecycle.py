"""The life of a slot: every state with every act."""

import pytest

from traitdunion.immersions import lifecycle
from traitdunion.immersions.lifecycle import Act, ActRefused
from traitdunion.immersions.models import SlotState

TABLE = """
             publish    fill       free       freeze     confirm    close      cancel
    draft    published  -          -          -          -          closed     cancelled
    published -         full       -          frozen     published  closed     cancelled
    full     -          -          published  frozen     full       closed     cancelled
    frozen   -          frozen     frozen     -          published  closed     cancelled
    closed   -          -          -          -          -          -          -
    cancelled -         -          -          -          -          -          -
"""
ACTS, *ROWS = [line.split() for line in TABLE.strip().splitlines()]
CELLS = [(row[0], act, becomes) for row in ROWS for act, becomes in zip(ACTS, row[1:], strict=True)]


def test_the_table_has_every_cell() -> None:
    assert {(state, act) for state, act, _ in CELLS} == {(state.value, act.value) for state in SlotState for act in Act}


@pytest.mark.parametrize(("state", "act", "becomes"), CELLS)
class TestAfter:
    def test_gives_the_cell(self, state: str, act: str, becomes: str) -> None:
        assert lifecycle.allows(state, Act(act)) is (becomes != "-")
        if becomes == "-":
            with pytest.raises(ActRefused, match="immersion"):
                lifecycle.after(state, Act(act))
        else:
            assert lifecycle.after(state, Act(act)) == becomes
