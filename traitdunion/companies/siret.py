"""SIRET: the fourteen digits of an establishment, read as people type them, refused in words that help."""

import re
import unicodedata

from stdnum.exceptions import ValidationError
from stdnum.fr import siret

from traitdunion.core.errors import Refused

_LENGTH = 14
_SIREN_LENGTH = 9
_SEPARATORS = re.compile(r"[\s.\-_/·–]+")
_VAT = re.compile(r"FR\w{2}\d{9}", re.IGNORECASE)


class SiretRefused(Refused):
    """What was typed is no SIRET."""


def read(typed: str) -> str:
    """The fourteen digits; spaces, points and hyphens are left out. Raises SiretRefused.

    The key is Luhn's; the establishments of La Poste, more numerous than its keys allow, have another rule, which
    python-stdnum knows.
    """
    digits = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed))
    digits = re.sub(r"^siret:?", "", digits, flags=re.IGNORECASE)
    if not digits:
        raise SiretRefused("Écrivez le SIRET de votre établissement\u00a0: 14\u00a0chiffres.")
    if _VAT.fullmatch(digits):
        raise SiretRefused("C’est un numéro de TVA. Écrivez le SIRET\u00a0: 14\u00a0chiffres, sans lettre.")
    if not (digits.isascii() and digits.isdigit()):
        raise SiretRefused("Un SIRET n’a que des chiffres\u00a0: 14, et aucune lettre.")
    if len(digits) == _SIREN_LENGTH:
        raise SiretRefused(
            "Ce numéro a 9\u00a0chiffres\u00a0: c’est un SIREN, celui de toute l’entreprise. Ajoutez les "
            "5\u00a0chiffres de votre établissement\u00a0: le SIRET en a 14."
        )
    if len(digits) != _LENGTH:
        raise SiretRefused(f"Un SIRET a 14\u00a0chiffres\u00a0: {_difference(len(digits))}.")
    try:
        return str(siret.validate(digits))
    except ValidationError:
        raise SiretRefused(
            "Ce SIRET n’existe pas\u00a0: un chiffre est faux, ou deux sont échangés. Comparez avec votre Kbis ou un "
            "bulletin de paie."
        ) from None


def write(digits: str) -> str:
    """« 732 829 320 00074 », with spaces that never break."""
    return str(siret.format(digits, separator="\u00a0"))


def _difference(length: int) -> str:
    count = abs(_LENGTH - length)
    if length > _LENGTH:
        return f"celui-ci en a {length}, {count} de trop"
    return f"celui-ci en a {length}, il en manque {count}"
