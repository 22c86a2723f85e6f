"""Territories' files: what is read, and what is refused."""

from pathlib import Path

import pytest

from tests.territories.conftest import BRETAGNE
from traitdunion.territories import reading
from traitdunion.territories.distances import Point
from traitdunion.territories.reading import TerritoryRefused
from traitdunion.territories.territories import FILES

GOOD = (BRETAGNE / "bretagne.toml").read_text()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the logo that the good file names."""
    (tmp_path / "bretagne.svg").write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    return tmp_path


class TestRead:
    def test_gives_what_the_file_says(self) -> None:
        territory = reading.read(BRETAGNE / "bretagne.toml")

        assert (territory.key, territory.name, territory.region_code) == ("bretagne", "Bretagne", "53")
        assert territory.departments == ("22", "29", "35", "56")
        assert (territory.centre, territory.centre_code) == (Point(48.1118, -1.6819), "35238")
        assert territory.default_radius_km == 40
        assert (str(territory.funder), territory.funder.lheo_code) == ("la Région Bretagne", "2")
        assert territory.contact.email == "formation@bretagne.example"
        assert territory.colours.brand == "#5b2a86"
        assert [logo.path for logo in territory.logos] == [BRETAGNE / "bretagne.svg"]
        assert territory.hosts == ("bretagne.example",)
        assert territory.is_default

    def test_knows_local_public_holidays(self) -> None:
        territory = reading.read(FILES / "grand-est.toml")

        assert territory.holiday_subdivision("57") == "57"
        assert territory.holiday_subdivision("67") == territory.holiday_subdivision("68") == "6AE"
        assert territory.holiday_subdivision("54") is None

    @pytest.mark.parametrize(
        ("line", "replacement", "trouble"),
        [
            ('name = "Bretagne"\n', "", "name manque"),
            ('name = "Bretagne"\n', 'name = " "\n', "name est vide"),
            ('name = "Bretagne"\n', "name = 3\n", "name doit être un texte"),
            ("default = true", 'default = "oui"', "default doit être true ou false"),
            ("default = true", "defautl = true", "defautl n’est pas une clé connue"),
            ('["22", "29", "35", "56"]', "[]", "departments est vide"),
            ('["22", "29", "35", "56"]', "[22]", "departments contient « 22 »"),
            ('["22", "29", "35", "56"]', '["20"]', "departments contient « 20 », qui n’est pas un département"),
            ('["bretagne.example"]', '"bretagne.example"', "hosts doit être une liste"),
            ('["bretagne.example"]', '["http://b.example"]', "hosts contient « http://b.example »"),
            ('["bretagne.example"]', '["Bretagne.Example"]', "hosts contient « Bretagne.Example »"),
            ('code = "53"', 'code = "54"', "region.code vaut « 54 », qui n’est pas une région"),
            ('[region]\ncode = "53"', '[region]\nregion = 1\ncode = "53"', "region.region n’est pas une clé connue"),
            ('commune = "35238"', 'commune = "Rennes"', "centre.commune doit être un code INSEE"),
            ("latitude = 48.1118", "latitude = 481118", "centre.latitude doit être entre -90 et 90"),
            ("latitude = 48.1118", "latitude = nan", "centre.latitude doit être entre -90 et 90"),
            ("latitude = 48.1118\n", "", "centre.latitude manque"),
            ("latitude = 48.1118", "latitude = true", "centre.latitude doit être un nombre"),
            ("radius_km = 40", "radius_km = 0", "centre.radius_km doit être entre 1 et 500"),
            ('lheo_code = "2"', "", "funder.lheo_code manque"),
            ('email = "formation@bretagne.example"', 'email = "?"', "contact.email n’est pas une adresse"),
            ('"https://bretagne.example/"', '"javascript:alert(1)"', "contact.url doit commencer par https://"),
            ('"#5b2a86"', '"violet"', "colours.brand doit être une couleur comme #123c69"),
            ('"#5b2a86"', '"#5b2a86;}"', "colours.brand doit être une couleur"),
            ('"#5b2a86"', '"#8a8a8a"', "colours.brand est trop claire : contraste de 3,5 avec le blanc, il faut 4,5"),
            ('"bretagne.svg"', '"../bretagne.svg"', "logos.file doit être le nom d’une image"),
            ('"bretagne.svg"', '"bretagne.toml"', "logos.file doit être le nom d’une image"),
            ('"bretagne.svg"', '"breizh.svg"', "logos.file nomme « breizh.svg », qui n’existe pas"),
            ("[[logos]]", "[logos]", "logos doit être une liste de tables"),
            ("[[logos]]", '[holidays]\n57 = "57"\n[[logos]]', "holidays.57 n’est pas un département de ce territoire"),
            ("[[logos]]", "[holidays]\n22 = 22\n[[logos]]", "holidays.22 doit être un code de python-holidays"),
            ("[colours]", "[couleurs]", "colours manque"),
            ("[contact]", "[contact", "fichier illisible"),
            ("[contact]", '[legal]\neditor = "x"\n[contact]', "legal.editor n’est pas une clé connue"),
        ],
    )
    def test_names_the_file_and_the_key_that_is_wrong(
        self, folder: Path, line: str, replacement: str, trouble: str
    ) -> None:
        assert line in GOOD
        file = folder / "essai.toml"
        file.write_text(GOOD.replace(line, replacement, 1))

        with pytest.raises(TerritoryRefused) as refused:
            reading.read(file)

        message = str(refused.value)
        assert message.startswith("essai.toml : ")
        assert trouble in message

    def test_refuses_a_file_that_is_no_text(self, folder: Path) -> None:
        (folder / "essai.toml").write_bytes(b"\xff\xfe\0")

        with pytest.raises(TerritoryRefused, match=r"essai\.toml : fichier illisible"):
            reading.read(folder / "essai.toml")

    def test_refuses_a_name_that_is_no_key(self, folder: Path) -> None:
        (folder / "Ma région.toml").write_text(GOOD)

        with pytest.raises(TerritoryRefused, match=r"Ma région\.toml : le nom du fichier"):
            reading.read(folder / "Ma région.toml")


class TestContrastWithWhite:
    # Reference values: WCAG's own definition, and the contrast checker of WebAIM.
    @pytest.mark.parametrize(
        ("colour", "ratio"), [("#ffffff", 1), ("#000000", 21), ("#767676", 4.54), ("#777777", 4.48), ("#0000ff", 8.59)]
    )
    def test_is_that_of_wcag(self, colour: str, ratio: float) -> None:
        assert reading.contrast_with_white(colour) == pytest.approx(ratio, abs=0.01)
