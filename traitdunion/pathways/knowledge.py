"""« Connaissez-vous ce métier ? », from 0 to 10, before an immersion and after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.core.errors import Refused
from traitdunion.pathways.models import JobKnowledge, Moment

LOWEST, HIGHEST = 0, 10


class NotAScore(Refused):
    """It is no whole number from 0 to 10."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """How well a person knows a job; None: not said."""

    before: int | None
    after: int | None


def record(
    session: Session, person_id: int, occupation_code: str, moment: Moment, *, score: int, now: datetime
) -> None:
    """Keeps the score, in place of the one said before for that moment. Raises NotAScore."""
    if not LOWEST <= score <= HIGHEST:
        raise NotAScore("Choisissez un nombre de 0 à 10.")
    row = {
        "person_id": person_id,
        "occupation_code": occupation_code,
        "moment": moment.value,
        "score": score,
        "answered_at": now,
    }
    said = insert(JobKnowledge).values(row)
    key = [JobKnowledge.person_id, JobKnowledge.occupation_code, JobKnowledge.moment]
    session.execute(said.on_conflict_do_update(index_elements=key, set_={"score": score, "answered_at": now}))


def of_person(session: Session, person_id: int, codes: Sequence[str]) -> dict[str, Known]:
    """By ROME code, what the person said of those jobs; a job of which nothing was said is not there."""
    rows = session.execute(
        select(JobKnowledge.occupation_code, JobKnowledge.moment, JobKnowledge.score).where(
            JobKnowledge.person_id == person_id, JobKnowledge.occupation_code.in_(codes)
        )
    )
    found: dict[str, dict[str, int]] = {}
    for code, moment, score in rows:
        found.setdefault(code, {})[moment] = score
    return {code: Known(before=said.get(Moment.BEFORE), after=said.get(Moment.AFTER)) for code, said in found.items()}


def forget(session: Session, *, before: datetime) -> None:
    """Erases what was said before."""
    session.execute(delete(JobKnowledge).where(JobKnowledge.answered_at < before))
