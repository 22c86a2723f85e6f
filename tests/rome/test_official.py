"""Reading the official files, in both encodings, versions and containers, and refusing what is not whole."""

import io
import zipfile
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.rome import releases
from tests.rome.releases import CODES_V3, CODES_V4, DOMAINS_V4, MOBILITIES_V3, MOBILITIES_V4, TITLES_V3, TITLES_V4
from traitdunion.rome import official
from traitdunion.rome.models import MobilityKind
from traitdunion.rome.official import MobilityLine, OccupationLine, TitleLine, Unreadable

Contents = dict[str, bytes]


class TestRead:
    def test_gives_the_occupations_with_their_parents(self) -> None:
        release = releases.read(releases.files())

        v3, v4 = release.editions[3], release.editions[4]
        assert (v3.number, v4.number) == ("3.47", "4.61")
        assert v3.occupations["D1102"] == OccupationLine("Boulangerie - viennoiserie", "D1102")
        assert v4.occupations["D1120"] == OccupationLine("Tourier / Tourière", "D1102")

    def test_gives_the_job_titles_of_each_version(self) -> None:
        release = releases.read(releases.files())

        assert release.editions[3].job_titles[101] == TitleLine(
            "Boulanger / Boulangère", "Boulanger", "D1102", "D1102", False
        )
        assert release.editions[4].job_titles[104] == TitleLine("Tourier / Tourière", "Tourier", "D1120", "D1104", True)

    def test_gives_each_mobility_once_with_its_kind_or_its_rank(self) -> None:
        release = releases.read(releases.files())

        assert release.editions[3].mobilities == {
            ("D1102", "D1104"): MobilityLine(MobilityKind.CLOSE, None),
            ("D1104", "D1102"): MobilityLine(MobilityKind.EVOLUTION, None),
            ("A1101", "L1303"): MobilityLine(MobilityKind.EVOLUTION, None),
        }
        assert release.editions[4].mobilities["D1120", "D1104"] == MobilityLine(None, 1)

    def test_gives_the_labels_of_the_domains(self) -> None:
        assert releases.read(releases.files()).domains == {
            "A": "Agriculture",
            "A11": "Engins agricoles et forestiers",
            "D": "Commerce",
            "D11": "Commerce alimentaire et métiers de bouche",
        }

    def test_repairs_doubled_apostrophes_and_writes_them_as_people_read_them(self) -> None:
        release = releases.read(releases.files())

        assert release.editions[3].occupations["A1101"].label == "Conduite d’engins agricoles et forestiers"
        assert release.editions[4].occupations["A1101"].label == "Conducteur / Conductrice d’engins agricoles"

    def test_knows_the_day_of_publication_of_the_version_that_tells_it(self) -> None:
        release = releases.read(releases.files())

        assert release.editions[4].published_on == date(2026, 6, 15)
        assert release.editions[3].published_on is None

    @pytest.mark.parametrize(
        ("old", "new"),
        [(b"version : 61", b"version : 60"), (b"15/06/2026", b"31/06/2026"), (b"15/06/2026", b""), (b"61", b"\xff")],
    )
    def test_does_without_a_day_that_is_of_another_edition_or_unreadable(self, old: bytes, new: bytes) -> None:
        contents = edited("version.txt", old, new)(releases.files())

        assert releases.read(contents).editions[4].published_on is None

    @pytest.mark.parametrize("encoded", [dict, releases.in_latin])
    @pytest.mark.parametrize("container", ["folder", "zip", "zip with a folder"])
    def test_reads_the_same_in_both_encodings_and_all_containers(
        self, tmp_path: Path, container: str, encoded: Callable[[Contents], Contents]
    ) -> None:
        contents = encoded(releases.files())
        source = tmp_path / "rome"
        if container == "folder":
            releases.folder(source, contents)
        else:
            source.write_bytes(releases.zipped(contents, inside="RefRomeCsv/" if "folder" in container else ""))

        release = official.read(source)

        assert release == releases.read(releases.files())
        assert release.editions[3].occupations["L1303"].label == "Création d’œuvres dramatiques"

    def test_prefers_utf_8_where_both_encodings_lie_side_by_side(self, tmp_path: Path) -> None:
        latin = {
            name: content.replace(b"Boulanger", b"Mitron")
            for name, content in releases.in_latin(releases.files()).items()
        }

        release = official.read(releases.folder(tmp_path, releases.files() | latin))

        assert release.editions[4].occupations["D1102"].label == "Boulanger / Boulangère"

    def test_takes_the_newest_of_two_editions(self, tmp_path: Path) -> None:
        older = {
            name.replace("v461", "v460"): content.replace(b"Boulanger", b"Mitron")
            for name, content in releases.files(4).items()
        }

        release = official.read(releases.folder(tmp_path, older | releases.files(4)))

        assert release.editions[4].number == "4.61"
        assert release.editions[4].occupations["D1102"].label == "Boulanger / Boulangère"

    @pytest.mark.parametrize("version", [3, 4])
    def test_reads_one_version_alone(self, version: int) -> None:
        assert list(releases.read(releases.files(version)).editions) == [version]

    def test_leaves_out_what_is_no_longer_in_force(self) -> None:
        contents = releases.files(3)
        contents[CODES_V3] += b'"Z9999","1","2","Ancien","2"\n'

        assert "Z9999" not in releases.read(contents).editions[3].occupations

    def test_gives_a_job_title_without_parent_that_of_its_occupation(self) -> None:
        contents = edited(TITLES_V4, b'"","D1104","O"', b'"","","O"')(releases.files(4))

        assert releases.read(contents).editions[4].job_titles[104].parent_code == "D1102"

    def test_bears_blank_lines_a_byte_order_mark_and_windows_line_ends(self) -> None:
        contents = {
            name: b"\xef\xbb\xbf" + content.replace(b"\n", b"\r\n\r\n") for name, content in releases.files().items()
        }

        assert releases.read(contents).editions == releases.read(releases.files()).editions

    def test_does_without_the_domains_and_the_mobilities_of_rome_4(self) -> None:
        release = releases.read(releases.without(releases.files(), DOMAINS_V4, MOBILITIES_V4))

        assert release.domains == {}
        assert release.editions[4].mobilities == {}

    @pytest.mark.real_data
    def test_reads_the_official_files(self, real_data: Path) -> None:
        release = official.read(real_data / "rome" / "official")

        v3, v4 = release.editions[3], release.editions[4]
        assert (v3.number, v4.number) == ("3.47", "4.60")
        assert (len(v3.occupations), len(v3.job_titles), len(v3.mobilities)) == (531, 10_990, 4_008)
        assert (len(v4.occupations), len(v4.job_titles), len(v4.mobilities)) == (1_584, 13_120, 0)
        assert len(release.domains) == 14 + 110
        assert len({line.parent_code for line in v4.occupations.values()}) == 532
        assert not [line for line in v3.job_titles.values() if "''" in line.label or "'" in line.label]
        assert {kind for kind, _ in v3.mobilities.values()} == set(MobilityKind)


