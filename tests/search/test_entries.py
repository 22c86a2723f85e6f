"""Entries follow the offers, the matches and the trainings, whoever changes them."""

from typing import Any

from sqlalchemy import delete, select, text, update
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.offers.models import Offer
from traitdunion.pathways.models import StoredMatch
from traitdunion.search import entries
from traitdunion.search.criteria import Criteria
from traitdunion.search.models import OfferEntry
from traitdunion.trainings.models import Training


def kept(session: Session) -> dict[int, list[str] | None]:
    """The régions that fund a training, by offer that has an entry."""
    return dict(session.execute(select(OfferEntry.offer_id, OfferEntry.funded_in)).all())


class TestEntries:
    def test_are_those_of_living_offers_shown_under_no_other(self, session: Session) -> None:
        offer = make.offer(session)
        make.offer(session, withdrawn_at=make.NOW)
        make.offer(session, duplicate_of_id=offer.id)

        assert list(kept(session)) == [offer.id]

    def test_come_and_go_with_their_offer(self, session: Session) -> None:
        offer = make.offer(session)

        def after(**changes: Any) -> bool:
            session.execute(update(Offer).where(Offer.id == offer.id).values(**changes))
            return offer.id in kept(session)

        assert [after(withdrawn_at=make.NOW), after(withdrawn_at=None)] == [False, True]
        session.execute(delete(Offer).where(Offer.id == offer.id))
        assert not kept(session)

    def test_say_what_their_offer_says_now(self, session: Session) -> None:
        offer = make.offer(session, level=None)

        session.execute(
            update(Offer)
            .where(Offer.id == offer.id)
            .values(level=3, contract_type="CDI", latitude=0.0, longitude=90.0, search="'macon':1A 'mur':1D")
        )

        entry = session.get_one(OfferEntry, offer.id)
        session.refresh(entry, ["level", "contract_type", "x", "y", "z", "terms"])
        assert (entry.level, entry.contract_type) == (3, "CDI")
        assert [round(each or 0.0, 9) for each in (entry.x, entry.y, entry.z)] == [0.0, 1.0, 0.0]
        assert entry.terms == "'=macon' 'macon' 'mur'"

    def test_know_that_there_is_a_training_before_or_after_the_match(self, session: Session) -> None:
        first, training = make.offer(session), make.training(session)
        make.match(session, first, training)
        second = make.offer(session)

        assert kept(session) == {first.id: [make.REGION], second.id: [make.REGION]}
        session.execute(delete(StoredMatch))
        assert set(kept(session).values()) == {None}

    def test_know_that_a_training_is_no_longer_funded(self, session: Session) -> None:
        offer, training = make.offer(session), make.training(session)
        make.match(session, offer, training)

        def after(**changes: Any) -> list[str] | None:
            session.execute(update(Training).where(Training.id == training.id).values(**changes))
            return kept(session)[offer.id]

        assert after(is_funded=False) is None
        assert after(is_funded=True) == [make.REGION]
        assert after(withdrawn_at=make.NOW) is None
        assert after(withdrawn_at=None, region_code="53") == ["53"]


class TestRepair:
    def test_puts_right_what_two_changes_at_once_left_wrong(self, session: Session) -> None:
        offer = make.offer(session)
        make.match(session, offer, make.training(session))
        session.execute(text("UPDATE offer_entries SET funded_in = NULL"))

        found = [entries.repair(session), entries.repair(session)]

        assert found == [1, 0]
        wanted = Criteria(has_training=True)
        assert list(entries.find(session, wanted, region_code=make.REGION, start=0, size=1).ids) == [offer.id]
