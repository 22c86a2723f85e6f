"""Replacing the reference: whole or not at all, one version or both, and what is kept of the other."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tests.rome import releases
from tests.rome.releases import CODES_V4, DOMAINS_V4, MOBILITIES_V3, MOBILITIES_V4, TITLES_V4
from traitdunion.core import db
from traitdunion.rome import official, reference
from traitdunion.rome.models import JobTitle, Mobility, Occupation, Origin, RomeImport
from traitdunion.rome.reference import ReleaseRefused

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
Contents = dict[str, bytes]


def put(session: Session, contents: Contents) -> list[RomeImport]:
    """Replaces the reference by the release that the files make."""
    return reference.replace(session, releases.read(contents), source="RefRomeCsv.zip", now=NOW)


def rows(session: Session) -> dict[str, list[tuple[Any, ...]]]:
    """All that the reference holds, in order."""
    return {
        model.__tablename__: sorted(session.execute(select(*model.__table__.columns)), key=str)
        for model in (Occupation, JobTitle, Mobility)
    }


class TestReplace:
    def test_joins_both_versions_of_an_occupation(self, session: Session) -> None:
        put(session, releases.files())

        boulanger = session.get_one(Occupation, "D1102")
        assert (boulanger.label, boulanger.label_v3) == ("Boulanger / Boulangère", "Boulangerie - viennoiserie")
        assert (boulanger.parent_code, boulanger.in_v3, boulanger.in_v4) == ("D1102", True, True)
        assert (boulanger.sector_code, boulanger.sector_label) == ("D", "Commerce")
        assert (boulanger.domain_code, boulanger.domain_label) == ("D11", "Commerce alimentaire et métiers de bouche")

    def test_gives_an_occupation_of_rome_4_its_parent(self, session: Session) -> None:
        put(session, releases.files())

        tourier = session.get_one(Occupation, "D1120")
        assert (tourier.parent_code, tourier.label_v3, tourier.in_v3) == ("D1102", None, False)

    def test_places_a_job_title_where_rome_4_does_and_keeps_those_of_rome_3(self, session: Session) -> None:
        put(session, releases.files())

        placed = {
            title.ogr_code: (title.occupation_code, title.parent_code) for title in session.scalars(select(JobTitle))
        }
        assert placed[100] == ("A1102", "A1101")
        assert placed[103] == ("L1303", "L1303")
        assert len(placed) == 7

    def test_notes_what_was_put_in_place(self, session: Session) -> None:
        put(session, releases.files())

        v4, v3 = reference.editions(session)
        assert (v4.edition, v4.published_on, v4.occupations, v4.job_titles, v4.mobilities) == (
            "4.61",
            date(2026, 6, 15),
            6,
            6,
            3,
        )
        assert (v3.edition, v3.published_on, v3.occupations, v3.job_titles, v3.mobilities) == ("3.47", None, 4, 4, 3)
        assert {(found.origin, found.source, found.imported_at) for found in (v3, v4)} == {
            (Origin.OFFICIAL, "RefRomeCsv.zip", NOW)
        }

    def test_takes_the_day_it_is_given_where_the_files_tell_none(self, session: Session) -> None:
        release = releases.read(releases.without(releases.files(4), "version.txt"))

        (edition,) = reference.replace(session, release, source="…", now=NOW, published_on=date(2026, 6, 18))

        assert edition.published_on == date(2026, 6, 18)

    def test_does_the_same_done_twice(self, session: Session) -> None:
        put(session, releases.files())
        once = rows(session)

        put(session, releases.files())

        assert rows(session) == once
        assert len(reference.editions(session)) == 2

    def test_removes_what_the_new_edition_no_longer_has(self, session: Session) -> None:
        put(session, releases.files())
        gone = releases.files(4)
        for name in (CODES_V4, TITLES_V4):
            gone[name] = b"".join(line for line in gone[name].splitlines(keepends=True) if b"D1120" not in line)

        put(session, gone)

        assert session.get(Occupation, "D1120") is None
        assert session.get(JobTitle, 104) is None

    def test_leaves_rome_3_as_it_was_when_only_rome_4_comes(self, session: Session) -> None:
        put(session, releases.files())
        before = rows(session)

        put(session, releases.files(4))

        assert rows(session) == before

    def test_leaves_rome_4_as_it_was_when_only_rome_3_comes(self, session: Session) -> None:
        put(session, releases.files())
        before = rows(session)

        put(session, releases.files(3))

        assert rows(session) == before

    def test_keeps_the_mobilities_and_domains_of_a_version_that_comes_without(self, session: Session) -> None:
        put(session, releases.files())
        before = rows(session)

        put(session, releases.without(releases.files(), MOBILITIES_V4, DOMAINS_V4))

        assert rows(session) == before

    def test_compares_with_the_facts_too(self, session: Session) -> None:
        reference.load_facts(session, now=NOW)

        with pytest.raises(ReleaseRefused, match=r"Le ROME 4.61 n’a que 6 métiers au lieu de 1584"):
            put(session, releases.files())

    @pytest.mark.parametrize(
        ("spoil", "words"),
        [
            (lambda files: halved(files, CODES_V4, TITLES_V4), "n’a que 2 métiers au lieu de 6"),
            (lambda files: releases.cut(files, MOBILITIES_V3, 3), "n’a que 1 mobilités au lieu de 3"),
        ],
    )
    def test_refuses_the_loss_of_more_than_half_and_changes_nothing(
        self, session: Session, spoil: Callable[[Contents], Contents], words: str
    ) -> None:
        put(session, releases.files())
        before = rows(session)

        with pytest.raises(ReleaseRefused, match=words):
            put(session, spoil(releases.files()))

        assert rows(session) == before
        assert len(session.scalars(select(RomeImport)).all()) == 2

    def test_refuses_a_first_release_without_mobilities(self, session: Session) -> None:
        with pytest.raises(ReleaseRefused, match="manque le fichier unix_rubrique_mobilite"):
            put(session, releases.without(releases.files(), MOBILITIES_V3, MOBILITIES_V4))

        assert rows(session) == {"occupations": [], "job_titles": [], "mobilities": []}

    def test_waits_for_an_import_that_is_under_way(self, committing_app: Flask) -> None:
        def in_a_thread() -> None:
            with committing_app.app_context(), db.transaction() as own:
                put(own, releases.files())

        with ThreadPoolExecutor(1) as threads:
            with db.transaction() as session:
                put(session, releases.files())
                second = threads.submit(in_a_thread)
                with pytest.raises(TimeoutError):
                    second.result(timeout=0.5)
            second.result(timeout=30)

        with db.transaction() as session:
            assert len(session.scalars(select(Occupation)).all()) == 6
            assert len(session.scalars(select(RomeImport)).all()) == 4

    @pytest.mark.real_data
    def test_puts_the_official_files_in_place_of_the_facts(self, session: Session, real_data: Path) -> None:
        reference.load_facts(session, now=NOW)

        reference.replace(session, official.read(real_data / "rome" / "official"), source="official", now=NOW)

        found = rows(session)
        assert [len(found[name]) for name in ("occupations", "job_titles", "mobilities")] == [1_584, 13_120, 4_008]
        occupations = list(session.scalars(select(Occupation)))
        assert sum(occupation.in_v3 for occupation in occupations) == 531
        assert all(occupation.sector_label and occupation.domain_label for occupation in occupations)
        assert all(occupation.label_v3 for occupation in occupations if occupation.in_v3)
        assert len({occupation.parent_code for occupation in occupations}) == 532


def halved(contents: Contents, *names: str) -> Contents:
    """The files, with the first two occupations only in those."""
    kept = (b'"code', b'"transition', b'"A1101"', b'"A1102"')
    return contents | {
        name: b"".join(
            line for line in contents[name].splitlines(keepends=True) if line.startswith(kept) or b'"A1101","N"' in line
        )
        for name in names
    }


class TestLoadFacts:
    def test_loads_every_label_of_rome_4_and_says_how_many(self, session: Session) -> None:
        assert reference.load_facts(session, now=NOW) == 1_584

        boulanger = session.get_one(Occupation, "D1102")
        assert (boulanger.label, boulanger.in_v4, boulanger.in_v3) == ("Boulanger / Boulangère", True, False)
        (edition,) = reference.editions(session)
        assert (edition.edition, edition.origin, edition.job_titles) == ("4.60", Origin.FACTS, 0)

    def test_gives_parents_that_exist_and_are_their_own(self, session: Session) -> None:
        reference.load_facts(session, now=NOW)

        parents = dict(session.execute(select(Occupation.code, Occupation.parent_code)).all())
        assert all(parents[parent] == parent for parent in parents.values())

    def test_does_nothing_the_second_time(self, session: Session) -> None:
        reference.load_facts(session, now=NOW)

        assert reference.load_facts(session, now=NOW) == 0

        assert len(session.scalars(select(RomeImport)).all()) == 1

    def test_never_touches_an_official_edition(self, session: Session) -> None:
        put(session, releases.files())
        before = rows(session)

        assert reference.load_facts(session, now=NOW) == 0

        assert rows(session) == before

    @pytest.mark.real_data
    def test_has_the_codes_and_labels_of_the_official_edition(self, session: Session, real_data: Path) -> None:
        reference.load_facts(session, now=NOW)

        found = dict(session.execute(select(Occupation.code, Occupation.label)).all())

        official_v4 = official.read(real_data / "rome" / "official").editions[4]
        assert found == {code: line.label for code, line in official_v4.occupations.items()}


class TestHasOfficial:
    def test_is_true_after_an_import_only(self, session: Session) -> None:
        before = reference.has_official(session)
        reference.load_facts(session, now=NOW)
        with_facts = reference.has_official(session)
        session.execute(delete(Occupation))
        put(session, releases.files())

        assert (before, with_facts, reference.has_official(session)) == (False, False, True)
