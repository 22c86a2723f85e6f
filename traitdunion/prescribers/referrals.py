"""Referrals: slots proposed to people whom an organisation follows; each is written to once, and answers or not.

People are locked while it is decided what to propose: two prescribers who think of the same slot for the same person at
once propose it once. What cannot be proposed to one person is said of that person, and the others are written to.
"""

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from traitdunion.accounts.models import Person
from traitdunion.core import clock
from traitdunion.core.errors import Refused
from traitdunion.immersions import dates, eligibility
from traitdunion.immersions.models import OPEN, Booking, BookingState, Slot
from traitdunion.prescribers import caseload, referral_letters
from traitdunion.prescribers.kinds import ReferralState
from traitdunion.prescribers.models import CaseloadEntry, Prescriber, Referral, ReferralSlot
from traitdunion.territories import working_days

MOST_PEOPLE = 100
"""Written to at once: nobody thinks of more people one by one."""
MOST_SLOTS = 10
_LIFE_DAYS = 7
"""How long a person has to answer, where the slots leave so long."""
CODE_LENGTH = 8
CODE_SIGNS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""None that is read as another (0 and O, 1, I and L)."""

_PROPOSED = ReferralState.PROPOSED.value


class CannotRefer(Refused):
    """Nothing was proposed to anybody; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """What was not proposed. `entry` None: to nobody, or to somebody not followed; `slot` None: none of them."""

    entry: CaseloadEntry | None
    slot: Slot | None
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """What became of a form: the referrals, and what was left out, with the reason."""

    made: Sequence[Referral]
    left_out: Sequence[LeftOut]


class _Known(NamedTuple):
    """What people have on hand already, by person id."""

    bookings: dict[int, list[Booking]]
    proposals: dict[int, set[int]]


def propose(
    session: Session,
    prescriber: Prescriber,
    person_ids: Collection[int],
    slots: Sequence[Slot],
    *,
    word: str | None,
    batch: UUID | None = None,
    now: datetime,
) -> Proposed:
    """A referral to each of those people, with its message, for those of the slots that suit the person.

    The same `batch` sent again proposes nothing more and tells the same. Raises CannotRefer when nothing at all can be.
    """
    batch = batch or uuid4()
    wanted = list(dict.fromkeys(person_ids))
    if not wanted:
        raise CannotRefer("Cochez au moins une personne.")
    if len(wanted) > MOST_PEOPLE:
        told = f"{len(wanted)}\u00a0personnes, c’est trop à la fois\u00a0: {MOST_PEOPLE} au plus."
        raise CannotRefer(f"{told} Décochez-en, puis recommencez.")
    shown, left_out = _open_slots(slots, now=now)
    entries = _lock(session, prescriber.organisation_id, wanted)
    left_out += [_not_followed() for _ in range(len(wanted) - len(entries))]
    before = {one.entry_id: one for one in of_batch(session, prescriber.organisation_id, batch)}
    known = _known(session, [entry.person_id for entry in entries], now=now)
    made, new = [], []
    for entry in entries:
        if entry.id in before:
            made.append(before[entry.id])
            continue
        suited, refused = _sorted_out(entry, shown, known)
        left_out += refused
        if suited:
            new.append(_referral(entry, suited, prescriber, batch=batch, word=word, now=now))
    _give_codes(session, new)
    session.add_all(new)
    session.flush()  # their ids are in the links of the messages
    referral_letters.proposed(session, new, now=now)
    return Proposed(made=[*made, *new], left_out=left_out)


def withdraw(session: Session, referral: Referral, *, now: datetime) -> None:
    """The prescriber takes it back, and the person is told; a second time changes nothing. Raises CannotRefer."""
    lock(session, referral)
    if referral.state == ReferralState.WITHDRAWN:
        return
    if referral.state != _PROPOSED:
        raise CannotRefer("Cette proposition a déjà sa réponse\u00a0: elle ne peut plus être retirée.")
    settle(referral, ReferralState.WITHDRAWN, now=now)
    referral_letters.withdrawn(session, referral, now=now)


def settle(referral: Referral, state: ReferralState, *, now: datetime) -> None:
    """Writes how it ended, on a referral that is locked and waits for its answer."""
    referral.state, referral.settled_at = state.value, now


def lock(session: Session, referral: Referral) -> None:
    """Reads it as it is now; nobody else answers or ends it until the end of the transaction.

    After the person and the slot, where those are locked too: always in that order.
    """
    columns = ["state", "booking_id", "consent_id", "settled_at", "expires_at", "reminded_at"]
    session.refresh(referral, columns, with_for_update={"key_share": True})


