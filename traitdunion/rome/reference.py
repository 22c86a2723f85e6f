"""Puts a release in place of the one in force: in one transaction, whole, or not at all."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import replace as changed
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, exists, func, select
from sqlalchemy.orm import Session

from traitdunion.core.errors import Refused
from traitdunion.rome import parents
from traitdunion.rome.models import JobTitle, Mobility, MobilityKind, Occupation, Origin, RomeImport
from traitdunion.rome.official import Edition, MobilityLine, OccupationLine, Release, TitleLine

FACTS = Path(__file__).parent / "facts" / "occupations.csv"
_FACTS_NUMBER = "4.60"  # the package they come from has the codes and labels of that edition
_LOCK = 7306003  # for PostgreSQL: two imports at once wait for each other


class ReleaseRefused(Refused):
    """A release that reads well and cannot be right beside the one in force."""


def has_official(session: Session) -> bool:
    """Whether official files were ever imported."""
    return bool(session.scalar(select(exists().where(RomeImport.origin == Origin.OFFICIAL))))


def editions(session: Session) -> list[RomeImport]:
    """The edition in force of each version, ROME 4 first."""
    latest = select(func.max(RomeImport.id)).group_by(RomeImport.version)
    return list(
        session.scalars(select(RomeImport).where(RomeImport.id.in_(latest)).order_by(RomeImport.version.desc()))
    )


def load_facts(session: Session, *, now: datetime) -> int:
    """Loads the labels that come with the software, and guesses parents; the number of codes loaded.

    0 when they are already there, or an official edition is, which is never touched.
    """
    _wait_for_others(session)
    if has_official(session):
        return 0
    with FACTS.open(encoding="utf-8", newline="") as lines:
        labels = {row["code"]: row["label"] for row in csv.DictReader(lines)}
    if labels == dict(session.execute(select(Occupation.code, Occupation.label)).all()):
        return 0
    guessed = parents.guess(labels)
    occupations = {code: OccupationLine(label, guessed[code]) for code, label in labels.items()}
    facts = Edition(version=4, number=_FACTS_NUMBER, occupations=occupations, job_titles={})
    _write(session, {4: facts}, {})
    _note(session, facts, Origin.FACTS, source=FACTS.name, published_on=None, now=now)
    return len(occupations)


def replace(
    session: Session, release: Release, *, source: str, now: datetime, published_on: date | None = None
) -> list[RomeImport]:
    """Replaces the editions that the release brings, and leaves the other version; what was put in place.

    Until the caller commits, everybody else reads the former reference. `published_on` stands in where the files
    give no day. Raises ReleaseRefused, with nothing changed, when the release has lost more than half of something.
    """
    _wait_for_others(session)
    stored = {version: found for version in (3, 4) if (found := _stored(session, version))}
    brought = {}
    for version, edition in release.editions.items():
        former = stored.get(version)
        if former is not None:
            _refuse_loss(edition, former)
            if not edition.mobilities:
                edition = changed(edition, mobilities=former.mobilities)  # noqa: PLW2901
        brought[version] = edition
    in_force = stored | brought
    if not any(edition.mobilities for edition in in_force.values()):
        raise ReleaseRefused("Il manque le fichier unix_rubrique_mobilite_v….csv.")
    _write(session, in_force, {**_stored_domains(session), **release.domains})
    return [
        _note(session, edition, Origin.OFFICIAL, source=source, published_on=published_on, now=now)
        for _, edition in sorted(brought.items(), reverse=True)
    ]


def _wait_for_others(session: Session) -> None:
    session.execute(select(func.pg_advisory_xact_lock(_LOCK)))


def _refuse_loss(edition: Edition, former: Edition) -> None:
    for words, new, old in (
        ("métiers", edition.occupations, former.occupations),
        ("appellations", edition.job_titles, former.job_titles),
        ("mobilités", edition.mobilities or former.mobilities, former.mobilities),
    ):
        if 2 * len(new) < len(old):
            raise ReleaseRefused(
                f"Le ROME {edition.number} n’a que {len(new)} {words} au lieu de {len(old)} : il semble incomplet."
            )


def _stored(session: Session, version: int) -> Edition | None:
    """The edition of a version as the tables have it, None when there is none."""
    is_in: Mapping[type[Occupation | JobTitle], ColumnElement[bool]] = {
        Occupation: (Occupation.in_v3 if version == 3 else Occupation.in_v4).is_(True),
        JobTitle: (JobTitle.in_v3 if version == 3 else JobTitle.in_v4).is_(True),
    }
    label = func.coalesce(Occupation.label_v3, Occupation.label) if version == 3 else Occupation.label
    code = JobTitle.parent_code if version == 3 else JobTitle.occupation_code
    occupations = session.execute(select(Occupation.code, label, Occupation.parent_code).where(is_in[Occupation]))
    job_titles = session.execute(
        select(
            JobTitle.ogr_code, JobTitle.label, JobTitle.short_label, code, JobTitle.parent_code, JobTitle.is_rare
        ).where(is_in[JobTitle])
    )
    reached = session.execute(
        select(Mobility.from_code, Mobility.to_code, Mobility.kind, Mobility.rank).where(Mobility.version == version)
    )
    found = Edition(
        version=version,
        number=str(version),
        occupations={row[0]: OccupationLine(*row[1:]) for row in occupations},
        job_titles={row[0]: TitleLine(*row[1:]) for row in job_titles},
        mobilities={
            (start, end): MobilityLine(MobilityKind(kind) if kind else None, rank) for start, end, kind, rank in reached
        },
    )
    return found if found.occupations else None


def _stored_domains(session: Session) -> dict[str, str]:
    """The labels of sectors and domains by code, as the tables have them."""
    rows = session.execute(select(Occupation.code, Occupation.sector_label, Occupation.domain_label))
    labels = {code[:size]: label for code, *both in rows for size, label in zip((1, 3), both, strict=True)}
    return {code: label for code, label in labels.items() if label}


def _write(session: Session, in_force: Mapping[int, Edition], domains: Mapping[str, str]) -> None:
    for model in (Occupation, JobTitle, Mobility):
        session.execute(delete(model))
    v3, v4 = in_force.get(3), in_force.get(4)
    _copy(session, Occupation, _occupation_rows(v3, v4, domains))
    _copy(session, JobTitle, _title_rows(v3, v4))
    _copy(
        session,
        Mobility,
        (
            (version, *pair, mobility.kind, mobility.rank)
            for version, edition in in_force.items()
            for pair, mobility in edition.mobilities.items()
        ),
    )
    # Rows were written beside the session: what it holds of them is no longer true.
    session.expire_all()


def _occupation_rows(v3: Edition | None, v4: Edition | None, domains: Mapping[str, str]) -> Iterable[tuple[Any, ...]]:
    old = v3.occupations if v3 else {}
    new = v4.occupations if v4 else {}
    for code in sorted(old.keys() | new.keys()):
        line = new.get(code) or old[code]
        label_v3 = old[code].label if code in old else None
        parent = code if code in old else line.parent_code
        labels = domains.get(code[0]), domains.get(code[:3])
        yield code, line.label, label_v3, parent, code in old, code in new, *labels


def _title_rows(v3: Edition | None, v4: Edition | None) -> Iterable[tuple[Any, ...]]:
    old = v3.job_titles if v3 else {}
    new = v4.job_titles if v4 else {}
    for ogr in sorted(old.keys() | new.keys()):
        line = new.get(ogr) or old[ogr]
        yield ogr, *line, ogr in old, ogr in new


def _copy(session: Session, model: type[Occupation | JobTitle | Mobility], rows: Iterable[tuple[Any, ...]]) -> None:
    """Rows with all the columns of the model, in its order: 36,000 take half a second, where INSERT takes five."""
    table = model.__table__
    assert isinstance(table, Table)  # noqa: S101 — narrows the type
    columns = ", ".join(column.name for column in table.columns)
    driver = session.connection().connection.driver_connection
    assert driver is not None  # noqa: S101 — narrows the type; the session is connected
    with driver.cursor() as cursor, cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _note(
    session: Session, edition: Edition, origin: Origin, *, source: str, published_on: date | None, now: datetime
) -> RomeImport:
    noted = RomeImport(
        version=edition.version,
        edition=edition.number,
        origin=origin,
        source=source,
        published_on=edition.published_on or published_on,
        imported_at=now,
        occupations=len(edition.occupations),
        job_titles=len(edition.job_titles),
        mobilities=len(edition.mobilities),
    )
    session.add(noted)
    return noted
