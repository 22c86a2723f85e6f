"""The invented offers: the same each time, readable, near, nobody's, and as faulty as real ones."""

import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest

from tests.demo.samples import CENTRE, COMMUNES, NOW, TODAY, TOWNS
from traitdunion.demo import invented_offers, inventory, quirks
from traitdunion.demo.invented_offers import DUPLICATES, SHOWN, UPDATED, WITHDRAWN, Publication
from traitdunion.matching import titles
from traitdunion.offers import reading
from traitdunion.offers.duplicates import canonical
from traitdunion.offers.reading import OfferDraft
from traitdunion.territories.distances import Point, kilometres


def invent(today: date = TODAY) -> Publication:
    """The offers of the grid."""
    return invented_offers.invent(inventory.read(), TOWNS, {"D1102": "Boulanger / Boulangère"}, today=today)


@pytest.fixture(scope="module")
def publication() -> Publication:
    """Those of today; tests leave them as they are."""
    return invent()


@pytest.fixture(scope="module")
def drafts(publication: Publication) -> list[OfferDraft]:
    """What the service reads of those on show at last."""
    found = [
        reading.read(offer, content_hash=b"", communes=COMMUNES, now=NOW)
        for offer in orjson.loads(orjson.dumps(publication.later))
    ]
    return [draft for draft in found if isinstance(draft, OfferDraft)]


class TestInvent:
    def test_gives_the_same_each_time(self, publication: Publication) -> None:
        assert invent() == publication

    def test_moves_with_the_day(self, publication: Publication) -> None:
        tomorrow = invent(TODAY + timedelta(days=1))

        assert [offer["id"] for offer in tomorrow.later] == [offer["id"] for offer in publication.later]
        assert max(offer["dateCreation"] for offer in tomorrow.later) > "2026-11-21T10"

    def test_shows_four_hundred_offers(self, publication: Publication) -> None:
        assert len(publication.later) == len({offer["id"] for offer in publication.later}) == SHOWN == 400

    def test_withdraws_some_and_adds_some(self, publication: Publication) -> None:
        before, after = ({offer["id"] for offer in offers} for offers in (publication.first, publication.later))

        assert len(publication.gone) == len(before - after) == WITHDRAWN
        assert len(after - before) > 20

    def test_changes_some(self, publication: Publication) -> None:
        after = {offer["id"]: offer for offer in publication.later}

        changed = [offer for offer in publication.first if offer["id"] in after and after[offer["id"]] != offer]

        assert len(changed) == UPDATED

    def test_publishes_within_two_months_and_never_later_than_today(self, publication: Publication) -> None:
        days = [datetime.fromisoformat(offer["dateCreation"]) for offer in publication.later]

        assert min(days) > NOW - timedelta(days=62)
        assert max(days) < datetime(2026, 11, 20, 23, tzinfo=UTC)  # midnight in France
        assert sum(day > NOW - timedelta(days=15) for day in days) > 100


class TestOffers:
    def test_are_all_readable(self, publication: Publication, drafts: list[OfferDraft]) -> None:
        assert len(drafts) == len(publication.later)
        assert all(draft.description and draft.url and draft.published_at for draft in drafts)

    def test_are_near_whatever_their_faults(self, drafts: list[OfferDraft]) -> None:
        away = [
            kilometres(Point(*CENTRE), Point(draft.latitude or 0, draft.longitude or 0))
            for draft in drafts
            if draft.commune_code is not None
        ]

        assert len(away) == len(drafts)
        assert max(away) < 40

    def test_cover_all_jobs(self, publication: Publication) -> None:
        names = Counter(offer["appellationlibelle"] for offer in publication.later)

        assert len(names) == 60

    def test_include_apprenticeships(self, publication: Publication, drafts: list[OfferDraft]) -> None:
        assert sum(offer["natureContrat"] == "Contrat apprentissage" for offer in publication.later) > 8
        assert all(draft.is_work_study == ("en alternance" in draft.title.lower()) for draft in drafts)

    def test_read_differently(self, publication: Publication) -> None:
        texts = Counter(offer["description"] for offer in publication.later)

        assert sum(count > 1 for count in texts.values()) <= DUPLICATES
        assert not [text for text in texts if "{" in text or "None" in text]

    def test_write_to_nobody(self, publication: Publication) -> None:
        written = orjson.dumps([publication.first, publication.later]).decode()

        assert {found.rpartition(".example.org")[1] for found in re.findall(r"[\w.+-]+@([\w.-]+)", written)} == {
            ".example.org"
        }
        assert all(found.endswith("example.org") for found in re.findall(r"https?://([^/\"]+)", written))
        numbers = re.findall(r"\b0\d(?:[ .]?\d\d){4}\b", written)
        assert numbers
        assert all(number.startswith(("01 99 00", "06 39 98")) for number in numbers)


