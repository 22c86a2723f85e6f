"""Bilans, verdicts and outcomes: said once, put right for a week, and never of what did not take place."""

from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.impact.immersions import followed, tried
from traitdunion.core import clock
from traitdunion.immersions import bookings
from traitdunion.immersions.models import Actor, Booking
from traitdunion.impact import after, bilans, outcomes, times, verdicts
from traitdunion.impact.bilans import Said
from traitdunion.impact.kinds import Choice, Contract, Obstacle, Presence, Reason, Situation
from traitdunion.impact.models import Bilan, Verdict
from traitdunion.notifications.models import DigestItem, Message
from traitdunion.pathways import knowledge
from traitdunion.pathways.models import Moment

WEEK = timedelta(days=7, seconds=1)


def kinds(session: Session) -> list[str]:
    return list(session.scalars(select(Message.kind).order_by(Message.id)))


class TestBilan:
    def test_records_the_visit_and_tells_the_person(self, session: Session) -> None:
        booking = tried(session, ended=1)
        said = Said(presence=Presence.COMPLETED, went_well="Le geste.", was_hired=True, contract=Contract.CDI)

        bilans.say(session, booking.id, said, now=clock.now())

        bilan = session.get_one(Bilan, booking.id)
        assert (bilan.presence, bilan.was_hired, bilan.contract, booking.state) == ("COMPLETED", True, "cdi", "done")
        assert kinds(session) == ["bilan_said"]

    def test_keeps_days_and_hours_only_where_the_person_came_in_part(self, session: Session) -> None:
        booking, now = tried(session, ended=1), clock.now()
        partial = Said(presence=Presence.PARTIALLY_COMPLETED, last_day_of_presence=booking.first_day, missed_hours=2)

        first = bilans.say(session, booking.id, partial, now=now)
        kept = (first.last_day_of_presence, first.missed_hours)
        second = bilans.say(session, booking.id, Said(presence=Presence.COMPLETED, missed_hours=2), now=now)

        assert kept == (booking.first_day, 2)
        assert (second.last_day_of_presence, second.missed_hours) == (None, None)

    def test_refuses_a_day_that_is_not_of_the_immersion(self, session: Session) -> None:
        booking = tried(session, ended=1)
        after = booking.last_day + timedelta(days=1)

        with pytest.raises(bilans.OutOfDays):
            bilans.say(
                session,
                booking.id,
                Said(presence=Presence.PARTIALLY_COMPLETED, last_day_of_presence=after),
                now=clock.now(),
            )

    def test_can_be_put_right_for_a_week(self, session: Session) -> None:
        booking, now = tried(session, ended=1), clock.now()
        bilans.say(session, booking.id, Said(presence=Presence.DID_NOT_SHOW), now=now)

        bilans.say(session, booking.id, Said(presence=Presence.COMPLETED), now=now + timedelta(days=6))

        assert booking.state == "done"
        with pytest.raises(times.TooLate):
            bilans.say(session, booking.id, Said(presence=Presence.DID_NOT_SHOW), now=now + WEEK)
        assert booking.state == "done"

    def test_waits_for_the_first_hour(self, session: Session) -> None:
        booking = tried(session, ended=-1)

        with pytest.raises(times.NotYet):
            bilans.say(session, booking.id, Said(presence=Presence.COMPLETED), now=clock.now())

    def test_is_not_made_of_what_was_cancelled(self, session: Session) -> None:
        booking, now = tried(session, ended=-1), clock.now()
        bookings.cancel(session, booking, by=Actor.PERSON, word="Malade", now=now)

        with pytest.raises(times.NotYet):
            bilans.say(session, booking.id, Said(presence=Presence.COMPLETED), now=now + timedelta(days=3))

    def test_takes_the_word_of_the_person_who_disagrees(self, session: Session) -> None:
        booking, now = tried(session, ended=1), clock.now()
        prescriber = followed(session, booking)
        bilans.say(session, booking.id, Said(presence=Presence.DID_NOT_SHOW), now=now)

        with pytest.raises(bilans.NeedsWord):
            bilans.answer(session, booking.id, agrees=False, word=None, now=now)
        bilan = bilans.answer(session, booking.id, agrees=False, word="J’étais là.", now=now)

        assert (bilan.agrees, bilan.person_word) == (False, "J’étais là.")
        told = session.scalars(select(DigestItem.line)).all()
        assert prescriber
        assert any("n’est pas d’accord" in line for line in told)

    def test_that_is_changed_asks_for_the_word_again(self, session: Session) -> None:
        booking, now = tried(session, ended=1), clock.now()
        bilans.say(session, booking.id, Said(presence=Presence.COMPLETED), now=now)
        bilans.answer(session, booking.id, agrees=True, word=None, now=now)

        changed = bilans.say(session, booking.id, Said(presence=Presence.DID_NOT_SHOW), now=now + timedelta(hours=1))

        assert (changed.agrees, changed.agreed_at) == (None, None)

    def test_is_answered_only_once_it_is_made(self, session: Session) -> None:
        booking = tried(session, ended=1)

        with pytest.raises(bilans.NotSaid):
            bilans.answer(session, booking.id, agrees=True, word=None, now=clock.now())


