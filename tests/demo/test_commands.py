"""`flask demo …`, and the step of `flask setup`."""

from datetime import datetime

import pytest
from flask import Flask

from traitdunion.demo import commands, loading
from traitdunion.demo.community.story import Community
from traitdunion.demo.loading import Loaded, Nowhere, State
from traitdunion.offers.storing import Counts


def run(app: Flask, *arguments: str) -> tuple[int, str]:
    """Exit status, and the last line printed."""
    result = app.test_cli_runner().invoke(args=["demo", *arguments])
    return result.exit_code, result.output.strip().rpartition("\n")[2]


@pytest.fixture
def embedded(committing_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """An application whose database is its own, as far as it knows."""
    monkeypatch.setitem(committing_app.config, "DATABASE_URL", None)
    return committing_app


class TestCommands:
    def test_load_then_clear(self, ready: Flask) -> None:
        status, said = run(ready, "load")
        again = run(ready, "load")
        cleared = run(ready, "clear")

        assert (status, said[:63]) == (0, "Démonstration chargée : 400 offres, 156 formations, ")[
            :2
        ] or said.startswith("Démonstration chargée : 400 offres, 156 formations, ")
        assert (again[0], again[1].startswith("Error: La démonstration ne se charge que dans une base")) == (1, True)
        assert cleared == (0, "578 offres et formations fictives retirées.")
        assert run(ready, "clear") == (0, "Il n’y avait pas de démonstration.")


class TestSetUp:
    @pytest.fixture
    def loads(self, monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
        """When the demonstration was loaded; it is not."""
        moments: list[datetime] = []

        def load(*, now: datetime) -> Loaded:
            moments.append(now)
            return Loaded(offers=Counts(), trainings=0, matches=0, community=Community(0, 0, 0, 0, 0, 0, 0))

        monkeypatch.setattr(loading, "load", load)
        return moments

    @pytest.mark.parametrize("state", [State.EMPTY, State.HALF_LOADED])
    def test_loads_into_an_empty_database_of_our_own(
        self, embedded: Flask, loads: list[datetime], monkeypatch: pytest.MonkeyPatch, state: State
    ) -> None:
        monkeypatch.setattr(loading, "state", lambda _session: state)

        commands.set_up()

        assert len(loads) == 1

    @pytest.mark.parametrize("state", [State.LOADED, State.IN_USE])
    def test_leaves_what_is_there(
        self, embedded: Flask, loads: list[datetime], monkeypatch: pytest.MonkeyPatch, state: State
    ) -> None:
        monkeypatch.setattr(loading, "state", lambda _session: state)

        commands.set_up()

        assert not loads

    def test_does_without_it_where_the_setting_says_so(
        self, embedded: Flask, loads: list[datetime], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(loading, "state", lambda _session: State.EMPTY)
        monkeypatch.setitem(embedded.config, "DEMONSTRATION", False)

        commands.set_up()

        assert not loads

    def test_leaves_the_database_of_an_operator_alone(self, committing_app: Flask, loads: list[datetime]) -> None:
        commands.set_up()

        assert not loads

    def test_does_not_stop_the_service_when_it_cannot(
        self, embedded: Flask, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def refuse(*, now: datetime) -> Loaded:
            raise Nowhere("Aucune commune.")

        monkeypatch.setattr(loading, "load", refuse)

        commands.set_up()

        assert "Démonstration non chargée. Aucune commune." in capsys.readouterr().err
