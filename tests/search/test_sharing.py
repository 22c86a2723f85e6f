"""Every page says what it is to who shares it, with a picture of ours."""

import struct

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from tests.pages import Page, PageClient


def told(page: Page) -> dict[str, str]:
    """The description and the Open Graph properties."""
    found = page.find_all("meta", content=True)
    return {str(tag.get("property") or tag.get("name")): str(tag["content"]) for tag in found}


class TestSharing:
    @pytest.mark.parametrize("path", ["/", "/offres", "/formations", "/metiers/D1102", "/aide", "/budget"])
    def test_tells_title_description_address_and_picture(self, session: Session, pages: PageClient, path: str) -> None:
        make.occupation(session)
        session.commit()

        page = pages.get(path)
        found = told(page)

        assert page.title is not None
        assert " ".join(page.title.get_text().split()) == f"{found['og:title']} – Trait d’union"
        assert found["og:description"] == found["description"]
        assert 50 <= len(found["description"]) <= 200
        assert found["og:url"] == f"http://localhost{path}"
        assert found["og:type"] == "website"
        assert found["twitter:card"] == "summary_large_image"
        assert found["og:image"].startswith("http://localhost/static/share.png?v=")

    def test_describes_each_page_in_its_own_words(self, session: Session, pages: PageClient) -> None:
        make.commune(session)
        make.occupation(session)
        offer, training = make.offer(session), make.training(session)
        session.commit()
        paths = [
            *("/", "/offres", "/formations", "/metiers/D1102", f"/offres/{offer.id}", f"/formations/{training.id}"),
            *("/accessibilite", "/mentions-legales", "/politique-de-confidentialite", "/cgu", "/aide"),
            *("/stats", "/budget"),
        ]

        descriptions = [told(pages.get(path))["description"] for path in paths]

        assert len(set(descriptions)) == len(paths)

    def test_escapes_what_a_stranger_wrote(self, session: Session, pages: PageClient) -> None:
        evil = 'Mitron"><script>alert(1)</script> & fils'
        offer = make.offer(session, title=evil, company_name=evil)
        session.commit()

        page = pages.get(f"/offres/{offer.id}")

        assert told(page)["og:title"].startswith(evil)
        assert evil in told(page)["description"]
        assert not page.select("script:not([type])")

    def test_has_a_picture_of_the_size_that_it_tells(self, pages: PageClient) -> None:
        page = pages.get("/")

        picture = pages.client.get(told(page)["og:image"].removeprefix("http://localhost"))

        assert picture.status_code == 200
        assert picture.content_type == "image/png"
        width, height = struct.unpack(">II", picture.data[16:24])
        assert (str(width), str(height)) == (told(page)["og:image:width"], told(page)["og:image:height"])
        assert len(picture.data) < 100_000
        assert picture.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        picture.close()

    def test_has_no_address_where_there_is_no_page(self, pages: PageClient) -> None:
        assert "og:url" not in told(pages.get("/nulle-part", status=404))
