"""Files of offers: JSONL and CSV, whatever their encoding, line by line."""

from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from traitdunion.offers import files


def written(folder: Path, name: str, octets: bytes) -> Path:
    """A file with these octets."""
    path = folder / name
    path.write_bytes(octets)
    return path


class TestJsonl:
    def test_gives_each_record_with_its_line(self, tmp_path: Path) -> None:
        path = written(tmp_path, "o.jsonl", b'{"id": "1"}\n\n{"id": "2"}\n')

        assert [(line.number, line.record) for line in files.read(path)] == [(1, {"id": "1"}), (3, {"id": "2"})]

    def test_keeps_a_truncated_line_with_its_reason(self, tmp_path: Path) -> None:
        path = written(tmp_path, "o.jsonl", b'{"id": "1"}\n{"id": "2", "intit')

        good, bad = files.read(path)

        assert good.reason is None
        assert bad.raw == b'{"id": "2", "intit'
        assert bad.reason == "la ligne n’est pas du JSON complet"

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
    def test_reads_other_encodings(self, tmp_path: Path, encoding: str) -> None:
        path = written(tmp_path, "o.jsonl", '{"id": "1", "intitule": "Maçon été"}\n'.encode(encoding))

        assert [line.record for line in files.read(path)] == [{"id": "1", "intitule": "Maçon été"}]

    @given(octets=st.binary(min_size=1, max_size=300))
    def test_never_fails_on_a_line(self, tmp_path: Path, octets: bytes) -> None:
        path = written(tmp_path, "o.jsonl", octets)

        for line in files.read(path):
            assert line.reason or orjson.dumps(line.record, option=orjson.OPT_NON_STR_KEYS)


class TestCsv:
    @pytest.mark.parametrize("separator", [";", ","])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    def test_becomes_the_record_of_the_api(self, tmp_path: Path, separator: str, encoding: str) -> None:
        columns = ["id", "intitule", "code_rome", "entreprise", "commune", "latitude", "url", "équipe"]
        values = ["a1", "Maçon", "F1703", "Bâti", "12345", '"49,1"', "https://exemple.fr/1", "jour"]
        text = separator.join(columns) + "\r\n" + separator.join(values) + "\r\n"
        path = written(tmp_path, "o.csv", text.encode(encoding))

        (line,) = files.read(path)

        assert line.record == {
            "id": "a1",
            "intitule": "Maçon",
            "romeCode": "F1703",
            "lieuTravail": {"commune": "12345", "latitude": "49.1"},
            "entreprise": {"nom": "Bâti"},
            "origineOffre": {"urlOrigine": "https://exemple.fr/1"},
            "autres": {"équipe": "jour"},
        }

    def test_says_which_column_is_missing(self, tmp_path: Path) -> None:
        path = written(tmp_path, "o.csv", b"id;titre\n1;a\n")

        with pytest.raises(files.Unreadable, match="il manque la colonne « intitule »"):
            list(files.read(path))


class TestUnreadable:
    def test_says_that_a_file_is_empty(self, tmp_path: Path) -> None:
        with pytest.raises(files.Unreadable, match="est vide"):
            list(files.read(written(tmp_path, "o.jsonl", b"")))

    def test_refuses_another_kind_of_file(self, tmp_path: Path) -> None:
        with pytest.raises(files.Unreadable, match=r"seuls les fichiers \.jsonl et \.csv"):
            list(files.read(written(tmp_path, "o.pdf", b"%PDF")))
