"""Who answers for an organisation learns, with the digest, that somebody came without a referent."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from traitdunion.notifications.models import DigestItem
from traitdunion.prescribers import caseload
from traitdunion.prescribers.kinds import Origin
from traitdunion.prescribers.models import CaseloadEntry, Prescriber


def arrive(session: Session, at: Prescriber) -> CaseloadEntry:
    """Ada is handed on to the organisation of the member."""
    former = make.prescriber(session, make.prescriber_organisation(session, name="Agence Exemple"))
    ada = make.person(session, "Ada", family_name="Martin")
    entry = caseload.follow(
        session, organisation=former.organisation, person=ada, origin=Origin.CREATED, by=former, now=NOW
    )
    return caseload.hand_on(session, entry, at.organisation, word="Bien préparée", by=former, now=NOW)


def lines(session: Session) -> list[str]:
    """What waits to be told."""
    return list(session.scalars(select(DigestItem.line)))


class TestTell:
    def test_tells_administrators_alone_and_little(self, session: Session) -> None:
        chief = make.prescriber(session, make.prescriber_organisation(session), is_administrator=True)
        make.prescriber(session, chief.organisation)

        arrive(session, chief)

        assert lines(session) == ["Ada M. vous arrive d’un autre organisme\u00a0: désignez un référent."]

    def test_says_nothing_where_somebody_follows(self, session: Session) -> None:
        chief = make.prescriber(session, make.prescriber_organisation(session), is_administrator=True)

        caseload.follow(
            session,
            organisation=chief.organisation,
            person=make.person(session),
            origin=Origin.CREATED,
            by=chief,
            now=NOW,
        )

        assert lines(session) == []


class TestSettle:
    def test_needs_not_be_told_once_somebody_took_the_person_on(self, session: Session) -> None:
        chief = make.prescriber(session, make.prescriber_organisation(session), is_administrator=True)
        entry = arrive(session, chief)

        caseload.take(session, entry, by=chief, now=NOW)

        assert lines(session) == []
