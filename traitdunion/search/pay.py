"""What an offer pays, in the words of the people it is for."""

import re

_LABEL = re.compile(
    r"(?P<per>Horaire|Mensuel|Annuel) de (?P<least>\d+(?:,\d+)?) Euros"
    r"(?: à (?P<most>\d+(?:,\d+)?) Euros)?(?: sur (?P<months>\d+)(?:,0)? mois)?"
)
_PERIODS = {"Horaire": "l’heure", "Mensuel": "par mois", "Annuel": "par an"}
_USUAL_MONTHS = ("12", None)


def readable(label: str | None) -> str | None:
    """« 1 990 à 2 220 € par mois » for France Travail's « Mensuel de 1990 Euros à 2220 Euros sur 12 mois ».

    Whatever is written otherwise is left as it is; twelve months are not told.
    """
    found = _LABEL.fullmatch(label or "")
    if found is None:
        return label
    least, most = found["least"], found["most"]
    amount = _grouped(least) if most in (least, None) else f"{_grouped(least)} à {_grouped(most)}"
    months = "" if found["months"] in _USUAL_MONTHS else f", sur {found['months']} mois"
    return f"{amount}\u00a0€ {_PERIODS[found['per']]}{months}"


def _grouped(number: str) -> str:
    """Thousands apart, cents whole: « 1 990 », « 12,50 »."""
    units, _, cents = number.partition(",")
    return f"{int(units):,}".replace(",", "\u202f") + (f",{cents:0<2}" if cents.strip("0") else "")
