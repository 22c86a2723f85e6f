"""`/immersions` and `/immersions/<id>`."""

from typing import Any

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.core import access, clock, db
from traitdunion.immersions import alternatives, dates, places, slots, waiting
from traitdunion.immersions.models import Booking, Slot, SlotState
from traitdunion.rome import occupations
from traitdunion.search import asking, referring
from traitdunion.search.offers import Elsewhere
from traitdunion.search.slots import event, finding
from traitdunion.search.slots.finding import Wishes
from traitdunion.search.slots.forms import SlotSearch
from traitdunion.territories import territories

blueprint = Blueprint("slots", __name__)

_AROUND_KM = 50
_SHOWN = {SlotState.PUBLISHED, SlotState.FULL}


@blueprint.get("/immersions")
@access.public
def slots_page() -> ResponseReturnValue:
    """A page of the slots that can be booked or waited for."""
    session, territory = db.session(), territories.current()
    form = SlotSearch(request.args, radius=territory.default_radius_km)
    asked = asking.understand(session, form, near=territory.centre)
    wishes = Wishes(
        kind=form.duree.data or None,
        since=form.du.data,
        is_minor=form.mineurs.data,
        is_free=form.libres.data,
        is_nearest_first=form.tri.data == "distance",
    )

    def address(**changes: Any) -> str:
        return url_for("slots.slots_page", **form.kept(**changes))

    return render_template(
        "search/slots.html",
        form=form,
        asked=asked,
        results=finding.find(session, asked.criteria, wishes, page=form.page.data, now=clock.now()),
        address=address,
        elsewhere=Elsewhere(),
    )


@blueprint.get("/immersions/<int:slot_id>")
@access.public
def slot_page(slot_id: int) -> ResponseReturnValue:
    """A slot: when, where, who welcomes, which sessions it comes before; 410 with others when it is gone."""
    session, now, today = db.session(), clock.now(), clock.today()
    slot = slots.get(session, slot_id)
    if slot is None or slot.state == SlotState.DRAFT or not slot.company.is_shown:
        abort(404)
    territory = territories.current()
    form = SlotSearch(request.args, radius=territory.default_radius_km)
    back = url_for("slots.slots_page", **form.kept())
    if slot.state not in _SHOWN or dates.has_started(slot, now=now):
        near = alternatives.near(session, slot, km=_AROUND_KM, now=now)
        return render_template("search/slot_gone.html", slot=slot, near=near, back=back), 410
    free = places.free_counts(session, [slot.id]).get(slot.id, 0)
    takes_bookings = dates.takes_bookings(slot, now=now)
    return render_template(
        "search/slot.html",
        slot=slot,
        back=back,
        occupation=occupations.get(session, slot.occupation_code),
        free=free,
        takes_bookings=takes_bookings,
        has_list=free == 0 and takes_bookings and now < dates.waiting_ends(slot),
        days_left=(slot.book_by - today).days,
        mine=_mine(session, slot),
        prescribes=referring.memberships(session) if takes_bookings else (),
        trainings=finding.sessions_after(session, slot, region_code=territory.region_code, today=today),
        today=today,
        near=alternatives.near(session, slot, now=now) if free == 0 or not takes_bookings else [],
        described=event.of(slot, free=free, url=url_for("slots.slot_page", slot_id=slot.id, _external=True)),
    )


def _mine(session: Session, slot: Slot) -> Booking | None:
    """The open booking of whoever is signed in."""
    visitor = access.visitor()
    return waiting.open_booking(session, slot.id, visitor.person_id) if visitor else None
