"""What happened in the demonstration until today: everybody acts through the real actions, at their own instant."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from random import Random

from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.companies.models import CompanyState
from traitdunion.demo.community import caseloads as filling
from traitdunion.demo.community import cast, hosts, invitations, organisations, wishes
from traitdunion.demo.community.caseloads import Caseloads
from traitdunion.demo.community.hosts import Names
from traitdunion.demo.inventory import Inventory
from traitdunion.demo.places import Town
from traitdunion.immersions import bookings, dates, slots, waiting
from traitdunion.immersions.models import Actor, Booking, RefusalReason, Slot, SlotState

SEED = 120
SEEKERS = 45
BY_SMS = 6
"""Of these, those who have no e-mail."""

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Community:
    """How many there are."""

    companies: int
    slots: int
    people: int
    bookings: int
    organisations: int
    followed: int
    referrals: int


class _Story:
    """Who is there, and which slots nothing has happened to yet."""

    def __init__(self, session: Session, random: Random, words: Sequence[str], now: datetime) -> None:
        self.session, self._random, self._words, self.now = session, random, words, now
        self.bookings = 0

    def book(self, slot: Slot, person: Person, *, ago: timedelta) -> Booking:
        """The person books so long before now."""
        self.bookings += 1
        word = self._random.choice([*self._words, None])
        return bookings.book(self.session, slot, person, word=word, now=self.now - ago)

    def expect(self, slot: Slot, person: Person, *, ago: timedelta) -> Booking:
        """The person books, and the company accepts a few hours later unless it has already."""
        booking = self.book(slot, person, ago=ago)
        bookings.accept(self.session, booking, now=self.now - ago + timedelta(hours=4))
        return booking

    def wait(self, slot: Slot, person: Person, *, ago: timedelta) -> Booking:
        """The person joins the waiting list."""
        self.bookings += 1
        return waiting.join(self.session, slot, person, word=None, now=self.now - ago)


def play(
    session: Session, inventory: Inventory, towns: Sequence[Town], region_towns: Sequence[Town], *, now: datetime
) -> Community:
    """Stores companies, slots, people, and all that they did; the same for the same arguments."""
    random = Random(SEED)  # noqa: S311 — chance that must be the same each time
    names = Names(random, inventory)
    known = hosts.invent(session, random, inventory, region_towns, names, now=now)
    seekers = [
        *(names.seeker(towns, now=now, part=part) for part in (cast.SEEKER, cast.WITHOUT_EMAIL)),
        *(names.seeker(towns, now=now, is_reached_by_sms=number < BY_SMS) for number in range(SEEKERS)),
    ]
    operator = names.person(now=now, part=cast.OPERATOR)
    operator.is_operator = True
    session.add_all([*seekers, operator])
    more, caseloads = _prescribe(session, inventory, region_towns, names, seekers, now=now)
    everything = list(invitations.invent(session, random, inventory, known, now=now))
    story = _Story(session, random, inventory.people.words, now)
    past, coming = everything[: invitations.PAST], everything[invitations.PAST :]
    shown = [slot for slot in coming if slot.company.is_shown]
    _tell_of_past(story, past, seekers)
    _tell_of_host(story, [slot for slot in shown if slot.company is known[0].company], seekers[2:10])
    others = iter([slot for slot in shown if slot.company is not known[0].company])
    _tell_of_seeker(story, others, seekers)
    _tell_of_everybody(story, others, seekers[10:])
    _give_up(story, others)
    for slot in coming:
        if slot.company.state == CompanyState.CLOSED:
            slots.cancel(session, slot, reason="", now=now)
    wishes.wish(session, seekers[10:], now=now)
    filled = filling.fill(caseloads, more, towns)
    proposed = filling.tell(caseloads, list(others))
    filling.hand_on(caseloads, inventory.said.handed)
    return Community(
        companies=len(known),
        slots=len(everything),
        people=len(known) + len(seekers) + 1 + sum(len(one.prescribers) for one in inventory.prescribers) + filled,
        bookings=story.bookings,
        organisations=len(inventory.prescribers),
        followed=caseloads.count,
        referrals=proposed,
    )


def _prescribe(
    session: Session,
    inventory: Inventory,
    towns: Sequence[Town],
    names: Names,
    seekers: Sequence[Person],
    *,
    now: datetime,
) -> tuple[Names, Caseloads]:
    """The organisations that prescribe, which follow those who will book already."""
    random = Random(SEED + 1)  # noqa: S311 — chance that must be the same each time
    more = names.drawn_by(random, phones=1_000)
    offices = organisations.invent(session, random, inventory, towns, more, now=now)
    caseloads = Caseloads(session, random, inventory, offices, now=now)
    filling.welcome(caseloads, seekers, towns)
    return more, caseloads


def _tell_of_past(story: _Story, past: Sequence[Slot], seekers: Sequence[Person]) -> None:
    """Immersions that took place, some without the person."""
    for number, slot in enumerate(past):
        person = seekers[number % len(seekers)]
        ago = story.now - dates.starts(slot) + 10 * _DAY
        if slot.company.is_shown:
            booking = story.expect(slot, person, ago=ago)
            bookings.record(story.session, booking, has_come=number % 6 != 5, now=dates.ends(slot))
        slots.close(story.session, slot, now=dates.ends(slot))


def _tell_of_host(story: _Story, own: Sequence[Slot], people: Sequence[Person]) -> None:
    """The cast's company has requests to answer."""
    for slot in own:
        slot.accepts_at_once, slot.minors_welcome = False, True
    asking = iter(people)
    for slot, person in zip(own, asking, strict=False):
        story.book(slot, person, ago=timedelta(hours=20))
    if own:
        slots.set_places(story.session, own[0], 3)
        story.book(own[0], next(asking), ago=timedelta(hours=3))
        story.expect(own[0], next(asking), ago=2 * _DAY)


