"""The model tells the occupation of a title, or says that it does not know."""

from pathlib import Path

import numpy as np
import pytest

from tests.matching.facts import examples
from traitdunion.matching import occupations
from traitdunion.matching.occupations import Example, ExampleKind, Model, UnreadableModel


@pytest.fixture(scope="module")
def model() -> Model:
    return Model.learn(examples())


class TestPredict:
    @pytest.mark.parametrize(
        ("title", "code"),
        [
            ("Boulangère", "D1102"),
            ("BOULANGER(ERE) H/F", "D1102"),
            ("Serveuse en brasserie", "G1803"),
            ("Agent de nettoyage", "K2204"),
            ("Agent de sécurité de nuit", "K2503"),
            ("developeur web", "M1805"),
        ],
    )
    def test_tells_the_occupation_however_it_is_said(self, model: Model, title: str, code: str) -> None:
        found = model.predict([title])[0]

        assert found[0].code == code

    @pytest.mark.parametrize("title", ["", "   ", "H/F", "CDI 35h", "🥖🥐", "1 800 €", "повар", "パン職人"])
    def test_says_that_it_does_not_know(self, model: Model, title: str) -> None:
        assert model.predict([title]) == [[]]

    def test_reads_ten_thousand_characters(self, model: Model) -> None:
        found = model.predict(["boulanger " * 1_000])[0]

        assert found[0].code == "D1102"

    def test_gives_scores_between_0_and_1_the_best_first(self, model: Model) -> None:
        scores = [each.score for each in model.predict(["Aide boulanger pâtissier"])[0]]

        assert scores == sorted(scores, reverse=True)
        assert all(0 <= each <= 1 for each in scores)

    def test_gives_no_more_than_asked(self, model: Model) -> None:
        assert len(model.predict(["Boulanger"], top=2)[0]) == 2

    def test_answers_the_same_alone_and_in_a_batch(self, model: Model) -> None:
        asked = ["Boulanger", "", "Serveuse", "Développeur Java"]

        assert model.predict(asked) == [model.predict([title])[0] for title in asked]

    def test_has_nothing_to_say_of_nothing(self, model: Model) -> None:
        assert model.predict([]) == []

    def test_reads_the_description_where_there_is_one(self) -> None:
        said = {"D1102": "pétrir la pâte, cuire le pain au four", "G1803": "dresser les tables, servir en salle"}
        words = ("premier", "second", "jeune", "bon", "grand", "vif", "gai", "fort", "rond", "doux", "brun", "blond")
        taught = [
            Example(f"{word} équipier {turn}x", code, description=f"Vous aimez {told} {word}")
            for turn, (code, told) in enumerate(said.items())
            for word in words[turn::2]
        ]
        model = Model.learn(taught)

        found = model.predict(["Équipier"] * 2, ["Vous savez cuire le pain au four", "Savoir servir en salle, dresser"])

        assert [each[0].code for each in found] == ["D1102", "G1803"]

    def test_reads_in_a_training_s_title_the_codes_of_the_trainings_that_resemble_it(self) -> None:
        both = ("G1803", "M1805")
        taught = [
            Example(f"CAP numérique {more}", code, 1 / 2, ExampleKind.TRAINING)
            for more in ("en salle", "de salle", "salle et bar")
            for code in both
        ]
        model = Model.learn([*examples(), *taught])

        found = model.predict(["BTS numérique salle"], kind=ExampleKind.TRAINING)[0]

        assert {each.code for each in found[:2]} == set(both)

    def test_doubts_the_title_of_a_training_that_no_training_resembles(self) -> None:
        taught = [Example("CAP employé de salle", "G1803", kind=ExampleKind.TRAINING)]
        model = Model.learn([*examples(), *taught])

        offer, training = (
            model.predict(["Boulanger"], kind=kind)[0][0] for kind in (ExampleKind.OFFER, ExampleKind.TRAINING)
        )

        assert (offer.code, training.code) == ("D1102", "D1102")
        assert training.score < 0.6 * offer.score


class TestLearn:
    def test_refuses_to_learn_from_nothing(self) -> None:
        with pytest.raises(ValueError, match="no example"):
            Model.learn([Example("", "D1102"), Example("1234", "D1102")])

    def test_learns_from_one_title(self) -> None:
        model = Model.learn([Example("Boulanger", "D1102", kind=ExampleKind.JOB_TITLE)])

        assert model.codes == ("D1102",)

    def test_learns_the_same_from_the_same_examples(self, model: Model) -> None:
        again = Model.learn(examples())

        assert again.predict(["Aide boulanger", "Agent"]) == model.predict(["Aide boulanger", "Agent"])


class TestSave:
    def test_keeps_what_was_learned(self, model: Model, tmp_path: Path) -> None:
        path = tmp_path / "models" / "rome.npz"

        model.save(path)

        asked = ["Boulangère", "Agent de sécurité", ""]
        assert Model.load(path).predict(asked) == model.predict(asked)

    def test_leaves_nothing_beside_the_file(self, model: Model, tmp_path: Path) -> None:
        model.save(tmp_path / "rome.npz")
        model.save(tmp_path / "rome.npz")

        assert [found.name for found in tmp_path.iterdir()] == ["rome.npz"]


class TestLoad:
    def test_refuses_another_version(self, model: Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(occupations, "VERSION", 0)
        model.save(tmp_path / "rome.npz")
        monkeypatch.undo()

        with pytest.raises(UnreadableModel, match="version 0"):
            Model.load(tmp_path / "rome.npz")

    @pytest.mark.parametrize("content", [b"", b"not a model", b"PK\x03\x04 cut short"])
    def test_refuses_a_damaged_file(self, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "rome.npz"
        path.write_bytes(content)

        with pytest.raises(UnreadableModel):
            Model.load(path)

    def test_refuses_a_file_of_something_else(self, tmp_path: Path) -> None:
        path = tmp_path / "rome.npz"
        np.savez(path, version=np.array([occupations.VERSION]))

        with pytest.raises(UnreadableModel):
            Model.load(path)

    def test_says_that_there_is_none(self, tmp_path: Path) -> None:
        with pytest.raises(UnreadableModel):
            Model.load(tmp_path / "nowhere.npz")
