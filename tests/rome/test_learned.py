"""The learned model of an application: read once, again when it changes, and none rather than a damaged one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from traitdunion.matching.occupations import Example, Model
from traitdunion.rome import learned


@pytest.fixture(autouse=True)
def _in_app(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The application keeps its model in a folder that does not exist yet."""
    monkeypatch.setitem(app.config, "VAR_DIR", tmp_path / "var")
    with app.app_context():
        yield


@pytest.fixture(scope="module")
def bakery() -> Model:
    """A model that knows two occupations."""
    return Model.learn([Example("boulanger", "D1102"), Example("pâtissier", "D1104")] * 3)


class TestModel:
    def test_is_none_before_anything_was_learned(self) -> None:
        assert learned.model() is None

    def test_is_the_one_that_was_kept(self, bakery: Model) -> None:
        learned.keep(bakery)

        found = learned.model()

        assert found is not None
        assert found.codes == bakery.codes

    def test_is_read_once(self, bakery: Model) -> None:
        learned.keep(bakery)

        assert learned.model() is learned.model()

    def test_is_read_again_when_it_was_learned_anew(self, bakery: Model) -> None:
        learned.keep(bakery)
        before = learned.model()
        learned.keep(Model.learn([Example("maçon", "F1703")] * 3))
        os.utime(learned.path(), (0, 0))  # the clock of the disk may not have moved since

        after = learned.model()

        assert after is not before
        assert after is not None
        assert after.codes == ("F1703",)

    def test_is_none_when_its_file_is_damaged(self, bakery: Model) -> None:
        learned.keep(bakery)
        learned.path().write_bytes(learned.path().read_bytes()[:100])

        assert learned.model() is None


class TestVersion:
    def test_is_none_before_anything_was_learned(self) -> None:
        assert learned.version() is None

    def test_is_that_of_the_content_wherever_and_whenever_it_was_written(self, bakery: Model) -> None:
        learned.keep(bakery)
        before = learned.version()
        learned.keep(bakery)
        os.utime(learned.path(), (0, 0))

        assert learned.version() == before

    def test_changes_with_what_was_learned(self, bakery: Model) -> None:
        learned.keep(bakery)
        before = learned.version()
        learned.keep(Model.learn([Example("maçon", "F1703")] * 3))
        os.utime(learned.path(), (0, 0))  # the clock of the disk may not have moved since

        assert learned.version() != before
