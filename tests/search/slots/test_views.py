"""`/immersions`: what is found, what a slot's page says, and what becomes of it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from geopy.distance import geodesic
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.core import clock
from traitdunion.immersions import bookings
from traitdunion.immersions.models import Slot
from traitdunion.offers.models import OfferSource
from traitdunion.search.criteria import Circle, Criteria
from traitdunion.search.slots import finding
from traitdunion.search.slots.finding import Wishes
from traitdunion.territories import distances
from traitdunion.territories.distances import Point


def slot_ahead(session: Session, days: int = 20, **fields: Any) -> Slot:
    return make.slot(session, first_day=clock.today() + timedelta(days=days), **fields)


def titles(pages: PageClient, query: str = "") -> list[str]:
    page = pages.get(f"/immersions{query}")
    return [" ".join(link.get_text().split()) for link in page.select(".results h3 a")]


class TestSlotsPage:
    def test_shows_the_earliest_first(self, pages: PageClient, session: Session) -> None:
        slot_ahead(session, 30, title="Plus tard")
        slot_ahead(session, 10, title="Bientôt")

        assert titles(pages) == ["Bientôt", "Plus tard"]

    @pytest.mark.parametrize(
        "fields",
        [
            {"state": "draft"},
            {"state": "frozen"},
            {"state": "cancelled"},
            {"days": -1},
            {"book_by": clock.today() - timedelta(days=1)},
        ],
    )
    def test_leaves_out_what_cannot_be_booked(
        self, pages: PageClient, session: Session, fields: dict[str, Any]
    ) -> None:
        slot_ahead(session, **fields)

        assert not titles(pages)

    def test_leaves_out_companies_that_are_not_verified(self, pages: PageClient, session: Session) -> None:
        slot_ahead(session, company=make.company(session, verified_at=None))

        assert not titles(pages)

    @pytest.mark.parametrize("query", ["boulangère", "boulanger metz", "pétrir"])
    def test_finds_by_title_occupation_and_tasks(self, pages: PageClient, session: Session, query: str) -> None:
        make.occupation(session)
        make.commune(session)
        slot_ahead(session, title="Au fournil")
        slot_ahead(session, title="Comptable", occupation_code="M1203", tasks="Classer.")

        assert titles(pages, f"?q={query.split(maxsplit=1)[0]}&lieu={'metz' if ' ' in query else ''}") == ["Au fournil"]

    def test_narrows_by_place_kind_age_day_and_free_places(self, pages: PageClient, session: Session) -> None:
        make.commune(session)
        wanted = slot_ahead(session, title="Ici", kind="visit", minors_welcome=True)
        slot_ahead(session, title="Loin", latitude=48.1, kind="visit")
        slot_ahead(session, title="Long", kind="days")
        slot_ahead(session, title="Adultes", kind="visit", minors_welcome=False)
        slot_ahead(session, 5, title="Trop tôt", kind="visit")
        slot_ahead(session, title="Complet", kind="visit", state="full")
        since = wanted.first_day - timedelta(days=1)

        query = f"?lieu=metz&rayon=20&duree=visit&mineurs=1&libres=1&du={since:%d/%m/%Y}"

        assert titles(pages, query) == ["Ici"]

    @pytest.mark.parametrize("radius", [1, 5, 20, 100, 200])
    def test_finds_what_is_within_the_radius_to_the_kilometre(
        self, pages: PageClient, session: Session, radius: int
    ) -> None:
        metz = make.commune(session)
        here = Point(metz.latitude, metz.longitude)
        at, expected = make.company(session), set()
        for bearing in range(0, 360, 45):
            for share in (0.5, 0.95, 0.99, 1.01, 1.05, 1.5):
                there = geodesic(kilometers=radius * share).destination(here, bearing)
                slot = slot_ahead(
                    session, 10, company=at, latitude=there.latitude, longitude=there.longitude, title=f"{bearing}"
                )
                km = distances.on_sphere(here, Point(slot.latitude, slot.longitude))
                expected |= {slot.id} if km <= radius else set()

        criteria = Criteria(circle=Circle(centre=here, km=radius))
        found = {
            each.slot.id
            for page in range(1, 4)
            for each in finding.find(session, criteria, Wishes(), page=page, now=clock.now()).found
        }

        assert found == expected

    @pytest.mark.parametrize("near", [0, 25, 45])
    def test_shows_the_nearest_first_wherever_most_of_them_are(
        self, pages: PageClient, session: Session, near: int
    ) -> None:
        metz = make.commune(session)
        here, at = Point(metz.latitude, metz.longitude), make.company(session)
        distance_of = {}
        for number in range(45):
            km = (0.2 * number if number < near else 2 * number) + 0.5
            there = geodesic(kilometers=km).destination(here, 70)
            slot = slot_ahead(session, 60 - number, company=at, latitude=there.latitude, longitude=there.longitude)
            distance_of[slot.id] = km

        criteria, wishes = Criteria(circle=Circle(centre=here, km=100)), Wishes(is_nearest_first=True)
        found = [finding.find(session, criteria, wishes, page=page, now=clock.now()) for page in range(1, 4)]

        assert [each.slot.id for results in found for each in results.found] == list(distance_of)
        assert {results.count for results in found} == {45}

    def test_says_that_a_day_does_not_read(self, pages: PageClient, session: Session) -> None:
        slot_ahead(session)

        assert titles(pages, "?du=bientôt") == ["Boulanger / Boulangère"]

    def test_turns_pages(self, pages: PageClient, session: Session) -> None:
        at = make.company(session)
        for number in range(23):
            slot_ahead(session, 10 + number, company=at)

        assert len(titles(pages)) == 20
        assert len(titles(pages, "?page=2")) == 3
        assert len(titles(pages, "?page=99")) == 3

    def test_proposes_what_to_do_when_there_is_nothing(self, pages: PageClient, session: Session) -> None:
        assert "Je voudrais essayer ici" in pages.get("/immersions?q=boulanger").main


class TestSlotPage:
    def test_says_when_where_and_who_welcomes(self, pages: PageClient, session: Session) -> None:
        slot = slot_ahead(session, transport="Bus 12")

        page = pages.get(f"/immersions/{slot.id}")

        said = ("8 h", "1 rue du Four, 57000 Metz", "Ada Martin", "Bus 12", "1 place libre", "dès 16 ans")
        assert [each for each in said if each not in page.main] == []
        link = page.find("a", string=lambda text: bool(text) and text.strip() == "Réserver")
        assert link
        assert link["href"] == f"/immersions/{slot.id}/reserver"

    def test_shows_the_sessions_it_comes_before(self, pages: PageClient, session: Session) -> None:
        make.occupation(session)
        slot = slot_ahead(session, 20)
        for title, starts_in in (("CAP boulanger", 60), ("Trop tôt", 15)):
            action = make.action(session, make.training(session, title))
            make.training_session(session, action, today=clock.today(), starts_in=starts_in)

        page = pages.get(f"/immersions/{slot.id}")

        assert "CAP boulanger" in page.main
        assert "Trop tôt" not in page.main

    def test_proposes_the_waiting_list_and_the_same_job_nearby(self, pages: PageClient, session: Session) -> None:
        make.occupation(session)
        slot = slot_ahead(session)
        slot_ahead(session, company=make.company(session, "Au Fournil"))
        bookings.book(session, slot, make.person(session, birth_date=date(1990, 1, 1)), now=clock.now())

        page = pages.get(f"/immersions/{slot.id}")

        assert "Rejoindre la liste d’attente" in page.main
        assert "Au Fournil" in page.main

    def test_leads_back_to_my_own_booking(self, pages: PageClient, session: Session) -> None:
        slot, person = slot_ahead(session), make.person(session, birth_date=date(1990, 1, 1))
        booking = bookings.book(session, slot, person, now=clock.now())
        pages.sign_in(person)

        page = pages.get(f"/immersions/{slot.id}")

        assert page.find("a", href=f"/mon-espace/reservations/{booking.id}")

    @pytest.mark.parametrize(("state", "told"), [("cancelled", "annulée"), ("frozen", "en pause")])
    def test_is_gone_with_others_to_go_to(self, pages: PageClient, session: Session, state: str, told: str) -> None:
        make.occupation(session)
        slot = slot_ahead(session, state=state)
        slot_ahead(session, company=make.company(session, "Au Fournil"))

        page = pages.get(f"/immersions/{slot.id}", 410)

        assert told in page.main
        assert "Au Fournil" in page.main

    def test_is_gone_once_it_is_past(self, pages: PageClient, session: Session) -> None:
        assert "passée" in pages.get(f"/immersions/{slot_ahead(session, -1).id}", 410).main

    @pytest.mark.parametrize(("state", "verified_at"), [("draft", make.NOW), ("published", None)])
    def test_does_not_exist_before_it_is_shown(
        self, pages: PageClient, session: Session, state: str, verified_at: datetime | None
    ) -> None:
        slot = slot_ahead(session, company=make.company(session, verified_at=verified_at), state=state)

        pages.get(f"/immersions/{slot.id}", 404)
        pages.get(f"/immersions/{2**70}", 404)

    def test_is_an_event_for_machines(self, pages: PageClient, session: Session) -> None:
        slot = slot_ahead(session)

        page = pages.get(f"/immersions/{slot.id}")

        script = page.find("script", type="application/ld+json")
        assert script
        assert '"@type": "Event"' in script.get_text()

    def test_tells_machines_nothing_that_is_invented(self, pages: PageClient, session: Session) -> None:
        session.add(OfferSource(name="demo", label="Démonstration", is_crawled=False, is_fictitious=True))
        session.flush()

        assert not pages.get(f"/immersions/{slot_ahead(session).id}").find("script", type="application/ld+json")


class TestChainCard:
    """On the pages of offers and trainings."""

    def training_with_session(self, session: Session, starts_in: int = 40) -> int:
        training = make.training(session)
        make.training_session(session, make.action(session, training), today=clock.today(), starts_in=starts_in)
        return training.id

    def test_counts_the_days_that_are_left_and_shows_where(self, pages: PageClient, session: Session) -> None:
        make.occupation(session)
        training = self.training_with_session(session, 40)
        before = slot_ahead(session, 20)
        slot_ahead(session, 40, title="Trop tard")

        page = pages.get(f"/formations/{training}")

        assert "Il reste 40 jours pour essayer" in page.main
        assert page.find("a", href=f"/immersions/{before.id}")
        assert "Trop tard" not in page.main

    def test_is_on_offers_too(self, pages: PageClient, session: Session) -> None:
        make.occupation(session)
        offer, slot = make.offer(session), slot_ahead(session)

        page = pages.get(f"/offres/{offer.id}")

        assert page.find("a", href=f"/immersions/{slot.id}")

    def test_proposes_waiting_lists_then_a_wish(self, pages: PageClient, session: Session) -> None:
        make.occupation(session)
        training = self.training_with_session(session)
        alone = pages.get(f"/formations/{training}")
        slot = slot_ahead(session, state="full")
        waits = pages.get(f"/formations/{training}")

        assert alone.find("a", href=f"/formations/{training}/essayer")
        assert "liste d’attente" in waits.main
        assert waits.find("a", href=f"/immersions/{slot.id}")

    def test_shows_what_comes_too_late_as_such(self, pages: PageClient, session: Session) -> None:
        make.occupation(session)
        training = self.training_with_session(session, 10)
        slot_ahead(session, 20)

        page = pages.get(f"/formations/{training}")

        assert "Aucune immersion ne se termine avant cette date" in page.main
        assert page.find("a", href=f"/formations/{training}/essayer")

    def test_finds_slots_of_the_finer_code_of_rome_4(self, pages: PageClient, session: Session) -> None:
        make.occupation(session)
        finer = make.occupation(session, "D1110", "Boulanger bio")
        finer.parent_code = "D1102"
        slot = slot_ahead(session, occupation_code="D1110")
        offer = make.offer(session)

        assert pages.get(f"/offres/{offer.id}").find("a", href=f"/immersions/{slot.id}")


class TestSitemap:
    def test_names_the_slots_that_are_shown(self, pages: PageClient, session: Session) -> None:
        slot, draft = slot_ahead(session), slot_ahead(session, state="draft")

        text = pages.client.get("/sitemap.xml").text

        assert f"/immersions/{slot.id}<" in text
        assert f"/immersions/{draft.id}<" not in text
        assert "/immersions<" in text