def is_living(referral: Referral, *, now: datetime) -> bool:
    """It may still be answered."""
    return referral.state == _PROPOSED and now < referral.expires_at and referral.entry.ended_at is None


def get(session: Session, referral_id: int) -> Referral | None:
    """The referral with its person, organisation, prescriber, slots and their companies."""
    return session.scalar(_whole().where(Referral.id == referral_id))


def of_organisation(session: Session, organisation_id: int, referral_id: int) -> Referral | None:
    """The same, if that organisation made it; to a person whom it may no longer follow."""
    theirs = Referral.id == referral_id, CaseloadEntry.organisation_id == organisation_id
    return session.scalar(_whole().join(Referral.entry).where(*theirs))


def of_batch(session: Session, organisation_id: int, batch: UUID) -> Sequence[Referral]:
    """Those that the organisation sent together, in the order of the people's ids."""
    theirs = Referral.batch == batch, CaseloadEntry.organisation_id == organisation_id
    return session.scalars(_whole().join(Referral.entry).where(*theirs).order_by(CaseloadEntry.person_id)).all()


def of_entry(session: Session, entry_id: int) -> Sequence[Referral]:
    """Those made to a person by an organisation, the latest first."""
    return session.scalars(_whole().where(Referral.entry_id == entry_id).order_by(Referral.id.desc())).all()


def of_person(session: Session, person_id: int, *, now: datetime) -> Sequence[Referral]:
    """Those that wait for the person's answer, by whichever organisation, the first to end first."""
    waits = CaseloadEntry.person_id == person_id, CaseloadEntry.ended_at.is_(None), Referral.state == _PROPOSED
    query = _whole().join(Referral.entry).where(*waits, Referral.expires_at > now)
    return session.scalars(query.order_by(Referral.expires_at, Referral.id)).all()


def living_with(session: Session, slot_id: int) -> Sequence[Referral]:
    """Those that wait for an answer and propose that slot, the oldest first."""
    query = _whole().join(Referral.choices).where(ReferralSlot.slot_id == slot_id, Referral.state == _PROPOSED)
    return session.scalars(query.order_by(Referral.id)).unique().all()


def deadline(slot: Slot) -> datetime:
    """Until when the slot can be booked."""
    return min(working_days.end_of(slot.book_by), dates.starts(slot))


def answer_by(slots: Sequence[Slot], *, now: datetime) -> datetime:
    """Until when one of the slots, proposed now, may be answered: the end of the seventh day, or of what is left."""
    last = now.astimezone(clock.PARIS).date() + timedelta(days=_LIFE_DAYS)
    return min(working_days.end_of(last), max(deadline(slot) for slot in slots))


def obstacle(entry: CaseloadEntry, slot: Slot, bookings: Sequence[Booking], proposed: Collection[int]) -> str | None:
    """Why the slot cannot be proposed to the person, who has these bookings and proposals already; None: it can."""
    person = entry.person
    if person.banned_at is not None:
        return "son compte est suspendu."
    mine = next((one for one in bookings if one.slot_id == slot.id), None)
    if mine is not None:
        return "déjà sur la liste d’attente." if mine.state == BookingState.WAITING else "déjà réservée."
    if slot.id in proposed:
        return "déjà proposée, en attente de réponse."
    active = (one for one in bookings if one.state != BookingState.WAITING)
    if any(one.first_day <= slot.last_day and one.last_day >= slot.first_day for one in active):
        return "une autre immersion est réservée ces jours-là."
    if person.birth_date is None:
        needs_paper = not person.email and not person.phone
        return "écrivez d’abord sa date de naissance\u00a0: elle ouvre la feuille à imprimer." if needs_paper else None
    return _too_young(slot, person.birth_date)


def _too_young(slot: Slot, birth_date: date) -> str | None:
    try:
        eligibility.check_age(slot, birth_date)
    except eligibility.CannotBook:
        age = dates.age_on(birth_date, slot.first_day)
        if age >= eligibility.ADULT:
            return "vérifiez sa date de naissance."
        if age < eligibility.YOUNGEST:
            return f"il faut avoir {eligibility.YOUNGEST}\u00a0ans."
        return f"l’entreprise n’accueille qu’à partir de {eligibility.ADULT}\u00a0ans."
    return None


