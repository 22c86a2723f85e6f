"""Which organisation signs for a person: by situation and postcode, said in a sentence, changed by the person."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from traitdunion.accounts.models import Person
from traitdunion.prescribers import areas, caseload, routing
from traitdunion.prescribers.kinds import Origin
from traitdunion.prescribers.models import Organisation
from traitdunion.prescribers.routing import ChoiceRefused

TODAY = NOW.date()


def following(session: Session, kind: str, *postcodes: str, **fields: object) -> Organisation:
    """An organisation of that kind that follows the people of the postcodes."""
    organisation = make.prescriber_organisation(session, kind=kind, name=kind, **fields)
    areas.add(session, organisation.id, communes=(), postcodes=postcodes or ("57000",))
    return organisation


def somebody(session: Session, **fields: Any) -> Person:
    """Who lives in 57000, and is 40."""
    return make.person(session, **{"postcode": "57000", "birth_date": date(1986, 1, 1), **fields})


class TestProposed:
    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            ("france_travail", "france_travail"),
            ("mission_locale", "mission_locale"),
            ("cap_emploi", "cap_emploi"),
            ("employee", "cep"),
            ("other", "france_travail"),
            (None, "france_travail"),
        ],
    )
    def test_goes_with_the_situation(self, session: Session, status: str | None, kind: str) -> None:
        for each in ("siae", "mission_locale", "cap_emploi", "cep", "france_travail"):
            following(session, each)

        found = routing.proposed(session, somebody(session, status=status), today=TODAY)

        assert found is not None
        assert found.organisation.kind == kind
        assert "57000" in found.reason

    @pytest.mark.parametrize(("age", "kind"), [(25, "mission_locale"), (26, "france_travail")])
    def test_goes_with_the_age_where_nothing_is_said(self, session: Session, age: int, kind: str) -> None:
        following(session, "mission_locale")
        following(session, "france_travail")
        born = date(TODAY.year - age, TODAY.month, TODAY.day)

        found = routing.proposed(session, somebody(session, birth_date=born), today=TODAY)

        assert found is not None
        assert found.organisation.kind == kind

    def test_falls_back_on_who_follows_everybody_and_says_so(self, session: Session) -> None:
        following(session, "cap_emploi")
        agency = following(session, "france_travail")

        found = routing.proposed(session, somebody(session, status="mission_locale"), today=TODAY)

        assert found is not None
        assert found.organisation is agency
        assert "Mission locale" in found.reason

    def test_prefers_the_narrowest_area(self, session: Session) -> None:
        following(session, "mission_locale", "57000", "57050", "57070")
        near = following(session, "mission_locale", "57000")

        found = routing.proposed(session, somebody(session, status="mission_locale"), today=TODAY)

        assert found is not None
        assert found.organisation is near

    @pytest.mark.parametrize("fields", [{"postcode": None}, {"postcode": "54000"}])
    def test_proposes_nothing_out_of_every_area(self, session: Session, fields: dict[str, object]) -> None:
        following(session, "france_travail")

        assert routing.proposed(session, somebody(session, **fields), today=TODAY) is None

    def test_leaves_out_who_may_not_sign(self, session: Session) -> None:
        following(session, "other")
        following(session, "france_travail", state="closed")

        assert routing.proposed(session, somebody(session), today=TODAY) is None


class TestAssigned:
    def test_follows_by_the_rules_once(self, session: Session) -> None:
        agency, person = following(session, "france_travail"), somebody(session)

        first = routing.assigned(session, person, now=NOW)
        again = routing.assigned(session, person, now=NOW)

        assert first is again
        assert first is not None
        assert (first.organisation, first.origin, first.prescribes) == (agency, Origin.ROUTED, True)

    def test_keeps_who_signs_already(self, session: Session) -> None:
        following(session, "france_travail")
        member = make.prescriber(session, following(session, "mission_locale", "54000"))
        person = somebody(session)
        entry = caseload.follow(
            session, organisation=member.organisation, person=person, origin=Origin.CREATED, by=member, now=NOW
        )

        assert routing.assigned(session, person, now=NOW) is entry


class TestChange:
    def test_leaves_who_had_not_begun(self, session: Session) -> None:
        following(session, "france_travail")
        other, person = following(session, "cep"), somebody(session)
        first = routing.assigned(session, person, now=NOW)

        routing.change(session, person, other.id, now=NOW + timedelta(days=1))

        assert first is not None
        assert first.ended_at is not None
        now_signing = caseload.prescribing(session, person.id)
        assert now_signing is not None
        assert (now_signing.organisation, now_signing.origin) == (other, Origin.CHOSEN)

    def test_leaves_the_follow_up_of_a_referent_alone(self, session: Session) -> None:
        member = make.prescriber(session, following(session, "france_travail"))
        other, person = following(session, "cep"), somebody(session)
        entry = caseload.follow(
            session, organisation=member.organisation, person=person, origin=Origin.CREATED, by=member, now=NOW
        )

        routing.change(session, person, other.id, now=NOW)

        session.refresh(entry)
        assert (entry.ended_at, entry.prescribes) == (None, False)

    def test_refuses_an_organisation_of_elsewhere(self, session: Session) -> None:
        elsewhere, person = following(session, "cep", "54000"), somebody(session)

        with pytest.raises(ChoiceRefused):
            routing.change(session, person, elsewhere.id, now=NOW)

    @pytest.mark.parametrize("is_followed", [True, False])
    def test_may_choose_nobody(self, session: Session, is_followed: bool) -> None:
        member = make.prescriber(session, following(session, "france_travail"))
        person = somebody(session)
        if is_followed:
            caseload.follow(
                session, organisation=member.organisation, person=person, origin=Origin.CREATED, by=member, now=NOW
            )
        else:
            routing.assigned(session, person, now=NOW)

        routing.change(session, person, None, now=NOW)

        assert routing.wants_nobody(session, person)
        assert routing.assigned(session, person, now=NOW) is None
        assert bool(caseload.of_person(session, person.id)) is is_followed

        routing.change(session, person, member.organisation_id, now=NOW)
        assert not routing.wants_nobody(session, person)
