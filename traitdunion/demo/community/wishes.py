"""Where some would like to try a job, for want of a slot: what operators read before they invite companies."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import islice

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.offers.models import Offer
from traitdunion.pathways import interests

BY_EMPLOYER = (5, 3, 2, 1, 1)
"""How many would like to try with each of the employers."""


def wish(session: Session, people: Sequence[Person], *, now: datetime) -> int:
    """Some of the people would like to try with employers whose offers they read; returns how many wishes."""
    alive = Offer.withdrawn_at.is_(None), Offer.duplicate_of_id.is_(None)
    offers = select(Offer).where(*alive, Offer.company_name.is_not(None), Offer.rome_code.is_not(None))
    by_employer = {
        offer.company_name: offer for offer in session.scalars(offers.order_by(Offer.company_name, Offer.source_id))
    }
    wishing = iter(people)
    count = 0
    for offer, most in zip(by_employer.values(), BY_EMPLOYER, strict=False):
        for person in islice(wishing, most):
            interests.for_offer(session, person, offer, word=None, now=now - timedelta(days=count + 1))
            count += 1
    return count
