"""Answers of API Recherche d’entreprises, as it writes them."""

from typing import Any

SIRET = "73282932000074"  # the example of the register's own documentation
LA_POSTE = "35600000049837"


def establishment(siret: str = SIRET, **fields: Any) -> dict[str, Any]:
    """A place of a firm: a baker's in Metz."""
    return {
        "siret": siret,
        "adresse": "12 RUE DU FOUR 57000 METZ",
        "code_postal": "57000",
        "commune": "57463",
        "libelle_commune": "METZ",
        "latitude": "49.1193",
        "longitude": "6.1757",
        "activite_principale": "10.71C",
        "etat_administratif": "A",
        "liste_enseignes": ["AU BON PAIN"],
        "nom_commercial": None,
        **fields,
    }


def firm(*places: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A result: the firm and those of its places that match."""
    return {
        "siren": "732829320",
        "nom_complet": "BOULANGERIE MARTIN (AU BON PAIN)",
        "nom_raison_sociale": "BOULANGERIE MARTIN",
        "sigle": None,
        "activite_principale": "10.71C",
        "etat_administratif": "A",
        "matching_etablissements": list(places) or [establishment()],
        **fields,
    }


def answer(*results: dict[str, Any]) -> dict[str, Any]:
    """The whole answer."""
    return {"results": list(results), "total_results": len(results), "page": 1, "per_page": 1, "total_pages": 1}
