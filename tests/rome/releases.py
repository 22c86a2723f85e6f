"""Small official releases, written by hand: four occupations of ROME 3, six of ROME 4, a job title for each."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import Path

from traitdunion.rome import official

CODES_V3, TITLES_V3, MOBILITIES_V3 = (
    "unix_referentiel_code_rome_v347_utf8.csv",
    "unix_referentiel_appellation_v347_utf8.csv",
    "unix_rubrique_mobilite_v347_utf8.csv",
)
CODES_V4, TITLES_V4, MOBILITIES_V4, DOMAINS_V4 = (
    "unix_referentiel_code_rome_v461_utf8.csv",
    "unix_referentiel_appellation_v461_utf8.csv",
    "unix_rubrique_mobilite_v461_utf8.csv",
    "unix_cr_gd_dp_v461_utf8.csv",
)

_V3 = {
    CODES_V3: """
"code_rome","code_fiche_em","code_ogr","libelle_rome","statut"
"A1101","11","6","Conduite d''engins agricoles et forestiers","1"
"D1102","12","7","Boulangerie - viennoiserie","1"
"D1104","13","8","Pâtisserie, confiserie, chocolaterie et glacerie","1"
"L1303","14","9","Création d''œuvres dramatiques","1"
""",
    TITLES_V3: """
"code_ogr","libelle_appellation_long","libelle_appellation_court","code_rome","code_type_section_appellation",\
"libelle_type_section_appellation","statut"
"100","Chauffeur / Chauffeuse d''engins agricoles","Chauffeur d''engins","A1101","1","PRINCIPALE","1"
"101","Boulanger / Boulangère","Boulanger","D1102","1","PRINCIPALE","1"
"102","Pâtissier / Pâtissière","Pâtissier","D1104","1","PRINCIPALE","1"
"103","Auteur / Autrice","Auteur","L1303","1","PRINCIPALE","1"
""",
    MOBILITIES_V3: """
"code_rome","code_rome_cible","code_appellation_source","code_appellation_cible","code_type_mobilite",\
"libelle_type_mobilite"
"D1102","D1104","","","1","Proche"
"D1102","D1104","","102","1","Proche"
"D1104","D1102","","","2","Evolution"
"A1101","L1303","","","2","Evolution"
""",
}
_V4 = {
    CODES_V4: """
"code_rome","code_fiche_metier","code_ogr","libelle_rome","transition_eco","transition_num","transition_demo",\
"emploi_reglemente","emploi_cadre","code_rome_parent"
"A1101","11","6","Conducteur / Conductrice d'engins agricoles","Emploi Blanc","","","","","A1101"
"A1102","91","90","Conducteur / Conductrice d'engins forestiers","Emploi Vert","","","","","A1101"
"D1102","12","7","Boulanger / Boulangère","Emploi Blanc","","","N","N","D1102"
"D1104","13","8","Pâtissier / Pâtissière","Emploi Blanc","","","N","N","D1104"
"D1120","93","92","Tourier / Tourière","Emploi Blanc","","","N","N","D1102"
"L1303","14","9","Auteur / Autrice dramatique","Emploi Blanc","","","N","N","L1303"
""",
    TITLES_V4: """
"code_ogr","libelle_appellation_long","libelle_appellation_court","code_rome","transition_eco","transition_num",\
"transition_demo","emploi_reglemente","emploi_cadre","classification","origine","code_rome_parent","peu_usite"
"100","Chauffeur / Chauffeuse d'engins forestiers","Chauffeur d'engins","A1102","","","","","","PRINCIPALE","","A1101",\
"N"
"101","Boulanger / Boulangère","Boulanger","D1102","","","","","","PRINCIPALE","","D1102","N"
"102","Pâtissier / Pâtissière","Pâtissier","D1104","","","","","","PRINCIPALE","","D1104","N"
"104","Tourier / Tourière","Tourier","D1120","","","","","","PRINCIPALE","","D1104","O"
"105","Auteur / Autrice dramatique","Auteur","L1303","","","","","","PRINCIPALE","","L1303","N"
"106","Conducteur / Conductrice d'engins agricoles","Conducteur","A1101","","","","","","PRINCIPALE","","A1101","N"
""",
    MOBILITIES_V4: """
"code_rome","code_rome_cible","numero_ordre"
"D1120","D1104","1"
"D1120","D1102","2"
"A1102","D1102","6"
""",
    DOMAINS_V4: """
"code_rome","libelle_rome","code_grand_domaine","libelle_grand_domaine","code_domaine_professionel",\
"libelle_domaine_professionel"
"A1101","Conducteur","A","Agriculture","A11","Engins agricoles et forestiers"
"D1102","Boulanger","D","Commerce","D11","Commerce alimentaire et métiers de bouche"
""",
    "version.txt": """
Numero de version : 61
Date de publication : 15/06/2026
Date de validation : 27/04/2026
""",
}


def files(*versions: int) -> dict[str, bytes]:
    """The content of each file, in utf-8; of both versions unless told."""
    texts = (_V3 if 3 in (versions or (3, 4)) else {}) | (_V4 if 4 in (versions or (3, 4)) else {})
    return {name: text.lstrip("\n").encode() for name, text in texts.items()}


def in_latin(contents: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same files in iso-8859-15, named as the publisher names them."""
    return {
        name.replace("utf8", "iso8859-15"): content.decode().encode("iso-8859-15") for name, content in contents.items()
    }


def folder(path: Path, contents: Mapping[str, bytes]) -> Path:
    """A folder made of the files."""
    path.mkdir(parents=True, exist_ok=True)
    for name, content in contents.items():
        (path / name).write_bytes(content)
    return path


def zipped(contents: Mapping[str, bytes], *, inside: str = "") -> bytes:
    """A ZIP of the files, in the folder `inside` of it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(f"{inside}{name}", content)
    return stream.getvalue()


def read(contents: Mapping[str, bytes]) -> official.Release:
    """The release that the files make."""
    return official.read_archive(io.BytesIO(zipped(contents)), "RefRomeCsv.zip")


def without(contents: Mapping[str, bytes], *names: str) -> dict[str, bytes]:
    """All of the files but these."""
    return {name: content for name, content in contents.items() if name not in names}


def cut(contents: Mapping[str, bytes], name: str, lines: int) -> dict[str, bytes]:
    """The files, one of them without its last lines."""
    return {**contents, name: b"".join(contents[name].splitlines(keepends=True)[:-lines])}
