"""« Connaissez-vous ce métier ? » on the page of a booking."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.core import clock
from traitdunion.immersions.models import Booking
from traitdunion.pathways import knowledge
from traitdunion.pathways.models import Moment


@pytest.fixture
def booking(session: Session, pages: PageClient) -> Booking:
    """Mine, of a slot that is to come."""
    me = make.person(session)
    pages.sign_in(me)
    return make.booking(session, make.slot(session, first_day=clock.today() + timedelta(days=10)), me)


class TestAnswer:
    def test_is_asked_once_in_one_tap(self, pages: PageClient, session: Session, booking: Booking) -> None:
        path = f"/mon-espace/reservations/{booking.id}"

        asked = pages.get(path, is_form=True)
        answer = pages.send("POST", f"{path}/metier", {"note": "4"})
        after = pages.get(path, is_form=True)

        assert "Connaissez-vous ce métier" in asked.main
        assert answer.status_code == 303
        assert "Connaissez-vous ce métier" not in after.main
        assert knowledge.of_person(session, booking.person_id) == {"D1102": {Moment.BEFORE: 4}}

    @pytest.mark.parametrize("note", ["11", "beaucoup", ""])
    def test_keeps_nothing_else(self, pages: PageClient, session: Session, booking: Booking, note: str) -> None:
        pages.send("POST", f"/mon-espace/reservations/{booking.id}/metier", {"note": note})

        assert not knowledge.of_person(session, booking.person_id)
