"""What a line of a file says of somebody."""

import contextlib
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.core import clock
from traitdunion.core.csv_files import FileRefused, Line
from traitdunion.prescribers.people_files import reading
from traitdunion.prescribers.people_files.reading import LineRefused

GOOD = {"prenom": "Camille", "nom": "Lefèvre", "naissance": "04/03/1990"}


def line(**cells: str) -> Line:
    """A good line, but for these cells."""
    return Line(number=2, cells={**GOOD, **cells})


class TestLines:
    @pytest.mark.parametrize("separator", [";", ",", "\t"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    @pytest.mark.parametrize("ending", ["\n", "\r\n"])
    def test_are_read_as_spreadsheets_write_them(self, separator: str, encoding: str, ending: str) -> None:
        rows = (("Prénom", "Nom de famille", "Date de naissance", "Âge"), ("Zoé", "Lefèvre", "04/03/1990", "36"))
        content = ending.join(separator.join(row) for row in rows).encode(encoding)

        (found,) = reading.lines(content)

        assert (found.number, found.cells) == (2, {"prenom": "Zoé", "nom": "Lefèvre", "naissance": "04/03/1990"})

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"prenom;nom\nZo\xc3\xa9;Martin", "Il manque des colonnes\u00a0: naissance"),
            (b"titre;du;de\nBoulanger;1;2", "Il manque des colonnes\u00a0: prenom, nom, naissance"),
            (b"prenom;nom;naissance\n;;\n", "aucune ligne"),
            (b"PK\x03\x04", "pas un fichier CSV"),
            (b"x" * 2_000_001, "trop lourd"),
            (b"prenom;nom;naissance\n" + b"A;B;1/1/1990\n" * 10_001, "10001\u00a0lignes\u00a0: importez-en 10000"),
        ],
    )
    def test_are_refused_as_a_whole(self, content: bytes, told: str) -> None:
        with pytest.raises(FileRefused, match=told):
            reading.lines(content)

    def test_are_ten_thousand_at_most(self) -> None:
        assert len(reading.lines(b"prenom;nom;naissance\n" + b"A;B;1/1/1990\n" * 10_000)) == 10_000

    def test_of_the_template_are_read(self) -> None:
        (example,) = reading.lines(reading.template())

        assert set(example.cells) == set(reading.COLUMNS)
        assert reading.read(example).status == "france_travail"

    @given(st.binary(max_size=300))
    def test_are_read_or_refused(self, content: bytes) -> None:
        try:
            found = reading.lines(b"prenom;nom;naissance\n" + content)
        except FileRefused:
            return
        for one in found:
            with contextlib.suppress(LineRefused):
                assert reading.read(one).given_name


class TestRead:
    def test_says_who_it_is(self) -> None:
        found = reading.read(
            line(
                email="Camille@Exemple.fr",
                telephone="639980012",
                code_postal="1000",
                situation="Pôle emploi",
                niveau="Bac+2",
                naissance="1990-03-04 00:00:00",
            )
        )

        assert (found.given_name, found.family_name, found.birth_date) == ("Camille", "Lefèvre", date(1990, 3, 4))
        assert (found.email, found.phone, found.postcode) == ("camille@exemple.fr", "+33639980012", "01000")
        assert (found.status, found.level) == ("france_travail", 5)

    @pytest.mark.parametrize(
        ("column", "typed", "told"),
        [
            ("prenom", "", "elle est vide"),
            ("nom", "x" * 81, "80\u00a0signes"),
            ("naissance", "", "elle est vide"),
            ("naissance", "31/02/1990", "n’existe pas"),
            ("naissance", f"{clock.today() + timedelta(days=1):%d/%m/%Y}", "dans le futur"),
            ("naissance", "04/03/1890", "année de naissance"),
            ("email", "camille@@exemple.fr", "qu’un signe @"),
            ("telephone", "03 87 00 00 00", "numéro de portable"),
            ("code_postal", "Metz", "cinq chiffres"),
            ("situation", "Chômage", "France Travail"),
            ("niveau", "bon", "Bac"),
        ],
    )
    def test_names_the_column_to_correct(self, column: str, typed: str, told: str) -> None:
        with pytest.raises(LineRefused, match=told) as refused:
            reading.read(line(**{column: typed}))

        assert str(refused.value).startswith(f"colonne {column}")
