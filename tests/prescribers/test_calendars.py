"""The calendar of a prescriber: those whom they follow, behind an address that can be closed."""

import icalendar
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.core import clock
from traitdunion.prescribers import calendars
from traitdunion.prescribers.models import Prescriber


def follows(session: Session) -> Prescriber:
    """A member who is the referent of Camille, who has an immersion, and not of Sacha, who has one too."""
    organisation = make.prescriber_organisation(session)
    member = make.prescriber(session, organisation)
    slot = make.slot(session, first_day=clock.today(), places=2)
    for number, (name, referent) in enumerate((("Camille", member.id), ("Sacha", None)), start=1):
        person = make.person(session, name)
        make.caseload_entry(session, organisation, person, prescriber_id=referent)
        make.booking(session, slot, person, place_number=number, state="accepted", expires_at=None)
    return member


class TestFeed:
    def test_shows_the_immersions_of_those_one_follows(self, session: Session) -> None:
        member = follows(session)

        calendar = icalendar.Calendar.from_ical(calendars.feed(session, member, now=clock.now()))

        summaries = [str(event["summary"]) for event in calendar.walk("VEVENT")]
        assert len(summaries) == 1
        assert "Camille" in summaries[0]

    def test_is_opened_and_closed_by_its_owner(self, pages: PageClient, session: Session) -> None:
        member = follows(session)
        assert member.person is not None
        pages.sign_in(member.person)
        path, page = (
            f"/prescripteur/{member.organisation_id}/agenda",
            f"/prescripteur/{member.organisation_id}/messages",
        )

        pages.post(path, {"ouvert": "oui"}, form=page)
        session.refresh(member)
        with pages.app.test_request_context():
            address = f"/calendrier/suivi/{calendars.secret(member)}.ics"
        opened = pages.client.get(address)
        pages.post(path, {"ouvert": "non"}, form=page)
        closed = pages.client.get(address)

        assert (opened.status_code, opened.mimetype, closed.status_code) == (200, "text/calendar", 404)

    def test_ends_with_the_membership(self, pages: PageClient, session: Session) -> None:
        member = follows(session)
        member.calendar_opened_at = clock.now()
        with pages.app.test_request_context():
            secret = calendars.secret(member) or ""
            member.state, member.left_at = "left", clock.now()
            session.flush()

            assert calendars.of_secret(session, secret) is None
