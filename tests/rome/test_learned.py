"""The learned model: one for all machines, read once by each process, and none rather than a damaged one."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from tests import factories
from traitdunion.matching import occupations
from traitdunion.matching.occupations import Example, Model
from traitdunion.rome import learned
from traitdunion.rome.models import LearnedModelPart

NOW = factories.NOW


@pytest.fixture(autouse=True)
def folder(app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of this machine, which does not exist yet; nothing is loaded in this process."""
    monkeypatch.setitem(app.config, "VAR_DIR", tmp_path / "var")
    learned._loaded.clear()
    return tmp_path / "var"


@pytest.fixture(scope="module")
def bakery() -> Model:
    """A model that knows two occupations."""
    return Model.learn([Example("boulanger", "D1102"), Example("pâtissier", "D1104")] * 3)


@pytest.fixture(scope="module")
def building() -> Model:
    """A model that knows another one."""
    return Model.learn([Example("maçon", "F1703")] * 3)


def files(folder: Path) -> list[Path]:
    """What is kept on this machine."""
    return sorted(folder.iterdir()) if folder.exists() else []


class TestModel:
    def test_is_none_before_anything_was_learned(self, session: Session) -> None:
        assert learned.model(session) is None
        assert learned.version(session) is None

    def test_is_the_one_that_was_kept(self, session: Session, bakery: Model) -> None:
        learned.keep(session, bakery, now=NOW)

        assert learned.model(session) is bakery

    def test_is_read_once_in_a_process(self, session: Session, bakery: Model) -> None:
        learned.keep(session, bakery, now=NOW)
        learned._loaded.clear()

        found = learned.model(session)

        assert found is not None
        assert found.codes == bakery.codes
        assert learned.model(session) is found

    def test_is_the_new_one_as_soon_as_another_was_learned(
        self, session: Session, folder: Path, bakery: Model, building: Model
    ) -> None:
        learned.keep(session, bakery, now=NOW)
        learned.keep(session, building, now=NOW)

        assert learned.model(session) is building
        assert len(files(folder)) == 1

    @pytest.mark.parametrize("content", [None, b"", b"half"])
    def test_comes_from_the_database_where_the_file_is_absent_or_damaged(
        self, session: Session, folder: Path, bakery: Model, content: bytes | None
    ) -> None:
        learned.keep(session, bakery, now=NOW)
        learned._loaded.clear()
        [file] = files(folder)
        file.unlink() if content is None else file.write_bytes(content)

        found = learned.model(session)

        assert found is not None
        assert found.codes == bakery.codes
        assert files(folder) == [file]

    def test_is_whole_though_it_is_stored_in_parts(
        self, session: Session, folder: Path, bakery: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(learned, "_PART", 1_000)
        learned.keep(session, bakery, now=NOW)
        learned._loaded.clear()
        files(folder)[0].unlink()

        found = learned.model(session)

        assert found is not None
        assert found.predict(["boulanger"]) == bakery.predict(["boulanger"])
        assert session.scalar(select(func.count()).select_from(LearnedModelPart)) > 5  # type: ignore[operator]

    def test_is_none_when_what_is_stored_is_damaged(self, session: Session, folder: Path, bakery: Model) -> None:
        learned.keep(session, bakery, now=NOW)
        learned._loaded.clear()
        files(folder)[0].unlink()
        session.execute(text("UPDATE learned_model_parts SET content = 'half'"))

        assert learned.model(session) is None

    def test_is_none_when_another_version_of_the_code_learned_it(
        self, session: Session, bakery: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        learned.keep(session, bakery, now=NOW)
        monkeypatch.setattr(occupations, "VERSION", occupations.VERSION + 1)

        assert learned.model(session) is None


class TestVersion:
    def test_is_that_of_the_content_whenever_it_was_learned(self, session: Session, bakery: Model) -> None:
        before = learned.keep(session, bakery, now=NOW)

        assert learned.keep(session, bakery, now=NOW) == before == learned.version(session)

    def test_changes_with_what_was_learned(self, session: Session, bakery: Model, building: Model) -> None:
        before = learned.keep(session, bakery, now=NOW)

        assert learned.keep(session, building, now=NOW) != before


class TestForget:
    def test_leaves_no_model(self, session: Session, bakery: Model) -> None:
        learned.keep(session, bakery, now=NOW)

        learned.forget(session)

        assert learned.model(session) is None
        assert session.scalar(select(func.count()).select_from(LearnedModelPart)) == 0
