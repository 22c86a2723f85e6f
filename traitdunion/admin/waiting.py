"""What waits for an operator: counts, each with where to see to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

from traitdunion.about.models import ContactMessage
from traitdunion.admin.moderation import listing
from traitdunion.companies.models import CompanyCode
from traitdunion.offers.models import IngestionRun, RejectedRecord, RunState
from traitdunion.pathways import drawing, reviews
from traitdunion.prescribers import delegations, organisations
from traitdunion.trainings.models import RejectedTraining


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """`endpoint` names the page that sees to it, `command` the command where there is no page."""

    label: str
    count: int
    endpoint: str | None = None
    arguments: Mapping[str, str] = field(default_factory=dict)
    command: str | None = None


def now(session: Session, *, today: date) -> list[Waiting]:
    """All that may wait, whether something does or not, in the order in which it matters."""
    spoken_of, drawn = reviews.count_waiting(session, month=drawing.month_of(today))
    held = _held(session)
    failed = session.scalar(text("SELECT count(*) FROM procrastinate_jobs WHERE status = 'failed'")) or 0
    letters = select(func.count()).select_from(CompanyCode).where(CompanyCode.printed_at.is_(None))
    refused = [
        session.scalar(select(func.count()).select_from(each)) or 0 for each in (RejectedRecord, RejectedTraining)
    ]
    messages = select(func.count()).select_from(ContactMessage).where(ContactMessage.closed_at.is_(None))
    return [
        Waiting(label="Messages reçus", count=session.scalar(messages) or 0, endpoint="moderation.messages_page"),
        Waiting(
            label="Entreprises à vérifier",
            count=listing.count_unverified(session),
            endpoint="moderation.companies_page",
        ),
        Waiting(
            label="Organismes prescripteurs à examiner",
            count=organisations.count_waiting(session),
            endpoint="admin_prescribers.organisations_page",
        ),
        Waiting(
            label="Délégations à vérifier",
            count=len(delegations.unconfirmed(session)),
            endpoint="admin_prescribers.organisations_page",
        ),
        Waiting(
            label="Lettres à imprimer pour des entreprises",
            count=session.scalar(letters) or 0,
            endpoint="admin_letters.letters_page",
        ),
        Waiting(
            label="Rapprochements dont on parle",
            count=spoken_of,
            endpoint="admin_matches.matches_page",
            arguments={"file": "avis"},
        ),
        Waiting(label="Rapprochements tirés au hasard à relire", count=drawn, endpoint="admin_matches.matches_page"),
        Waiting(
            label="Ingestions en attente d’une confirmation", count=held, command="flask offers confirm SOURCE TRANCHE"
        ),
        Waiting(label="Offres illisibles", count=refused[0], command="flask offers replay"),
        Waiting(label="Formations illisibles", count=refused[1], command="flask trainings replay"),
        Waiting(label="Tâches en échec", count=failed, command="flask worker"),
    ]


def _held(session: Session) -> int:
    """Slices whose last run is held: a later good one settles the matter."""
    latest = select(func.max(IngestionRun.id)).group_by(IngestionRun.source, IngestionRun.slice)
    held = select(func.count()).where(IngestionRun.id.in_(latest), IngestionRun.state == RunState.HELD.value)
    return session.scalar(held) or 0
