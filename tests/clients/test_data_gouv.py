"""The ROME dataset on data.gouv.fr: which resource is chosen, and what is refused, over real HTTP."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from traitdunion.clients import data_gouv
from traitdunion.clients.data_gouv import DataGouv, Rejected, Unavailable
from traitdunion.clients.http import Patience

TITLE = "Toutes les données du ROME"
DATASET = "/api/1/datasets/rome/"


def resource(
    url: str, *, title: str = TITLE, kind: str = "csv", modified: str = "2026-06-18T07:30:44Z"
) -> dict[str, Any]:
    """A resource as the site's API gives it."""
    return {"title": title, "url": url, "format": kind, "last_modified": modified, "filesize": None}


def publish(httpserver: HTTPServer, *resources: dict[str, Any]) -> None:
    """The dataset has these resources."""
    httpserver.expect_request(DATASET).respond_with_json({"title": "ROME", "resources": list(resources)})


@pytest.fixture
def site(httpserver: HTTPServer) -> Iterator[DataGouv]:
    """A client that waits for nobody."""
    hurried = Patience(read=1, attempts=2)
    with DataGouv(httpserver.url_for(DATASET), patience=hurried, sleep=lambda _seconds: None) as built:
        yield built


class TestChoose:
    @pytest.mark.parametrize(
        ("resources", "chosen"),
        [
            ([resource("http://a/open-data/json", kind="json"), resource("http://a/open-data/csv")], 1),
            ([resource("http://a/x", kind="csv (zip)"), resource("http://a/x", kind="xml")], 0),
            ([resource("http://a/naf.csv", title="Table ROME/NAF"), resource("http://a/all")], 1),
            ([resource("http://a/all"), resource("http://a/RefRomeCsv.zip", title="", kind="zip")], 1),
            ([resource("http://a/all"), resource("http://a/b", title="RefRomeCsv.zip", kind="")], 1),
            ([resource("http://a/1", modified="2025-01-01"), resource("http://a/2", modified="2026-01-01")], 1),
            ([resource("file:///etc/RefRomeCsv.zip"), resource("http://a/all")], 1),
            ([{"url": None}, {}, resource("http://a/all")], 2),
        ],
    )
    def test_takes_the_csv_archive_of_all_the_data(self, resources: list[dict[str, Any]], chosen: int) -> None:
        assert data_gouv.choose(resources) is resources[chosen]

    @pytest.mark.parametrize("resources", [[], [resource("http://a/x", kind="pdf")], [resource("ftp://a/x")]])
    def test_takes_none_when_none_fits(self, resources: list[dict[str, Any]]) -> None:
        assert data_gouv.choose(resources) is None


class TestArchive:
    def test_is_what_the_dataset_points_to_with_its_day(self, site: DataGouv, httpserver: HTTPServer) -> None:
        publish(httpserver, resource(httpserver.url_for("/json"), kind="json"), resource(httpserver.url_for("/csv")))
        httpserver.expect_request("/csv", method="GET").respond_with_data(b"PK...", content_type="application/zip")

        archive = site.archive()

        assert archive.content == b"PK..."
        assert archive.url == httpserver.url_for("/csv")
        assert archive.published_on == date(2026, 6, 18)

    def test_is_found_where_it_has_moved(self, site: DataGouv, httpserver: HTTPServer) -> None:
        publish(httpserver, resource(httpserver.url_for("/old"), modified=""))
        httpserver.expect_request("/old").respond_with_data("", 302, {"Location": httpserver.url_for("/new")})
        httpserver.expect_request("/new").respond_with_data(b"PK...")

        archive = site.archive()

        assert archive.content == b"PK..."
        assert archive.published_on is None

    def test_is_asked_for_again_after_an_error(self, site: DataGouv, httpserver: HTTPServer) -> None:
        publish(httpserver, resource(httpserver.url_for("/csv")))
        httpserver.expect_oneshot_request("/csv").respond_with_data("", 503)
        httpserver.expect_request("/csv").respond_with_data(b"PK...")

        assert site.archive().content == b"PK..."

    @pytest.mark.parametrize("path", [DATASET, "/csv"])
    def test_is_rejected_when_it_is_not_found(self, site: DataGouv, httpserver: HTTPServer, path: str) -> None:
        httpserver.expect_request(path).respond_with_data("absent", 404)
        publish(httpserver, resource(httpserver.url_for("/csv")))

        with pytest.raises(Rejected, match="404"):
            site.archive()

    def test_is_rejected_when_the_dataset_has_none(self, site: DataGouv, httpserver: HTTPServer) -> None:
        publish(httpserver, resource(httpserver.url_for("/x"), kind="pdf"))

        with pytest.raises(Rejected, match="n’offre plus d’archive"):
            site.archive()

    @pytest.mark.parametrize("body", ["<html>", "[]", '{"resources": null}', '{"resources": ['])
    def test_is_unavailable_while_the_dataset_cannot_be_read(
        self, site: DataGouv, httpserver: HTTPServer, body: str
    ) -> None:
        httpserver.expect_request(DATASET).respond_with_data(body)

        with pytest.raises(Unavailable, match="réponse illisible, 2 essais"):
            site.archive()

    def test_is_unavailable_when_it_is_cut(self, site: DataGouv, httpserver: HTTPServer) -> None:
        publish(httpserver, resource(httpserver.url_for("/csv")))
        # A generator: of anything shorter, werkzeug would put the length right.
        httpserver.expect_request("/csv").respond_with_handler(
            lambda _request: Response((part for part in (b"PK",)), headers={"Content-Length": "500"})
        )

        with pytest.raises(Unavailable, match="réponse illisible"):
            site.archive()

    def test_is_read_no_further_than_its_limit(
        self, site: DataGouv, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(data_gouv, "_MAX_ARCHIVE_BYTES", 1_000_000)
        sent = []

        def endless() -> Iterator[bytes]:
            while True:
                sent.append(65_536)
                yield b"\0" * 65_536

        publish(httpserver, resource(httpserver.url_for("/csv")))
        httpserver.expect_request("/csv").respond_with_handler(lambda _request: Response(endless()))

        with pytest.raises(Rejected, match="plus de 1 Mo"):
            site.archive()

        assert sum(sent) < 50_000_000

    def test_is_unavailable_when_it_trickles(
        self, site: DataGouv, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        publish(httpserver, resource(httpserver.url_for("/csv")))
        httpserver.expect_request("/csv").respond_with_data(b"PK...")
        monkeypatch.setattr(data_gouv, "_MAX_SECONDS", -1)

        with pytest.raises(Unavailable):
            site.archive()
