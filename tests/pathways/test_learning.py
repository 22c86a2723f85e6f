"""Several machines learn one model: real processes, each with a folder of its own, on one database."""

import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest
from flask import Flask

from tests import factories
from traitdunion.core import db
from traitdunion.rome import learned

PATIENCE = 120  # seconds
_MACHINE = """
import os
import orjson
from traitdunion import create_app
from traitdunion.core import clock, db
from traitdunion.pathways import learning

with create_app(os.environ).app_context(), db.transaction() as session:
    model = learning.current(session, now=clock.now())
    print(orjson.dumps([list(each) for each in model.predict(["Boulanger polyvalent"])[0]]).decode())
"""


@pytest.fixture
def _offers(committing_app: Flask) -> None:
    """The database has offers to learn from."""
    with db.transaction() as session:
        factories.occupation(session)
        for title in ("Boulanger", "Boulanger de nuit", "Ouvrier boulanger"):
            factories.offer(session, title)
        for title in ("Maçon", "Maçon coffreur", "Ouvrier maçon"):
            factories.offer(session, title, rome_code="F1703")


def start(environ: Mapping[str, str], folder: Path) -> "subprocess.Popen[str]":
    """A machine that needs the model."""
    return subprocess.Popen(
        [sys.executable, "-c", _MACHINE],
        env={**os.environ, **environ, "VAR_DIR": str(folder)},
        stderr=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def ended(process: "subprocess.Popen[str]") -> tuple[str, bool]:
    """What the machine read in the title, and whether it learned for that."""
    found, logged = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, logged
    return found, "model learned" in logged


@pytest.mark.usefixtures("_offers")
def test_machines_that_need_a_model_at_once_learn_it_once(environ: dict[str, str], tmp_path: Path) -> None:
    folders = [tmp_path / f"machine-{number}" for number in range(3)]

    answers = [ended(process) for process in [start(environ, folder) for folder in folders]]

    assert sum(has_learned for _, has_learned in answers) == 1
    assert len({found for found, _ in answers}) == 1
    assert orjson.loads(answers[0][0])[0][0] == "D1102"
    kept = [[file.name for file in folder.glob("*.model")] for folder in folders]
    with db.transaction() as session:
        assert kept == [[f"occupations-{learned.version(session)}.model"]] * 3


@pytest.mark.usefixtures("_offers")
def test_a_machine_that_comes_later_learns_nothing(environ: dict[str, str], tmp_path: Path) -> None:
    first = ended(start(environ, tmp_path / "first"))

    later = ended(start(environ, tmp_path / "later"))

    assert first == (later[0], True)
    assert not later[1]