def _tell_of_seeker(story: _Story, others: Iterator[Slot], seekers: Sequence[Person]) -> None:
    """The cast's job seekers: expected, asking, and offered a freed place, on days that do not meet."""
    camille, sacha, *crowd = seekers
    ordered = sorted(islice(others, 30), key=lambda slot: (slot.first_day, slot.id))
    free: list[Slot] = []
    for slot in ordered:
        if dates.takes_bookings(slot, now=story.now) and (not free or slot.first_day > free[-1].last_day + 2 * _DAY):
            free.append(slot)
    expected, asked, full, other = free[:4]
    story.expect(expected, camille, ago=3 * _DAY)
    asked.accepts_at_once = False
    story.book(asked, camille, ago=timedelta(hours=5))
    slots.set_places(story.session, full, 1)
    holder = story.expect(full, crowd[0], ago=5 * _DAY)
    story.wait(full, camille, ago=4 * _DAY)
    story.wait(full, crowd[1], ago=3 * _DAY)
    bookings.cancel(story.session, holder, by=Actor.PERSON, word=None, now=story.now - timedelta(hours=2))
    story.expect(other, sacha, ago=2 * _DAY)


def _tell_of_everybody(story: _Story, others: Iterator[Slot], crowd: Sequence[Person]) -> None:
    """A little of each step; nobody is in two stories, so that no days meet."""
    people = iter(crowd)
    for slot in islice(others, 8):
        slot.accepts_at_once = False
        story.book(slot, next(people), ago=timedelta(hours=30))
    for slot in islice(others, 8):
        story.expect(slot, next(people), ago=4 * _DAY)
    for slot in islice(others, 5):
        slots.set_places(story.session, slot, 1)
        story.expect(slot, next(people), ago=6 * _DAY)
        story.wait(slot, next(people), ago=5 * _DAY)
    for slot, reason in zip(islice(others, 3), RefusalReason, strict=False):
        slot.accepts_at_once = False
        booking = story.book(slot, next(people), ago=3 * _DAY)
        bookings.refuse(story.session, booking, reason=reason, word=None, now=story.now - 2 * _DAY)
    for slot in islice(others, 2):
        slot.accepts_at_once = False
        booking = story.book(slot, next(people), ago=9 * _DAY)
        bookings.expire(story.session, booking, now=story.now - 2 * _DAY)
    for slot in islice(others, 2):
        booking = story.expect(slot, next(people), ago=3 * _DAY)
        bookings.cancel(story.session, booking, by=Actor.PERSON, word=None, now=story.now - _DAY)


def _give_up(story: _Story, others: Iterator[Slot]) -> None:
    """Slots that are not shown: drafts, given up, not confirmed."""
    for slot in islice(others, 6):
        slot.state = SlotState.DRAFT.value
    for slot in islice(others, 3):
        slots.cancel(story.session, slot, reason="L’équipe déménage cette semaine-là.", now=story.now - _DAY)
    for slot in islice(others, 3):
        slots.freeze(story.session, slot, now=story.now - _DAY)
