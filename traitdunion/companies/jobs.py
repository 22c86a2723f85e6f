"""The register asked again: every week of each establishment, every day of those that it could not tell of.

What closed is taken down. An outage changes nothing: the company keeps what was known, and its turn comes again.
"""

from datetime import datetime, timedelta

import structlog
from sqlalchemy import and_, or_, select

from traitdunion.clients import recherche_entreprises
from traitdunion.clients.recherche_entreprises import RechercheEntreprises, Rejected, Unavailable
from traitdunion.companies import codes, companies, lookup, members
from traitdunion.companies.models import Company, CompanyState
from traitdunion.core import clock, db, jobs

_WEEK = timedelta(days=7)
_MOST_FAILURES = 3  # in a row: the register is down, the rest waits for tomorrow

_log = structlog.get_logger()


@jobs.task(queue="companies", every="10 4 * * *")
def refresh_due(timestamp: int) -> None:  # noqa: ARG001 — procrastinate gives periodic tasks the instant they are for
    """Asks about those whose turn it is, one after the other; forgets old invitations, codes and closed companies."""
    now = clock.now()
    with db.transaction() as session:
        members.forget_invitations(session, now=now)
        codes.forget(session, now=now)
        companies.forget(session, now=now)
    with lookup.client(recherche_entreprises.IN_A_JOB) as register:
        failures = 0
        for company_id in due(now):
            failures = 0 if refresh(register, company_id, now=clock.now()) else failures + 1
            if failures >= _MOST_FAILURES:
                _log.warning("register of companies given up for today")
                return


def due(now: datetime) -> list[int]:
    """The companies to ask about: open ones a week after the last answer, all that the register never told of."""
    with db.transaction() as session:
        asked_long_ago = or_(Company.checked_at.is_(None), Company.checked_at < now - _WEEK)
        is_old = and_(Company.state == CompanyState.ACTIVE.value, asked_long_ago)
        wanted = or_(is_old, Company.state == CompanyState.UNVERIFIED.value)
        return list(
            session.scalars(select(Company.id).where(wanted).order_by(Company.checked_at.nulls_first(), Company.id))
        )


def refresh(register: RechercheEntreprises, company_id: int, *, now: datetime) -> bool:
    """Asks the register about one company and writes what it says; False when it did not answer."""
    with db.transaction() as session:
        siret = session.get_one(Company, company_id).siret
    try:
        found = register.find(siret)
    except (Unavailable, Rejected):
        return False
    with db.transaction() as session:
        company = session.get_one(Company, company_id, with_for_update=True)
        if found is None:
            # Its owner may have asked not to be shown: what we knew stands, and the operator sees when it was.
            if company.state == CompanyState.ACTIVE:
                company.checked_at = now
        elif found.is_open:
            companies.write_down(company, found, now=now)
            for person in members.people(session, company_id):
                companies.vouch(session, company, person, now=now)
        else:
            companies.close(session, company, now=now)
    return True
