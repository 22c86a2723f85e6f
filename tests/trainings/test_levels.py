"""Every catalogue's codes of levels, on one scale."""

import pytest

from traitdunion.trainings import levels
from traitdunion.trainings.levels import Level, Scheme


class TestRead:
    @pytest.mark.parametrize(
        ("level", "lheo_new", "lheo_old", "rncp", "word"),
        [
            (Level.NONE, ("0", "1", "11", "12"), ("1", "2", "3"), (), "sans-diplome"),
            (Level.CAP, ("13",), ("4",), ("NIV3",), "cap-bep"),
            (Level.BAC, ("14",), ("5",), ("NIV4",), "bac-0-1"),
            (Level.BAC_2, ("15",), ("6",), ("NIV5",), "bac-2"),
            (Level.BAC_3, ("16",), ("7",), ("NIV6",), "bac-3-4"),
            (Level.BAC_5, ("17", "18"), ("8",), ("NIV7", "NIV8"), "bac-5"),
        ],
    )
    def test_puts_old_and_new_codes_on_the_european_scale(
        self, level: Level, lheo_new: tuple[str, ...], lheo_old: tuple[str, ...], rncp: tuple[str, ...], word: str
    ) -> None:
        assert {levels.read(code, "lheo") for code in (*lheo_new, *lheo_old)} == {level}
        assert {levels.read(code, "rncp") for code in rncp} <= {level}
        assert levels.read(word, "words") == level

    @pytest.mark.parametrize(("code", "scheme"), [("9", "lheo"), ("19", "lheo"), ("", "lheo"), ("9", "european")])
    def test_knows_no_level_for_other_codes(self, code: str, scheme: Scheme) -> None:
        assert levels.read(code, scheme) is None


class TestLabel:
    def test_is_there_for_every_level(self) -> None:
        assert [level.label for level in Level] == [
            "sans diplôme",
            "CAP, BEP",
            "bac",
            "bac+2",
            "bac+3 ou bac+4",
            "bac+5 et plus",
        ]
