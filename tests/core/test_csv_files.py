"""Tables that people send, whatever their spreadsheet."""

import pytest

from traitdunion.core import csv_files
from traitdunion.core.csv_files import FileRefused, Shape

SHAPE = Shape(
    columns=("nom", "ville"),
    compulsory=("nom",),
    aliases={"commune": "ville"},
    most_lines=3,
    most_bytes=1_000_000,
    fold=str.casefold,
)


class TestRead:
    def test_knows_columns_by_other_names_and_leaves_others_out(self) -> None:
        (line,) = csv_files.read(b"Commune,Nom,Age\nMetz,Ada,36", SHAPE)

        assert line.cells == {"ville": "Metz", "nom": "Ada"}

    def test_numbers_lines_as_an_editor_does(self) -> None:
        lines = csv_files.read('nom;ville\nAda;"Metz\nCentre"\n\nZoé;'.encode("cp1252"), SHAPE)

        assert [(line.number, line.cells["nom"]) for line in lines] == [(2, "Ada"), (5, "Zoé")]

    def test_gives_what_a_short_line_has(self) -> None:
        assert csv_files.read(b"ville;nom\nMetz", SHAPE)[0].cells == {"ville": "Metz"}

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"", "aucune ligne"),
            (b"ville\nMetz", "Il manque des colonnes\u00a0: nom"),
            (b"nom\n" + b"Ada\n" * 4, "4\u00a0lignes\u00a0: importez-en 3"),
            (b"x" * 1_000_001, "1\u00a0Mo au plus"),
            (b"nom\n\0", "pas un fichier CSV"),
        ],
    )
    def test_refuses_what_is_no_such_table(self, content: bytes, told: str) -> None:
        with pytest.raises(FileRefused, match=told):
            csv_files.read(content, SHAPE)


class TestWrite:
    def test_is_read_again(self) -> None:
        text = csv_files.write(("nom", "ville"), [{"nom": 'Ada "la grande"', "ville": "Metz;Centre", "autre": "x"}])

        assert csv_files.read(text.encode(), SHAPE)[0].cells == {"nom": 'Ada "la grande"', "ville": "Metz;Centre"}
