"""Drafts: made with the booking, completed, frozen."""

import itertools
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import bookings as booked
from traitdunion.agreements import agreements, drafting, lifecycle, prefilling, snapshot, surroundings
from traitdunion.agreements.kinds import Act, Actor, PartyRole, Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.surroundings import Blocked

NOW = booked.NOW


def hours(agreement: Agreement) -> set[tuple[str, ...]]:
    """Of presence, of each day."""
    return {
        tuple(f"{shift.starts_at:%H:%M}-{shift.ends_at:%H:%M}" for shift in day.shifts)
        for day in agreements.terms_of(agreement).days
    }


class TestDraft:
    def test_says_all_that_slot_company_and_prescriber_know(self, session: Session) -> None:
        agreement = booked.draft(session)

        terms = agreements.terms_of(agreement)
        assert agreement.status == Status.DRAFT
        assert (terms.host.name, terms.host.siret) == ("Boulangerie Martin", agreement.company.siret)  # type: ignore[union-attr]
        assert (terms.host.signatory.given_name, terms.host.signatory.family_name) == ("Ada", "Martin")
        assert (terms.host.tutor.given_name, terms.host.tutor.family_name) == ("Rachid", "Pétrin")
        assert (terms.host.tutor.function, terms.tasks) == ("Boulanger", "Pétrir, façonner, cuire.")
        assert [day.on for day in terms.days] == [date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 9)]
        assert (terms.place.address, terms.place.city, terms.place.department) == ("1 rue du Four", "Metz", "57")
        assert terms.prescriber is not None
        assert terms.prescriber.name == "Mission locale Exemple"
        assert terms.referent is not None
        assert terms.referent.function == "Conseillère"
        assert (terms.beneficiary.birth_date, terms.beneficiary.situation) == (
            date(1998, 5, 4),
            "Suivi par une Mission locale",
        )
        assert (agreement.first_day, agreement.last_day) == (date(2026, 12, 7), date(2026, 12, 9))

    def test_names_the_parties_with_where_they_sign(self, session: Session) -> None:
        agreement = booked.draft(session)

        assert agreement.person is not None
        assert booked.reach(agreement, PartyRole.BENEFICIARY).email == agreement.person.email
        assert booked.reach(agreement, PartyRole.COMPANY).person_id is not None
        assert booked.reach(agreement, PartyRole.TUTOR).email is None
        assert agreements.party(agreement, PartyRole.REPRESENTATIVE) is None

    def test_tells_the_person_and_nobody_else(self, session: Session) -> None:
        agreement = booked.draft(session)

        assert agreement.person is not None
        assert booked.written(session, "agreement_draft") == {agreement.person.email}

    def test_asks_nobody_twice_for_the_same(self, session: Session) -> None:
        person = booked.person(session)
        booked.complete(session, booked.draft(session, by=person))
        later = {"first_day": date(2027, 1, 11), "last_day": date(2027, 1, 11)}

        second = booked.draft(session, booked.slot(session, **later), person)

        terms = agreements.terms_of(second)
        assert terms.emergency is not None
        assert (terms.beneficiary.address, terms.beneficiary.receives_rsa) == ("5 rue du Test, 57000 Metz", False)
        assert terms.objective is None  # each immersion has its own

    def test_waits_without_a_prescriber_for_who_has_none(self, session: Session) -> None:
        agreement = booked.draft(session, by=make.person(session, "Sans", birth_date=date(1990, 1, 1)))

        assert agreement.organisation is None
        assert agreements.terms_of(agreement).prescriber is None

    def test_writes_the_breaks_that_the_law_wants(self, session: Session) -> None:
        adult = booked.draft(session)
        minor = booked.draft(session, by=booked.person(session, birth_date=date(2010, 1, 1)))

        assert hours(adult) == {("08:00-12:00", "13:00-16:00")}
        assert hours(minor) == {("08:00-12:00", "13:00-16:00")}


class TestShifts:
    @pytest.mark.parametrize(
        ("starts", "ends", "is_young", "expected"),
        [
            ("08:00", "12:00", False, ["08:00-12:00"]),
            ("08:00", "14:00", False, ["08:00-14:00"]),
            ("08:00", "14:00", True, ["08:00-12:00", "12:30-14:00"]),
            ("09:00", "17:00", False, ["09:00-12:00", "13:00-17:00"]),
            ("05:00", "13:00", False, ["05:00-11:00", "12:00-13:00"]),
            ("14:00", "22:00", False, ["14:00-15:00", "16:00-22:00"]),
        ],
    )
    def test_put_a_break_at_noon_or_near(self, starts: str, ends: str, is_young: bool, expected: list[str]) -> None:
        found = prefilling.shifts(time.fromisoformat(starts), time.fromisoformat(ends), is_young=is_young)

        assert [f"{one.starts_at:%H:%M}-{one.ends_at:%H:%M}" for one in found] == expected

    @given(st.integers(0, 22 * 60), st.integers(15, 10 * 60), st.booleans())
    def test_begin_and_end_with_the_day(self, starts: int, length: int, is_young: bool) -> None:
        ends = min(starts + length, 24 * 60 - 1)

        found = prefilling.shifts(time(*divmod(starts, 60)), time(*divmod(ends, 60)), is_young=is_young)

        assert found[0].starts_at == time(*divmod(starts, 60))
        assert found[-1].ends_at == time(*divmod(ends, 60))
        assert all(one.starts_at < one.ends_at for one in found)
        assert all(one.ends_at < two.starts_at for one, two in itertools.pairwise(found))


