"""Reads the official ROME files (a folder or a ZIP) into one release, or says in a line why it cannot.

The files are those that France Travail publishes under the Licence Ouverte: quoted CSV with commas, whose names end
in the version ("v347", "v460") and the encoding. Pure but for the reading of the files; nothing is stored here.
"""

import csv
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, NamedTuple

from traitdunion.core.errors import Refused
from traitdunion.rome.models import MobilityKind

_MAX_FILE_BYTES = 32_000_000  # the largest one read has 2.5 MB in 2026
_NAME = re.compile(
    r"(?:unix_)?(referentiel_code_rome|referentiel_appellation|rubrique_mobilite|cr_gd_dp)_v(\d)(\d*)(\D.*)?\.csv",
    re.IGNORECASE,
)
_OCCUPATIONS, _TITLES, _MOBILITIES, _DOMAINS = (
    "referentiel_code_rome",
    "referentiel_appellation",
    "rubrique_mobilite",
    "cr_gd_dp",
)
_CODE = re.compile(r"[A-Z]\d{4}")
_TOLERATED = 0.01  # v3.47 leaves out one of its 532 occupations, and still gives its titles
_KINDS = {"1": MobilityKind.CLOSE, "2": MobilityKind.EVOLUTION}

Files = Mapping[str, Callable[[], bytes]]


class Unreadable(Refused):
    """The files are not a complete official release; the message says what is wrong, in a line."""


class OccupationLine(NamedTuple):
    """What an edition says of a code."""

    label: str
    parent_code: str


class TitleLine(NamedTuple):
    """What an edition says of a job title."""

    label: str
    short_label: str
    occupation_code: str
    parent_code: str
    is_rare: bool


class MobilityLine(NamedTuple):
    """What an edition says of a mobility: ROME 3 its kind, ROME 4 its rank."""

    kind: MobilityKind | None
    rank: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Edition:
    """One version: occupations by code, job titles by OGR code, mobilities by (from, to); these may be absent."""

    version: int
    number: str
    published_on: date | None = None
    occupations: Mapping[str, OccupationLine]
    job_titles: Mapping[int, TitleLine]
    mobilities: Mapping[tuple[str, str], MobilityLine] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Release:
    """What was found: one edition or both, by version, and the labels of the domains by code ("A", "A11")."""

    editions: Mapping[int, Edition]
    domains: Mapping[str, str]


class _File(NamedTuple):
    name: str
    number: str
    read: Callable[[], bytes]

    def refusal(self, line: int, trouble: str) -> Unreadable:
        return Unreadable(f"{self.name}, ligne {line} : {trouble}.")


def read(source: Path) -> Release:
    """The release in a folder (the files directly in it) or in a ZIP; raises Unreadable."""
    try:
        if source.is_dir():
            return _release({path.name: partial(_content, path) for path in source.iterdir()}, source.name)
        with source.open("rb") as stream:
            return read_archive(stream, source.name)
    except OSError as error:
        raise Unreadable(f"{error.filename or source} ne peut pas être lu ({error.strerror}).") from None


def read_archive(stream: IO[bytes], name: str) -> Release:
    """The release in a ZIP, whatever the folder inside it; `name` is for the messages. Raises Unreadable."""
    try:
        with zipfile.ZipFile(stream) as archive:
            files = {
                PurePosixPath(entry.filename).name: partial(_extracted, archive, entry)
                for entry in archive.infolist()
                if not entry.is_dir()
            }
            return _release(files, name)
    # RuntimeError is an encrypted entry, NotImplementedError a compression that Python does not know.
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, RuntimeError):
        raise Unreadable(f"{name} n’est pas une archive ZIP lisible, ou elle est tronquée.") from None


def _content(path: Path) -> bytes:
    with path.open("rb") as stream:
        return _bounded(stream, path.name)