class TestVerdict:
    def test_is_kept_at_each_of_three_taps(self, session: Session) -> None:
        booking, now = tried(session, ended=1), clock.now()

        verdicts.choose(session, booking.id, Choice.NUANCE, now=now)
        verdicts.explain(session, booking.id, Reason.HOURS, now=now)
        verdicts.know(session, booking.id, 8, now=now)

        verdict = session.get_one(Verdict, booking.id)
        assert (verdict.choice, verdict.reason) == ("nuance", "hours")
        assert knowledge.of_person(session, booking.person_id) == {"D1102": {Moment.AFTER: 8}}

    def test_reaches_the_prescriber_once_for_each_choice(self, session: Session) -> None:
        booking, now = tried(session, ended=1), clock.now()
        followed(session, booking)

        for _ in range(2):
            verdicts.choose(session, booking.id, Choice.ABANDON, now=now)

        assert session.scalars(select(DigestItem.line)).all() == [
            "Camille E. abandonne ce métier après l’immersion «\u00a0Boulanger / Boulangère\u00a0»."
        ]

    def test_can_be_changed_for_a_week_and_asks_why_again(self, session: Session) -> None:
        booking, now = tried(session, ended=1), clock.now()
        verdicts.choose(session, booking.id, Choice.CONFIRM, now=now)
        verdicts.explain(session, booking.id, Reason.WORK, now=now)

        verdict = verdicts.choose(session, booking.id, Choice.ABANDON, now=now + timedelta(days=6))

        assert (verdict.choice, verdict.reason) == ("abandon", None)
        with pytest.raises(times.TooLate):
            verdicts.choose(session, booking.id, Choice.CONFIRM, now=now + WEEK)
        with pytest.raises(times.TooLate):
            verdicts.explain(session, booking.id, Reason.WORK, now=now + WEEK)

    def test_is_not_asked_of_who_did_not_come(self, session: Session) -> None:
        booking = tried(session, ended=1, state="no_show")

        with pytest.raises(times.NotYet):
            verdicts.choose(session, booking.id, Choice.CONFIRM, now=clock.now())

    def test_comes_before_its_reason(self, session: Session) -> None:
        booking = tried(session, ended=1)

        with pytest.raises(times.NotYet):
            verdicts.explain(session, booking.id, Reason.WORK, now=clock.now())

    def test_of_nothing_is_refused(self, session: Session) -> None:
        with pytest.raises(times.Gone):
            verdicts.choose(session, 404, Choice.CONFIRM, now=clock.now())


