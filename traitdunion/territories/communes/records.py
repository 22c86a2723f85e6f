"""Files of communes: the facts of this repository and what an operator imports, in CSV or in geo.api.gouv.fr's JSON."""

import csv
import gzip
import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import IO, TypeVar

import orjson

from traitdunion.clients import geo_api
from traitdunion.clients.geo_api import CommuneRecord
from traitdunion.core.errors import Refused

Number = TypeVar("Number", int, float)

FACTS = Path(__file__).resolve().parent.parent / "facts" / "communes.csv.gz"
COLUMNS = (
    *("code", "name", "kind", "postcodes", "population"),
    *("department", "region", "latitude", "longitude", "former"),
)

_CODE = re.compile(r"[0-9][0-9AB][0-9]{3}")
_POSTCODE = re.compile(r"[0-9]{5}")


class FileRefused(Refused):
    """A file of communes cannot be read; the message names the line."""


def read(path: Path) -> list[CommuneRecord]:
    """The communes of a CSV (`;` or `,`, UTF-8, perhaps gzipped) or JSON file. Raises FileRefused.

    CSV columns are COLUMNS; `postcodes` are separated by spaces; `latitude` and `longitude` may both be empty; `former`
    holds "code name" of the communes that joined it, separated by `|`, and may be missing, like `kind`.
    """
    content = path.read_bytes()
    try:
        text = (gzip.decompress(content) if content.startswith(b"\x1f\x8b") else content).decode("utf-8-sig")
    except (UnicodeDecodeError, EOFError, OSError) as error:
        raise FileRefused(f"{path.name} : fichier illisible ({error}).") from None
    found = list(_read_json(text, path.name) if text.lstrip()[:1] in {"[", "{"} else _read_csv(text, path.name))
    if not found:
        raise FileRefused(f"{path.name} : aucune commune dans ce fichier.")
    return found


def write(records: Iterable[CommuneRecord], file: IO[str]) -> None:
    """Writes what `read` reads."""
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(COLUMNS)
    for one in records:
        latitude, longitude = one.centre or ("", "")
        former = "|".join(f"{code} {name}" for code, name in one.former)
        place = (one.department, one.region, latitude, longitude)
        writer.writerow((one.code, one.name, one.kind, " ".join(one.postcodes), one.population, *place, former))


def check(record: CommuneRecord) -> None:
    """Raises ValueError, in French, for what the table would refuse."""
    if not _CODE.fullmatch(record.code):
        raise ValueError(f"code INSEE « {record.code} »")
    for postcode in record.postcodes:
        if not _POSTCODE.fullmatch(postcode):
            raise ValueError(f"code postal « {postcode} »")
    if "\0" in record.name:
        raise ValueError("nom avec un caractère nul")
    if not 0 <= record.population < 2**31:
        raise ValueError(f"population {record.population}")
    if record.centre and not (-90 <= record.centre[0] <= 90 and -180 <= record.centre[1] <= 180):
        raise ValueError(f"centre {record.centre}")


def _read_json(text: str, name: str) -> Iterator[CommuneRecord]:
    try:
        listed = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise FileRefused(f"{name} : JSON illisible ligne {error.lineno} (fichier tronqué ?).") from None
    if not isinstance(listed, list):
        raise FileRefused(f"{name} : une liste de communes est attendue.")
    for number, commune in enumerate(listed, 1):
        try:
            record = geo_api.read(commune)
            check(record)
        except ValueError as error:
            raise FileRefused(f"{name}, commune {number} : {error}.") from None
        yield record


def _read_csv(text: str, name: str) -> Iterator[CommuneRecord]:
    lines = text.splitlines()
    delimiter = ";" if ";" in next(iter(lines), "") else ","
    rows = csv.DictReader(lines, delimiter=delimiter)
    missing = set(COLUMNS) - {"kind", "former"} - set(rows.fieldnames or ())
    if missing:
        raise FileRefused(f"{name} : colonnes manquantes : {', '.join(sorted(missing))}.")
    try:
        for row in rows:
            try:
                record = _record(row)
                check(record)
            except ValueError as error:
                raise FileRefused(f"{name}, ligne {rows.line_num} : {error}.") from None
            yield record
    except csv.Error as error:
        raise FileRefused(f"{name}, ligne {rows.line_num} : {error}.") from None


def _record(row: dict[str, str]) -> CommuneRecord:
    if any(row.get(column, "") is None for column in COLUMNS):
        raise ValueError("il manque des colonnes à cette ligne")
    kind = row.get("kind") or geo_api.COMMUNE
    if kind not in {geo_api.COMMUNE, geo_api.ARRONDISSEMENT}:
        raise ValueError(f"kind « {kind} »")
    parts = [part.split(" ", 1) for part in (row.get("former") or "").split("|") if part]
    if any(len(part) != 2 for part in parts):
        raise ValueError("former : « code nom » attendu")
    return CommuneRecord(
        code=row["code"].strip(),
        name=row["name"].strip(),
        kind=kind,
        postcodes=tuple(row["postcodes"].split()),
        population=_number(row, "population", int) if row["population"] else 0,
        department=row["department"].strip(),
        region=row["region"].strip(),
        centre=(_number(row, "latitude", float), _number(row, "longitude", float)) if row["latitude"] else None,
        former=tuple((code, name) for code, name in parts),
    )


def _number(row: dict[str, str], column: str, kind: Callable[[str], Number]) -> Number:
    try:
        return kind(row[column])
    except ValueError:
        raise ValueError(f"{column} : nombre attendu, et non « {row[column]} »") from None