def edited(name: str, old: bytes, new: bytes) -> Callable[[Contents], Contents]:
    """The files, with `old` replaced by `new` in one of them."""

    def edit(contents: Contents) -> Contents:
        assert old in contents[name]
        return {**contents, name: contents[name].replace(old, new, 1)}

    return edit


REFUSALS: dict[str, tuple[Callable[[Contents], Contents], str]] = {
    "nothing of the ROME": (lambda _: {"lisez-moi.txt": b""}, "ne contient aucun fichier du ROME"),
    "no job titles": (lambda files: releases.without(files, TITLES_V4), "manque le fichier unix_referentiel_appel"),
    "no occupations": (lambda files: releases.without(files, CODES_V3), "manque le fichier unix_referentiel_code"),
    "two editions": (
        lambda files: {name.replace("appellation_v461", "appellation_v460"): files[name] for name in files},
        "pas de la même édition.: 4.60, 4.61",
    ),
    "a column missing": (edited(CODES_V4, b"code_rome_parent", b"parent"), "colonne absente .code_rome_parent"),
    "another table": (edited(MOBILITIES_V3, b'"code_rome_cible"', b'"cible"'), "colonne absente .code_rome_cible"),
    "no kind and no rank": (edited(MOBILITIES_V4, b'"1"', b'""'), "ligne 2.: ni type de mobilité"),
    "a wrong code": (edited(CODES_V4, b'"D1120"', b'"D112"'), "ligne 6.: «.D112.» n’est pas un code"),
    "a code twice": (edited(CODES_V4, b'"D1120"', b'"D1104"'), "ligne 6.: le code D1104 est en double"),
    "no label": (edited(CODES_V3, b'"Boulangerie - viennoiserie"', b'""'), "D1102 est en double ou sans libellé"),
    "no title": (edited(TITLES_V3, b'"101"', b'"x"'), "ligne 3.: une appellation est sans code"),
    "a short line": (edited(CODES_V3, b'"Boulangerie - viennoiserie",', b""), "ligne 3.: 4 champs au lieu de 5"),
    "an open quote": (edited(CODES_V3, b'dramatiques"', b"dramatiques"), "ligne 5.: guillemets mal fermés"),
    "a header alone": (lambda files: releases.cut(files, MOBILITIES_V3, 4), "est vide"),
    "an empty file": (lambda files: {**files, CODES_V4: b""}, "colonne absente"),
    "a binary file": (edited(CODES_V3, b"Boulangerie", b"\0"), "n’est pas un fichier texte"),
    "occupations cut": (lambda files: releases.cut(files, CODES_V4, 1), "un fichier est tronqué"),
    "job titles cut": (lambda files: releases.cut(files, TITLES_V4, 1), "un fichier est tronqué"),
    "a parent lost": (edited(CODES_V4, b'"L1303"\n', b'"L1399"\n'), "codes parents"),
    "a huge file": (lambda files: {**files, CODES_V3: b"0" * 33_000_000}, "dépasse 32 Mo"),
}


