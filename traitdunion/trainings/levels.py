"""Education levels: one European scale for every catalogue's codes (facts/levels.csv)."""

import csv
from collections.abc import Mapping
from enum import IntEnum
from functools import cache
from pathlib import Path
from typing import Literal

_TABLE = Path(__file__).parent / "facts" / "levels.csv"

Scheme = Literal["lheo", "european", "rncp", "words"]


class Level(IntEnum):
    """The level a diploma has (European numbers, decree 2019-14); the values are stored."""

    NONE = 0
    CAP = 3
    BAC = 4
    BAC_2 = 5
    BAC_3 = 6
    BAC_5 = 7

    @property
    def label(self) -> str:
        """What a person reads."""
        return _LABELS[self]


_LABELS = {
    Level.NONE: "sans diplôme",
    Level.CAP: "CAP, BEP",
    Level.BAC: "bac",
    Level.BAC_2: "bac+2",
    Level.BAC_3: "bac+3 ou bac+4",
    Level.BAC_5: "bac+5 et plus",
}


def read(code: str, scheme: Scheme) -> Level | None:
    """The level `code` stands for in `scheme`; None when the scheme does not know it."""
    return _levels().get((scheme, code.strip().upper() if scheme == "rncp" else code.strip().lower()))


@cache
def _levels() -> Mapping[tuple[str, str], Level]:
    with _TABLE.open(encoding="utf-8", newline="") as lines:
        return {(row["scheme"], row["code"]): Level(int(row["level"])) for row in csv.DictReader(lines)}
