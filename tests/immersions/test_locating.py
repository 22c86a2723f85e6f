"""The job that looks for addresses, against the geocoder over real HTTP."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from pytest_httpserver import HTTPServer

from tests import factories as make
from tests.clients.test_geocoding import feature
from traitdunion.clients.geocoding import Unavailable
from traitdunion.core import db
from traitdunion.immersions import locating
from traitdunion.immersions.models import Slot


@pytest.fixture
def geocoder(committing_app: Flask, httpserver: HTTPServer) -> Iterator[HTTPServer]:
    """The geocoder, where the application looks for it."""
    before = committing_app.config["GEOCODING_URL"]
    committing_app.config["GEOCODING_URL"] = httpserver.url_for("/geocodage")
    yield httpserver
    committing_app.config["GEOCODING_URL"] = before


@pytest.fixture
def slot_id(geocoder: HTTPServer) -> int:
    """A slot that is known to be somewhere in the commune."""
    with db.transaction() as session:
        return make.slot(session, is_place_approximate=True).id


def located(slot_id: int) -> Slot:
    """The slot after the job."""
    locating.locate(slot_id)
    with db.transaction() as session:
        return session.get_one(Slot, slot_id)


class TestLocate:
    def test_puts_the_slot_where_its_address_is(self, geocoder: HTTPServer, slot_id: int) -> None:
        geocoder.expect_request("/geocodage/search").respond_with_json(feature())

        slot = located(slot_id)

        assert (slot.latitude, slot.longitude, slot.is_place_approximate) == (49.12, 6.17, False)

    @pytest.mark.parametrize(
        "answer", [{"features": []}, feature(score=0.3), feature(postcode="54000", citycode="54395")]
    )
    def test_leaves_it_at_the_centre_otherwise(
        self, geocoder: HTTPServer, slot_id: int, answer: dict[str, Any]
    ) -> None:
        geocoder.expect_request("/geocodage/search").respond_with_json(answer)

        slot = located(slot_id)

        assert (slot.latitude, slot.is_place_approximate) == (make.METZ["latitude"], True)

    def test_fails_so_that_it_is_tried_again(self, geocoder: HTTPServer, slot_id: int) -> None:
        geocoder.expect_request("/geocodage/search").respond_with_data("", status=503)

        with pytest.raises(Unavailable):
            located(slot_id)

    def test_asks_nothing_about_what_is_exact_or_gone(self, geocoder: HTTPServer, slot_id: int) -> None:
        with db.transaction() as session:
            session.get_one(Slot, slot_id).is_place_approximate = False

        locating.locate(slot_id)
        locating.locate(slot_id + 1)

        assert geocoder.log == []
