"""Whether an e-mail address speaks for a company: its domain bears the company's whole legal name."""

import re
from functools import cache
from pathlib import Path

from traitdunion.territories import names

_PUBLIC = Path(__file__).with_name("facts") / "public_domains.txt"
LEAST_LETTERS = 8
"""Shorter names have too many bearers."""
_FORMS = frozenset(
    "sa sas sasu sarl eurl sci snc scop scic scp selarl gaec earl ei eirl ets etablissement etablissements ste societe "
    "entreprise association asso".split()
)
# « exemple.asso.fr » and « example.co.uk » are registered one label further.
_SECOND_LEVELS = frozenset("asso com nom prd tm gouv co org net ac".split())


def vouches(email: str | None, legal_name: str | None) -> bool:
    """The address is at a domain of the company's own, as far as its name tells.

    « contact@boulangerie-martin.fr » vouches for « SARL BOULANGERIE MARTIN »; « martin@gmail.com » for nobody. Signs
    do not count: a hundred shops bear the same.
    """
    if not email or not legal_name:
        return False
    domain = email.rpartition("@")[2].lower()
    if domain in _public() or any(domain.endswith(f".{one}") for one in _public()):
        return False
    wanted = _letters(legal_name)
    return len(wanted) >= LEAST_LETTERS and _letters(_label(domain)) == wanted


def _label(domain: str) -> str:
    """The registered label: « boulangerie-martin » of « mail.boulangerie-martin.fr »."""
    labels = domain.split(".")
    if len(labels) < 2:
        return ""
    is_deeper = len(labels) > 2 and labels[-2] in _SECOND_LEVELS and len(labels[-1]) == 2
    return labels[-3] if is_deeper else labels[-2]


def _letters(name: str) -> str:
    words = names.fold(re.sub(r"\b([A-Za-z])\.(?=[A-Za-z]\.?)", r"\1", name)).split()
    return "".join(word for word in words if word not in _FORMS)


@cache
def _public() -> frozenset[str]:
    return frozenset(_PUBLIC.read_text().split())
