"""A person is created once: who may be the same among 200,000 people, and a file of 10,000 lines among them."""

import random
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sqlalchemy import text
from sqlalchemy.orm import Session

from tests.benchmarks import scratch
from tests.benchmarks.table import Row, print_table
from traitdunion.core import db
from traitdunion.prescribers import duplicates
from traitdunion.prescribers.duplicates import Described
from traitdunion.prescribers.people_files import outcomes, reading

_PEOPLE, _ASKED, _LINES = 200_000, 150, 10_000
_GIVEN = (
    "Marie Jean Camille Léa Emma Louise Jade Alice Chloé Inès Sarah Manon Zoé Nathan Lucas Louis Hugo Jules Arthur "
    "Adam Raphaël Paul Tom Noah Gabriel Mohamed Sacha Théo Enzo Nina Lina Rose Anna Mathilde Clara Julia Anaïs Laura "
    "Élodie Céline Sandrine Nathalie Isabelle Sylvie Catherine Monique Nicole Françoise Michel Pierre André Philippe "
    "Alain Jean-Pierre Marie-Claude Anne-Sophie Jean-Luc Fatima Karim Mehdi Yanis Amine"
).split()
_SYLLABLES = (
    "ba be bi bo bou bre ca cha che clé co da de dé do du fa fe fi fo ga ge go gue ha jo la le lé li lo lu ma me mi mo "
    "mou na ni no pa pe pi po ra re ré ri ro ru sa se si so ta te ti to va ve vi vo"
).split()
_ENDINGS = "ard et in on eau ier el ot er is oux ac ert ois ez".split()


def rows(*, full: bool = False) -> list[Row]:
    """One description at a time, then a file."""
    chance = random.Random(8)
    families = ["".join(chance.choices(_SYLLABLES, k=chance.choice((1, 2, 2, 3)))) for _ in range(30_000)]
    families = [f"{family}{chance.choice(_ENDINGS)}".capitalize() for family in families] + ["Martin"] * 600
    with scratch.application(with_communes=False) as app, app.app_context():
        with db.driver_connection(db.engine()) as connection:
            copy = "COPY people (given_name, family_name, email, birth_date, created_at) FROM STDIN"
            with connection.cursor() as cursor, cursor.copy(copy) as rows_:
                for number in range(_PEOPLE):
                    rows_.write_row((*_somebody(chance, families), f"p{number}@exemple.fr", _day(chance), "2026-01-01"))
            connection.execute("VACUUM ANALYZE people")
        with db.transaction() as session:
            return [*_one_by_one(session, chance), _file(session, chance, families)]


def _one_by_one(session: Session, chance: random.Random) -> Iterator[Row]:
    """Half of them known, with a letter changed; a quarter of the names are the most usual of all."""
    known = session.execute(
        text("SELECT given_name, family_name, birth_date FROM people ORDER BY random() LIMIT :most"), {"most": _ASKED}
    ).all()
    asked = []
    for number, (given, family, day) in enumerate(known):
        if number % 4 == 0:
            asked.append(Described(given_name="Marie", family_name="Martin", birth_date=_day(chance), email="a@b.fr"))
        else:
            typed = family[:-1] if number % 2 else family
            asked.append(Described(given_name=given, family_name=typed, birth_date=day, email=f"n{number}@exemple.fr"))
    plain = text("SELECT id FROM people WHERE email = :email")
    figure = _p95(lambda one: duplicates.find(session, one, organisation_id=0), asked)
    beside = _p95(lambda one: session.execute(plain, {"email": one.email}).all(), asked)
    found = sum(
        any(near.person.birth_date == one.birth_date for near in duplicates.find(session, one, organisation_id=0))
        for number, one in enumerate(asked)
        if number % 4
    )
    what = f"near duplicates of a person among {_PEOPLE}, p95 (one look-up by e-mail beside)"
    yield Row(what, f"{figure:.1f} ms", f"{beside:.1f} ms", f"{figure / beside:.0f}", "≤ 50 ms")
    total = sum(1 for number in range(len(asked)) if number % 4)
    yield Row("… of those who are there, a letter missing in half of them, found", f"{found} / {total}")


def _file(session: Session, chance: random.Random, families: list[str]) -> Row:
    people = (f"{given};{family};{_day(chance):%d/%m/%Y}" for given, family in _many(chance, families))
    content = "\n".join(("prenom;nom;naissance;email", *(f"{one};n{at}@exemple.fr" for at, one in enumerate(people))))
    started = time.perf_counter()
    found = outcomes.work_out(session, reading.lines(content.encode()), organisation_id=0)
    taken = time.perf_counter() - started
    assert len(found) == _LINES
    return Row(f"what will happen to each of {_LINES} lines of a file, among {_PEOPLE} people", f"{taken:.1f} s")


def _many(chance: random.Random, families: list[str]) -> Iterator[tuple[str, str]]:
    for _ in range(_LINES):
        yield _somebody(chance, families)


def _somebody(chance: random.Random, families: list[str]) -> tuple[str, str]:
    return chance.choice(_GIVEN), chance.choice(families)


def _day(chance: random.Random) -> date:
    return date(1958, 1, 1) + timedelta(days=chance.randrange(50 * 365))


def _p95(call: Callable[[Described], object], asked: list[Described]) -> float:
    for one in asked[:5]:
        call(one)
    durations = []
    for one in asked:
        started = time.perf_counter()
        call(one)
        durations.append((time.perf_counter() - started) * 1000)
    return statistics.quantiles(durations, n=20)[-1]


if __name__ == "__main__":
    print_table(rows())
