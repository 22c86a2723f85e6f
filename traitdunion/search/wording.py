"""How lists and pages name what they show: plain functions, which cost a tenth of the same macros."""

from traitdunion.core.pages import number
from traitdunion.offers.models import Offer
from traitdunion.search.offers import ListedOffer

_CONTRACTS = {"CDI": "CDI", "CDD": "CDD", "MIS": "Intérim", "SAI": "Saisonnier"}


def contract(offer: Offer | ListedOffer) -> str:
    """« CDI », « Alternance, CDD »; empty where the offer says nothing of it."""
    signed = _CONTRACTS.get(offer.contract_type or "") or offer.contract_label
    study = "Alternance" if offer.is_work_study else None
    return ", ".join(part for part in (study, signed) if part)


def place(offer: Offer | ListedOffer, commune: str | None) -> str:
    """The label of its commune, else what the offer says of it."""
    return commune or offer.place_label or "lieu non précisé"


def distance(km: float) -> str:
    """« à 12 km »."""
    return "à moins de 1 km" if km < 1 else f"à {number(round(km))} km"
