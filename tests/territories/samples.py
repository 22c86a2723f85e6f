"""The smallest valid communes."""

from typing import Any

from traitdunion.clients.geo_api import CommuneRecord

SMALLEST: dict[str, Any] = {
    "code": "57463",
    "name": "Metz",
    "kind": "commune",
    "postcodes": ("57000",),
    "population": 122572,
    "department": "57",
    "region": "44",
    "centre": (49.1081, 6.196),
    "former": (),
}


def commune(**different: Any) -> CommuneRecord:
    """Metz, but for what is `different`."""
    return CommuneRecord(**{**SMALLEST, **different})


def answer(**different: Any) -> dict[str, Any]:
    """Metz as geo.api.gouv.fr gives it."""
    return {
        "code": "57463",
        "nom": "Metz",
        "type": "commune-actuelle",
        "centre": {"type": "Point", "coordinates": [6.196, 49.1081]},
        "codesPostaux": ["57000", "57050", "57070"],
        "population": 122572,
        "codeDepartement": "57",
        "codeRegion": "44",
        "associees": None,
        "deleguees": None,
        **different,
    }
