"""A territory's stylesheet and logos."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.pages import PageClient
from tests.territories.conftest import BRETAGNE
from traitdunion import create_app
from traitdunion.territories import territories, themes


@pytest.fixture
def bretagne(environ: dict[str, str]) -> Iterator[Flask]:
    """An application of another territory."""
    built = create_app({**environ, "TERRITORIES_DIR": str(BRETAGNE)})
    yield built
    built.extensions["database"].engine.dispose()


class TestTheme:
    def test_has_the_colours(self, bretagne: Flask) -> None:
        response = bretagne.test_client().get("/theme/bretagne.css")

        assert response.status_code == 200
        assert response.mimetype == "text/css"
        assert response.text == ":root {\n  --territory-brand: #5b2a86;\n  --territory-accent: #0b5d57;\n}\n"

    def test_is_kept_for_a_year_under_its_versioned_address(self, bretagne: Flask) -> None:
        with bretagne.app_context():
            version = themes.version(territories.by_key("bretagne"))
        client = bretagne.test_client()

        versioned = client.get(f"/theme/bretagne.css?v={version}").cache_control
        plain = client.get("/theme/bretagne.css").cache_control

        assert versioned.to_header() == "public, max-age=31536000, immutable"
        assert plain.to_header() == "public, max-age=3600"

    def test_is_not_sent_again_unchanged(self, bretagne: Flask) -> None:
        client = bretagne.test_client()
        tag = client.get("/theme/bretagne.css").headers["ETag"]

        assert client.get("/theme/bretagne.css", headers={"If-None-Match": tag}).status_code == 304

    def test_of_no_territory_is_not_found(self, pages: PageClient) -> None:
        pages.get("/theme/nulle-part.css", status=404)

    def test_is_linked_by_every_page(self, pages: PageClient) -> None:
        page = pages.get("/nulle-part", status=404)

        links = [str(link["href"]) for link in page.find_all("link", rel="stylesheet")]
        assert [link for link in links if link.startswith("/theme/metz.css?v=")]


class TestLogo:
    def test_is_the_image_that_the_file_names(self, bretagne: Flask) -> None:
        response = bretagne.test_client().get("/theme/bretagne/bretagne.svg")

        assert response.mimetype == "image/svg+xml"
        assert response.data == (BRETAGNE / "bretagne.svg").read_bytes()
        response.close()

    @pytest.mark.parametrize("name", ["bretagne.toml", "../../__init__.py", "..%2Fsamples.py", "autre.svg"])
    def test_is_nothing_else_of_the_folder(self, bretagne: Flask, name: str) -> None:
        assert bretagne.test_client().get(f"/theme/bretagne/{name}").status_code == 404
