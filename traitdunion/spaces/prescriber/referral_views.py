"""Proposing slots to people, and what became of each proposal: withdrawn, or accepted in the person's place.

Three clicks from the list (people ticked, a slot, sent), from a slot or from an offer (whose slots are in the address).
"""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from traitdunion.core import access, clock, db, limits
from traitdunion.core.errors import Refused
from traitdunion.immersions import dates
from traitdunion.immersions.models import BookingState
from traitdunion.notifications import addresses
from traitdunion.prescribers import answers, consents, referral_letters, referrals, short_codes
from traitdunion.prescribers.kinds import DeclineReason, ReferralState
from traitdunion.prescribers.models import Prescriber, Referral
from traitdunion.prescribers.referral_forms import ConsentForm, ProposalForm
from traitdunion.prescribers.referrals import LeftOut
from traitdunion.search.slots.forms import SlotSearch
from traitdunion.spaces.prescriber import entering, proposing
from traitdunion.territories import territories

blueprint = Blueprint("prescriber_referrals", __name__)

_STATES = {state.value: state.label for state in ReferralState}
_REASONS = {reason.value: reason.label for reason in DeclineReason}


@blueprint.get("/prescripteur/<int:organisation_id>/propositions/nouvelle")
@access.signed_in
def new_page(organisation_id: int) -> ResponseReturnValue:
    """To whom, which slots, a word: what the address says already is not asked again."""
    session = db.session()
    prescriber = entering.prescriber(session, organisation_id)
    return _new_page(session, prescriber, request.args, ProposalForm())


@blueprint.post("/prescripteur/<int:organisation_id>/propositions/nouvelle")
@access.signed_in
def send(organisation_id: int) -> ResponseReturnValue:
    """Proposes; sent twice, it tells the same and writes to nobody again."""
    limits.count(entering.CHANGE, request.remote_addr)
    session, form = db.session(), ProposalForm(request.form)
    prescriber = entering.prescriber(session, organisation_id)
    if not form.validate():
        return _new_page(session, prescriber, request.form, form), 422
    batch = _batch(request.form.get("envoi"))
    chosen = proposing.chosen(session, _ids(request.form, "immersion"))
    try:
        found = referrals.propose(
            session,
            prescriber,
            _ids(request.form, "personne"),
            [one.slot for one in chosen],
            word=form.mot.data or None,
            batch=batch,
            now=clock.now(),
        )
    except Refused as refusal:
        return _new_page(session, prescriber, request.form, form, refusal=str(refusal)), 409
    if not found.made:
        return _new_page(session, prescriber, request.form, form, left_out=found.left_out), 409
    if not found.left_out:
        return redirect(url_for(".sent_page", organisation_id=organisation_id, batch=batch), 303)
    # What was left out is kept nowhere: the answer tells it, and may be asked for again without harm.
    return _sent_page(prescriber, found.made, found.left_out)


@blueprint.get("/prescripteur/<int:organisation_id>/propositions/envois/<uuid:batch>")
@access.signed_in
def sent_page(organisation_id: int, batch: UUID) -> ResponseReturnValue:
    """Whom the same proposal was sent to, how, and what each answered."""
    session = db.session()
    prescriber = entering.prescriber(session, organisation_id)
    found = referrals.of_batch(session, organisation_id, batch)
    return _sent_page(prescriber, found, ()) if found else abort(404)


@blueprint.get("/prescripteur/<int:organisation_id>/propositions/<int:referral_id>")
@access.signed_in
def referral_page(organisation_id: int, referral_id: int) -> ResponseReturnValue:
    """One proposal: what it waits for, and what the prescriber may do."""
    prescriber, referral = entering.referral(organisation_id, referral_id)
    return _referral_page(prescriber, referral)


@blueprint.post("/prescripteur/<int:organisation_id>/propositions/<int:referral_id>/retirer")
@access.signed_in
def withdraw(organisation_id: int, referral_id: int) -> ResponseReturnValue:
    """Takes the proposal back; the person is told."""
    limits.count(entering.CHANGE, request.remote_addr)
    prescriber, referral = entering.referral(organisation_id, referral_id)
    try:
        referrals.withdraw(db.session(), referral, now=clock.now())
    except Refused as refusal:
        return _referral_page(prescriber, referral, refusal=str(refusal)), 409
    flash("La proposition est retirée.")
    return _to(referral)