class TestOutcome:
    def entered(self, session: Session, booking: Booking) -> int:
        training = make.training(session, "CAP boulanger")
        return make.training_session(session, make.action(session, training), today=clock.today()).id

    def test_says_which_session_was_entered(self, session: Session) -> None:
        booking, now = tried(session, ended=1), clock.now()
        entered = outcomes.session_of(session, self.entered(session, booking))

        outcomes.say(session, booking.id, 0, Situation.TRAINING_PLANNED, now=now)
        outcomes.enter(session, booking.id, 0, training_session=entered, now=now)

        outcome = outcomes.get(session, booking.id, 0)
        assert outcome is not None
        assert (outcome.training_session_id, outcome.training_title) == (entered.id, "CAP boulanger")
        assert outcome.speaker == "person"

    def test_proposes_the_sessions_of_the_job_in_the_region(self, session: Session) -> None:
        booking = tried(session, ended=1)
        known = self.entered(session, booking)
        make.occupation(session)
        elsewhere = make.training(session, "Ailleurs", region_code="53")
        make.training_session(session, make.action(session, elsewhere, region_code="53"), today=clock.today())

        found = outcomes.sessions(session, booking, region_code=make.REGION, since=booking.last_day)

        assert [one.id for one in found] == [known]

    def test_says_why_not_and_forgets_it_when_the_situation_changes(self, session: Session) -> None:
        booking, now = tried(session, ended=1), clock.now()
        outcomes.say(session, booking.id, 3, Situation.NONE, now=now)
        outcomes.hinder(session, booking.id, 3, Obstacle.MONEY, now=now)
        outcomes.orient(session, booking.id, 3, well=True, now=now)

        outcome = outcomes.say(session, booking.id, 3, Situation.TRAINING_ENTERED, now=now)

        assert (outcome.obstacle, outcome.well_oriented) == (None, True)
        with pytest.raises(outcomes.NotSaid):
            outcomes.hinder(session, booking.id, 3, Obstacle.MONEY, now=now)

    def test_may_be_said_by_the_prescriber(self, session: Session) -> None:
        booking, by = tried(session, ended=1), make.person(session, "Inès")

        outcome = outcomes.say(session, booking.id, 0, Situation.JOB, by=by.id, now=clock.now())

        assert (outcome.speaker, outcome.by_id) == ("prescriber", by.id)

    def test_stands_after_a_week(self, session: Session) -> None:
        booking, now = tried(session, ended=1), clock.now()
        outcomes.say(session, booking.id, 0, Situation.JOB, now=now)

        with pytest.raises(times.TooLate):
            outcomes.say(session, booking.id, 0, Situation.NONE, now=now + WEEK)

    @pytest.mark.parametrize(("days", "month"), [(0, 0), (80, 0), (95, 3), (200, 6), (400, 12)])
    def test_is_for_the_latest_month_that_is_over(self, days: int, month: int) -> None:
        today = clock.today()

        assert outcomes.month_of(today - timedelta(days=days), today=today) == month


class TestAfter:
    def test_says_what_was_said_of_each_immersion(self, session: Session) -> None:
        booking, silent, now = tried(session, ended=1), tried(session, ended=1), clock.now()
        bilans.say(session, booking.id, Said(presence=Presence.COMPLETED, was_hired=True), now=now)
        verdicts.choose(session, booking.id, Choice.ABANDON, now=now)
        verdicts.explain(session, booking.id, Reason.EFFORT, now=now)
        outcomes.say(session, booking.id, 0, Situation.NONE, now=now)
        outcomes.say(session, booking.id, 3, Situation.OTHER_PROJECT, now=now)
        outcomes.hinder(session, booking.id, 3, Obstacle.NOT_MY_JOB, now=now)

        found = after.of_bookings(session, [booking.id, silent.id])

        assert list(found) == [booking.id]
        assert found[booking.id].sentences == [
            "Bilan de l’entreprise\u00a0: venue jusqu’au bout, et embauche.",
            "Son verdict\u00a0: abandonne ce métier. Ce qui a compté\u00a0: l’effort\u00a0: fatigue, gestes, postures.",
            "C’est une orientation réussie\u00a0: ce métier est écarté avant une formation.",
            "3\u00a0mois après\u00a0: autre projet (ce métier n’est pas pour moi).",
        ]

    def test_gives_the_words_of_both(self, session: Session) -> None:
        booking, now = tried(session, ended=1), clock.now()
        bilans.say(session, booking.id, Said(presence=Presence.COMPLETED, went_well="Le geste."), now=now)
        alone = after.of_bookings(session, [booking.id])[booking.id].words
        bilans.answer(session, booking.id, agrees=False, word="J’étais là.", now=now)

        both = after.of_bookings(session, [booking.id])[booking.id].words

        assert alone == [("L’entreprise", "Le geste.")]
        assert both == [("L’entreprise", "Le geste."), ("La personne", "J’étais là.")]