def _extracted(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bytes:
    # What the entry says of its own size may lie: no more than the limit is ever decompressed.
    with archive.open(entry) as stream:
        return _bounded(stream, entry.filename)


def _bounded(stream: IO[bytes], name: str) -> bytes:
    content = stream.read(_MAX_FILE_BYTES + 1)
    if len(content) > _MAX_FILE_BYTES:
        raise Unreadable(f"{name} dépasse {_MAX_FILE_BYTES // 1_000_000} Mo : ce n’est pas un fichier du ROME.")
    return content


def _release(files: Files, name: str) -> Release:
    chosen = _chosen(files)
    versions = sorted({version for kind, version in chosen if kind != _DOMAINS})
    if not versions:
        raise Unreadable(f"{name} ne contient aucun fichier du ROME (unix_referentiel_code_rome_….csv).")
    published = _published(files)
    editions = {version: _edition(version, chosen, published) for version in versions}
    domains: dict[str, str] = {}
    for version in (3, 4):
        if found := chosen.get((_DOMAINS, version)):
            domains |= _domains(found)
    return Release(editions, domains)


def _chosen(files: Files) -> dict[tuple[str, int], _File]:
    """The newest file of each kind and version; utf-8 before another encoding of the same."""
    chosen: dict[tuple[str, int], tuple[tuple[int, bool], _File]] = {}
    for name, content in files.items():
        if matched := _NAME.fullmatch(name):
            kind, version, number, rest = matched[1].lower(), int(matched[2]), matched[3], matched[4] or ""
            rank = (int(number or 0), "utf8" in rest.lower().replace("-", ""))
            if version in {3, 4} and rank >= chosen.get((kind, version), (rank,))[0]:
                chosen[kind, version] = rank, _File(name, number, content)
    return {key: found for key, (_, found) in chosen.items()}


def _edition(version: int, chosen: Mapping[tuple[str, int], _File], published: Mapping[str, date]) -> Edition:
    for kind in (_OCCUPATIONS, _TITLES):
        if (kind, version) not in chosen:
            raise Unreadable(f"Il manque le fichier unix_{kind}_v{version}….csv.")
    occupations_file, titles_file = chosen[_OCCUPATIONS, version], chosen[_TITLES, version]
    mobilities_file = chosen.get((_MOBILITIES, version))
    numbers = {file.number for file in (occupations_file, titles_file, mobilities_file) if file}
    if len(numbers) > 1:
        mixed = ", ".join(f"{version}.{number}" for number in sorted(numbers))
        raise Unreadable(f"Les fichiers du ROME {version} ne sont pas de la même édition : {mixed}.")
    number = occupations_file.number
    occupations = _occupations(occupations_file, version)
    edition = Edition(
        version=version,
        number=f"{version}.{number}" if number else str(version),
        published_on=published.get(number) if version == 4 else None,
        occupations=occupations,
        job_titles=_job_titles(titles_file, version, occupations),
        mobilities=_mobilities(mobilities_file) if mobilities_file else {},
    )
    _check_together(edition, titles_file.name)
    return edition


def _check_together(edition: Edition, titles_file: str) -> None:
    """Files cut between two lines are well formed; what they say of each other tells."""
    codes = edition.occupations.keys()
    strangers = {title.occupation_code for title in edition.job_titles.values()} - codes
    nameless = codes - {title.occupation_code for title in edition.job_titles.values()}
    orphans = {line.parent_code for line in edition.occupations.values()} - codes
    for found, trouble in (
        (strangers, "cite des codes que la liste des métiers ignore"),
        (nameless, "ne donne aucune appellation à des métiers de la liste"),
        (orphans, "accompagne une liste de métiers où manquent des codes parents"),
    ):
        if len(found) > _TOLERATED * len(codes):
            raise Unreadable(f"{titles_file} {trouble} ({len(found)}) : un fichier est tronqué.")


def _occupations(file: _File, version: int) -> dict[str, OccupationLine]:
    found: dict[str, OccupationLine] = {}
    columns = ("code_rome", "libelle_rome", *(("code_rome_parent",) if version == 4 else ()))
    for line, row in _rows(file, columns):
        code = _code(file, line, row["code_rome"])
        if code in found or not row["libelle_rome"]:
            raise file.refusal(line, f"le code {code} est en double ou sans libellé")
        parent = _code(file, line, row["code_rome_parent"]) if version == 4 else code
        found[code] = OccupationLine(row["libelle_rome"], parent)
    return found


def _job_titles(file: _File, version: int, occupations: Mapping[str, OccupationLine]) -> dict[int, TitleLine]:
    found: dict[int, TitleLine] = {}
    columns = ("code_ogr", "libelle_appellation_long", "libelle_appellation_court", "code_rome")
    for line, row in _rows(file, (*columns, *(("code_rome_parent",) if version == 4 else ()))):
        ogr, label = row["code_ogr"], row["libelle_appellation_long"]
        if not (ogr.isascii() and ogr.isdigit() and len(ogr) <= 9 and label):
            raise file.refusal(line, "une appellation est sans code ou sans libellé")
        code = _code(file, line, row["code_rome"])
        parent = code
        if version == 4:
            told = row["code_rome_parent"] or (occupations[code].parent_code if code in occupations else code)
            parent = _code(file, line, told)
        short = row["libelle_appellation_court"] or label
        found[int(ogr)] = TitleLine(label, short, code, parent, row.get("peu_usite") == "O")
    return found


def _mobilities(file: _File) -> dict[tuple[str, str], MobilityLine]:
    """By (from, to): ROME 3 repeats a pair for each job title that it concerns, always with the same kind."""
    found: dict[tuple[str, str], MobilityLine] = {}
    for line, row in _rows(file, ("code_rome", "code_rome_cible")):
        pair = _code(file, line, row["code_rome"]), _code(file, line, row["code_rome_cible"])
        kind, rank = _KINDS.get(row.get("code_type_mobilite", "")), row.get("numero_ordre", "")
        if kind is None and not (rank.isascii() and rank.isdigit() and len(rank) <= 4):
            raise file.refusal(line, "ni type de mobilité, ni numéro d’ordre")
        if pair[0] != pair[1]:
            found.setdefault(pair, MobilityLine(kind, None if kind else int(rank)))
    return found


def _domains(file: _File) -> dict[str, str]:
    # "professionel" is the publisher's spelling.
    columns = "code_grand_domaine", "libelle_grand_domaine", "code_domaine_professionel", "libelle_domaine_professionel"
    found: dict[str, str] = {}
    for _, row in _rows(file, columns):
        found[row[columns[0]]] = row[columns[1]]
        found[row[columns[2]]] = row[columns[3]]
    return found


def _rows(file: _File, columns: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The lines in force by column, with their number; every line has all of its fields and the file is not empty."""
    reader = csv.reader(io.StringIO(_text(file), newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        if absent := [name for name in columns if name not in header]:
            raise Unreadable(f"{file.name} : colonne absente ({', '.join(absent)}).")
        empty = True
        for values in reader:
            if not values:
                continue  # some official files have blank lines between records
            if len(values) != len(header):
                raise file.refusal(reader.line_num, f"{len(values)} champs au lieu de {len(header)}")
            row = {name: value.strip() for name, value in zip(header, values, strict=True)}
            if row.get("statut", "1") == "1":
                empty = False
                yield reader.line_num, row
    except csv.Error:
        raise file.refusal(reader.line_num, "guillemets mal fermés, le fichier est tronqué") from None
    if empty:
        raise Unreadable(f"{file.name} est vide.")


def _text(file: _File) -> str:
    content = file.read()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("iso-8859-15")
    if "\0" in text:
        raise Unreadable(f"{file.name} n’est pas un fichier texte.")
    # ROME 3 was exported from SQL with its apostrophes doubled: "Conduite d''engins". People read the typographic one.
    return text.replace("''", "'").replace("'", "’")


def _code(file: _File, line: int, code: str) -> str:
    if not _CODE.fullmatch(code):
        raise file.refusal(line, f"« {code[:20]} » n’est pas un code ROME")
    return code


def _published(files: Files) -> dict[str, date]:
    """The day of publication by edition number ("61"), from the version.txt that comes with ROME 4."""
    if "version.txt" not in files:
        return {}
    content = files["version.txt"]().decode("utf-8", errors="replace")
    number = re.search(r"num[ée]ro de version[^\d\n]*(\d+)", content, re.IGNORECASE)
    day = re.search(r"date de publication[^\d\n]*(\d{2}/\d{2}/\d{4})", content, re.IGNORECASE)
    try:
        return {number[1]: datetime.strptime(day[1], "%d/%m/%Y").date()} if number and day else {}  # noqa: DTZ007
    except ValueError:
        return {}
