"""The short code of a referral, to type from a sheet of paper with one's birth date: for whoever has no e-mail.

Neither opens anything alone, and what is wrong is not said: whoever guesses learns nothing.
"""

from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.core.errors import Refused
from traitdunion.prescribers.models import CaseloadEntry, Referral
from traitdunion.prescribers.referrals import CODE_LENGTH, CODE_SIGNS

_GROUP = 4


class CodeRefused(Refused):
    """Not a code of ours, or not with that birth date."""


def written(code: str) -> str:
    """As it is printed: « K7PM-4RTX »."""
    return "-".join(code[start : start + _GROUP] for start in range(0, len(code), _GROUP))


def read(typed: str) -> str:
    """The code as it is stored, typed with or without hyphens, spaces and capitals. Raises CodeRefused."""
    signs = [sign for sign in typed.upper() if sign not in " -–—.\u00a0\u202f\t"]
    if len(signs) != CODE_LENGTH:
        raise CodeRefused(f"Le code a {CODE_LENGTH}\u00a0signes\u00a0: vous en avez écrit {len(signs)}.")
    strange = next((sign for sign in signs if sign not in CODE_SIGNS), None)
    if strange is not None:
        raise CodeRefused("Aucun code n’a de O, de I, de L, de 0 ni de 1. Relisez-le sur la feuille.")
    return "".join(signs)


def find(session: Session, code: str, *, birth_date: date) -> Referral:
    """The referral of that code, whose person was born on that day. Raises CodeRefused."""
    found = session.scalar(
        select(Referral)
        .join(Referral.entry)
        .join(CaseloadEntry.person)
        .where(Referral.code == code, Person.birth_date == birth_date)
    )
    if found is None:
        raise CodeRefused("Ce code et cette date de naissance ne vont pas ensemble. Relisez les deux.")
    return found
