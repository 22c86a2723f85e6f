"""What the demonstration draws from: jobs, employers, phrases, trainings and organisations, all in `facts/`."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

FACTS = Path(__file__).parent / "facts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What the offers of neighbouring jobs say alike."""

    profiles: list[str]
    conditions: list[str]
    hours: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job that recruits; `pay` is gross euros a month, `level` a key of `Phrases.levels`."""

    family: Family
    rome: str
    weight: int
    job_title: str
    person: str
    titles: list[str]
    employers: list[str]
    contracts: str
    pay: list[int]
    level: str
    skills: list[str]
    missions: list[str]
    asks: list[str]
    rome_v3: str | None = None
    rome_v3_label: str | None = None
    licence: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EmployerKind:
    """A kind of employer: patterns of names, and how it presents itself."""

    names: list[str]
    client: str
    naf: str
    sector: str
    presentations: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """What every offer is made of."""

    openings: list[str]
    anonymous_openings: list[str]
    missions_headings: list[str]
    profile_headings: list[str]
    conditions_headings: list[str]
    endings: list[str]
    qualities: list[str]
    partners: list[str]
    levels: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """A training as organisations of its domain give it; `entry` and `exit` are European levels."""

    title: str
    domain: str
    rome: list[str]
    entry: int
    exit: int
    hours: list[int]
    """In the centre, then in a company."""
    objective: str
    content: list[str]
    aim: int = 6
    certifying: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Who gives trainings, in which domains."""

    name: str
    domains: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """What people and those who welcome them are made of."""

    given: list[str]
    roles: list[str]
    streets: list[str]
    transports: list[str]
    accessibility: list[str]
    equipment: list[str]
    words: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PrescriberOrganisation:
    """Who follows people: how many, with which functions, and by which delegation where the law asks for one."""

    name: str
    kind: str
    legal_form: str
    proof: str
    people: int
    prescribers: list[str]
    delegation: dict[str, Any] | None = None
    is_waiting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What prescribers and people write."""

    words: list[str]
    notes: list[str]
    handed: list[str]
    refusals: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """All of `facts/`, in its order."""

    jobs: list[Job]
    kinds: dict[str, EmployerKind]
    names: list[str]
    """Of nobody: they complete the patterns of employers, and name contacts."""
    phrases: Phrases
    programmes: list[Programme]
    organisations: list[Organisation]
    people: People
    prescribers: list[PrescriberOrganisation]
    said: Said


def read() -> Inventory:
    """The inventory; some 80 ms."""
    companies, prescribers = _table("companies.toml"), _table("prescribers.toml")
    return Inventory(
        jobs=list(_jobs()),
        kinds={name: EmployerKind(**kind) for name, kind in companies["kinds"].items()},
        names=companies["invented"],
        phrases=Phrases(**_table("phrases.toml")),
        programmes=[Programme(**one) for one in _table("trainings.toml")["trainings"]],
        organisations=[Organisation(**one) for one in _table("organisations.toml")["organisations"]],
        people=People(**_table("people.toml")),
        prescribers=[PrescriberOrganisation(**one) for one in prescribers["organisations"]],
        said=Said(**prescribers["texts"]),
    )


def _jobs() -> Iterator[Job]:
    for path in sorted((FACTS / "jobs").glob("*.toml")):
        table = _table(f"jobs/{path.name}")
        jobs = table.pop("jobs")
        family = Family(**table)
        yield from (Job(family=family, **job) for job in jobs)


def _table(name: str) -> dict[str, Any]:
    with (FACTS / name).open("rb") as file:
        return tomllib.load(file)
