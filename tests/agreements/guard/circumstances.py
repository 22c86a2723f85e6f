"""What is true around the terms of `samples.terms`, where nothing is wrong."""

from datetime import date
from typing import Any

from tests.agreements import samples
from traitdunion.agreements.guard.cases import Around, Named
from traitdunion.agreements.kinds import PartyRole
from traitdunion.agreements.snapshot import Shift

TODAY = date(2026, 11, 20)
GOOD_FRIDAY, BOXING_DAY = date(2027, 3, 26), date(2026, 12, 26)


def around(**fields: Any) -> Around:
    """Two weeks before the first day, with an address for each party."""
    row: dict[str, Any] = {
        "today": TODAY,
        "holidays": frozenset({BOXING_DAY, GOOD_FRIDAY, date(2026, 12, 25), date(2027, 1, 1)}),
        "notice_days": 3,
        "earliest": date(2026, 11, 25),
        "most_days_in_company": 60,
        "parties": (
            named(PartyRole.BENEFICIARY, "camille@exemple.fr", "+33600000001"),
            named(PartyRole.COMPANY, "ada@exemple.fr", "+33600000002"),
            named(PartyRole.TUTOR, "rachid@exemple.fr", "+33600000003"),
        ),
        **fields,
    }
    return Around(**row)


def named(role: PartyRole, email: str | None, phone: str | None) -> Named:
    """A party."""
    return Named(role=role, name=role.label, email=email, phone=phone)


def shift(starts: str, ends: str) -> Shift:
    """« 08:00 » to « 12:00 »."""
    return Shift(starts_at=samples.clock_time(starts), ends_at=samples.clock_time(ends))
