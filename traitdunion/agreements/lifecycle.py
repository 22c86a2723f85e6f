"""The life of an agreement: one table of what may become of it, by which act, who may do it, and with what.

DRAFT → READY_TO_SIGN → PARTIALLY_SIGNED → IN_REVIEW → (ACCEPTED_BY_COUNSELLOR →) ACCEPTED_BY_VALIDATOR; ways out:
REJECTED, DEPRECATED before that, CANCELLED after. After Immersion facilitée's
`shared/src/convention/conventionStatusTransitions.ts`, with what it leaves out: whom the service acts for, and that a
party may give up at any time. Each act is one row of the history, and raises the count that readers saw.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.agreements.document import jobs as document_jobs
from traitdunion.agreements.kinds import Act, Actor, Status
from traitdunion.agreements.models import Agreement, AgreementEvent
from traitdunion.core.errors import Refused

LONGEST_WORD = 6_000
"""Of a justification, as Immersion facilitée's."""


class Step(NamedTuple):
    """What becomes of it, who may do that, and whether they say why."""

    to: Status
    who: frozenset[Actor]
    needs_word: bool = False


class NotPossible(Refused):
    """The act does not go with the status, or is not theirs to do; the sentence says what the status is."""


class NeedsWord(Refused):
    """Nobody is refused, or left, without a reason."""


class Overtaken(Refused):
    """Somebody else changed the agreement since it was read."""


_PARTIES = frozenset({Actor.BENEFICIARY, Actor.REPRESENTATIVE, Actor.EMPLOYER, Actor.COMPANY})
_PRESCRIBERS = frozenset({Actor.COUNSELLOR, Actor.VALIDATOR})
_STAFF = _PRESCRIBERS | {Actor.OPERATOR}
_ALL = _PARTIES | _STAFF
_DRAFT, _READY, _PARTLY = Status.DRAFT, Status.READY_TO_SIGN, Status.PARTIALLY_SIGNED
_REVIEW, _EXAMINED, _VALID = Status.IN_REVIEW, Status.ACCEPTED_BY_COUNSELLOR, Status.ACCEPTED_BY_VALIDATOR

STEPS: Mapping[tuple[Status, Act], Step] = {
    (_DRAFT, Act.FILL): Step(_DRAFT, _STAFF | {Actor.BENEFICIARY, Actor.SERVICE}),
    (_DRAFT, Act.SUBMIT): Step(_READY, _STAFF | {Actor.BENEFICIARY}),
    (_DRAFT, Act.TRANSFER): Step(_DRAFT, _STAFF, needs_word=True),
    (_READY, Act.SIGN): Step(_PARTLY, _PARTIES),
    (_PARTLY, Act.SIGN): Step(_PARTLY, _PARTIES),
    (_PARTLY, Act.SIGN_LAST): Step(_REVIEW, _PARTIES),
    (_REVIEW, Act.EXAMINE): Step(_EXAMINED, frozenset({Actor.COUNSELLOR})),
    (_REVIEW, Act.VALIDATE): Step(_VALID, frozenset({Actor.VALIDATOR})),
    (_EXAMINED, Act.VALIDATE): Step(_VALID, frozenset({Actor.VALIDATOR})),
    (_VALID, Act.CORRECT): Step(_VALID, _STAFF),
    (_VALID, Act.RENEW): Step(_VALID, _STAFF, needs_word=True),
    # The booking is given up: the service follows.
    (_VALID, Act.CANCEL): Step(Status.CANCELLED, _STAFF | {Actor.SERVICE}, needs_word=True),
    (_DRAFT, Act.ABANDON): Step(Status.DEPRECATED, _ALL | {Actor.SERVICE}, needs_word=True),
    **{
        (before, act): step
        for before in (_READY, _PARTLY, _REVIEW, _EXAMINED)
        for act, step in {
            Act.CHANGE: Step(_READY, _ALL | {Actor.SERVICE}),
            Act.CORRECT: Step(before, _ALL),
            Act.ASK: Step(before, _STAFF, needs_word=True),
            Act.ANSWER: Step(before, _PARTIES, needs_word=True),
            Act.TRANSFER: Step(_READY, _STAFF, needs_word=True),
            Act.REJECT: Step(Status.REJECTED, _STAFF, needs_word=True),
            Act.ABANDON: Step(Status.DEPRECATED, _ALL | {Actor.SERVICE}, needs_word=True),
        }.items()
    },
}

