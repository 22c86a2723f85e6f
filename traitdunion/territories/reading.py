"""Reads a territory's TOML file into a frozen value, or says which key of which file is wrong."""

import re
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from traitdunion.core.errors import Refused
from traitdunion.territories import areas
from traitdunion.territories.distances import Point
from traitdunion.territories.territory import Colours, Contact, Funder, Legal, Logo, Territory

T = TypeVar("T")

_KEY = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?")
_COLOUR = re.compile(r"#[0-9a-f]{6}")
_CODE = re.compile(r"[0-9][0-9AB][0-9]{3}")
_READABLE = 4.5  # WCAG 2.2, criterion 1.4.3
_IMAGES = {".svg", ".png", ".webp", ".jpg", ".jpeg"}


class TerritoryRefused(Refused):
    """A territory's file is wrong; the message names the file and the key."""


class _Table:
    """A table of the file; every key it holds must be read, so that a misspelt one is noticed."""

    def __init__(self, file: str, values: Mapping[str, Any], prefix: str = "") -> None:
        self._file, self._values, self._prefix = file, values, prefix
        self._read: set[str] = set()

    def refuse(self, key: str, trouble: str) -> TerritoryRefused:
        return TerritoryRefused(f"{self._file} : {self._prefix}{key} {trouble}.")

    def get(self, key: str, kind: type[T], wanted: str, *, default: T | None = None) -> T:
        self._read.add(key)
        value = self._values.get(key, default)
        if value is None:
            raise self.refuse(key, "manque")
        if not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
            raise self.refuse(key, f"doit être {wanted}")
        return value

    def text(self, key: str, *, default: str | None = None) -> str:
        value = self.get(key, str, "un texte", default=default).strip()
        if not value and default is None:
            raise self.refuse(key, "est vide")
        return value

    def number(self, key: str, least: float, most: float) -> float:
        value = float(self.get(key, (int, float), "un nombre"))  # type: ignore[arg-type]
        if not least <= value <= most:
            raise self.refuse(key, f"doit être entre {least:g} et {most:g}")
        return value

    def texts(self, key: str, check: Callable[[str], bool], wanted: str) -> tuple[str, ...]:
        values = self.get(key, list, "une liste", default=[])
        for value in values:
            if not isinstance(value, str) or not check(value):
                raise self.refuse(key, f"contient « {value} », qui n’est pas {wanted}")
        return tuple(values)

    def table(self, key: str, *, is_optional: bool = False) -> "_Table":
        values = self.get(key, dict, "une table", default={} if is_optional else None)
        return _Table(self._file, values, f"{self._prefix}{key}.")

    def close(self) -> None:
        for key in self._values.keys() - self._read:
            raise self.refuse(key, "n’est pas une clé connue")


def read(path: Path) -> Territory:
    """The territory that the file describes; its key is the file's name. Raises TerritoryRefused."""
    if not _KEY.fullmatch(path.stem):
        raise TerritoryRefused(f"{path.name} : le nom du fichier ne doit avoir que minuscules, chiffres et tirets.")
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise TerritoryRefused(f"{path.name} : fichier illisible ({error}).") from None
    top = _Table(path.name, values)
    region = top.table("region")
    code = region.text("code")
    if code not in areas.regions():
        raise region.refuse("code", f"vaut « {code} », qui n’est pas une région")
    departments = top.texts("departments", lambda value: value in areas.departments(), "un département")
    if not departments:
        raise top.refuse("departments", "est vide")
    centre, centre_code, radius = _centre(top.table("centre"))
    territory = Territory(
        key=path.stem,
        name=top.text("name"),
        region_code=code,
        region_name=region.text("name"),
        departments=departments,
        centre=centre,
        centre_code=centre_code,
        default_radius_km=radius,
        funder=_funder(top.table("funder")),
        contact=_contact(top.table("contact")),
        legal=_legal(top.table("legal", is_optional=True)),
        colours=_colours(top.table("colours")),
        logos=tuple(_logo(_Table(path.name, one, "logos."), path.parent) for one in _tables(top, "logos")),
        holidays=_holidays(top, departments),
        hosts=top.texts("hosts", lambda value: bool(_HOST.fullmatch(value)), "un nom d’hôte en minuscules, sans port"),
        is_default=top.get("default", bool, "true ou false", default=False),
    )
    region.close()
    top.close()
    return territory


def contrast_with_white(colour: str) -> float:
    """From 1 to 21, for a colour `#rrggbb` (WCAG 2.2, « contrast ratio » and « relative luminance »)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    linear = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    luminance = sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))
    return 1.05 / (luminance + 0.05)


def _centre(table: _Table) -> tuple[Point, str, int]:
    code = table.text("commune")
    if not _CODE.fullmatch(code):
        raise table.refuse("commune", "doit être un code INSEE")
    point = Point(table.number("latitude", -90, 90), table.number("longitude", -180, 180))
    radius = table.number("radius_km", 1, 500)
    table.close()
    return point, code, round(radius)


def _funder(table: _Table) -> Funder:
    funder = Funder(name=table.text("name"), lheo_code=table.text("lheo_code"))
    table.close()
    return funder


def _contact(table: _Table) -> Contact:
    contact = Contact(
        name=table.text("name"),
        email=table.text("email", default="") or None,
        phone=table.text("phone", default="") or None,
        url=table.text("url", default="") or None,
    )
    table.close()
    if contact.email and "@" not in contact.email:
        raise table.refuse("email", "n’est pas une adresse")
    if contact.url and not contact.url.startswith("https://"):
        raise table.refuse("url", "doit commencer par https://")
    return contact


def _legal(table: _Table) -> Legal:
    legal = Legal(
        publisher=table.text("publisher", default="") or None,
        director=table.text("director", default="") or None,
        data_officer=table.text("data_officer", default="") or None,
    )
    table.close()
    return legal


def _colours(table: _Table) -> Colours:
    found = {}
    for key in ("brand", "accent"):
        colour = table.text(key).lower()
        if not _COLOUR.fullmatch(colour):
            raise table.refuse(key, "doit être une couleur comme #123c69")
        ratio = contrast_with_white(colour)
        if ratio < _READABLE:
            raise table.refuse(
                key, f"est trop claire : contraste de {ratio:.1f} avec le blanc, il faut {_READABLE}".replace(".", ",")
            )
        found[key] = colour
    table.close()
    return Colours(**found)


def _tables(table: _Table, key: str) -> list[Mapping[str, Any]]:
    values = table.get(key, list, "une liste de tables", default=[])
    if not all(isinstance(value, dict) for value in values):
        raise table.refuse(key, "doit être une liste de tables")
    return values


def _logo(table: _Table, folder: Path) -> Logo:
    name = table.text("file")
    if Path(name).name != name or Path(name).suffix.lower() not in _IMAGES:
        raise table.refuse("file", "doit être le nom d’une image, placée à côté du fichier")
    if not (folder / name).is_file():
        raise table.refuse("file", f"nomme « {name} », qui n’existe pas à côté du fichier")
    logo = Logo(path=folder / name, text=table.text("text"))
    table.close()
    return logo


def _holidays(top: _Table, departments: tuple[str, ...]) -> Mapping[str, str]:
    table = top.get("holidays", dict, "une table", default={})
    for department, subdivision in table.items():
        if department not in departments:
            raise top.refuse(f"holidays.{department}", "n’est pas un département de ce territoire")
        if not isinstance(subdivision, str) or not subdivision:
            raise top.refuse(f"holidays.{department}", "doit être un code de python-holidays")
    return dict(table)
