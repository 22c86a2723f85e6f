"""Gathers the names of jobs that fields propose: those that many living offers bear, and ROME's."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

import psycopg
from sqlalchemy import Engine

from traitdunion.core import db
from traitdunion.matching import titles
from traitdunion.search.live.models import REFERENCE

_MOST = 2_000
"""Names kept of a département: beyond, each is borne by one offer or two."""
_LONGEST = 60
"""Signs of a name that is proposed: longer ones are sentences, and do not fit on a phone."""
_REMEMBERED = 20_000
"""Names: the départements of France mostly write the same ones."""
_OF_OFFERS = """
    SELECT department, title_key, title, offers FROM (
        SELECT department, title_key, mode() WITHIN GROUP (ORDER BY title) AS title, count(*) AS offers,
            row_number() OVER (PARTITION BY department ORDER BY count(*) DESC, title_key) AS rank
        FROM offers
        WHERE withdrawn_at IS NULL AND duplicate_of_id IS NULL AND department IS NOT NULL
            AND length(title_key) BETWEEN 2 AND %(longest)s
        GROUP BY department, title_key
    ) AS ranked WHERE rank <= %(most)s
"""
_OF_ROME = """
    SELECT label FROM job_titles WHERE in_v4 AND NOT is_rare
    UNION SELECT label FROM occupations WHERE in_v4
"""
_MENTION = re.compile(r"[\s,(\[–-]*\b(?:[HFM]\s?[/.-]\s?[HFMX](?:\s?[/.-]\s?[XND])?)\b\s*[)\]]?", re.IGNORECASE)


class Name(NamedTuple):
    """A row of `suggested_jobs`."""

    department: str
    key: str
    label: str
    words: str
    offers: int


def gather(engine: Engine) -> int:
    """Makes the table anew, in a transaction of its own, changing only the rows that differ; how many there are."""
    with db.driver_connection(engine) as connection, connection.transaction():
        found = {(name.department, name.key): name for name in _all(connection)}
        _put(connection, found.values())
    return len(found)


@lru_cache(maxsize=_REMEMBERED)
def clean(title: str) -> str | None:
    """The title of an offer as a name of a job, without its mentions; None when the words left do not tell the job.

    All of its words are looked for when it is chosen: it must say neither more nor less than its normalised form.
    """
    label = " ".join(_MENTION.sub(" ", title).split()).strip(" -–,/")
    if not label or len(label) > _LONGEST or set(titles.stems(label)) != set(titles.stems(titles.normalise(title))):
        return None
    label = label.lower() if label.isupper() else label
    return f"{label[0].upper()}{label[1:]}".replace("'", "’")


def named(department: str, key: str, label: str, offers: int) -> Name | None:
    """The row of a name; None when nothing of it says a job."""
    key, words = _read(key, label)
    return Name(department, key, label, words, offers) if key else None


@lru_cache(maxsize=_REMEMBERED)
def _read(key: str, label: str) -> tuple[str, str]:
    key = titles.normalise(key)
    words = dict.fromkeys([*key.split(), *titles.words(titles.fold(label))])
    return key, "".join(f" {word}" for word in words)


def _all(connection: psycopg.Connection) -> Iterator[Name]:
    for (label,) in connection.execute(_OF_ROME):
        name = named(REFERENCE, label, label.replace("'", "’"), 0) if len(label) <= _LONGEST else None
        if name:
            yield name
    for department, key, title, offers in connection.execute(_OF_OFFERS, {"longest": _LONGEST, "most": _MOST}):
        label = clean(title)
        name = named(department, key, label, offers) if label else None
        if name:
            yield name


def _put(connection: psycopg.Connection, names: Iterable[Name]) -> None:
    connection.execute("CREATE TEMPORARY TABLE gathered (LIKE suggested_jobs) ON COMMIT DROP")
    with connection.cursor().copy("COPY gathered FROM STDIN") as copy:
        for name in names:
            copy.write_row(name)
    connection.execute(
        "DELETE FROM suggested_jobs AS old WHERE NOT EXISTS (SELECT FROM gathered AS new WHERE"
        " (new.department, new.key) = (old.department, old.key))"
    )
    connection.execute(
        """
        INSERT INTO suggested_jobs AS old (department, key, label, words, offers)
            SELECT department, key, label, words, offers FROM gathered
        ON CONFLICT (department, key) DO UPDATE
            SET label = excluded.label, words = excluded.words, offers = excluded.offers
            WHERE (old.label, old.words, old.offers) IS DISTINCT FROM (excluded.label, excluded.words, excluded.offers)
        """
    )
