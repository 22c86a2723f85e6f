"""Invents whom the organisations follow, and what they propose: people at every step, some without any address."""

import contextlib
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from random import Random
from typing import Any

from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person, Status
from traitdunion.core.clock import PARIS
from traitdunion.core.errors import Refused
from traitdunion.demo import places
from traitdunion.demo.community.hosts import Names
from traitdunion.demo.community.organisations import Office
from traitdunion.demo.inventory import Inventory
from traitdunion.demo.places import Town
from traitdunion.immersions import dates
from traitdunion.immersions.models import Slot
from traitdunion.prescribers import answers, caseload, consents, delegations, referral_ends, referrals
from traitdunion.prescribers.kinds import ConsentMeans, DeclineReason, Origin
from traitdunion.prescribers.models import CaseloadEntry, CaseloadNote, Prescriber, Referral

WITHOUT_ADDRESS, BY_SMS = 8, 24
"""People who have neither e-mail nor telephone, and who have no e-mail."""
UNTAKEN, ENDED, HANDED = 9, 6, 4
"""People without referent, no longer followed, handed on."""
WITHOUT_PROJECT = 0.2
_DAY = timedelta(days=1)
_LATE = 8 * _DAY
"""Longer than a person has to answer."""
_STATUSES = {
    "france_travail": Status.FRANCE_TRAVAIL,
    "mission_locale": Status.MISSION_LOCALE,
    "cap_emploi": Status.CAP_EMPLOI,
}


class Caseloads:
    """The offices, and the people that each follows."""

    def __init__(
        self,
        session: Session,
        random: Random,
        inventory: Inventory,
        offices: Sequence[Office],
        *,
        now: datetime,
    ) -> None:
        self.session, self._random, self.inventory, self.now = session, random, inventory, now
        self.offices = [office for office in offices if office.people]
        self.entries: dict[int, list[CaseloadEntry]] = {office.organisation.id: [] for office in self.offices}

    @property
    def count(self) -> int:
        """People who are followed, or were."""
        return sum(len(entries) for entries in self.entries.values())

    def follow(self, office: Office, person: Person, *, towns: Sequence[Town], **fields: Any) -> CaseloadEntry:
        """The person comes to the caseload, with a project most of the time; in turn to each of the members."""
        random, entries = self._random, self.entries[office.organisation.id]
        created_at = self.now - timedelta(days=random.randint(2, 150), hours=random.randint(0, 9))
        entry = CaseloadEntry(
            organisation=office.organisation,
            person=person,
            prescriber=office.prescribers[len(entries) % len(office.prescribers)],
            origin=random.choice([Origin.CREATED, Origin.CREATED, Origin.IMPORTED]).value,
            prescribes=True,
            created_at=created_at,
            changed_at=created_at,
        )
        if random.random() > WITHOUT_PROJECT:
            job, town = random.choice(self.inventory.jobs), places.draw(random, towns)
            entry.project, entry.occupation_code = job.job_title, job.rome
            entry.place, entry.latitude, entry.longitude = town.name, town.latitude, town.longitude
            entry.radius_km, entry.has_licence = random.choice([10, 20, 30, 50]), random.choice([True, False, None])
        for name, value in fields.items():
            setattr(entry, name, value)
        self.session.add(entry)
        entries.append(entry)
        return entry

    def note(self, entry: CaseloadEntry) -> None:
        """The referent notes something for the colleagues."""
        text = self._random.choice(self.inventory.said.notes)
        at = entry.created_at + _DAY
        self.session.add(CaseloadNote(entry_id=entry.id, prescriber=entry.prescriber, text=text, created_at=at))

    def propose(self, entries: Sequence[CaseloadEntry], slots: Sequence[Slot], *, ago: timedelta) -> list[Referral]:
        """The referent of the first proposes the slots to all of them, so long before now."""
        if not entries or not slots or entries[0].prescriber is None:
            return []
        by, word = entries[0].prescriber, self._random.choice([*self.inventory.said.words, None])
        ids = [entry.person_id for entry in entries]
        with contextlib.suppress(
            Refused
        ):  # what is left of the slots may suit nobody, as the day and the place have it
            return list(referrals.propose(self.session, by, ids, slots, word=word, now=self.now - ago).made)
        return []


def welcome(caseloads: Caseloads, seekers: Sequence[Person], towns: Sequence[Town]) -> None:
    """Those who book by themselves are followed too, before they do: who signs for them is known."""
    for number, person in enumerate(seekers):
        wanted = next((one for one in caseloads.offices if _STATUSES.get(one.organisation.kind) == person.status), None)
        office = wanted or caseloads.offices[number % 2]
        caseloads.follow(office, person, towns=towns)
    caseloads.session.flush()


