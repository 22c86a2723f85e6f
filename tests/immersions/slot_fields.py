"""What a company types for a slot."""

from datetime import date
from typing import Any

from werkzeug.datastructures import MultiDict

from traitdunion.immersions.slot_form import SlotForm

TODAY = date(2026, 11, 20)
OCCUPATIONS = [("D1102", "Boulanger / Boulangère")]
TYPED = {
    "titre": "Boulanger",
    "metier": "D1102",
    "type": "demi-journee",
    "du": "2026-12-07",
    "au": "",
    "de": "8:00",
    "a": "12:00",
    "places": "2",
    "adresse": "1 rue du Four",
    "code_postal": "57000",
    "ville": "Metz",
    "tuteur": "Ada Martin",
    "taches": "Pétrir, façonner, cuire.",
    "mineurs": "y",
    "limite": "",
}


def form(**different: Any) -> SlotForm:
    """The form with what was typed, and something different."""
    return SlotForm(MultiDict(TYPED | different), today=TODAY, occupations=OCCUPATIONS)
