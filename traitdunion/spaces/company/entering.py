"""What the pages of a company begin with: the visitor, the company they speak for, one of its slots; else 404."""

from datetime import timedelta

from flask import abort
from sqlalchemy.orm import Session

from traitdunion.accounts import people
from traitdunion.accounts.models import Person
from traitdunion.companies import companies
from traitdunion.companies.models import Company
from traitdunion.core import access
from traitdunion.core.limits import Limit
from traitdunion.immersions import bookings, slots
from traitdunion.immersions.models import Booking, Slot

CHANGE = Limit("company changes", most=240, per=timedelta(minutes=15))
"""A chamber of commerce and its companies may share a network."""


def person(session: Session) -> Person:
    """Who signed in."""
    return people.get(session, access.the_visitor().person_id) or abort(404)


def company(session: Session, company_id: int) -> Company:
    """The company, if the visitor speaks for it."""
    return companies.of_member(session, company_id, access.the_visitor().person_id) or abort(404)


def company_or_asked(session: Session, company_id: int) -> Company:
    """The same, or one that the visitor asks to join: a letter with a code shows that they may."""
    asked = companies.asked_by(session, access.the_visitor().person_id)
    return next((one for one in asked if one.id == company_id), None) or company(session, company_id)


def slot(session: Session, company_id: int, slot_id: int) -> Slot:
    """The slot of that company, if the visitor speaks for it."""
    company(session, company_id)
    found = slots.get(session, slot_id)
    return found if found is not None and found.company_id == company_id else abort(404)


def booking(session: Session, company_id: int, booking_id: int) -> Booking:
    """The booking in a slot of that company, if the visitor speaks for it."""
    company(session, company_id)
    found = bookings.get(session, booking_id)
    return found if found is not None and found.slot.company_id == company_id else abort(404)
