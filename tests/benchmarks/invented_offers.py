"""Invented offers in any number, spread over France as people are: only to measure searching."""

import csv
import itertools
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import orjson
import psycopg

from traitdunion.matching import titles
from traitdunion.offers.reading import profile_key, search_vector

_PACKAGE = Path(__file__).resolve().parents[2] / "traitdunion"
_NOW = datetime(2026, 11, 21, 8, tzinfo=UTC)
_COLUMNS = (
    "source source_id title title_key description rome_code job_title profile_key company_name contract_type"
    " is_work_study commune_code department place_label latitude longitude is_place_approximate level positions url"
    " published_at updated_at first_seen_at changed_at content_hash search record"
).split()
_CONTRACTS = ("CDI", "CDI", "CDI", "CDD", "CDD", "MIS", "MIS", "SAI")
_LEVELS = (None, None, None, None, None, 0, 3, 3, 4, 5)


@dataclass(frozen=True, slots=True)
class Town:
    """Where offers are."""

    code: str
    name: str
    department: str
    latitude: float
    longitude: float
    population: int


@dataclass(frozen=True, slots=True)
class _Job:
    title: str
    rome_code: str
    stems: str


def insert(connection: psycopg.Connection, count: int, towns: Sequence[Town], *, seed: int = 1) -> None:
    """Writes `count` offers by COPY; the caller commits. Some titles are a hundred times as frequent as others."""
    connection.execute(
        "INSERT INTO offer_sources (name, label, is_crawled, is_fictitious) VALUES ('mesure', 'Mesure', false, true)"
        " ON CONFLICT DO NOTHING"
    )
    with connection.cursor().copy(f"COPY offers ({', '.join(_COLUMNS)}) FROM STDIN") as copy:
        for row in _rows(count, towns, random.Random(seed)):
            copy.write_row(row)
    connection.execute(_WORDS)
    connection.execute("ANALYZE offers")


def match(connection: psycopg.Connection, trainings: int) -> None:
    """Writes so many funded trainings, and for each profile of offers eight of them; the caller commits."""
    connection.execute(_TRAININGS, {"count": trainings})
    connection.execute("INSERT INTO matched_profiles SELECT DISTINCT profile_key, now(), '1' FROM offers")
    connection.execute(_MATCHES, {"count": trainings})
    connection.execute("ANALYZE trainings")
    connection.execute("ANALYZE matches")


_WORDS = """
    INSERT INTO title_words
    SELECT DISTINCT word, word FROM offers, regexp_split_to_table(unaccent(lower(job_title)), '[^a-z]+') AS word
    WHERE length(word) > 2
"""
_TRAININGS = """
    WITH made AS (
        INSERT INTO trainings (source, source_id, title, rome_codes, formacodes, certifications,
            is_entry_level_required, is_funded, region_code, first_seen_at, updated_at, content_hash, search)
        SELECT 'mesure', number::text, 'Formation ' || number, '{}', '{}', '{}', false, true, '44', now(), now(), '', ''
        FROM generate_series(1, %(count)s) AS number RETURNING id
    ), placed AS (
        INSERT INTO training_actions (training_id, source_id, city, latitude, longitude, is_place_approximate,
            is_permanent, funders, audiences, content_hash)
        SELECT id, '1', 'Ville', 48 + id %% 20 / 10.0, 5 + id %% 30 / 10.0, true, false, '{2}', '{}', '' FROM made
        RETURNING id
    )
    INSERT INTO training_sessions (action_id, source_id, starts_on, enrolment, is_permanent, content_hash)
    SELECT id, number::text, current_date + number * 40, 'open', false, '' FROM placed, generate_series(1, 3) AS number
"""
_MATCHES = """
    INSERT INTO matches
    SELECT key, 1 + (abs(hashtext(key)) + number * 37) %% %(count)s, number, 1 - number / 10.0,
        '[{"kind": "same_occupation", "strength": 1, "words": [], "codes": ["D1102"]}]'
    FROM matched_profiles, generate_series(1, 8) AS number
    ON CONFLICT DO NOTHING
"""


def _rows(count: int, towns: Sequence[Town], chance: random.Random) -> Iterator[tuple[object, ...]]:
    jobs = _jobs(chance)
    job_weights = list(itertools.accumulate(1 / (rank + 15) for rank in range(len(jobs))))
    town_weights = list(itertools.accumulate(town.population for town in towns))
    descriptions = [_description(jobs, chance) for _ in range(2_000)]
    stems = [search_vector((), (), (), (text,)) for text in descriptions]
    for number in range(count):
        job = chance.choices(jobs, cum_weights=job_weights)[0]
        town = chance.choices(towns, cum_weights=town_weights)[0]
        which = chance.randrange(len(descriptions))
        is_placed = chance.random() > 0.1
        level = chance.choice(_LEVELS)
        updated = _NOW - timedelta(minutes=chance.randrange(60 * 24 * 60))
        key = titles.normalise(job.title)
        yield (
            *("mesure", str(number), f"{job.title} (H/F)", key, descriptions[which], job.rome_code, job.title),
            *(profile_key(key, job.rome_code, level), f"Entreprise {number % 20_000}", chance.choice(_CONTRACTS)),
            *(number % 12 == 0, town.code if is_placed else None, town.department, f"{town.department} - {town.name}"),
            town.latitude + chance.gauss(0, 0.01) if is_placed else None,
            town.longitude + chance.gauss(0, 0.015) if is_placed else None,
            *(False, level, 1, f"https://exemple.fr/{number}", updated, updated, updated, updated, b"0"),
            f"{job.stems} {stems[which]}",
            orjson.dumps({"id": str(number), "description": descriptions[which]}).decode(),
        )


def _jobs(chance: random.Random) -> list[_Job]:
    with (_PACKAGE / "rome" / "facts" / "occupations.csv").open(encoding="utf-8", newline="") as file:
        found = [_Job(row["label"], row["code"], search_vector((row["label"],))) for row in csv.DictReader(file)]
    chance.shuffle(found)
    # Bakers are some 0.5 % of offers.
    return sorted(found, key=lambda job: not job.title.startswith("Boulanger /"))


def _description(jobs: Sequence[_Job], chance: random.Random) -> str:
    """130 words: half of them common to all offers, half of a few trades."""
    common = (
        "vous entreprise poste équipe mission client travail expérience profil recherche contrat rémunération selon"
        " qualité sécurité formation permis horaires salaire accompagner assurer gérer respecter matériel service"
    ).split()
    trades = " ".join(job.title for job in chance.choices(jobs, k=12)).split()
    return " ".join(chance.choices(common, k=70) + chance.choices(trades, k=60))