class TestRefusal:
    @pytest.mark.parametrize(("spoil", "words"), REFUSALS.values(), ids=REFUSALS)
    def test_says_in_one_line_what_is_wrong(self, spoil: Callable[[Contents], Contents], words: str) -> None:
        contents = spoil(releases.files())

        with pytest.raises(Unreadable, match=words) as refusal:
            releases.read(contents)

        assert "\n" not in str(refusal.value)

    @pytest.mark.parametrize("content", [b"", b"<html>404</html>", b"PK\x05\x06"])
    def test_says_that_it_is_no_zip(self, content: bytes) -> None:
        with pytest.raises(Unreadable, match=r"RefRome.zip n’est pas une archive ZIP lisible"):
            official.read_archive(io.BytesIO(content), "RefRome.zip")

    def test_says_that_a_file_cannot_be_opened(self, tmp_path: Path) -> None:
        source = releases.folder(tmp_path, releases.without(releases.files(), CODES_V3))
        (source / CODES_V3).mkdir()

        with pytest.raises(Unreadable, match=rf"{CODES_V3} ne peut pas être lu"):
            official.read(source)

    def test_says_so_of_an_encrypted_zip(self) -> None:
        content = bytearray(releases.zipped(releases.files()))
        stream = io.BytesIO(content)
        for entry in zipfile.ZipFile(stream).infolist():
            content[entry.header_offset + 6] |= 1
        central = bytes(content).find(b"PK\x01\x02")
        while central >= 0:
            content[central + 8] |= 1
            central = bytes(content).find(b"PK\x01\x02", central + 4)

        with pytest.raises(Unreadable, match="n’est pas une archive ZIP lisible"):
            official.read_archive(io.BytesIO(content), "RefRome.zip")

    @given(st.sampled_from([CODES_V3, TITLES_V3, CODES_V4, TITLES_V4]), st.data())
    def test_comes_wherever_a_file_of_codes_or_titles_is_cut(self, name: str, data: st.DataObject) -> None:
        contents = releases.files()
        kept = data.draw(st.integers(0, len(contents[name]) - 2))
        contents[name] = contents[name][:kept]

        with pytest.raises(Unreadable):
            releases.read(contents)

    @given(st.data())
    def test_comes_or_the_release_is_whole_wherever_a_zip_is_damaged(self, data: st.DataObject) -> None:
        content = bytearray(releases.zipped(releases.files()))
        whole = releases.read(releases.files())
        if data.draw(st.booleans(), label="cut"):
            del content[data.draw(st.integers(0, len(content) - 1)) :]
        else:
            content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))

        try:
            release = official.read_archive(io.BytesIO(content), "RefRome.zip")
        except Unreadable:
            return

        # What was damaged is the name or the date of a file: the editions that are left are whole.
        assert all(
            edition.occupations == whole.editions[version].occupations for version, edition in release.editions.items()
        )
