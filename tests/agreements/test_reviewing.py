"""The prescriber's review: the unusual first, warnings answered, one or two members, a right that holds that day."""

from datetime import timedelta

import pytest
from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import bookings as made
from traitdunion.agreements import agreements, lifecycle, review_jobs, reviewing, surroundings
from traitdunion.agreements.kinds import Act, PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementEvent
from traitdunion.notifications.models import DigestItem
from traitdunion.prescribers.kinds import OrganisationKind
from traitdunion.prescribers.models import Organisation, Prescriber

NOW = made.NOW
TODAY = NOW.date()


def signed(session: Session, **organisation: object) -> tuple[Agreement, Prescriber]:
    """An agreement that everybody signed, and a member of the organisation that prescribes it."""
    body = make.prescriber_organisation(session, **organisation)
    member = make.prescriber(session, body)
    return _signed(session, body), member


def _signed(session: Session, body: Organisation) -> Agreement:
    agreement = made.ready(session)
    agreement.organisation, agreement.status = body, Status.IN_REVIEW.value
    session.flush()
    return agreement


def words(session: Session, agreement: Agreement) -> dict[str, str]:
    """An answer to each warning."""
    found = reviewing.review(session, agreement, today=TODAY).warnings
    return {one.rule: "C’est prévu ainsi." for one in found}


def accept(session: Session, agreement: Agreement, by: Prescriber, **fields: object) -> Agreement:
    values = {"answers": words(session, agreement), "now": NOW, "seen": agreement.sequence, **fields}
    return reviewing.accept(session, agreement.id, by=by, **values)  # type: ignore[arg-type]


class TestQueue:
    def test_holds_what_waits_for_the_organisation_alone(self, session: Session) -> None:
        agreement, member = signed(session)
        other, _ = signed(session)

        found = reviewing.queue(session, member.organisation_id, today=TODAY)

        assert [one.agreement.id for one in found] == [agreement.id]
        assert other.id not in {one.agreement.id for one in found}

    def test_puts_the_unusual_first(self, session: Session) -> None:
        usual, member = signed(session)
        unusual = _signed(session, member.organisation)
        far = make.commune(session, "13055", "Marseille", latitude=43.3, longitude=5.4, postcodes=["13001"])
        assert unusual.person is not None
        unusual.person.postcode = far.postcodes[0]
        session.flush()

        found = reviewing.queue(session, member.organisation_id, today=TODAY)

        assert [one.agreement.id for one in found] == [unusual.id, usual.id]
        assert any("km de chez la personne" in sentence for sentence in found[0].notable)


class TestAccept:
    def test_validates_in_one_step(self, session: Session) -> None:
        agreement, member = signed(session)

        accepted = accept(session, agreement, member)

        assert (accepted.status, accepted.validated_at) == (Status.ACCEPTED_BY_VALIDATOR, NOW)

    def test_takes_two_members_in_two_steps(self, session: Session) -> None:
        agreement, first = signed(session, validation_steps=2)
        second = make.prescriber(session, first.organisation)

        examined = accept(session, agreement, first).status
        with pytest.raises(reviewing.SameMember):
            accept(session, agreement, first)
        validated = accept(session, agreement, second).status

        assert (examined, validated) == (Status.ACCEPTED_BY_COUNSELLOR, Status.ACCEPTED_BY_VALIDATOR)

    def test_waits_for_a_word_on_each_warning(self, session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
        agreement, member = signed(session)
        monkeypatch.setitem(current_app.config, "AGREEMENT_NOTICE_DAYS", 60)
        warned = reviewing.review(session, agreement, today=TODAY).warnings

        with pytest.raises(reviewing.Unanswered):
            accept(session, agreement, member, answers={warned[0].rule: "  "})
        accept(session, agreement, member)

        event = session.scalars(select(AgreementEvent).where(AgreementEvent.act == Act.VALIDATE)).one()
        assert event.details["answers"] == {one.rule: "C’est prévu ainsi." for one in warned}

    def test_is_stopped_by_what_blocks_on_that_day(self, session: Session) -> None:
        agreement, member = signed(session)
        after = NOW + timedelta(days=400)

        with pytest.raises(surroundings.Blocked):
            accept(session, agreement, member, now=after)

    def test_needs_a_right_that_holds_that_day(self, session: Session) -> None:
        agreement, member = signed(session, kind=OrganisationKind.OTHER.value)

        with pytest.raises(reviewing.NoRight):
            accept(session, agreement, member)

    def test_is_refused_to_who_read_an_older_one(self, session: Session) -> None:
        agreement, member = signed(session)

        with pytest.raises(lifecycle.Overtaken):
            accept(session, agreement, member, seen=agreement.sequence - 1)


class TestAsk:
    def test_writes_to_the_party_and_brings_the_answer_back(self, session: Session) -> None:
        agreement, member = signed(session)
        company = agreements.party(agreement, PartyRole.COMPANY)
        assert company is not None

        reviewing.ask(
            session,
            agreement.id,
            PartyRole.COMPANY,
            by=member,
            word="Quelles machines ?",
            now=NOW,
            seen=agreement.sequence,
        )
        event = session.scalars(select(AgreementEvent).where(AgreementEvent.act == Act.ASK)).one()
        reviewing.answer(session, event, word="Un pétrin.", now=NOW)

        session.refresh(agreement)
        given = reviewing.answer_to(agreement, event)
        assert made.written(session, "agreement_precision_asked") == {company.email}
        assert given is not None
        assert (given.word, given.actor) == ("Un pétrin.", "company")
        assert "Précision reçue" in session.scalars(select(DigestItem.line)).all()[-1]

    def test_leaves_the_signatures_as_they_are(self, session: Session) -> None:
        agreement, member = signed(session)

        reviewing.ask(
            session, agreement.id, PartyRole.COMPANY, by=member, word="Et ?", now=NOW, seen=agreement.sequence
        )

        assert agreement.status == Status.IN_REVIEW


class TestTell:
    def test_tells_the_members_once_at_each_stage(self, session: Session) -> None:
        agreement, member = signed(session)
        first_day = agreement.first_day
        start = NOW.replace(hour=8)

        for days in range((first_day - TODAY).days + 3):
            review_jobs.tell(session, agreement.id, now=start + timedelta(days=days))

        stages = [key.split(":")[4] for key in session.scalars(select(DigestItem.key).order_by(DigestItem.id))]
        assert stages == ["new", "3", "1"]
        assert member.person is not None

    def test_tells_the_referent_alone(self, session: Session) -> None:
        agreement, member = signed(session)
        make.prescriber(session, member.organisation)
        assert agreement.person is not None
        make.caseload_entry(session, member.organisation, agreement.person, prescriber_id=member.id)
        session.flush()

        review_jobs.tell(session, agreement.id, now=NOW)

        assert len(session.scalars(select(DigestItem)).all()) == 1
