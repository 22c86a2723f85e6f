"""Imports into the database: twice without harm, withdrawals instead of deletions, refusals kept and replayed."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from tests.trainings import samples
from traitdunion.matching import titles
from traitdunion.trainings import importing
from traitdunion.trainings.drafts import NotTrainings
from traitdunion.trainings.models import (
    Action,
    RejectedTraining,
    Training,
    TrainingImport,
    TrainingOrganisation,
    TrainingSession,
)

NOW = datetime(2026, 11, 21, 9, tzinfo=UTC)
Import = Callable[..., TrainingImport]


@pytest.fixture
def load(session: Session, tmp_path: Path) -> Import:
    """Imports the bytes of a file, one day after the import before."""
    days = iter(range(100))

    def load_bytes(content: bytes, **options: Any) -> TrainingImport:
        path = tmp_path / "catalogue"
        path.write_bytes(content)
        now = NOW + timedelta(days=next(days))
        return importing.import_file(session, path, communes=samples.COMMUNES, now=now, **options)

    return load_bytes


def counts(done: TrainingImport) -> dict[str, int]:
    """The counts that are not zero."""
    names = ("read", "new", "changed", "unchanged", "refused", "withdrawn")
    return {name: getattr(done, name) for name in names if getattr(done, name)}


def sessions(session: Session) -> dict[str, bool]:
    """Whether each session is still in its catalogue, by its identifier."""
    found = session.execute(select(TrainingSession.source_id, TrainingSession.withdrawn_at.is_(None)))
    return dict(found.all())


class TestImportFile:
    def test_stores_training_action_session_and_organisation(self, load: Import, session: Session) -> None:
        done = load(samples.lheo(samples.training()))

        training = session.scalars(select(Training)).one()
        (action,) = training.actions
        (dated,) = action.sessions
        assert counts(done) == {"read": 1, "new": 1}
        assert (training.source, training.source_id, training.title) == ("lheo", "F1", "CAP boulanger")
        assert (training.entry_level, training.exit_level) == (3, 3)
        assert training.is_funded
        assert training.region_code == "44"
        assert training.organisation is not None
        assert training.organisation.siret == "19750707200027"
        assert (action.city, action.commune_code, action.department) == ("Metz", "57463", "57")
        assert (action.latitude, action.is_place_approximate) == (49.11, False)
        assert action.address == "1 rue des Fours"
        assert action.contact_email == "zoe.martin@exemple.fr"
        assert (dated.starts_on, dated.closes_on) == (date(2027, 1, 4), date(2026, 12, 15))

    def test_finds_the_training_by_words(self, load: Import, session: Session) -> None:
        load(samples.lheo(samples.training()))

        (in_title,), (in_content,) = titles.stems("boulangère"), titles.stems("viennoiseries")
        query = func.to_tsquery("simple", f"{in_title}:A & {in_content}:D")
        found = session.scalar(select(func.count()).where(Training.search.op("@@")(query)))

        assert found == 1

    def test_changes_nothing_the_second_time(self, load: Import, session: Session) -> None:
        content = samples.lheo(samples.training("F1"), samples.training("F2"))
        load(content)
        before = session.execute(select(Training.id, Training.updated_at)).all()

        done = load(content)

        assert counts(done) == {"read": 2, "unchanged": 2}
        assert session.execute(select(Training.id, Training.updated_at)).all() == before
        assert session.scalar(select(func.count(Action.id))) == 2
        assert session.scalar(select(func.count(TrainingSession.id))) == 2

    def test_rewrites_what_changed_only(self, load: Import, session: Session) -> None:
        load(samples.lheo(samples.training("F1"), samples.training("F2")))

        done = load(samples.lheo(samples.training("F1"), samples.training("F2", title="CAP pâtissier")))

        assert counts(done) == {"read": 2, "changed": 1, "unchanged": 1}
        titles = dict(session.execute(select(Training.source_id, Training.title)).all())
        assert titles == {"F1": "CAP boulanger", "F2": "CAP pâtissier"}

    @pytest.mark.parametrize(("funder", "is_funded"), [("2", True), ("10", False), ("02", True), ("", False)])
    def test_counts_as_funded_by_the_region_what_funder_2_pays(
        self, load: Import, session: Session, funder: str, is_funded: bool
    ) -> None:
        load(samples.lheo(samples.training(funder=funder)))

        assert session.scalars(select(Training.is_funded)).one() is is_funded

    def test_tells_sources_apart(self, load: Import, session: Session) -> None:
        load(samples.lheo(samples.training()), source="one")
        done = load(samples.lheo(samples.training()), source="two")

        assert counts(done) == {"read": 1, "new": 1}
        assert session.scalar(select(func.count(TrainingOrganisation.id))) == 1

    def test_counts_a_training_told_twice_once(self, load: Import) -> None:
        twice = samples.lheo(samples.training("F1"), samples.training("F1", title="Autre titre"))

        assert counts(load(twice)) == {"read": 2, "new": 1}
        assert counts(load(twice)) == {"read": 2, "unchanged": 1}

    def test_stores_nothing_of_a_file_without_trainings(self, load: Import, session: Session) -> None:
        with pytest.raises(NotTrainings):
            load(b"<html/>")

        assert session.scalar(select(func.count(TrainingImport.id))) == 0

    def test_takes_strange_bytes_in_its_stride(self, load: Import, session: Session) -> None:
        content = 'intitule;codes_rome;commune\nA\x00b \ud83d\ude00;D1102;Metz\n<script>alert("x")</script>;D1102;\n'

        load(content.encode("utf-8", "surrogatepass"))

        titles = set(session.scalars(select(Training.title)))
        assert '<script>alert("x")</script>' in titles
        assert len(titles) == 2

    def test_remembers_what_it_did(self, load: Import, session: Session) -> None:
        load(samples.lheo(samples.training()), source="carif")

        done = session.scalars(select(TrainingImport)).one()
        assert (done.source, done.format, done.file_name) == ("carif", "lheo", "catalogue")
        assert done.started_at == NOW
        assert done.duration > timedelta()

    def test_tells_how_many_bytes_it_read(self, load: Import) -> None:
        content = samples.lheo(samples.training())
        told: list[int] = []

        load(content, advance=told.append)

        assert sum(told) == len(content)


class TestSessions:
    def test_that_close_are_kept(self, load: Import, session: Session) -> None:
        load(samples.lheo(samples.training("F1", samples.session("S1"))))

        done = load(samples.lheo(samples.training("F1", samples.session("S1", state="2"))))

        assert counts(done) == {"read": 1, "changed": 1}
        assert session.scalars(select(TrainingSession.enrolment)).one() == "closed"
        assert sessions(session) == {"S1": True}

    def test_that_their_training_no_longer_shows_are_withdrawn(self, load: Import, session: Session) -> None:
        load(samples.lheo(samples.training("F1", samples.session("S1"), samples.session("S2"))))

        done = load(samples.lheo(samples.training("F1", samples.session("S2"))))

        assert counts(done) == {"read": 1, "changed": 1, "withdrawn": 1}
        assert sessions(session) == {"S1": False, "S2": True}

    def test_that_come_back_are_there_again(self, load: Import, session: Session) -> None:
        both = samples.lheo(samples.training("F1", samples.session("S1"), samples.session("S2")))
        load(both)
        load(samples.lheo(samples.training("F1", samples.session("S2"))))

        done = load(both)

        assert counts(done) == {"read": 1, "changed": 1}
        assert sessions(session) == {"S1": True, "S2": True}

    def test_of_a_table_are_withdrawn_when_all_its_lines_were_read(self, load: Import, session: Session) -> None:
        header, first, second = "identifiant;intitule;codes_rome;debut", "1;A;D1102;2027-01-04", "1;A;D1102;2027-09-01"
        load("\n".join((header, first, second)).encode())
        assert sessions(session) == {"~2027-01-04": True, "~2027-09-01": True}

        with_a_refusal = load("\n".join((header, first, "1;;D1102;2027-09-01")).encode())
        assert counts(with_a_refusal) == {"read": 2, "unchanged": 1, "refused": 1}

        whole = load("\n".join((header, first)).encode())
        assert counts(whole) == {"read": 1, "changed": 1, "withdrawn": 1}
        assert sessions(session) == {"~2027-01-04": True, "~2027-09-01": False}

    def test_of_an_action_that_is_withdrawn_no_longer_fund_the_training(self, load: Import, session: Session) -> None:
        load(samples.lheo(samples.training("F1")))

        load(
            samples.lheo(
                samples.training("F1")
                .replace('<action numero="A1">', '<action numero="A2">')
                .replace("<code-financeur>2", "<code-financeur>10")
            )
        )

        training = session.scalars(select(Training)).one()
        session.refresh(training)
        assert not training.is_funded
        assert [action.source_id for action in training.living_actions] == ["A2"]


class TestCutFiles:
    def test_keep_what_came_before_and_say_so(self, load: Import, session: Session) -> None:
        whole = samples.lheo(samples.training("F1"), samples.training("F2"))

        done = load(whole[:-300])

        assert counts(done) == {"read": 1, "new": 1}
        assert done.message is not None
        assert done.message.startswith("le XML est tronqué ou mal formé, ligne ")
        assert session.scalars(select(Training.source_id)).all() == ["F1"]

    def test_withdraw_no_training(self, load: Import, session: Session) -> None:
        whole = samples.lheo(samples.training("F1"), samples.training("F2"))
        load(whole)

        load(whole[:-300], is_complete=True)

        assert session.scalar(select(func.count()).where(Training.withdrawn_at.is_not(None))) == 0


class TestCompleteFiles:
    CATALOGUE = tuple(f"F{number}" for number in range(4))

    def test_withdraw_the_trainings_they_do_not_show(self, load: Import, session: Session) -> None:
        load(samples.lheo(*map(samples.training, self.CATALOGUE)), source="one")
        load(samples.lheo(samples.training("F0")), source="other")

        done = load(samples.lheo(*map(samples.training, self.CATALOGUE[1:])), source="one", is_complete=True)

        assert counts(done) == {"read": 3, "unchanged": 3, "withdrawn": 1}
        withdrawn = session.execute(
            select(Training.source, Training.source_id).where(Training.withdrawn_at.is_not(None))
        ).all()
        assert withdrawn == [("one", "F0")]

    def test_withdraw_nothing_when_a_record_was_refused(self, load: Import) -> None:
        load(samples.lheo(*map(samples.training, self.CATALOGUE)))

        done = load(samples.lheo(*map(samples.training, self.CATALOGUE[1:]), "<formation/>"), is_complete=True)

        assert counts(done) == {"read": 4, "unchanged": 3, "refused": 1}
        assert done.message is not None

    def test_withdraw_nothing_unless_told_complete(self, load: Import) -> None:
        load(samples.lheo(*map(samples.training, self.CATALOGUE)))

        assert counts(load(samples.lheo(samples.training("F0")))) == {"read": 1, "unchanged": 1}

    def test_withdraw_most_of_a_catalogue_only_when_confirmed(self, load: Import) -> None:
        load(samples.lheo(*map(samples.training, self.CATALOGUE)))

        held = load(samples.lheo(samples.training("F0")), is_complete=True)
        confirmed = load(samples.lheo(samples.training("F0")), is_complete=True, even_most=True)

        assert counts(held) == {"read": 1, "unchanged": 1}
        assert held.message is not None
        assert counts(confirmed) == {"read": 1, "unchanged": 1, "withdrawn": 3}


class TestReplay:
    REFUSED = samples.lheo(samples.training("F1"), "\n<formation numero='F2'><code-niveau-entree/></formation>")

    def test_finds_each_refused_record_once(self, load: Import, session: Session) -> None:
        load(self.REFUSED)
        load(self.REFUSED)

        rejected = session.scalars(select(RejectedTraining)).one()
        assert (rejected.format, rejected.file_name) == ("lheo", "catalogue")
        assert rejected.line == self.REFUSED.count(b"\n") + 1
        assert b"F2" in rejected.raw

    def test_keeps_what_still_cannot_be_read(self, load: Import, session: Session) -> None:
        load(self.REFUSED)

        outcome = importing.replay(session, communes=samples.COMMUNES, now=NOW)

        assert (outcome.stored, outcome.refused) == (0, 1)
        assert session.scalar(select(func.count(RejectedTraining.id))) == 1

    def test_stores_what_can_now_be_read(self, load: Import, session: Session) -> None:
        load(self.REFUSED)
        session.execute(update(RejectedTraining).values(raw=samples.training("F2").encode()))

        outcome = importing.replay(session, communes=samples.COMMUNES, now=NOW)

        assert (outcome.stored, outcome.refused) == (1, 0)
        assert set(session.scalars(select(Training.source_id))) == {"F1", "F2"}
        session.flush()
        assert session.scalar(select(func.count(RejectedTraining.id))) == 0

    def test_lets_a_later_import_win(self, load: Import, session: Session) -> None:
        load(self.REFUSED)
        session.execute(update(RejectedTraining).values(raw=samples.training("F2", title="Ancien titre").encode()))
        load(samples.lheo(samples.training("F2")))

        outcome = importing.replay(session, communes=samples.COMMUNES, now=NOW + timedelta(days=9))

        assert (outcome.stored, outcome.outdated) == (0, 1)
        assert "Ancien titre" not in set(session.scalars(select(Training.title)))
