"""« Connaissez-vous ce métier ? », from 0 to 10, asked before an immersion and after: what trying a job changes."""

from collections import defaultdict
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.core.errors import Refused
from traitdunion.pathways.models import JobKnowledge, Moment

SCORES = range(11)
"""From « pas du tout » to « très bien »."""


class NoScore(Refused):
    """What was sent is none of the answers."""


def say(
    session: Session, person_id: int, occupation_code: str, moment: Moment, *, score: int | None, now: datetime
) -> None:
    """Keeps what the person answers; the last word counts. Raises NoScore."""
    if score not in SCORES:
        raise NoScore("Choisissez un nombre de 0 à 10.")
    row = {"person_id": person_id, "occupation_code": occupation_code, "moment": moment.value}
    said = {"score": score, "answered_at": now}
    added = insert(JobKnowledge).values(**row, **said)
    session.execute(added.on_conflict_do_update(constraint="pk_job_knowledge", set_=said))


def of_person(session: Session, person_id: int) -> Mapping[str, Mapping[Moment, int]]:
    """What the person answered, by occupation and moment."""
    found: defaultdict[str, dict[Moment, int]] = defaultdict(dict)
    for one in session.scalars(select(JobKnowledge).where(JobKnowledge.person_id == person_id)):
        found[one.occupation_code][Moment(one.moment)] = one.score
    return dict(found)


def is_to_be_asked(session: Session, person_id: int, occupation_code: str, moment: Moment) -> bool:
    """The person has not answered yet."""
    return session.get(JobKnowledge, (person_id, occupation_code, moment.value)) is None


def forget(session: Session, *, before: datetime) -> None:
    """Erases what was answered before."""
    session.execute(delete(JobKnowledge).where(JobKnowledge.answered_at < before))
