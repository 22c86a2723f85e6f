"""What will happen to each line, and what happens to it once its sender says yes."""

import csv
import io
from datetime import date
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts.models import Person
from traitdunion.core.csv_files import FileRefused
from traitdunion.notifications.models import Message
from traitdunion.prescribers.models import CaseloadEntry, Prescriber
from traitdunion.prescribers.people_files import jobs, keeping, outcomes, reading
from traitdunion.prescribers.people_files.keeping import FileChanged, Kept
from traitdunion.prescribers.people_files.models import PeopleFile
from traitdunion.prescribers.people_files.outcomes import Fate, Outcome

HEADER = "prenom;nom;naissance;email;telephone"
BORN = date(1990, 3, 4)


@pytest.fixture
def by(session: Session) -> Prescriber:
    return make.prescriber(session, make.prescriber_organisation(session))


def known(session: Session, **fields: Any) -> Person:
    return make.person(session, **{"given_name": "Camille", "family_name": "Lefèvre", "birth_date": BORN, **fields})


def sent(session: Session, by: Prescriber, *lines: str) -> PeopleFile:
    return keeping.send(session, "\n".join((HEADER, *lines)).encode(), by=by, now=make.NOW)


def worked_out(session: Session, by: Prescriber, *lines: str) -> list[Outcome]:
    """What would happen to these lines."""
    content = "\n".join((HEADER, *lines)).encode()
    return outcomes.work_out(session, reading.lines(content), organisation_id=by.organisation_id)


def keep(session: Session, file: PeopleFile, by: Prescriber, *others: int) -> Kept:
    found = outcomes.work_out(session, reading.lines(file.content), organisation_id=by.organisation_id)
    return keeping.keep(session, file, found, others=others, by=by, now=make.NOW)


def names(session: Session, by: Prescriber) -> list[str]:
    """Those the organisation follows."""
    query = select(CaseloadEntry).where(CaseloadEntry.organisation_id == by.organisation_id)
    return [entry.person.name for entry in session.scalars(query.order_by(CaseloadEntry.id))]


class TestWorkOut:
    def test_tells_new_known_near_and_bad_lines_apart(self, session: Session, by: Prescriber) -> None:
        ours = known(session, given_name="Sacha")
        make.caseload_entry(session, by.organisation, ours)
        known(session)

        found = worked_out(
            session,
            by,
            "Zoé;Okafor;01/01/2000",
            "Camille;Lefevre;04/03/1990",
            "Sacha;Lefèvre;04/03/1990",
            "Camile;Lefebvre;04/03/1990",
            "Noé;Martin;01/01/2190",
        )

        assert [one.fate for one in found] == [Fate.NEW, Fate.KNOWN, Fate.FOLLOWED, Fate.NEAR, Fate.BAD]
        assert "dans le futur" in found[4].why
        assert found[3].can_be_another

    def test_sees_one_person_three_times_in_the_file(self, session: Session, by: Prescriber) -> None:
        found = worked_out(
            session,
            by,
            "Zoé;Okafor;01/01/2000",
            "ZOE;OKAFOR;1/1/2000",
            "Okafor;Zoé;2000-01-01",
            "Zoe;Okafour;01/01/2000",
        )

        assert [one.fate for one in found] == [Fate.NEW, Fate.REPEATED, Fate.REPEATED, Fate.NEAR]
        assert found[2].why == "comme la ligne 2"

    def test_gives_one_address_to_one_person(self, session: Session, by: Prescriber) -> None:
        known(session, email="a@exemple.fr")

        first, second, third = worked_out(
            session,
            by,
            "Zoé;Okafor;01/01/2000;;06 39 98 00 12",
            "Noé;Martin;01/01/2001;;0639980012",
            "Yann;Kerivel;01/01/2002;a@exemple.fr;",
        )

        assert (first.fate, second.fate, third.fate) == (Fate.NEW, Fate.BAD, Fate.NEAR)
        assert "à la ligne 2, qui est une autre personne" in second.why
        assert not third.can_be_another

    def test_puts_aside_whom_nobody_can_ask(self, session: Session, by: Prescriber) -> None:
        known(session, email=None)

        (found,) = worked_out(session, by, "Camille;Lefèvre;04/03/1990")

        assert (found.fate, found.can_be_another) == (Fate.NEAR, True)
        assert "sans adresse" in found.why


