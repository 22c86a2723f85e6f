"""Takes the people of the demonstration away again, with all that hangs on them, and nobody else."""

from sqlalchemy import delete, or_, select
from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.agreements.models import Agreement
from traitdunion.companies.models import Company
from traitdunion.demo.community.cast import DOMAIN, PHONE
from traitdunion.demo.community.hosts import COMPANIES, FIRST_SIREN
from traitdunion.demo.invented_trainings import siret
from traitdunion.demo.registrable import EXAMPLES
from traitdunion.immersions.models import Booking, Slot
from traitdunion.notifications.models import Message, MessageAddress
from traitdunion.prescribers.models import CaseloadEntry, Organisation


def clear(session: Session) -> None:
    """Removes the invented companies, their slots and whoever booked them, the invented people and their messages."""
    sirets = [siret(number) for number in range(FIRST_SIREN, FIRST_SIREN + COMPANIES)]
    sirets += [example.siret for example in EXAMPLES]  # what visitors registered
    companies = select(Company.id).where(Company.siret.in_(sirets))
    slots = select(Slot.id).where(Slot.company_id.in_(companies))
    agreements = Agreement.company_id.in_(companies)
    # Renewals first: what was renewed cannot go before them.
    session.execute(delete(Agreement).where(agreements, Agreement.renewed_from_id.is_not(None)))
    session.execute(delete(Agreement).where(agreements))
    session.execute(delete(Booking).where(Booking.slot_id.in_(slots)))
    session.execute(delete(Slot).where(Slot.company_id.in_(companies)))
    session.execute(delete(Company).where(Company.siret.in_(sirets)))
    organisations = select(Organisation.id).where(Organisation.email.like(f"%@{DOMAIN}"))
    # Some of those whom they follow have no address to be known by.
    followed = select(CaseloadEntry.person_id).where(CaseloadEntry.organisation_id.in_(organisations))
    session.execute(delete(Person).where(Person.id.in_(followed), Person.email.is_(None), Person.phone.is_(None)))
    session.execute(delete(Organisation).where(Organisation.id.in_(organisations)))
    session.execute(delete(Person).where(or_(Person.email.like(f"%@{DOMAIN}"), Person.phone.like(f"{PHONE}%"))))
    invented = or_(MessageAddress.value.like(f"%@{DOMAIN}"), MessageAddress.value.like(f"{PHONE}%"))
    addresses = select(MessageAddress.id).where(invented)
    session.execute(delete(Message).where(Message.address_id.in_(addresses)))
    session.execute(delete(MessageAddress).where(invented))
