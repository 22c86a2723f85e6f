"""`flask trainings …` as an operator uses it, on small files and on the real ones."""

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.trainings import samples
from traitdunion.clients.geo_api import CommuneRecord
from traitdunion.territories import communes
from traitdunion.trainings.models import Action, RejectedTraining, Training, TrainingImport, TrainingSession

Run = Callable[..., Result]


@pytest.fixture
def flask(app: Flask) -> Run:
    """Runs `flask trainings` with these arguments."""
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=["trainings", *map(str, arguments)])


@pytest.fixture
def catalogue(tmp_path: Path) -> Callable[[bytes], Path]:
    """A file with these bytes."""

    def write(content: bytes) -> Path:
        path = tmp_path / "catalogue.xml"
        path.write_bytes(content)
        return path

    return write


@pytest.fixture(autouse=True)
def _communes(session: Session) -> None:
    """A few communes: where there is none, the first import loads all of France, which takes seconds."""
    communes.replace(
        session,
        [
            CommuneRecord(
                code=entry.code,
                name=entry.name,
                kind=entry.kind,
                postcodes=entry.postcodes,
                population=entry.population,
                department=entry.department,
                region=entry.region,
                centre=(entry.latitude, entry.longitude),
            )
            for entry in samples.ENTRIES
        ],
    )


class TestImport:
    def test_says_what_it_did(self, flask: Run, catalogue: Callable[[bytes], Path]) -> None:
        done = flask("import", catalogue(samples.lheo(samples.training(), "<formation/>")))

        assert done.exit_code == 0
        line, refused = done.output.splitlines()
        assert line.startswith("catalogue.xml\u00a0: 2 fiches lues en ")
        assert line.endswith("1 nouvelles, 0 modifiées, 0 inchangées\u202f; 1 refusées, 0 retirées.")
        assert "replay" in refused

    def test_takes_the_format_and_the_source_that_it_is_told(
        self, flask: Run, session: Session, catalogue: Callable[[bytes], Path]
    ) -> None:
        done = flask(
            "import", catalogue(b"intitule;codes_rome\nSoudeur;H2913\n"), "--format", "csv", "--source", "carif"
        )

        assert done.exit_code == 0
        assert session.scalars(select(Training.source)).all() == ["carif"]

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"", "le fichier est vide."),
            (b"<html><body/></html>", "c’est du XML, mais pas du LHEO"),
            (b'{"intitule": "une offre"}', "c’est du JSON sans formation"),
            (b"nom;commune\nA;Metz\n", "la première ligne ne nomme pas les colonnes attendues"),
            (b"\x89PNG\r\n\x1a\n", "c’est un fichier binaire"),
        ],
    )
    def test_refuses_another_file_in_one_line_and_stores_nothing(
        self, flask: Run, session: Session, catalogue: Callable[[bytes], Path], content: bytes, reason: str
    ) -> None:
        done = flask("import", catalogue(content))

        assert done.exit_code == 1
        assert len(done.output.splitlines()) == 1
        assert f"catalogue.xml\u00a0: {reason}" in done.output
        assert done.output.endswith("Rien n’a été importé.\n")
        assert session.scalar(select(func.count(TrainingImport.id))) == 0

    def test_keeps_the_beginning_of_a_cut_file_and_fails(
        self, flask: Run, session: Session, catalogue: Callable[[bytes], Path]
    ) -> None:
        whole = samples.lheo(samples.training("F1"), samples.training("F2"))

        done = flask("import", catalogue(whole[:-300]))

        assert done.exit_code == 1
        assert "1 nouvelles" in done.output
        assert "Ce qui a été lu est gardé." in done.output
        assert session.scalars(select(Training.source_id)).all() == ["F1"]

    def test_is_wrongly_used_without_a_file(self, flask: Run, tmp_path: Path) -> None:
        assert flask("import", tmp_path / "absent").exit_code == 2
        assert flask("import", tmp_path).exit_code == 2


class TestReplay:
    def test_says_what_it_did(self, flask: Run, session: Session, catalogue: Callable[[bytes], Path]) -> None:
        flask("import", catalogue(samples.lheo(samples.training(), "<formation numero='F2'/>")))
        session.execute(update(RejectedTraining).values(raw=samples.training("F2").encode()))

        done = flask("replay")

        assert done.exit_code == 0
        assert done.output == "Fiches relues\u00a0: 1 importées, 0 encore refusées, 0 dépassées.\n"
        assert session.scalar(select(func.count(Training.id))) == 2


@pytest.mark.real_data
class TestRealFiles:
    @pytest.mark.parametrize(
        ("name", "read", "funded", "permanent"),
        [
            ("grand_est_funded.jsonl", 292, 292, 292),
            ("certifications.jsonl", 4088, 0, 0),
            ("lheo/intercarif-data-test-anotea.xml", 1, 1, 0),
            ("lheo/intercarif-lheo-index-bob.xml", 10, 0, 0),
            ("json/formation.json", 1, 1, 0),
            ("json/certifiante.json", 1, 1, 2),
        ],
    )
    def test_are_read_whole_and_twice_without_harm(  # noqa: PLR0917 — a table of files
        self, flask: Run, session: Session, real_data: Path, name: str, read: int, funded: int, permanent: int
    ) -> None:
        path = real_data / "trainings" / name

        first, second = flask("import", path), flask("import", path)

        assert (first.exit_code, second.exit_code) == (0, 0), first.output
        assert f"{read} fiches lues" in first.output
        assert f"{read} nouvelles, 0 modifiées, 0 inchangées\u202f; 0 refusées, 0 retirées." in first.output
        assert f"0 nouvelles, 0 modifiées, {read} inchangées\u202f; 0 refusées, 0 retirées." in second.output
        assert session.scalar(select(func.count()).where(Training.is_funded)) == funded
        assert session.scalar(select(func.count()).where(TrainingSession.is_permanent)) == permanent

    def test_all_json_samples_are_one_training(self, flask: Run, session: Session, real_data: Path) -> None:
        for path in sorted((real_data / "trainings" / "json").glob("*.json")):
            assert flask("import", path).exit_code == 0

        assert session.scalars(select(Training.source_id)).all() == ["07_10"]

    def test_of_the_region_are_in_the_region(self, flask: Run, session: Session, real_data: Path) -> None:
        communes.load_facts(session)

        flask("import", real_data / "trainings" / "grand_est_funded.jsonl")

        regions = set(session.scalars(select(Training.region_code).where(Training.region_code.is_not(None))))
        unplaced = session.scalars(select(Action.city).where(Action.commune_code.is_(None))).all()
        assert regions == {"44"}
        assert len(unplaced) <= 1

    @pytest.mark.parametrize(
        "name",
        [
            "trainings/lheo/lheo-dora.xsd",
            "trainings/lheo/lheo-gml.xml",
            "trainings/lheo/lheo-dict-FORMACODE.xml",
            "offers/offers.jsonl",
            "geo/communes.csv",
        ],
    )
    def test_of_another_kind_are_refused(self, flask: Run, session: Session, real_data: Path, name: str) -> None:
        done = flask("import", real_data / name)

        assert done.exit_code == 1
        assert len(done.output.splitlines()) == 1
        assert session.scalar(select(func.count(Training.id))) == 0