_SAID = {
    _DRAFT: "Cette convention est encore à compléter.",
    _READY: "Cette convention attend les signatures.",
    _PARTLY: "Cette convention attend encore des signatures.",
    _REVIEW: "Cette convention est à l’étude chez l’organisme.",
    _EXAMINED: "Cette convention est examinée\u00a0: elle attend d’être validée.",
    _VALID: "Cette convention est déjà validée.",
    Status.REJECTED: "Cette convention est refusée.",
    Status.CANCELLED: "Cette convention est annulée.",
    Status.DEPRECATED: "Cette convention est abandonnée.",
}


def after(status: Status, act: Act, *, actor: Actor, in_two_steps: bool, is_renewal: bool = False) -> Status:
    """The status after the act; raises NotPossible when it does not go with the status, or is not theirs to do.

    An organisation in two steps examines, then validates; one in one step validates. A renewal's terms stay as they
    are: another is made.
    """
    step = STEPS.get((status, act))
    if step is None or actor not in step.who:
        raise NotPossible(_SAID[status])
    if status is _REVIEW and act is (Act.VALIDATE if in_two_steps else Act.EXAMINE):
        raise NotPossible(
            "Une autre personne de l’organisme doit d’abord l’examiner."
            if in_two_steps
            else "Dans cet organisme, une convention se valide en une seule fois."
        )
    if is_renewal and act is Act.CHANGE:
        raise NotPossible("Un renouvellement ne se modifie pas\u00a0: abandonnez-le, puis préparez-en un autre.")
    return step.to


def can(agreement: Agreement, act: Act, *, actor: Actor) -> bool:
    """Whether the act is offered on a page."""
    try:
        allow(agreement, act, actor=actor)
    except NotPossible:
        return False
    return True


def lock(session: Session, agreement_id: int, *, seen: int | None = None) -> Agreement:
    """The agreement as it is now; whoever else would change it waits.

    `seen` is the count that the page of whoever acts was made with. Raises Overtaken when it has moved since.
    """
    query = select(Agreement).where(Agreement.id == agreement_id)
    found = session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()
    if seen is not None and found.sequence != seen:
        raise Overtaken("Quelqu’un vient de modifier cette convention. Relisez-la avant de recommencer.")
    return found


def step(
    session: Session,
    agreement: Agreement,
    act: Act,
    *,
    actor: Actor,
    by: int | None,
    now: datetime,
    word: str | None = None,
    details: dict[str, Any] | None = None,
) -> AgreementEvent:
    """Does the act on an agreement that is locked, and writes it in the history; `by` is the id of an account.

    Raises NotPossible, NeedsWord.
    """
    before = Status(agreement.status)
    status = allow(agreement, act, actor=actor)
    said = (word or "").strip()[:LONGEST_WORD]
    if STEPS[before, act].needs_word and not said:
        raise NeedsWord("Dites en quelques mots pourquoi\u00a0: les personnes concernées le liront.")
    agreement.status = status.value
    if act is Act.SUBMIT:
        agreement.submitted_at = now
    if act is Act.VALIDATE:
        agreement.validated_at = now
    if status.is_final:
        agreement.justification = said
    event = note(session, agreement, act, actor=actor, by=by, before=before, now=now, word=said, details=details)
    if agreement.submitted_at is not None:
        document_jobs.order(session, agreement)
    return event


def note(
    session: Session,
    agreement: Agreement,
    act: Act,
    *,
    actor: Actor,
    by: int | None,
    before: Status | None,
    now: datetime,
    word: str | None = None,
    details: dict[str, Any] | None = None,
) -> AgreementEvent:
    """Writes in the history what was just done; of itself it changes nothing but the count."""
    agreement.sequence, agreement.changed_at = agreement.sequence + 1, now
    event = AgreementEvent(
        agreement=agreement,
        sequence=agreement.sequence,
        act=act.value,
        actor=actor.value,
        by_id=by,
        before=before.value if before else None,
        after=agreement.status,
        version=agreement.version,
        word=word or None,
        details=details or {},
        at=now,
    )
    session.add(event)
    return event


def allow(agreement: Agreement, act: Act, *, actor: Actor) -> Status:
    """The status after the act, before anything is done; raises NotPossible."""
    return after(
        Status(agreement.status),
        act,
        actor=actor,
        in_two_steps=agreement.organisation is not None and agreement.organisation.validation_steps == 2,
        is_renewal=agreement.renewed_from_id is not None,
    )
