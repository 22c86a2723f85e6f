"""The whole path on a territory that comes from outside the package: offers and trainings in, found by a person."""

import json
from collections.abc import Iterator
from pathlib import Path

import orjson
import pytest
from flask import Flask

from tests import databases
from tests.offers.samples import offer
from tests.pages import PageClient
from traitdunion import create_app
from traitdunion.core import db

BRETAGNE = Path(__file__).parents[1] / "territories" / "files" / "bretagne"

TRAINING = """<?xml version="1.0" encoding="UTF-8"?>
<lheo xmlns="http://lheo.gouv.fr/2.3"><offres><formation numero="F1">
  <domaine-formation><code-ROME>D1102</code-ROME></domaine-formation>
  <intitule-formation>CAP Boulanger</intitule-formation>
  <objectif-formation>Fabriquer pains et viennoiseries.</objectif-formation>
  <code-niveau-entree>1</code-niveau-entree><code-niveau-sortie>13</code-niveau-sortie>
  <action numero="A1">
    <modalites-enseignement>0</modalites-enseignement>
    <lieu-de-formation><coordonnees><adresse>
      <ligne>1 rue du Four</ligne><codepostal>35000</codepostal><ville>Rennes</ville>
      <code-INSEE-commune>35238</code-INSEE-commune>
    </adresse></coordonnees></lieu-de-formation>
    <modalites-entrees-sorties>0</modalites-entrees-sorties>
    <session numero="S1"><periode><debut>20990901</debut><fin>21000630</fin></periode>
      <periode-inscription><debut>20260101</debut><fin>20990815</fin></periode-inscription>
      <etat-recrutement>1</etat-recrutement></session>
    <organisme-financeur><code-financeur>2</code-financeur></organisme-financeur>
  </action>
  <organisme-formation-responsable><SIRET-organisme-formation><SIRET>00000000000000</SIRET></SIRET-organisme-formation>
    <nom-organisme>École du pain</nom-organisme></organisme-formation-responsable>
</formation></offres></lheo>
"""


@pytest.fixture
def breton(environ: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Flask]:
    """An instance of its own (no model learned by another test), in another territory."""
    own = str(tmp_path_factory.mktemp("var"))
    app = create_app({**environ, "VAR_DIR": own, "TERRITORIES_DIR": str(BRETAGNE)})
    app.testing = True
    yield app
    with app.app_context():
        databases.empty(db.engine())
        db.engine().dispose()


def test_a_person_in_another_region_finds_an_offer_and_its_training(breton: Flask, tmp_path: Path) -> None:
    run = breton.test_cli_runner()
    place = {"libelle": "35 - CESSON SEVIGNE", "codePostal": "35510", "commune": "35051"}
    (tmp_path / "offers.jsonl").write_bytes(orjson.dumps(offer(lieuTravail=place)))
    (tmp_path / "trainings.xml").write_text(TRAINING)

    for command in (
        ["territories", "load"],
        ["rome", "load"],
        ["offers", "import", str(tmp_path / "offers.jsonl"), "--source", "francetravail"],
        ["trainings", "import", str(tmp_path / "trainings.xml")],
        ["pathways", "match"],
    ):
        result = run.invoke(args=command)
        assert result.exit_code == 0, (command, result.output)

    pages = PageClient(breton)
    results = pages.get("/offres?q=boulangère&lieu=rennes")
    link = results.select_one("main a[href^='/offres/']")
    assert link is not None
    shown = pages.get(str(link["href"]))
    assert "CAP Boulanger" in shown.main
    assert "Rennes" in shown.main
    training = shown.select_one("main a[href^='/formations/']")
    assert training is not None
    assert "École du pain" in pages.get(str(training["href"])).main


def test_matching_files_answers_without_storing(breton: Flask, tmp_path: Path) -> None:
    run = breton.test_cli_runner()
    (tmp_path / "offers.jsonl").write_bytes(orjson.dumps(offer()) + b"\n" + orjson.dumps(offer(id="2", romeCode=None)))
    (tmp_path / "trainings.jsonl").write_text(
        json.dumps({"id": "a", "title": "CAP boulanger", "rome_codes": ["D1102"], "level": "3"})
        + "\n"
        + json.dumps({"id": "b", "title": "Titre professionnel maçon", "rome_codes": ["F1703"]})
    )
    (tmp_path / "titles.jsonl").write_text('{"id": 1, "title": "Boulangère H/F"}\n{"id": 2, "title": "H/F"}\n')
    assert run.invoke(args=["rome", "load"]).exit_code == 0

    predicted = run.invoke(
        args=["matching", "predict", "--input", str(tmp_path / "titles.jsonl"), "--output", str(tmp_path / "p.jsonl")]
    )
    paired = run.invoke(
        args=[
            *("matching", "pairs", "--offers", str(tmp_path / "offers.jsonl")),
            *("--trainings", str(tmp_path / "trainings.jsonl"), "--output", str(tmp_path / "pairs.jsonl")),
        ]
    )

    assert predicted.exit_code == 0, predicted.output
    first, second = map(json.loads, (tmp_path / "p.jsonl").read_text().splitlines())
    assert first["codes"][0]["code"] == "D1102"
    assert second == {"id": 2, "codes": []}
    assert paired.exit_code == 0, paired.output
    with_code, without = map(json.loads, (tmp_path / "pairs.jsonl").read_text().splitlines())
    assert [found["id"] for found in with_code["trainings"]] == ["a"]
    assert [found["id"] for found in without["trainings"]] == ["a"]


@pytest.mark.parametrize("command", ["predict", "pairs"])
def test_matching_files_refuses_a_broken_line_in_one_line(breton: Flask, tmp_path: Path, command: str) -> None:
    run = breton.test_cli_runner()
    assert run.invoke(args=["rome", "load"]).exit_code == 0
    broken = tmp_path / "broken.jsonl"
    broken.write_text('{"id": 1, "title": "x"}\n{"id": ')
    output = tmp_path / "out.jsonl"
    inputs = {
        "predict": ["--input", str(broken)],
        "pairs": ["--offers", str(broken), "--trainings", str(broken)],
    }

    result = run.invoke(args=["matching", command, *inputs[command], "--output", str(output)])

    assert result.exit_code == 1
    assert "ligne 2 : ce n’est pas du JSON complet" in result.output
    assert not list(tmp_path.glob("*out*"))
