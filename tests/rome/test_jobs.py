"""The one try at the official reference, after the first start."""

from datetime import UTC, datetime

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer
from sqlalchemy.orm import Session

from tests.rome import releases
from traitdunion.rome import jobs, reference

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)


@pytest.fixture
def dataset(app: Flask, httpserver: HTTPServer, monkeypatch: pytest.MonkeyPatch) -> HTTPServer:
    """A data.gouv.fr whose archive is at /RefRomeCsv.zip."""
    monkeypatch.setitem(app.config, "ROME_DATASET_URL", httpserver.url_for("/rome/"))
    archive = {"title": "…", "url": httpserver.url_for("/RefRomeCsv.zip")}
    httpserver.expect_request("/rome/").respond_with_json({"resources": [archive]})
    return httpserver


class TestUpdateIfMissing:
    def test_puts_the_official_reference_in_place(self, session: Session, dataset: HTTPServer) -> None:
        dataset.expect_request("/RefRomeCsv.zip").respond_with_data(releases.zipped(releases.files()))

        jobs.update_if_missing()

        assert [edition.edition for edition in reference.editions(session)] == ["4.61", "3.47"]

    def test_asks_for_nothing_when_one_is_there(self, session: Session, dataset: HTTPServer) -> None:
        reference.replace(session, releases.read(releases.files()), source="…", now=NOW)
        session.commit()

        jobs.update_if_missing()

        assert dataset.log == []

    def test_leaves_the_facts_when_none_can_be_had(self, session: Session, dataset: HTTPServer) -> None:
        reference.load_facts(session, now=NOW)
        session.commit()
        dataset.expect_request("/RefRomeCsv.zip").respond_with_data("absent", 404)

        jobs.update_if_missing()

        assert [edition.origin for edition in reference.editions(session)] == ["facts"]
        assert len(dataset.log) == 2
