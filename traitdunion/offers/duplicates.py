"""Finds the offers that are one: same employer, same commune, nearly the same title (LBA's rule, DOMAIN 1.1).

The oldest offer of a group is shown, with the links of the others. An offer without employer is never grouped: two
anonymous offers of the same title are often two jobs.
"""

from collections.abc import Iterable, Sequence
from itertools import groupby

import psycopg
from rapidfuzz.fuzz import token_sort_ratio
from rapidfuzz.process import extractOne

_ALIKE = 80
"""token_sort ratio of two normalised titles from which they name one job."""


def canonical(offers: Iterable[tuple[int, str]]) -> dict[int, int | None]:
    """Of the (id, normalised title) of one employer in one commune: under which id each is shown, None for itself.

    An offer joins the first older shown one whose title is alike; the result does not depend on the order given.
    """
    shown: dict[int, str] = {}
    result: dict[int, int | None] = {}
    for identifier, title in sorted(offers):
        like = extractOne(title, shown, scorer=token_sort_ratio, score_cutoff=_ALIKE) if shown else None
        result[identifier] = like[2] if like else None
        if like is None:
            shown[identifier] = title
    return result


def regroup(connection: psycopg.Connection, changed: Sequence[int]) -> int:
    """Groups again the offers of the employers and communes that the `changed` offers touch; the caller commits.

    An offer that lost its employer or was withdrawn leaves its group. Returns how many of `changed` are now
    shown under another.
    """
    if not changed:
        return 0
    released = connection.execute(
        "UPDATE offers SET duplicate_of_id = NULL WHERE duplicate_of_id IS NOT NULL"
        " AND (id = ANY(%(changed)s) OR duplicate_of_id = ANY(%(changed)s)) RETURNING id",
        {"changed": changed},
    ).fetchall()
    # Groups are locked in one order: two runs that meet in a commune wait for each other.
    rows = connection.execute(
        "SELECT employer_key, commune_code, id, title_key, duplicate_of_id FROM offers"
        " WHERE withdrawn_at IS NULL AND employer_key IS NOT NULL AND (employer_key, commune_code) IN"
        " (SELECT DISTINCT employer_key, commune_code FROM offers WHERE id = ANY(%s) AND employer_key IS NOT NULL)"
        " ORDER BY employer_key, commune_code, id FOR NO KEY UPDATE",
        ([*changed, *(identifier for (identifier,) in released)],),
    ).fetchall()
    moved: list[tuple[int, int | None]] = []
    hidden: set[int] = set()
    for _, group in groupby(rows, key=lambda row: (row[0], row[1])):
        members = list(group)
        if len(members) == 1 and members[0][4] is None:
            continue
        found = canonical((identifier, title) for _, _, identifier, title, _ in members)
        hidden.update(identifier for identifier, shown in found.items() if shown is not None)
        moved += [(identifier, found[identifier]) for _, _, identifier, _, was in members if found[identifier] != was]
    if moved:
        connection.execute(
            "UPDATE offers SET duplicate_of_id = moved.shown"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS moved (id, shown) WHERE offers.id = moved.id",
            ([identifier for identifier, _ in moved], [shown for _, shown in moved]),
        )
    return len(hidden.intersection(changed))
