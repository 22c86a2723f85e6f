"""A prescriber with people to follow, and slots to propose to them; the smallest valid ones."""

from datetime import date, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.accounts.models import Person
from traitdunion.immersions.models import Slot
from traitdunion.prescribers import consents, referrals
from traitdunion.prescribers.kinds import ConsentMeans
from traitdunion.prescribers.models import CaseloadEntry, Consent, Prescriber, Referral

ADULT = date(1990, 2, 1)
MINOR = make.NOW.date() - timedelta(days=365 * 17)


def prescriber(session: Session, **fields: Any) -> Prescriber:
    """A member of an organisation of their own."""
    nadia = make.person(session, "Nadia", family_name="Benali")
    return make.prescriber(session, make.prescriber_organisation(session, name="Cap vers l’emploi"), nadia, **fields)


def entry(session: Session, by: Prescriber, given_name: str = "Camille", **fields: Any) -> CaseloadEntry:
    """An adult followed by the member's organisation."""
    row: dict[str, Any] = {"birth_date": ADULT, "family_name": "Exemple", **fields}
    person = make.person(session, given_name, **row)
    return make.caseload_entry(session, by.organisation, person, prescriber=by)


def on_paper(session: Session, by: Prescriber, **fields: Any) -> CaseloadEntry:
    """The same, without e-mail or telephone."""
    return entry(session, by, **{"email": None, "phone": None, **fields})


def refer(session: Session, by: Prescriber, who: CaseloadEntry, *slots: Slot, **fields: Any) -> Referral:
    """The slots, or one that is made, proposed to the person an instant ago."""
    chosen = slots or (make.slot(session),)
    row: dict[str, Any] = {"word": None, "batch": uuid4(), "now": make.NOW, **fields}
    (made,) = referrals.propose(session, by, [who.person_id], chosen, **row).made
    return made


def consent(session: Session, by: Prescriber, who: CaseloadEntry) -> Consent:
    """What the person allowed today."""
    return consents.record(
        session,
        who,
        text=consents.words(by.organisation),
        means=ConsentMeans.SPOKEN,
        given_on=make.NOW.date(),
        by=by,
        today=make.NOW.date(),
        now=make.NOW,
    )


def ban(person: Person) -> None:
    """Shut out."""
    person.banned_at = make.NOW
