"""Absolute addresses: ours, whatever the host a request pretends to come by."""

from dataclasses import replace

import pytest
from flask import Flask

from traitdunion.notifications import links
from traitdunion.territories import territories


class TestOrigin:
    @pytest.fixture(autouse=True)
    def _public(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(app.config, "PUBLIC_URL", "https://essai.exemple.fr/")

    def test_is_the_setting_without_a_request(self, app: Flask) -> None:
        with app.app_context():
            assert links.absolute("/offres") == "https://essai.exemple.fr/offres"

    def test_is_not_a_forged_host(self, app: Flask) -> None:
        with app.test_request_context("/", base_url="https://pirate.exemple.org"):
            assert links.absolute("/offres") == "https://essai.exemple.fr/offres"

    def test_is_the_host_that_a_territory_names(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        with app.app_context():
            named = replace(territories.by_key("metz"), hosts=("metz.exemple.fr",))
        monkeypatch.setitem(app.extensions["territories"], "metz", named)

        with app.test_request_context("/", base_url="https://metz.exemple.fr"):
            assert links.absolute("/offres") == "https://metz.exemple.fr/offres"

    def test_is_the_territorys_host_where_nothing_is_set(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(app.config, "PUBLIC_URL", None)
        with app.app_context():
            named = replace(territories.by_key("metz"), hosts=("metz.exemple.fr",))
        monkeypatch.setitem(app.extensions["territories"], "metz", named)

        with app.test_request_context("/", base_url="https://pirate.exemple.org"):
            assert links.origin() == "https://metz.exemple.fr"

    def test_is_this_machine_else(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(app.config, "PUBLIC_URL", None)

        with app.app_context():
            assert links.origin() == "http://127.0.0.1:5000"


class TestLink:
    def test_builds_addresses_without_a_request(self, app: Flask) -> None:
        with app.app_context():
            assert links.link("search.offer_page", offer_id=3).endswith("/offres/3")
