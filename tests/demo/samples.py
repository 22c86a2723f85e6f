"""What the demonstration is invented from: the facts, and communes on a grid."""

from datetime import UTC, date, datetime

from traitdunion.demo.places import Town
from traitdunion.territories.communes.index import Entry, Index

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
REGION = "44"
CENTRE = (49.0, 6.0)


def town(number: int) -> Town:
    """One of a grid, some 5 km apart, around the centre; the first ones are the largest."""
    department = "57" if number % 4 else "54"
    return Town(
        code=f"{department}{number:03d}",
        name=f"Ville-{number:03d}",
        postcodes=(f"{department}{number:03d}", f"{department}{number + 500:03d}"),
        population=100_000 // (number + 1),
        department=department,
        region=REGION,
        latitude=CENTRE[0] + 0.05 * (number // 8 - 4),
        longitude=CENTRE[1] + 0.07 * (number % 8 - 4),
    )


TOWNS = [town(number) for number in range(64)]
COMMUNES = Index(
    Entry(
        code=one.code,
        name=one.name,
        kind="commune",
        postcodes=one.postcodes,
        population=one.population,
        department=one.department,
        region=one.region,
        latitude=one.latitude,
        longitude=one.longitude,
        keys=(one.name.lower().replace("-", " "),),
        former_codes=(),
    )
    for one in TOWNS
)
