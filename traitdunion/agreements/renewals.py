"""A renewal: the same immersion once more, for an objective not reached, in an agreement of its own."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.agreements import agreements, drafting, lifecycle, parties, snapshot, surroundings
from traitdunion.agreements.kinds import Act, Actor, PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementVersion
from traitdunion.agreements.parties import Reach
from traitdunion.agreements.signing import letters as signing_letters
from traitdunion.agreements.snapshot import Day, Renewed
from traitdunion.core.clock import PARIS
from traitdunion.core.errors import Refused


class AlreadyRenewed(Refused):
    """There is a living renewal of that agreement."""


def renew(
    session: Session,
    agreement: Agreement,
    days: Sequence[Day],
    *,
    why: str,
    actor: Actor,
    by: int | None,
    now: datetime,
) -> Agreement:
    """The renewal of a validated agreement that is locked, on other days, ready to sign.

    `why` says what is left of the objective. Raises AlreadyRenewed, Blocked, NotPossible, NeedsWord.
    """
    if of(session, agreement) is not None:
        raise AlreadyRenewed("Cette immersion est déjà renouvelée.")
    former = agreements.terms_of(agreement)
    renewed = Renewed(code=agreement.code, first_day=former.first_day, last_day=former.last_day, why=why.strip())
    terms = replace(former, days=tuple(days), renewed=renewed)
    made = Agreement(
        code=drafting.new_code(),
        renewed_from_id=agreement.id,
        person=agreement.person,
        company=agreement.company,
        organisation=agreement.organisation,
        status=Status.READY_TO_SIGN.value,
        version=1,
        sequence=0,
        created_at=now,
        changed_at=now,
        submitted_at=now,
    )
    reaches = {
        PartyRole(one.role): Reach(email=one.email, phone=one.phone, person_id=one.person_id)
        for one in agreement.parties
    }
    with session.no_autoflush:  # its days are not known to be right yet
        parties.settle(made, terms, reaches)
        warnings = surroundings.check(session, made, terms, today=now.astimezone(PARIS).date())
    made.first_day, made.last_day = terms.first_day, terms.last_day
    stored = snapshot.to_json(terms)
    made.versions.append(
        AgreementVersion(
            number=1, terms=stored, hash=snapshot.digest(stored), is_material=True, created_at=now, frozen_at=now
        )
    )
    session.add(made)
    lifecycle.step(session, agreement, Act.RENEW, actor=actor, by=by, word=why, now=now, details={"code": made.code})
    told = {"warnings": [one.rule for one in warnings], "renews": agreement.code}
    lifecycle.note(session, made, Act.DRAFT, actor=actor, by=by, before=None, word=why, now=now, details=told)
    session.flush()  # links to sign bear the ids of the parties
    signing_letters.ask_all(session, made, now=now)
    return made


def of(session: Session, agreement: Agreement) -> Agreement | None:
    """The living renewal of the agreement."""
    living = Agreement.renewed_from_id == agreement.id, Agreement.status.not_in(agreements.FINAL)
    return session.scalar(select(Agreement).where(*living))
