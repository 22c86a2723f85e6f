"""Several machines learn one model: real processes, each with a folder of its own, on one database."""

from functools import partial
from pathlib import Path
from unittest import mock

import pytest
from flask import Flask, current_app

from tests import factories, processes
from tests.processes import Wait
from traitdunion.core import clock, db
from traitdunion.matching.occupations import Model
from traitdunion.pathways import learning
from traitdunion.rome import learned


@pytest.fixture
def _offers(committing_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The database has offers to learn from; this process holds no model."""
    monkeypatch.setattr(learned, "_loaded", {})
    with db.transaction() as session:
        factories.occupation(session)
        for title in ("Boulanger", "Boulanger de nuit", "Ouvrier boulanger"):
            factories.offer(session, title)
        for title in ("Maçon", "Maçon coffreur", "Ouvrier maçon"):
            factories.offer(session, title, rome_code="F1703")


def need(folder: Path, wait: Wait) -> tuple[list[tuple[str, float]], bool]:
    """What a machine of that folder reads in the title, and whether it learned for that."""
    current_app.config["VAR_DIR"] = folder  # of this process alone
    wait()
    with mock.patch.object(Model, "learn", wraps=Model.learn) as learn, db.transaction() as session:
        model = learning.current(session, now=clock.now())
        assert model is not None
        (found,) = model.predict(["Boulanger polyvalent"])
    return [(code, score) for code, score in found], learn.called


@processes.forking
@pytest.mark.usefixtures("_offers")
def test_machines_that_need_a_model_at_once_learn_it_once(committing_app: Flask, tmp_path: Path) -> None:
    folders = [tmp_path / f"machine-{number}" for number in range(3)]

    answers = processes.at_once(committing_app, [partial(need, folder) for folder in folders], processes=3)

    assert sum(has_learned for _, has_learned in answers) == 1
    assert answers[0][0] == answers[1][0] == answers[2][0]
    assert answers[0][0][0][0] == "D1102"
    kept = [[file.name for file in folder.glob("*.model")] for folder in folders]
    with db.transaction() as session:
        assert kept == [[f"occupations-{learned.version(session)}.model"]] * 3


@processes.forking
@pytest.mark.usefixtures("_offers")
def test_a_machine_that_comes_later_learns_nothing(committing_app: Flask, tmp_path: Path) -> None:
    (first,) = processes.at_once(committing_app, [partial(need, tmp_path / "first")], processes=1)

    (later,) = processes.at_once(committing_app, [partial(need, tmp_path / "later")], processes=1)

    assert first == (later[0], True)
    assert not later[1]
