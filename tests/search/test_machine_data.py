"""What machines read: Google's compulsory properties, nothing invented, nothing that could leave its script."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import Page, PageClient
from traitdunion.core import clock
from traitdunion.offers.models import IngestionRun, Offer, OfferSighting
from traitdunion.search import machine_data

# https://developers.google.com/search/docs/appearance/structured-data/job-posting and …/course-info, 2026-11-21
JOB_POSTING = {"datePosted", "description", "hiringOrganization", "jobLocation", "title"}
COURSE = {"name", "description", "provider", "offers", "hasCourseInstance"}
COURSE_INSTANCE = {"courseMode", "courseWorkload"}


def described(page: Page) -> dict[str, Any] | None:
    """The JSON-LD of a page."""
    scripts = page.find_all("script", type="application/ld+json")
    assert len(scripts) < 2
    found: dict[str, Any] | None = json.loads(str(scripts[0].string)) if scripts else None
    return found


class TestJobPosting:
    def test_has_what_google_asks_for(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        offer = make.offer(
            session,
            company_name="Aux Délices",
            contract_type="CDI",
            description="Vos missions :\n- pétrir <b>",
            published_at=make.NOW,
        )
        session.commit()

        found = described(pages.get(f"/offres/{offer.id}?lieu=metz"))

        assert found is not None
        assert found.keys() >= JOB_POSTING
        assert (found["@context"], found["@type"]) == ("https://schema.org", "JobPosting")
        assert found["title"] == offer.title
        assert found["description"] == "<p>Vos missions :</p>\n<ul><li>pétrir &lt;b&gt;</li></ul>"
        assert datetime.fromisoformat(found["datePosted"]) == make.NOW
        assert found["hiringOrganization"] == {"@type": "Organization", "name": "Aux Délices"}
        assert found["jobLocation"] == {
            "@type": "Place",
            "address": {
                "@type": "PostalAddress",
                "addressLocality": "Metz",
                "postalCode": "57000",
                "addressRegion": "Moselle",
                "addressCountry": "FR",
            },
            "geo": {"@type": "GeoCoordinates", "latitude": 49.1081, "longitude": 6.196},
        }
        assert found["employmentType"] == ["FULL_TIME"]
        assert found["identifier"]["value"] == offer.source_id
        assert found["url"] == f"http://localhost/offres/{offer.id}"
        assert found["directApply"] is False
        assert "validThrough" not in found

    def test_ends_when_a_file_that_is_not_imported_again_does(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        offer = make.offer(session)
        run = IngestionRun(source=offer.source, slice="file:x", state="done", started_at=make.NOW)
        session.add(run)
        session.flush()
        session.add(OfferSighting(offer_id=offer.id, slice="file:x", run_id=run.id, seen_at=make.NOW))
        session.commit()

        found = described(pages.get(f"/offres/{offer.id}"))

        assert found is not None
        assert datetime.fromisoformat(found["validThrough"]) == make.NOW + timedelta(days=60)

    def test_hides_an_employer_that_hides_and_a_place_that_is_not_known(self, session: Session) -> None:
        offer = make.offer(session, is_place_approximate=True)

        found = machine_data.job_posting(offer, None, url="", valid_through=None)

        assert found is not None
        assert found["hiringOrganization"] == "confidential"
        assert found["jobLocation"] == {
            "@type": "Place",
            "address": {"@type": "PostalAddress", "addressRegion": "Moselle", "addressCountry": "FR"},
        }

    @pytest.mark.parametrize("lacking", [{"description": ""}, {"department": None}])
    def test_is_not_there_without_what_is_compulsory(self, session: Session, lacking: dict[str, Any]) -> None:
        offer = make.offer(session, **lacking)

        assert machine_data.job_posting(offer, None, url="", valid_through=None) is None

    @pytest.mark.parametrize(
        ("contract", "hours", "is_work_study", "types"),
        [
            ("CDI", "35H/semaine", False, ["FULL_TIME"]),
            ("CDI", "Temps partiel - 20H/semaine", False, ["PART_TIME"]),
            ("CDD", None, False, ["TEMPORARY"]),
            ("MIS", "Temps partiel", False, ["TEMPORARY", "PART_TIME"]),
            ("SAI", None, False, ["TEMPORARY"]),
            ("LIB", None, False, ["CONTRACTOR"]),
            ("CDD", None, True, ["OTHER"]),
            (None, None, False, ["OTHER"]),
        ],
    )
    def test_tells_the_contract_in_google_s_words(
        self, contract: str | None, hours: str | None, is_work_study: bool, types: list[str]
    ) -> None:
        offer = Offer(contract_type=contract, hours_label=hours, is_work_study=is_work_study)

        assert machine_data.employment_types(offer) == types

    def test_cannot_leave_its_script(self, session: Session, pages: PageClient) -> None:
        evil = "</script><script>alert(1)</script><!-- ' \u2028"
        make.commune(session)
        offer = make.offer(session, title=evil, description=evil, company_name=evil)
        session.commit()

        page = pages.get(f"/offres/{offer.id}")
        found = described(page)

        assert found is not None
        assert (found["title"], found["hiringOrganization"]["name"]) == (evil, evil)
        assert len([script for script in page.find_all("script") if not script.get("src")]) == 1

    def test_is_not_there_of_what_is_invented_or_withdrawn(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        living, gone = make.offer(session), make.offer(session, withdrawn_at=make.NOW)
        session.commit()
        assert described(pages.get(f"/offres/{gone.id}", status=410)) is None
        assert described(pages.get(f"/offres/{living.id}")) is not None

        make.source(session, "demo", is_fictitious=True)
        session.commit()

        assert described(pages.get(f"/offres/{living.id}")) is None


class TestCourse:
    def test_has_what_google_asks_for(self, session: Session, pages: PageClient) -> None:
        today = clock.today()
        training = make.training(session, objective="Savoir pétrir.", organisation=make.organisation(session))
        action = make.action(
            session, training, mode=0, hours=400, address="1 rue du Four", postcode="57000", place_name="Greta"
        )
        dated = make.training_session(session, action, today=today, ends_on=today + timedelta(days=90))
        session.commit()

        found = described(pages.get(f"/formations/{training.id}"))

        assert found is not None
        assert found.keys() >= COURSE
        assert (found["@context"], found["@type"], found["name"]) == ("https://schema.org", "Course", "CAP boulanger")
        assert found["provider"] == {"@type": "Organization", "name": "Greta Lorraine"}
        assert found["offers"] == {"@type": "Offer", "category": "Free", "price": 0, "priceCurrency": "EUR"}
        (instance,) = found["hasCourseInstance"]
        assert instance.keys() >= COURSE_INSTANCE
        assert (instance["courseMode"], instance["courseWorkload"]) == ("Onsite", "PT400H")
        assert (instance["startDate"], instance["endDate"]) == (str(dated.starts_on), str(dated.ends_on))
        assert instance["location"] == {
            "@type": "Place",
            "name": "Greta",
            "address": {
                "@type": "PostalAddress",
                "streetAddress": "1 rue du Four",
                "addressLocality": "Metz",
                "postalCode": "57000",
                "addressCountry": "FR",
            },
        }

    def test_is_free_only_where_the_region_pays(self, session: Session, pages: PageClient) -> None:
        training = make.training(session, objective="Pétrir.", organisation=make.organisation(session))
        for funders in ([2], [5]):
            make.action(session, training, mode=0, is_permanent=True, funders=funders, price=Decimal(800))
        session.commit()

        found = described(pages.get(f"/formations/{training.id}"))

        assert found is not None
        assert [instance["offers"]["price"] for instance in found["hasCourseInstance"]] == [0, 800]

    def test_tells_distance_permanent_entries_and_a_price(self, session: Session, pages: PageClient) -> None:
        training = make.training(session, objective="Pétrir.", organisation=make.organisation(session), is_funded=False)
        make.action(session, training, mode=2, is_permanent=True, funders=[], price=Decimal("950.50"))
        session.commit()

        found = described(pages.get(f"/formations/{training.id}"))

        assert found is not None
        assert "offers" not in found
        assert found["hasCourseInstance"] == [
            {
                "@type": "CourseInstance",
                "courseMode": "Online",
                "offers": {"@type": "Offer", "category": "Paid", "price": 950.5, "priceCurrency": "EUR"},
            }
        ]

    def test_is_not_there_without_what_is_compulsory_or_when_withdrawn(
        self, session: Session, pages: PageClient
    ) -> None:
        silent = make.training(session, organisation=make.organisation(session))
        gone = make.training(session, objective="Pétrir.", organisation=silent.organisation, withdrawn_at=make.NOW)
        session.commit()

        assert described(pages.get(f"/formations/{silent.id}")) is None
        assert described(pages.get(f"/formations/{gone.id}", status=410)) is None


def test_instants_carry_their_zone(session: Session) -> None:
    offer = make.offer(session, published_at=datetime(2026, 11, 2, 8, tzinfo=UTC))

    found = machine_data.job_posting(offer, None, url="", valid_through=None)

    assert found is not None
    assert found["datePosted"] == "2026-11-02T08:00:00+00:00"
