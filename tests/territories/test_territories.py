"""Which territories there are, and which one a request is about."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask, render_template_string

from config import SettingsRefused
from tests.territories.conftest import BRETAGNE
from traitdunion import create_app
from traitdunion.territories import territories
from traitdunion.territories.reading import TerritoryRefused
from traitdunion.territories.territories import FILES, UnknownTerritory

GOOD = (BRETAGNE / "bretagne.toml").read_text()


@pytest.fixture
def build(environ: dict[str, str]) -> Iterator[Callable[..., Flask]]:
    """An application with other settings; their connections are closed after the test."""
    built: list[Flask] = []

    def make(**settings: str) -> Flask:
        built.append(create_app({**environ, **settings}))
        return built[-1]

    yield make
    for app in built:
        app.extensions["database"].engine.dispose()


class TestLoad:
    def test_reads_what_is_shipped(self) -> None:
        found = territories.load([FILES])

        assert {"metz", "grand-est"} <= set(found)
        assert [key for key, territory in found.items() if territory.is_default] == ["metz"]
        assert found["metz"].default_radius_km == 30
        assert len(found["grand-est"].departments) == 10

    def test_lets_a_later_folder_choose_the_default(self) -> None:
        found = territories.load([FILES, BRETAGNE])

        assert [key for key, territory in found.items() if territory.is_default] == ["bretagne"]

    def test_lets_a_later_folder_replace_a_territory(self, tmp_path: Path) -> None:
        changed = (FILES / "metz.toml").read_text().replace("radius_km = 30", "radius_km = 45")
        (tmp_path / "metz.toml").write_text(changed)

        assert territories.load([FILES, tmp_path])["metz"].default_radius_km == 45

    def test_refuses_two_defaults_in_a_folder(self, tmp_path: Path) -> None:
        shutil.copytree(BRETAGNE, tmp_path, dirs_exist_ok=True)
        (tmp_path / "armor.toml").write_text(GOOD.replace('["bretagne.example"]', "[]"))

        with pytest.raises(TerritoryRefused, match="armor et bretagne"):
            territories.load([tmp_path])

    def test_refuses_to_have_no_default(self, tmp_path: Path) -> None:
        with pytest.raises(TerritoryRefused, match="Aucun territoire"):
            territories.load([tmp_path])

    def test_refuses_a_host_that_two_name(self, tmp_path: Path) -> None:
        shutil.copytree(BRETAGNE, tmp_path, dirs_exist_ok=True)
        (tmp_path / "armor.toml").write_text(GOOD.replace("default = true", ""))

        with pytest.raises(TerritoryRefused, match=r"bretagne\.toml : hosts nomme bretagne\.example, déjà à armor"):
            territories.load([tmp_path])

    def test_refuses_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        with pytest.raises(TerritoryRefused, match="n’existe pas"):
            territories.load([tmp_path / "nowhere"])


class TestInitApp:
    def test_refuses_an_unknown_setting(self, build: Callable[..., Flask]) -> None:
        with pytest.raises(
            SettingsRefused, match="TERRITORY vaut « nulle-part » ; territoires connus : grand-est, metz"
        ):
            build(TERRITORY="nulle-part")

    def test_gives_the_territory_to_templates(self, build: Callable[..., Flask]) -> None:
        app = build(TERRITORIES_DIR=str(BRETAGNE))

        with app.test_request_context("/"):
            assert (
                render_template_string("{{ territory.name }} {{ territory.funder }}") == "Bretagne la Région Bretagne"
            )


class TestCurrent:
    @pytest.mark.parametrize(
        ("host", "key"),
        [
            ("bretagne.example", "bretagne"),
            ("Bretagne.Example:8080", "bretagne"),
            ("bretagne.example.", "bretagne"),
            ("other.example", "metz"),
            ("evil host", "metz"),
            ("[::1]:5000", "metz"),
        ],
    )
    def test_is_that_of_the_host(self, build: Callable[..., Flask], host: str, key: str) -> None:
        app = build(TERRITORIES_DIR=str(BRETAGNE), TERRITORY="metz")

        with app.test_request_context("/", headers={"Host": host}):
            assert territories.current().key == key

    def test_is_the_setting_s_without_request(self, build: Callable[..., Flask]) -> None:
        with build(TERRITORY="grand-est").app_context():
            assert territories.current().key == "grand-est"

    def test_is_the_default_without_setting(self, build: Callable[..., Flask]) -> None:
        with build(TERRITORIES_DIR=str(BRETAGNE)).app_context():
            assert territories.current().key == "bretagne"


class TestByKey:
    def test_refuses_an_unknown_key_with_the_known_ones(self, app: Flask) -> None:
        with app.app_context(), pytest.raises(UnknownTerritory, match="« x » inconnu ; territoires connus : grand-est"):
            territories.by_key("x")


class TestServed:
    def test_is_the_default_and_those_with_a_host(self, build: Callable[..., Flask]) -> None:
        with build(TERRITORIES_DIR=str(BRETAGNE), TERRITORY="metz").app_context():
            assert [territory.key for territory in territories.served()] == ["metz", "bretagne"]

    def test_is_the_default_alone_where_none_names_a_host(self, build: Callable[..., Flask]) -> None:
        with build().app_context():
            assert [territory.key for territory in territories.served()] == ["metz"]
