"""Search engines are told of what lives and is real, in parts that are not too large."""

import pytest
from lxml import etree
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import PageClient
from traitdunion.about import sitemap

SPACE = {"s": "http://www.sitemaps.org/schemas/sitemap/0.9"}
ROOT = "http://localhost"


def addresses(pages: PageClient, path: str = "/sitemap.xml", kind: str = "url") -> list[str]:
    """What a sitemap (or, for `sitemap`, an index) tells, without the host."""
    answer = pages.client.get(path)
    assert answer.status_code == 200
    assert answer.content_type == "application/xml; charset=utf-8"
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    found = etree.fromstring(answer.data).xpath(f"//s:{kind}/s:loc/text()", namespaces=SPACE)
    assert isinstance(found, list)
    assert all(str(address).startswith(ROOT) for address in found)
    return [str(address).removeprefix(ROOT) for address in found]


class TestSitemap:
    def test_has_our_pages(self, pages: PageClient) -> None:
        found = addresses(pages)

        assert {"/", "/offres", "/formations", "/aide", "/accessibilite", "/contact"} <= set(found)
        for path in found:
            pages.get(path, is_form=path == "/contact")

    def test_has_what_lives_only(self, session: Session, pages: PageClient) -> None:
        offer, training = make.offer(session), make.training(session)
        make.offer(session, withdrawn_at=make.NOW)
        make.offer(session, duplicate_of_id=offer.id)
        make.training(session, withdrawn_at=make.NOW)
        make.training(session, is_funded=False)
        session.commit()

        found = [path for path in addresses(pages) if path[-1].isdecimal()]

        assert found == [f"/offres/{offer.id}", f"/formations/{training.id}"]

    def test_has_the_occupations_that_recruit_or_that_one_trains_for(self, session: Session, pages: PageClient) -> None:
        for code in ("D1102", "F1703", "G1602", "K2204"):
            make.occupation(session, code, code)
        make.offer(session)
        make.offer(session, rome_code="K2204", withdrawn_at=make.NOW)
        make.training(session, rome_codes=["F1703", "Z9999"])
        make.training(session, rome_codes=["G1602"], is_funded=False)
        session.commit()

        found = [path for path in addresses(pages) if path.startswith("/metiers/")]
        make.source(session, "demo", is_fictitious=True)
        session.commit()

        assert found == ["/metiers/D1102", "/metiers/F1703"]
        assert not [path for path in addresses(pages) if path.startswith("/metiers/")]

    def test_says_when_an_offer_last_changed(self, session: Session, pages: PageClient) -> None:
        make.offer(session)
        session.commit()

        assert f"<lastmod>{make.NOW:%Y-%m-%d}</lastmod>" in pages.client.get("/sitemap.xml").text

    def test_leaves_out_what_is_invented(self, session: Session, pages: PageClient) -> None:
        make.source(session, "demo", is_fictitious=True)
        make.offer(session, source="demo")
        make.training(session)
        real = make.offer(session)
        session.commit()

        assert [path for path in addresses(pages) if path[-1].isdecimal()] == [f"/offres/{real.id}"]

    def test_is_parted_when_it_would_be_too_large(
        self, session: Session, pages: PageClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sitemap, "MOST", 4)
        offers = [make.offer(session).id for _ in range(9)]
        trainings = [make.training(session).id for _ in range(6)]
        session.commit()

        parts = addresses(pages, kind="sitemap")
        found = [addresses(pages, path) for path in parts]

        assert parts[0] == "/sitemap/pages.xml"
        assert all(0 < len(paths) <= 4 for paths in found[1:])
        assert sorted(path for paths in found[1:] for path in paths) == sorted(
            [f"/offres/{number}" for number in offers] + [f"/formations/{number}" for number in trainings]
        )

    @pytest.mark.parametrize("kind", ["offres", "formations"])
    @pytest.mark.parametrize("part", ["0", "7", str(2**63), "9" * 40])
    def test_has_no_part_where_nothing_is(self, pages: PageClient, kind: str, part: str) -> None:
        pages.get(f"/sitemap/{kind}-{part}.xml", status=404)
