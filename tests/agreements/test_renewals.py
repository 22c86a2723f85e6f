"""Renewals: once, for an objective not reached; and transfers to another organisation."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import bookings as booked
from traitdunion.agreements import agreements, lifecycle, renewals, transfers
from traitdunion.agreements.kinds import Actor, Status
from traitdunion.agreements.models import Agreement
from traitdunion.agreements.snapshot import Day
from traitdunion.agreements.surroundings import Blocked

NOW = booked.NOW
WHY = "La vente n’a pas pu être vue."


def validated(session: Session) -> Agreement:
    """An agreement that can be renewed."""
    agreement = booked.ready(session)
    agreement.status, agreement.validated_at = Status.ACCEPTED_BY_VALIDATOR.value, NOW
    return agreement


def later(agreement: Agreement, days: int = 7) -> list[Day]:
    """The same days, later."""
    return [replace(day, on=day.on + timedelta(days=days)) for day in agreements.terms_of(agreement).days]


def renew(session: Session, agreement: Agreement, why: str = WHY, days: int = 7) -> Agreement:
    """As its adviser does."""
    return renewals.renew(session, agreement, later(agreement, days), why=why, actor=Actor.COUNSELLOR, by=None, now=NOW)


class TestRenew:
    def test_copies_all_but_the_days_and_says_why(self, session: Session) -> None:
        agreement = validated(session)

        made = renew(session, agreement)

        terms, former = agreements.terms_of(made), agreements.terms_of(agreement)
        assert (made.status, made.booking_id, made.renewed_from_id) == (Status.READY_TO_SIGN, None, agreement.id)
        assert terms.renewed is not None
        assert (terms.renewed.code, terms.renewed.why) == (agreement.code, WHY)
        assert replace(terms, days=former.days, renewed=None) == former
        assert made.first_day == agreement.first_day + timedelta(days=7)
        assert [one.email for one in made.parties] == [one.email for one in agreement.parties]
        assert made.code != agreement.code
        assert agreement.events[-1].act == "renew"
        assert booked.written(session, "signature_asked") == {one.email for one in made.parties if one.email}

    def test_is_done_once(self, session: Session) -> None:
        agreement = validated(session)
        made = renew(session, agreement)

        with pytest.raises(renewals.AlreadyRenewed):
            renew(session, agreement, days=14)
        made.status, made.validated_at = Status.ACCEPTED_BY_VALIDATOR.value, NOW
        with pytest.raises(Blocked, match="déjà été renouvelée une fois"):
            renew(session, made)

    def test_may_be_made_again_where_it_came_to_nothing(self, session: Session) -> None:
        agreement = validated(session)
        made = renew(session, agreement)
        made.status = Status.DEPRECATED.value
        session.flush()

        assert renew(session, agreement, days=14).status == Status.READY_TO_SIGN

    @pytest.mark.parametrize("why", ["", "  "])
    def test_needs_a_reason(self, session: Session, why: str) -> None:
        agreement = validated(session)

        with pytest.raises((Blocked, lifecycle.NeedsWord)):
            renew(session, agreement, why=why)

    def test_begins_after_the_first_one(self, session: Session) -> None:
        agreement = validated(session)

        with pytest.raises(Blocked, match="avant la fin de la première"):
            renew(session, agreement, days=1)

    def test_is_of_what_was_validated(self, session: Session) -> None:
        agreement = booked.ready(session)

        with pytest.raises(lifecycle.NotPossible):
            renew(session, agreement)


class TestTransfer:
    def test_makes_everybody_sign_again_and_tells_them(self, session: Session) -> None:
        agreement = booked.ready(session)
        to = make.prescriber_organisation(session, name="Cap emploi Exemple", kind="cap_emploi")

        transfers.transfer(
            session, agreement, to, word="Le Cap emploi vous suit maintenant.", actor=Actor.COUNSELLOR, by=None, now=NOW
        )

        prescriber = agreements.terms_of(agreement).prescriber
        assert prescriber is not None
        assert (prescriber.name, prescriber.kind) == ("Cap emploi Exemple", "Cap emploi")
        assert (agreement.version, agreement.status) == (2, Status.READY_TO_SIGN)
        assert agreement.organisation is to
        assert to.email in booked.written(session, "agreement_transferred")
        assert len(booked.written(session, "agreement_transferred")) == 3

    def test_of_a_draft_only_says_it_anew(self, session: Session) -> None:
        agreement = booked.draft(session)
        to = make.prescriber_organisation(session, name="Cap emploi Exemple", kind="cap_emploi")

        transfers.transfer(session, agreement, to, word="Oui.", actor=Actor.OPERATOR, by=None, now=NOW)

        assert (agreement.version, agreement.status) == (1, Status.DRAFT)

    def test_needs_an_organisation_that_may_prescribe_and_a_word(self, session: Session) -> None:
        agreement = booked.ready(session)
        without_right = make.prescriber_organisation(session, kind="other")
        to = make.prescriber_organisation(session)

        with pytest.raises(transfers.CannotTransfer):
            transfers.transfer(session, agreement, without_right, word="Oui.", actor=Actor.COUNSELLOR, by=None, now=NOW)
        with pytest.raises(lifecycle.NeedsWord):
            transfers.transfer(session, agreement, to, word="", actor=Actor.COUNSELLOR, by=None, now=NOW)
        with pytest.raises(lifecycle.NotPossible):
            transfers.transfer(session, agreement, to, word="Oui.", actor=Actor.COMPANY, by=None, now=NOW)
