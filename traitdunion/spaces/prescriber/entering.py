"""What the pages of a prescriber begin with: the visitor, as a member of the organisation of the address; else 404."""

from datetime import timedelta

from flask import abort, request
from sqlalchemy.orm import Session

from traitdunion.accounts import people
from traitdunion.accounts.models import Person
from traitdunion.agreements import agreements
from traitdunion.agreements.models import Agreement
from traitdunion.core import access, clock, db
from traitdunion.core.limits import Limit
from traitdunion.prescribers import caseload, members, readings, referrals
from traitdunion.prescribers.models import CaseloadEntry, Prescriber, Referral

CHANGE = Limit("prescriber changes", most=1_200, per=timedelta(minutes=15))
"""An agency's prescribers share a network."""


def person(session: Session) -> Person:
    """Who signed in."""
    return people.get(session, access.the_visitor().person_id) or abort(404)


def prescriber(session: Session, organisation_id: int) -> Prescriber:
    """The visitor as a member of that active organisation, its row beside; 404 for everybody else."""
    return members.find(session, organisation_id, access.the_visitor().person_id) or abort(404)


def administrator(session: Session, organisation_id: int) -> Prescriber:
    """The same, who administers it; 403 for the other members."""
    found = prescriber(session, organisation_id)
    return found if found.is_administrator else abort(403)


def followed(organisation_id: int, person_id: int, *, is_over: bool = False) -> tuple[Prescriber, CaseloadEntry]:
    """The visitor, and the person whom that organisation follows, or `is_over` did; the reading is kept."""
    session = db.session()
    found = prescriber(session, organisation_id)
    find = caseload.latest if is_over else caseload.get
    entry = find(session, organisation_id, person_id) or abort(404)
    readings.record(person_id, by=found, now=clock.now())
    return found, entry


def referral(organisation_id: int, referral_id: int) -> tuple[Prescriber, Referral]:
    """The visitor, and what that organisation proposed to a person whom it follows; the reading is kept."""
    session = db.session()
    found = prescriber(session, organisation_id)
    made = referrals.of_organisation(session, organisation_id, referral_id) or abort(404)
    readings.record(made.entry.person_id, by=found, now=clock.now())
    return found, made


def agreement(organisation_id: int, agreement_id: int) -> tuple[Prescriber, Agreement]:
    """The visitor, and an agreement that the organisation prescribes; the reading is kept."""
    session = db.session()
    found = prescriber(session, organisation_id)
    theirs = agreements.get(session, agreement_id)
    if theirs is None or theirs.organisation_id != organisation_id:
        abort(404)
    if theirs.person_id is not None:
        readings.record(theirs.person_id, by=found, now=clock.now())
    return found, theirs


def seen() -> int:
    """The count that the page of an agreement was made with."""
    try:
        return int(request.form.get("vu", ""))
    except ValueError:
        abort(400)