class TestDuplicates:
    def test_are_found_by_the_rule_of_the_service(self, drafts: list[OfferDraft]) -> None:
        groups: dict[tuple[str | None, str | None], list[tuple[int, str]]] = {}
        for at, draft in enumerate(drafts):
            if draft.employer_key is not None:
                groups.setdefault((draft.employer_key, draft.commune_code), []).append((at, draft.title_key))

        hidden = sum(shown is not None for group in groups.values() for shown in canonical(group).values())

        assert DUPLICATES <= hidden <= DUPLICATES + 12


class TestQuirks:
    """DESIGN section 7: what real offers suffer from."""

    def having(self, publication: Publication, *path: str) -> int:
        """How many offers have something at the path."""

        def has(offer: Any) -> bool:
            for part in path:
                if not isinstance(offer, dict) or not offer.get(part):
                    return False
                offer = offer[part]
            return True

        return sum(map(has, publication.later))

    def test_places_lack_something(self, publication: Publication) -> None:
        assert 355 < self.having(publication, "lieuTravail", "latitude") < 395
        assert 355 < self.having(publication, "lieuTravail", "commune") < 395
        assert self.having(publication, "lieuTravail", "libelle") == 400

    def test_coordinates_are_swapped_now_and_then(self, publication: Publication) -> None:
        swapped = [offer for offer in publication.later if offer["lieuTravail"].get("latitude", 49) < 10]

        assert len(swapped) == 8

    def test_employers_hide(self, publication: Publication) -> None:
        assert 280 < self.having(publication, "entreprise", "nom") < 360

    def test_objects_are_lists(self, publication: Publication) -> None:
        assert sum(offer["salaire"] == [] for offer in publication.later) >= 20

    def test_codes_contradict_titles(self, publication: Publication) -> None:
        jobs = {titles.normalise(title): job for job in inventory.read().jobs for title in [*job.titles, job.job_title]}
        known = [(jobs.get(titles.normalise(offer["intitule"])), offer) for offer in publication.later]

        wrong = [
            offer for job, offer in known if job and offer["romeCode"][0] not in {job.rome[0], *(job.rome_v3 or "")[:1]}
        ]

        assert quirks.MISCODED // 2 <= len(wrong) <= quirks.MISCODED

    def test_versions_of_rome_are_mixed(self, publication: Publication) -> None:
        codes = {offer["romeCode"] for offer in publication.later}

        assert {"K2204", "K2205"} <= codes

    def test_titles_are_shouted_or_doubled(self, publication: Publication) -> None:
        assert sum(offer["intitule"].isupper() for offer in publication.later) >= 14
        assert sum(offer["intitule"].endswith("(H/F) (H/F)") for offer in publication.later) == 8

    @pytest.mark.parametrize(("sign", "least"), [("&eacute;", 8), ("<li>", 3), ("¿ ", 3), ("Ã©", 4)])
    def test_texts_are_damaged_and_read_right(
        self, publication: Publication, drafts: list[OfferDraft], sign: str, least: int
    ) -> None:
        assert sum(sign in offer["description"] for offer in publication.later) >= least
        assert not [draft.description for draft in drafts if sign in draft.description]