class TestFill:
    def test_keeps_a_step_and_writes_it_in_the_history(self, session: Session) -> None:
        agreement = booked.complete(session, booked.draft(session))

        assert [event.act for event in agreement.events] == ["draft", "fill"]
        assert agreement.sequence == 2

    def test_changes_nothing_the_second_time(self, session: Session) -> None:
        agreement = booked.complete(session, booked.draft(session))

        drafting.fill(session, agreement, agreements.terms_of(agreement), actor=Actor.BENEFICIARY, by=None, now=NOW)

        assert agreement.sequence == 2

    def test_is_too_late_once_it_is_out_to_be_signed(self, session: Session) -> None:
        agreement = booked.ready(session)
        other = replace(agreements.terms_of(agreement), tasks="Autre chose.")

        with pytest.raises(lifecycle.NotPossible):
            drafting.fill(session, agreement, other, actor=Actor.BENEFICIARY, by=None, now=NOW)


class TestSubmit:
    def test_freezes_the_text_and_asks_each_party(self, session: Session) -> None:
        agreement = booked.ready(session)

        version = agreements.version_of(agreement)
        assert agreement.status == Status.READY_TO_SIGN
        assert version.hash == snapshot.digest(version.terms)
        assert agreement.submitted_at == version.frozen_at == NOW
        asked = booked.written(session, "signature_asked")
        assert asked == {booked.reach(agreement, role).email for role in (PartyRole.BENEFICIARY, PartyRole.COMPANY)}

    def test_keeps_the_warnings_for_the_prescriber(self, session: Session) -> None:
        slot = booked.slot(session, first_day=date(2026, 12, 26), last_day=date(2026, 12, 26), kind="half_day")

        agreement = booked.ready(session, slot)

        assert agreement.events[-1].act == Act.SUBMIT
        assert agreement.events[-1].details == {"warnings": ["holiday"]}

    def test_refuses_what_the_guard_blocks(self, session: Session) -> None:
        agreement = booked.draft(session)

        with pytest.raises(Blocked) as refused:
            drafting.submit(session, agreement, actor=Actor.BENEFICIARY, by=None, now=NOW)

        assert {one.rule for one in refused.value.findings} == {"home", "rsa", "objective", "goals", "emergency"}

    def test_takes_the_organisation_that_the_person_chose_since(self, session: Session) -> None:
        person = make.person(session, "Sans", birth_date=date(1990, 1, 1), status="other")
        agreement = booked.complete(session, booked.draft(session, by=person))
        body = make.prescriber_organisation(session, name="Agence Exemple")
        make.caseload_entry(session, body, person, prescribes=True)

        drafting.submit(session, agreement, actor=Actor.BENEFICIARY, by=None, now=NOW)

        assert agreement.organisation is body
        prescriber = agreements.terms_of(agreement).prescriber
        assert prescriber is not None
        assert prescriber.name == "Agence Exemple"

    @pytest.mark.parametrize(("ends_in", "may"), [(0, True), (-1, False)])
    def test_waits_for_a_delegation_that_holds(self, session: Session, ends_in: int, may: bool) -> None:
        person = make.person(session, "Sans", birth_date=date(1990, 1, 1), status="other")
        agreement = booked.complete(session, booked.draft(session, by=person))
        body = make.prescriber_organisation(session, kind="other")
        ends_on = NOW.date() + timedelta(days=ends_in)
        make.delegation(session, body, ends_on=ends_on)
        make.caseload_entry(session, body, person, prescribes=True)

        if not may:
            with pytest.raises(Blocked, match="n’a pas le droit de prescrire"):
                drafting.submit(session, agreement, actor=Actor.BENEFICIARY, by=None, now=NOW)
            return
        drafting.submit(session, agreement, actor=Actor.BENEFICIARY, by=None, now=NOW)

        # Once it is out to be signed, the end of the delegation takes nothing back.
        later = NOW.date() + timedelta(days=1)
        found = surroundings.judge(session, agreement, agreements.terms_of(agreement), today=later)
        assert "right" not in {one.rule for one in found}

    def test_is_done_once(self, session: Session) -> None:
        agreement = booked.ready(session)

        with pytest.raises(lifecycle.NotPossible, match="attend les signatures"):
            drafting.submit(session, agreement, actor=Actor.BENEFICIARY, by=None, now=NOW)


class TestAnother:
    def test_overlap_is_found(self, session: Session) -> None:
        # The booking table refuses two at once; a renewal has no booking.
        person = booked.person(session)
        agreement = booked.complete(session, booked.draft(session, by=person))
        former = booked.ready(
            session, booked.slot(session, first_day=date(2026, 12, 1), last_day=date(2026, 12, 2)), person
        )
        former.booking_id, former.first_day, former.last_day = None, date(2026, 12, 9), date(2026, 12, 9)
        session.flush()

        with pytest.raises(Blocked, match="Une autre immersion est prévue"):
            drafting.submit(session, agreement, actor=Actor.BENEFICIARY, by=None, now=NOW)
