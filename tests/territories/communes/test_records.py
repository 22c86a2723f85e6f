"""Files of communes."""

import gzip
import io
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.territories.samples import answer, commune
from traitdunion.territories.communes import FileRefused, records

HEADER = ",".join(records.COLUMNS)
ROW = "57463,Metz,commune,57000 57050,122572,57,44,49.1081,6.196,"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """To be written by the test."""
    return tmp_path / "communes.csv"


class TestRead:
    def test_reads_what_write_wrote(self, file: Path) -> None:
        listed = [
            commune(),
            commune(code="2A004", name="L'Ajaccio, « Œ »", postcodes=(), centre=None),
            commune(code="75117", kind="arrondissement", former=(("75118", "Un nom"), ("75119", "Autre nom"))),
        ]
        with file.open("w") as opened:
            records.write(listed, opened)

        assert records.read(file) == listed

    @pytest.mark.parametrize("compress", [bytes, gzip.compress])
    @pytest.mark.parametrize("mark", ["", "\ufeff"])
    @pytest.mark.parametrize("delimiter", [",", ";"])
    def test_takes_the_usual_ways_to_write_csv(self, file: Path, delimiter: str, mark: str, compress: Any) -> None:
        text = f"{mark}{HEADER}\r\n{ROW}\r\n".replace(",", delimiter)
        file.write_bytes(compress(text.encode()))

        assert records.read(file) == [commune(postcodes=("57000", "57050"))]

    def test_needs_neither_kind_nor_former(self, file: Path) -> None:
        file.write_text(
            "code,name,postcodes,population,department,region,latitude,longitude\n57463,Metz,57000,,57,44,49.1081,6.196\n"
        )

        assert records.read(file) == [commune(population=0)]

    def test_takes_the_json_of_the_service(self, file: Path) -> None:
        file.write_bytes(orjson.dumps([answer(), answer(code="57464", centre=None)]))

        found = records.read(file)

        assert [one.centre for one in found] == [(49.1081, 6.196), None]
        assert found[0].postcodes == ("57000", "57050", "57070")

    @pytest.mark.parametrize(
        ("content", "trouble"),
        [
            (b"", "colonnes manquantes"),
            (b"a,b\n1,2\n", "colonnes manquantes : code, department"),
            (f"{HEADER}\n".encode(), "aucune commune"),
            (f"{HEADER}\n{ROW}\n57464,Metz\n".encode(), "ligne 3 : il manque des colonnes"),
            (f"{HEADER}\n{ROW.replace('57463', '5746')}\n".encode(), "ligne 2 : code INSEE « 5746 »"),
            (f"{HEADER}\n{ROW.replace('57050', '5705')}\n".encode(), "ligne 2 : code postal « 5705 »"),
            (f"{HEADER}\n{ROW.replace('49.1081', '999')}\n".encode(), "ligne 2 : centre"),
            (f"{HEADER}\n{ROW.replace('49.1081', 'nan')}\n".encode(), "ligne 2 : centre"),
            (
                f"{HEADER}\n{ROW.replace('49.1081', 'x')}\n".encode(),
                "ligne 2 : latitude : nombre attendu, et non « x »",
            ),
            (f"{HEADER}\n{ROW.replace('122572', '-1')}\n".encode(), "ligne 2 : population -1"),
            (f"{HEADER}\n{ROW.replace(',commune,', ',ville,')}\n".encode(), "ligne 2 : kind « ville »"),
            (f"{HEADER}\n{ROW}57464\n".encode(), "ligne 2 : former"),
            (f"{HEADER}\n{ROW}\n".replace("Metz", "Me\0tz").encode(), "ligne 2"),
            (f"{HEADER}\n{ROW}\n".encode("utf-16"), "fichier illisible"),
            (gzip.compress(f"{HEADER}\n{ROW}\n".encode())[:-9], "fichier illisible"),
            (orjson.dumps([answer()])[:-30], "JSON illisible ligne 1"),
            (b'{"message": "trop de demandes"}', "une liste de communes est attendue"),
            (orjson.dumps([answer(), answer(code=None)]), "commune 2"),
            (orjson.dumps([answer(codesPostaux=["57 000"])]), "commune 1 : code postal « 57 000 »"),
            (orjson.dumps([answer(centre={"type": "Point", "coordinates": [49.1081, 996.0]})]), "commune 1 : centre"),
            (b"[1]", "commune 1"),
            (b"[]", "aucune commune"),
        ],
    )
    def test_refuses_the_whole_file_and_names_the_line(self, file: Path, content: bytes, trouble: str) -> None:
        file.write_bytes(content)

        with pytest.raises(FileRefused) as refused:
            records.read(file)

        message = str(refused.value)
        assert message.startswith("communes.csv")
        assert trouble in message
        assert "\n" not in message

    @given(content=st.binary(max_size=300) | st.text(alphabet=HEADER + '"\n;[]{}:', max_size=300).map(str.encode))
    def test_reads_or_refuses(self, tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
        file = tmp_path_factory.getbasetemp() / "any.csv"
        file.write_bytes(content)

        with pytest.raises(FileRefused):
            records.read(file)


class TestFacts:
    def test_are_written_as_they_are_read(self) -> None:
        found = records.read(records.FACTS)
        written = io.StringIO()
        records.write(found, written)

        assert written.getvalue() == gzip.decompress(records.FACTS.read_bytes()).decode()

    def test_are_small_enough_for_the_repository(self) -> None:
        assert records.FACTS.stat().st_size < 1_500_000
