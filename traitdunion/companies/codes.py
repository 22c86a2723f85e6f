"""A code by letter: asked for by a member, printed by the operator, typed in the space; five tries.

The letter goes to the address that the register gives. Whoever types the code speaks for the company: it is verified,
and they are a member even where nobody answered their request.
"""

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session, joinedload

from traitdunion.companies import companies
from traitdunion.companies.models import (
    Company,
    CompanyCode,
    CompanyMember,
    CompanyState,
    MemberState,
    Verification,
)
from traitdunion.core import db, tokens
from traitdunion.core.errors import Refused
from traitdunion.territories import territories

MOST_TRIES = 5
VALID = timedelta(days=60)
_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"  # neither I nor O, neither 0 nor 1
_LENGTH = 8


class CodeRefused(Refused):
    """The code is not the one of the letter, or no letter can be sent."""


def ask(session: Session, company: Company, *, person_id: int, now: datetime) -> None:
    """Puts a letter on the operator's list, another one only once the first is of no more use.

    Raises CodeRefused where no address is known.
    """
    if company.state != CompanyState.ACTIVE or not company.postcode or not company.address:
        raise CodeRefused("Nous ne connaissons pas l’adresse de l’établissement par le registre\u00a0: écrivez-nous.")
    row = {"company_id": company.id, "person_id": person_id, "attempts": 0, "asked_at": now}
    again = {"fingerprint": None, "printed_at": None, "attempts": 0, "asked_at": now}
    is_useless = (CompanyCode.attempts >= MOST_TRIES) | (CompanyCode.printed_at + VALID < now)
    added = insert(CompanyCode).values(row)
    session.execute(added.on_conflict_do_update(constraint="pk_company_codes", set_=again, where=is_useless))


def of(session: Session, company_id: int, person_id: int) -> CompanyCode | None:
    """What the person asked for."""
    return session.get(CompanyCode, (company_id, person_id))


def to_print(session: Session) -> Sequence[CompanyCode]:
    """The letters that wait for the operator, the oldest first."""
    query = select(CompanyCode).options(joinedload(CompanyCode.company), joinedload(CompanyCode.person))
    return session.scalars(query.where(CompanyCode.printed_at.is_(None)).order_by(CompanyCode.asked_at)).all()


def issue(asked: CompanyCode, *, now: datetime) -> str:
    """A new code, to be printed now: it is not kept, only its fingerprint; what was printed before is worth nothing."""
    code = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    asked.fingerprint, asked.printed_at, asked.attempts = tokens.fingerprint(_purposed(asked, code)), now, 0
    return f"{code[:4]}-{code[4:]}"


def letter(asked: CompanyCode, code: str) -> str:
    """The page to print, for the operator; it holds the code, so nobody keeps it."""
    template = current_app.jinja_env.get_template("companies/letter_to_print.html")
    return template.render(territory=territories.current(), asked=asked, company=asked.company, code=code)


def try_(session: Session, company: Company, typed: str, *, person_id: int, now: datetime) -> None:
    """Verifies the company when the code is right. Raises CodeRefused, and the try is counted all the same."""
    asked = of(session, company.id, person_id)
    if asked is None or asked.printed_at is None or asked.fingerprint is None:
        raise CodeRefused("La lettre n’est pas encore partie.")
    if asked.printed_at + VALID < now:
        raise CodeRefused("Ce code a plus de deux mois\u00a0: demandez une autre lettre.")
    left = _count(company.id, person_id)
    code = "".join(sign for sign in typed.upper() if sign.isalnum())
    if left is None or tokens.fingerprint(_purposed(asked, code)) != asked.fingerprint:
        raise CodeRefused(_told(left))
    companies.verify(session, company, method=Verification.CODE, by=person_id, now=now)
    session.execute(
        update(CompanyMember)
        .where(CompanyMember.company_id == company.id, CompanyMember.person_id == person_id)
        .values(state=MemberState.ACTIVE.value)
    )
    session.delete(asked)


def forget(session: Session, *, now: datetime) -> None:
    """Erases the codes that nobody typed in time, and the letters that were never sent."""
    session.execute(
        delete(CompanyCode).where(func.coalesce(CompanyCode.printed_at, CompanyCode.asked_at) < now - VALID)
    )


def _count(company_id: int, person_id: int) -> int | None:
    """Counts a try, in a transaction of its own so that a refusal does not undo it; the tries left, None past the
    last one."""
    counted = (
        update(CompanyCode)
        .where(
            CompanyCode.company_id == company_id,
            CompanyCode.person_id == person_id,
            CompanyCode.attempts < MOST_TRIES,
        )
        .values(attempts=CompanyCode.attempts + 1)
        .returning(CompanyCode.attempts)
    )
    with db.transaction() as session:
        attempts = session.scalar(counted)
    return None if attempts is None else MOST_TRIES - attempts


def _told(left: int | None) -> str:
    if not left:
        return "Ce code n’est pas le bon, et les cinq essais sont passés\u00a0: demandez une autre lettre."
    tries = "1\u00a0essai" if left == 1 else f"{left}\u00a0essais"
    return f"Ce code n’est pas celui de la lettre. Il vous reste {tries}."


def _purposed(asked: CompanyCode, code: str) -> str:
    return f"company-code:{asked.company_id}:{asked.person_id}:{code}"
