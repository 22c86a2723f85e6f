"""What operators look for: people, companies and immersions, those that need a look first; a page at most."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, joinedload

from traitdunion.accounts.models import Person
from traitdunion.companies.models import Company
from traitdunion.immersions.models import Slot, SlotState

MOST = 50
"""Rows of a page: who looks for one more types more of its name."""


def people(session: Session, wanted: str) -> Sequence[Person]:
    """Those whose name, e-mail or telephone holds the text, the latest first; the latest when it is empty."""
    name = func.concat_ws(" ", Person.given_name, Person.family_name)
    found = select(Person).where(_holds(wanted, name, Person.email, Person.phone))
    return session.scalars(found.order_by(Person.created_at.desc(), Person.id.desc()).limit(MOST)).all()


def companies(session: Session, wanted: str) -> Sequence[Company]:
    """Those whose name, SIRET or postcode holds the text; those that wait for a verification first."""
    found = select(Company).where(_holds(wanted, Company.name, Company.legal_name, Company.siret, Company.postcode))
    waits = _unverified().desc()
    return session.scalars(found.order_by(waits, Company.created_at.desc(), Company.id.desc()).limit(MOST)).all()


def count_unverified(session: Session) -> int:
    """How many companies wait for somebody to verify them."""
    return session.scalar(select(func.count()).select_from(Company).where(_unverified())) or 0


def slots(session: Session, wanted: str) -> Sequence[Slot]:
    """Those shown to people whose title, place or company holds the text, the latest first."""
    shown = Slot.state.in_((SlotState.PUBLISHED.value, SlotState.FULL.value, SlotState.FROZEN.value))
    found = select(Slot).join(Slot.company).options(joinedload(Slot.company))
    holds = _holds(wanted, Slot.title, Slot.city, Company.name)
    return session.scalars(found.where(shown, holds).order_by(Slot.created_at.desc(), Slot.id.desc()).limit(MOST)).all()


def _unverified() -> ColumnElement[bool]:
    return Company.verified_at.is_(None) & Company.banned_at.is_(None)


def _holds(wanted: str, *columns: Any) -> ColumnElement[bool]:
    """One of the columns holds the text, accents and capitals aside; so does one that holds it without its spaces.

    A telephone number typed as in France is stored with its country's code instead of the first zero.
    """
    bare = "".join(wanted.split())
    forms = {wanted, bare.lstrip("0") if bare.isdigit() and len(bare) == 10 else bare}
    asked = [func.lower(func.unaccent(form)) for form in sorted(forms)]
    return or_(*(func.strpos(func.lower(func.unaccent(column)), each) > 0 for column in columns for each in asked))
