"""Offers in files: JSONL (the API's JSON, one offer a line) and CSV, streamed, whatever their encoding.

CSV: a header line with any of the columns `id` (compulsory), `intitule` (compulsory), `description`, `code_rome`,
`appellation`, `entreprise`, `contrat` (CDI, CDD, MIS…), `commune` (INSEE code), `code_postal`, `lieu` ("57 - METZ"
or a name), `latitude`, `longitude`, `salaire`, `duree`, `date_creation`, `date_actualisation` (ISO 8601), `url`;
separated by `;` or `,`; UTF-8 or Windows-1252. Other columns are kept with the record and not read.
"""

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Any

import orjson

from traitdunion.core.errors import Refused

_LONGEST_FIELD = 10_000_000

NOT_JSON = "la ligne n’est pas du JSON complet"


class Unreadable(Refused):
    """The file as a whole cannot be read; one French line."""


@dataclass(frozen=True, slots=True)
class Line:
    """A record of a file; `record` is None when the line cannot be read, and `reason` then says why."""

    number: int
    raw: bytes
    record: object
    reason: str | None = None


def read(path: Path, *, progress: Callable[[int], object] = int) -> Iterator[Line]:
    """The records of a .jsonl or .csv file in their order; `progress` is told the octets read since the last time.

    Raises Unreadable when the file is empty, of another kind, or a CSV without its compulsory columns. Memory holds one
    line.
    """
    if path.suffix.lower() not in {".jsonl", ".ndjson", ".csv"}:
        raise Unreadable(f"{path.name} : seuls les fichiers .jsonl et .csv sont lus.")
    if path.stat().st_size == 0:
        raise Unreadable(f"{path.name} est vide : rien n’a été importé.")
    with path.open("rb") as file:
        yield from (_csv(file, path.name) if path.suffix.lower() == ".csv" else _jsonl(file, progress))


def _jsonl(file: IO[bytes], progress: Callable[[int], object]) -> Iterator[Line]:
    start = file.read(3)
    file.seek(3 if start == b"\xef\xbb\xbf" else 0)
    if start[:2] not in {b"\xff\xfe", b"\xfe\xff"}:
        yield from _parsed(file, progress)
        return
    # UTF-16 has NUL octets between its letters: its lines are cut where the text says, not the octets.
    with TextIOWrapper(file, "utf-16", errors="replace") as text:
        yield from _parsed((line.encode() for line in text), progress)


def parse(raw: bytes) -> object:
    """The JSON value of a record, UTF-8 or else Windows-1252; raises ValueError."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        try:
            raw.decode("utf-8")
        except UnicodeDecodeError:
            return orjson.loads(raw.decode("cp1252", errors="replace"))
        raise


def _parsed(lines: Iterable[bytes], progress: Callable[[int], object]) -> Iterator[Line]:
    for number, ended in enumerate(lines, start=1):
        progress(len(ended))
        raw = ended.rstrip(b"\r\n")
        if not raw.strip():
            continue
        try:
            yield Line(number, raw, parse(raw))
        except ValueError:
            yield Line(number, raw, None, NOT_JSON)


def _csv(file: IO[bytes], name: str) -> Iterator[Line]:
    sample = file.read(65_536)
    file.seek(0)
    header = sample.split(b"\n", 1)[0]
    csv.field_size_limit(_LONGEST_FIELD)
    with TextIOWrapper(file, _encoding(sample), errors="replace", newline="") as text:
        rows = csv.DictReader(text, delimiter=";" if header.count(b";") > header.count(b",") else ",")
        missing = {"id", "intitule"} - set(rows.fieldnames or ())
        if missing:
            raise Unreadable(f"{name} : il manque la colonne « {' », « '.join(sorted(missing))} ».")
        yield from _rows(rows)


def _rows(rows: "csv.DictReader[str]") -> Iterator[Line]:
    while True:
        try:
            row = next(rows, None)
        except csv.Error:
            yield Line(rows.line_num, b"", None, "la ligne du CSV ne peut pas être lue")
            continue
        if row is None:
            return
        record = _as_record({column: value for column, value in row.items() if column and isinstance(value, str)})
        yield Line(rows.line_num, orjson.dumps(record), record)


def _encoding(sample: bytes) -> str:
    if sample[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return "utf-16"
    try:
        sample[: sample.rfind(b"\n") + 1].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8-sig"


def _as_record(row: dict[str, str]) -> dict[str, Any]:
    """A row in the API's own form, so that one reader reads both."""
    filled = {column.strip(): value.strip() for column, value in row.items() if value.strip()}
    place = {"commune": "commune", "code_postal": "codePostal", "lieu": "libelle"}
    place_record: dict[str, Any] = {field: filled.pop(column) for column, field in place.items() if column in filled}
    for column in ("latitude", "longitude"):
        if column in filled:
            place_record[column] = filled.pop(column).replace(",", ".")
    names = {
        "id": "id",
        "intitule": "intitule",
        "description": "description",
        "code_rome": "romeCode",
        "appellation": "appellationlibelle",
        "contrat": "typeContrat",
        "duree": "dureeTravailLibelle",
        "date_creation": "dateCreation",
        "date_actualisation": "dateActualisation",
    }
    record: dict[str, Any] = {field: filled.pop(column) for column, field in names.items() if column in filled}
    nested = {
        "entreprise": ("entreprise", "nom"),
        "salaire": ("salaire", "libelle"),
        "url": ("origineOffre", "urlOrigine"),
    }
    for column, (field, part) in nested.items():
        if column in filled:
            record[field] = {part: filled.pop(column)}
    return {**record, "lieuTravail": place_record, **({"autres": filled} if filled else {})}