def _open_slots(slots: Sequence[Slot], *, now: datetime) -> tuple[list[Slot], list[LeftOut]]:
    """Those that can be booked now, the earliest to close first where it matters; the others with the reason."""
    distinct = list({slot.id: slot for slot in slots}.values())
    if not distinct:
        raise CannotRefer("Choisissez au moins une immersion.")
    if len(distinct) > MOST_SLOTS:
        raise CannotRefer(f"{MOST_SLOTS}\u00a0immersions au plus par proposition\u00a0: au-delà, on ne choisit plus.")
    shown, left_out = [], []
    for slot in distinct:
        try:
            eligibility.check_slot(slot, now=now)
            shown.append(slot)
        except eligibility.NotOpen as refusal:
            left_out.append(LeftOut(entry=None, slot=slot, why=str(refusal)))
    if not shown:
        raise CannotRefer(left_out[0].why)
    return shown, left_out


def _lock(session: Session, organisation_id: int, person_ids: Sequence[int]) -> Sequence[CaseloadEntry]:
    """The entries of those whom the organisation follows, the people locked in the order of their ids."""
    followed = (
        select(Person.id)
        .join(CaseloadEntry, CaseloadEntry.person_id == Person.id)
        .where(Person.id.in_(person_ids), CaseloadEntry.organisation_id == organisation_id)
        .where(CaseloadEntry.ended_at.is_(None))
        .order_by(Person.id)
        .with_for_update(key_share=True, of=Person)
    )
    return caseload.get_many(session, organisation_id, session.scalars(followed).all())


def _known(session: Session, person_ids: Sequence[int], *, now: datetime) -> _Known:
    bookings: dict[int, list[Booking]] = {}
    held = select(Booking).where(Booking.person_id.in_(person_ids), Booking.state.in_(OPEN))
    for booking in session.scalars(held):
        bookings.setdefault(booking.person_id, []).append(booking)
    proposals: dict[int, set[int]] = {}
    living = (
        select(CaseloadEntry.person_id, ReferralSlot.slot_id)
        .join(Referral, Referral.entry_id == CaseloadEntry.id)
        .join(ReferralSlot, ReferralSlot.referral_id == Referral.id)
        .where(CaseloadEntry.person_id.in_(person_ids), Referral.state == _PROPOSED, Referral.expires_at > now)
    )
    for person_id, slot_id in session.execute(living):
        proposals.setdefault(person_id, set()).add(slot_id)
    return _Known(bookings, proposals)


def _sorted_out(entry: CaseloadEntry, slots: Sequence[Slot], known: _Known) -> tuple[list[Slot], list[LeftOut]]:
    suited, left_out = [], []
    for slot in slots:
        why = obstacle(entry, slot, known.bookings.get(entry.person_id, ()), known.proposals.get(entry.person_id, ()))
        if why is None:
            suited.append(slot)
        else:
            left_out.append(LeftOut(entry=entry, slot=slot, why=why))
    return suited, left_out


def _referral(
    entry: CaseloadEntry,
    slots: Sequence[Slot],
    prescriber: Prescriber,
    *,
    batch: UUID,
    word: str | None,
    now: datetime,
) -> Referral:
    referral = Referral(
        batch=batch,
        entry=entry,
        prescriber=prescriber,
        word=word or None,
        state=_PROPOSED,
        created_at=now,
        expires_at=answer_by(slots, now=now),
    )
    referral.choices = [ReferralSlot(slot=slot, position=position) for position, slot in enumerate(slots, start=1)]
    return referral


def _give_codes(session: Session, referrals: Sequence[Referral]) -> None:
    """A code each, that no other referral has or had."""
    without = list(referrals)
    while without:
        for referral in without:
            referral.code = "".join(secrets.choice(CODE_SIGNS) for _ in range(CODE_LENGTH))
        with session.no_autoflush:
            taken = set(session.scalars(select(Referral.code).where(Referral.code.in_([one.code for one in without]))))
        without = [one for one in without if one.code in taken]


def _not_followed() -> LeftOut:
    why = "une personne n’est pas suivie par votre organisme, ou ne l’est plus\u00a0: rien ne lui est envoyé."
    return LeftOut(entry=None, slot=None, why=why)


def _whole() -> Select[Referral]:
    return select(Referral).options(
        joinedload(Referral.entry).joinedload(CaseloadEntry.person),
        joinedload(Referral.entry).joinedload(CaseloadEntry.organisation),
        joinedload(Referral.prescriber).joinedload(Prescriber.person),
        joinedload(Referral.booking),
        selectinload(Referral.choices).joinedload(ReferralSlot.slot).joinedload(Slot.company),
    )