@blueprint.post("/prescripteur/<int:organisation_id>/propositions/<int:referral_id>/reserver")
@access.signed_in
def book(organisation_id: int, referral_id: int) -> ResponseReturnValue:
    """Accepts in the person's place, with the consent that stands; the person is told, and how to cancel."""
    limits.count(entering.CHANGE, request.remote_addr)
    prescriber, referral = entering.referral(organisation_id, referral_id)
    slot_id, waits = request.form.get("creneau", type=int), request.form.get("attente") == "1"
    try:
        booking = answers.accept_in_place(
            db.session(), referral, slot_id or 0, by=prescriber, waits=waits, now=clock.now()
        )
    except answers.CannotAnswer:
        told = "Cette proposition a déjà sa réponse, ou n’est plus ouverte. Proposez de nouveau cette immersion."
        return _referral_page(prescriber, referral, refusal=told), 409
    except Refused as refusal:
        return _referral_page(prescriber, referral, refusal=str(refusal)), 409
    name = referral_letters.short_name(referral.entry.person)
    flash(
        f"{name} est sur la liste d’attente."
        if booking.state == BookingState.WAITING
        else f"C’est réservé à la place de {name}."
    )
    return _to(referral)


def _new_page(
    session: Session,
    prescriber: Prescriber,
    values: Any,
    form: ProposalForm,
    *,
    refusal: str | None = None,
    left_out: Sequence[LeftOut] = (),
) -> str:
    organisation_id = prescriber.organisation_id
    search = SlotSearch(request.args, radius=territories.current().default_radius_km)
    people = proposing.people(session, organisation_id, _ids(values, "personne"))
    chosen = proposing.chosen(session, _ids(values, "immersion"))
    is_searched = bool(search.q.data or search.lieu.data)
    needs_slots = bool(people) and not chosen
    found = proposing.suggested(session, people, now=clock.now()) if needs_slots and not is_searched else None
    is_suggested = found is not None and bool(found.slots)
    offered = found.slots if found and is_suggested else proposing.searched(session, search) if needs_slots else []
    return render_template(
        "spaces/prescriber/propose.html",
        prescriber=prescriber,
        form=form,
        search=search,
        people=people,
        candidates=None if people else proposing.candidates(session, organisation_id, [one.slot for one in chosen]),
        chosen=chosen,
        offered=offered,
        is_suggested=is_suggested,
        why=found.why if found else {},
        is_searched=is_searched,
        batch=_batch(values.get("envoi")),
        refusal=refusal,
        left_out=left_out,
    )


def _sent_page(prescriber: Prescriber, made: Sequence[Referral], left_out: Sequence[LeftOut]) -> str:
    people = [referral.entry.person for referral in made]
    return render_template(
        "spaces/prescriber/sent.html",
        prescriber=prescriber,
        made=made,
        left_out=left_out,
        refused=addresses.refused(db.session(), [person.email or person.phone for person in people]),
        states=_STATES,
    )


def _referral_page(prescriber: Prescriber, referral: Referral, *, refusal: str | None = None) -> str:
    session, now = db.session(), clock.now()
    return render_template(
        "spaces/prescriber/referral.html",
        prescriber=prescriber,
        referral=referral,
        states=_STATES,
        reasons=_REASONS,
        person=referral.entry.person,
        refused=addresses.refused(session, [referral.entry.person.email or referral.entry.person.phone]),
        slots=[choice.slot for choice in referral.choices],
        is_living=referrals.is_living(referral, now=now),
        open_slots=[choice.slot for choice in referral.choices if dates.takes_bookings(choice.slot, now=now)],
        code=short_codes.written(referral.code),
        consent=consents.standing(session, referral.entry_id),
        words=consents.words(referral.entry.organisation),
        form=ConsentForm(jour=clock.today()),
        refusal=refusal,
    )


def _ids(values: Any, name: str) -> list[int]:
    """What the address or the form names; a number that nobody's id can be is left out."""
    return [id_ for id_ in values.getlist(name, type=int) if 0 < id_ <= db.LARGEST_ID]


def _batch(value: str | None) -> UUID:
    try:
        return UUID(value or "")
    except ValueError:
        return uuid4()


def _to(referral: Referral) -> ResponseReturnValue:
    organisation_id = referral.entry.organisation_id
    return redirect(url_for(".referral_page", organisation_id=organisation_id, referral_id=referral.id), 303)
