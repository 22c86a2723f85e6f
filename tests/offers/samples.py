"""Offers as the API writes them, and the few communes they are in."""

from typing import Any

from traitdunion.territories.communes.index import Entry, Index


def commune(code: str, name: str, latitude: float, longitude: float, *postcodes: str) -> Entry:
    """A commune of the index; its key is its name in lower case."""
    return Entry(
        code=code,
        name=name,
        kind="commune",
        postcodes=postcodes,
        population=1000,
        department=code[:2],
        region="44",
        latitude=latitude,
        longitude=longitude,
        keys=(name.lower().replace("-", " "),),
        former_codes=(),
    )


COMMUNES = Index(
    [
        commune("57463", "Metz", 49.1081, 6.1955, "57000", "57050", "57070"),
        commune("54395", "Nancy", 48.6881, 6.1734, "54000", "54100"),
        commune("57672", "Thionville", 49.3716, 6.1526, "57100"),
    ]
)


def offer(**fields: Any) -> dict[str, Any]:
    """The smallest offer that reads whole; `fields` replace or add, None removes."""
    record: dict[str, Any] = {
        "id": "123ABCD",
        "intitule": "Boulanger / Boulangère (H/F)",
        "description": "Pétrir, façonner, cuire.",
        "dateCreation": "2026-11-01T08:00:00.000Z",
        "dateActualisation": "2026-11-20T08:00:00.000Z",
        "romeCode": "D1102",
        "romeLibelle": "Boulangerie - viennoiserie",
        "appellationlibelle": "Boulanger / Boulangère",
        "typeContrat": "CDI",
        "lieuTravail": {"libelle": "57 - METZ", "latitude": 49.11, "longitude": 6.18, "commune": "57463"},
        "entreprise": {"nom": "Au bon pain"},
        **fields,
    }
    return {name: value for name, value in record.items() if value is not None}
