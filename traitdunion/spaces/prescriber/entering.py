"""What the pages of a prescriber begin with: the visitor, as a member of the organisation of the address; else 404."""

from datetime import timedelta

from flask import abort
from sqlalchemy.orm import Session

from traitdunion.accounts import people
from traitdunion.accounts.models import Person
from traitdunion.core import access
from traitdunion.core.limits import Limit
from traitdunion.prescribers import members
from traitdunion.prescribers.models import Prescriber

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