def fill(caseloads: Caseloads, names: Names, towns: Sequence[Town]) -> int:
    """New people, until each office follows as many as it says; some wait for a referent, some left. How many."""
    left, bare = 0, WITHOUT_ADDRESS
    for office in caseloads.offices:
        missing = max(0, office.people - len(caseloads.entries[office.organisation.id]))
        for number in range(missing):
            left += 1
            person = names.seeker(towns, now=caseloads.now, is_reached_by_sms=left % 7 == 3 and left < 7 * BY_SMS)
            person.status = (_STATUSES.get(office.organisation.kind) or Status.OTHER).value
            person.seen_at = None if left % 3 else person.seen_at
            if left % 11 == 5 and bare:
                bare -= 1
                person.email = person.phone = person.seen_at = None
            caseloads.session.add(person)
            entry = caseloads.follow(office, person, towns=towns)
            if number < UNTAKEN // 3:
                entry.prescriber, entry.origin, entry.project = None, Origin.ROUTED.value, None
                entry.created_at = entry.changed_at = caseloads.now - (number + 1) * _DAY
            elif number < UNTAKEN // 3 + ENDED // 3:
                entry.ended_at, entry.prescribes = caseloads.now - 3 * _DAY, False
                entry.end_word = "A retrouvé un emploi."
    caseloads.session.flush()  # notes and referrals need the entries' ids
    for entries in caseloads.entries.values():
        for entry in entries[::6]:
            caseloads.note(entry)
    return left


def tell(caseloads: Caseloads, slots: Sequence[Slot]) -> int:
    """What each prescriber proposed, and what became of it; how many referrals there are."""
    today, count = caseloads.now.astimezone(PARIS).date(), 0
    open_ = [slot for slot in slots if dates.takes_bookings(slot, now=caseloads.now)]
    for office in caseloads.offices:
        if not delegations.may_prescribe(office.organisation, on=today):
            continue
        for at, prescriber in enumerate(office.prescribers):
            start = count % max(1, len(open_))
            mine, choices = _willing(caseloads, office, prescriber), [*open_[start:], *open_[:start]]
            count += _ask(caseloads, mine, choices)
            if at == 0:
                count += _tell_of(caseloads, mine, choices)
    return count


def hand_on(caseloads: Caseloads, handed: Sequence[str]) -> None:
    """The first office hands people on to the second, whose queue they wait in."""
    first, second = caseloads.offices[:2]
    others = [one for one in caseloads.entries[first.organisation.id] if one.ended_at is None and one.prescriber]
    # Not the last ones, who were just written to.
    for number, entry in enumerate(others[len(others) // 2 :][:HANDED]):
        assert entry.prescriber is not None  # noqa: S101 — narrows the type
        word = handed[number % len(handed)]
        new = caseload.hand_on(
            caseloads.session,
            entry,
            second.organisation,
            word=word,
            by=entry.prescriber,
            now=caseloads.now - number * _DAY,
        )
        caseloads.entries[second.organisation.id].append(new)


def _willing(caseloads: Caseloads, office: Office, prescriber: Prescriber) -> Iterator[CaseloadEntry]:
    """Those with a project whom the prescriber follows, the last to come first: they have booked nothing yet."""
    for entry in reversed(caseloads.entries[office.organisation.id]):
        if entry.prescriber is prescriber and entry.ended_at is None and entry.project:
            yield entry


def _ask(caseloads: Caseloads, mine: Iterator[CaseloadEntry], slots: Sequence[Slot]) -> int:
    """One slot to three people, of whom one says yes and one no; several slots to another, who has not answered."""
    session, now = caseloads.session, caseloads.now
    asked = caseloads.propose(list(islice(mine, 3)), slots[:1], ago=2 * _DAY)
    if asked:
        _accept(session, asked[0], now=now - _DAY)
    if len(asked) > 1:
        word = caseloads.inventory.said.refusals[len(asked) % 2]
        answers.decline(session, asked[1], reason=DeclineReason.DATES, word=word, now=now - _DAY)
    waiting = caseloads.propose(list(islice(mine, 1)), slots[3:6], ago=_DAY / 2)
    return len(asked) + len(waiting)


def _tell_of(caseloads: Caseloads, mine: Iterator[CaseloadEntry], slots: Sequence[Slot]) -> int:
    """One by one: no answer in time, taken back, in the person's place."""
    session, now = caseloads.session, caseloads.now
    late = caseloads.propose(list(islice(mine, 2)), slots[1:3], ago=_LATE)
    for referral in late:
        if referral.expires_at <= now:
            referral_ends.expire(session, referral, now=referral.expires_at)
    taken_back = caseloads.propose(list(islice(mine, 1)), slots[2:4], ago=2 * _DAY)
    for referral in taken_back:
        referrals.withdraw(session, referral, now=now - _DAY)
    return len(late) + len(taken_back) + len(_in_place(caseloads, list(islice(mine, 2)), slots[4:6]))


def _in_place(caseloads: Caseloads, entries: Sequence[CaseloadEntry], slots: Sequence[Slot]) -> list[Referral]:
    """The person consented, on a signed paper, and the prescriber answers for them."""
    session, at = caseloads.session, caseloads.now - _DAY
    made = caseloads.propose(entries, slots, ago=_DAY)
    for referral in made:
        by, entry = referral.prescriber, referral.entry
        if by is None:
            continue
        today = at.astimezone(PARIS).date()
        words = consents.words(entry.organisation)
        consents.record(
            session, entry, text=words, means=ConsentMeans.SIGNED, given_on=today, by=by, today=today, now=at
        )
        with contextlib.suppress(Refused):
            answers.accept_in_place(session, referral, referral.choices[0].slot_id, by=by, now=at)
    return made


def _accept(session: Session, referral: Referral, *, now: datetime) -> None:
    with contextlib.suppress(Refused):  # somebody else may have taken the last place
        answers.accept(session, referral, referral.choices[0].slot_id, now=now)
