"""The territories of this instance: read once at start, chosen by host name, else by the setting TERRITORY."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from flask import Flask, current_app, has_request_context, request, url_for

from traitdunion.core.errors import Refused
from traitdunion.territories import reading, themes
from traitdunion.territories.reading import TerritoryRefused
from traitdunion.territories.territory import Territory

FILES = Path(__file__).with_name("files")


class UnknownTerritory(Refused):
    """No territory bears that key."""


def load(folders: Iterable[Path]) -> dict[str, Territory]:
    """The territories of the folders' TOML files, by key; exactly one is the default.

    A later folder has the last word: its files replace those of the same name, and its default that of the others.
    Raises TerritoryRefused.
    """
    found: dict[str, Territory] = {}
    for folder in folders:
        if not folder.is_dir():
            raise TerritoryRefused(f"Le dossier de territoires {folder} n’existe pas.")
        read = {path.stem: reading.read(path) for path in sorted(folder.glob("*.toml"))}
        defaults = sorted(key for key, territory in read.items() if territory.is_default)
        if len(defaults) > 1:
            raise TerritoryRefused(f"{folder} : deux territoires sont « default » : {' et '.join(defaults)}.")
        if defaults:
            found = {key: replace(territory, is_default=False) for key, territory in found.items()}
        found |= read
    if sum(territory.is_default for territory in found.values()) != 1:
        raise TerritoryRefused("Aucun territoire n’est marqué « default = true ».")
    _refuse_shared_hosts(found.values())
    return found


def init_app(app: Flask) -> None:
    """Reads the territories, and gives `territory` to every template. Raises TerritoryRefused."""
    extra = app.config["TERRITORIES_DIR"]
    found = load([FILES, *([extra] if extra else [])])
    chosen = app.config["TERRITORY"]
    if chosen and chosen not in found:
        raise TerritoryRefused(f"TERRITORY vaut « {chosen} » ; territoires connus : {', '.join(sorted(found))}.")
    app.extensions["territories"] = found
    app.context_processor(_context)


def known() -> Mapping[str, Territory]:
    """Every territory of the current application, by key."""
    found: dict[str, Territory] = current_app.extensions["territories"]
    return found


def by_key(key: str) -> Territory:
    """The territory of that key. Raises UnknownTerritory, with the known keys."""
    if key not in known():
        raise UnknownTerritory(f"Territoire « {key} » inconnu ; territoires connus : {', '.join(sorted(known()))}.")
    return known()[key]


def by_host(host: str) -> Territory | None:
    """The territory that names the host (with or without port, in any case); None when none does."""
    name = host.rsplit(":", 1)[0] if host.rpartition(":")[2].isdecimal() else host
    return next((one for one in known().values() if name.lower().rstrip(".") in one.hosts), None)


def default() -> Territory:
    """The territory of the setting TERRITORY, else the one its file marks as default."""
    chosen = current_app.config["TERRITORY"]
    return known()[chosen] if chosen else next(one for one in known().values() if one.is_default)


def current() -> Territory:
    """The territory of the request's host name; without request, or for another host, the default."""
    return (by_host(request.host) if has_request_context() else None) or default()


def served() -> tuple[Territory, ...]:
    """The territories people can reach here: the default, and those that name a host. Their offers are fetched."""
    first = default()
    return (first, *(one for one in known().values() if one.hosts and one is not first))


def _context() -> dict[str, Any]:
    territory = current()
    return {
        "territory": territory,
        "territory_stylesheet": url_for("territories.theme", key=territory.key, v=themes.version(territory)),
    }


def _refuse_shared_hosts(territories: Iterable[Territory]) -> None:
    owners: dict[str, str] = {}
    for territory in territories:
        for host in territory.hosts:
            if owners.setdefault(host, territory.key) != territory.key:
                raise TerritoryRefused(f"{territory.key}.toml : hosts nomme {host}, déjà à {owners[host]}.toml.")