class TestKeep:
    def test_adds_the_good_lines_and_gives_the_others_back(self, session: Session, by: Prescriber) -> None:
        known(session, given_name="Sacha")
        file = sent(session, by, "Zoé;Okafor;01/01/2000;zoe@exemple.fr", "Noé;;01/01/2000", "Sasha;Lefèvre;04/03/1990")

        kept = keep(session, file, by)

        assert kept == Kept(added=1, asked=0, aside=2)
        assert names(session, by) == ["Zoé Okafor"]
        (entry,) = session.scalars(select(CaseloadEntry)).all()
        assert (entry.origin, entry.prescriber_id, entry.prescribes) == ("imported", by.id, True)
        assert file.refused is not None
        rows = list(csv.DictReader(io.StringIO(file.refused), delimiter=";"))
        assert [(row["prenom"], row["raison"][:12]) for row in rows] == [
            ("Noé", "colonne nom\u00a0"),
            ("Sasha", "nom presque "),
        ]

    def test_gives_back_a_file_that_can_be_sent_again(self, session: Session, by: Prescriber) -> None:
        file = sent(session, by, "Noé;;01/01/2000")
        keep(session, file, by)
        assert file.refused is not None

        again = keeping.send(session, file.refused.replace(";;", ";Martin;", 1).encode(), by=by, now=make.NOW)
        keep(session, again, by)

        assert names(session, by) == ["Noé Martin"]

    def test_adds_whoever_is_said_to_be_another(self, session: Session, by: Prescriber) -> None:
        known(session)
        file = sent(session, by, "Camile;Lefebvre;04/03/1990")

        assert keep(session, file, by, 2).added == 1
        assert names(session, by) == ["Camile Lefebvre"]

    def test_asks_whoever_is_known_elsewhere(self, session: Session, by: Prescriber) -> None:
        person = known(session, email="camille@exemple.fr")
        file = sent(session, by, "Camille;Lefèvre;04/03/1990")

        assert keep(session, file, by) == Kept(added=0, asked=1, aside=0)
        assert names(session, by) == []
        session.commit()
        jobs.ask([person.id], by.id)
        told = session.scalars(select(Message).where(Message.kind == "follow_asked")).all()
        assert [message.address.value for message in told] == ["camille@exemple.fr"]

    def test_changes_nothing_the_second_time(self, session: Session, by: Prescriber) -> None:
        file = sent(session, by, "Zoé;Okafor;01/01/2000")
        found = worked_out(session, by, "Zoé;Okafor;01/01/2000")

        keep(session, file, by)
        keeping.keep(session, file, found, others=(), by=by, now=make.NOW)

        assert names(session, by) == ["Zoé Okafor"]

    def test_is_refused_when_somebody_came_meanwhile(self, session: Session, by: Prescriber) -> None:
        file = sent(session, by, "Noé;Martin;01/01/2000", "Zoé;Okafor;01/01/2000;zoe@exemple.fr")
        found = worked_out(session, by, "Noé;Martin;01/01/2000", "Zoé;Okafor;01/01/2000;zoe@exemple.fr")
        make.person(session, email="zoe@exemple.fr")

        with pytest.raises(FileChanged):
            keeping.keep(session, file, found, others=(), by=by, now=make.NOW)

        assert names(session, by) == []
        assert file.kept_at is None

    def test_tells_each_person_once(self, session: Session, by: Prescriber) -> None:
        keep(session, sent(session, by, "Zoé;Okafor;01/01/2000;zoe@exemple.fr", "Noé;Martin;01/01/2000"), by)
        ids = list(session.scalars(select(CaseloadEntry.id)))
        session.commit()

        for _ in range(2):
            jobs.tell(ids)

        assert session.scalar(select(func.count()).where(Message.kind == "now_followed")) == 1

    def test_takes_thousands_of_lines(self, session: Session, by: Prescriber) -> None:
        syllables = [a + b for a in "bcdfglmnprstv" for b in "aeiou"]
        lines = [
            f"{syllables[n % 65]}{syllables[n // 65 % 65]};{syllables[n * 7 % 65]}{syllables[n // 9 % 65]}{n};"
            f"{n % 28 + 1:02d}/{n % 12 + 1:02d}/{1960 + n % 45};p{n}@exemple.fr"
            for n in range(1_500)
        ]
        file = sent(session, by, *lines)

        kept = keep(session, file, by)

        assert kept.added + kept.aside == 1_500
        assert kept.added > 1_400


class TestSend:
    def test_refuses_what_is_no_table(self, session: Session, by: Prescriber) -> None:
        with pytest.raises(FileRefused):
            keeping.send(session, b"%PDF-1.7", by=by, now=make.NOW)

    def test_is_its_senders_alone(self, session: Session, by: Prescriber) -> None:
        file, colleague = sent(session, by, "Zoé;Okafor;01/01/2000"), make.prescriber(session, by.organisation)

        assert keeping.find(session, file.id, by=by) is file
        assert keeping.find(session, file.id, by=colleague) is None


class TestForget:
    def test_erases_after_a_week(self, session: Session, by: Prescriber) -> None:
        sent(session, by, "Zoé;Okafor;01/01/2000").created_at = make.NOW.replace(year=2020)
        session.commit()

        jobs.forget(0)

        assert session.scalar(select(func.count()).select_from(PeopleFile)) == 0
