"""Invents the slots of the companies, past and to come, on working days of their place."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from random import Random

from sqlalchemy.orm import Session

from traitdunion.core import clock
from traitdunion.demo.community.hosts import Host
from traitdunion.demo.inventory import Inventory, Job
from traitdunion.immersions import slots
from traitdunion.immersions.models import Slot, SlotKind, SlotState
from traitdunion.territories import working_days

PAST, COMING = 22, 98
"""Slots whose days are over, and others: two for each company."""
OF_FIRST = 5
"""Of those to come, how many are of the first company."""

_FIRST_IN, _LAST_IN = 5, 32  # working days from today
_KINDS = (
    [(SlotKind.VISIT, 1)] * 2
    + [(SlotKind.HALF_DAY, 1)] * 3
    + [(SlotKind.DAYS, length) for length in (1, 2, 2, 3, 3, 4, 5)]
    + [(SlotKind.WEEKS, 10)]
)
"""Each with its length in working days."""
_HOURS = {
    SlotKind.VISIT: [(time(10), time(11)), (time(14), time(15, 30))],
    SlotKind.HALF_DAY: [(time(8, 30), time(12)), (time(13, 30), time(17))],
    SlotKind.DAYS: [(time(8), time(16)), (time(9), time(17)), (time(7), time(14, 30))],
    SlotKind.WEEKS: [(time(8), time(16)), (time(9), time(17))],
}
_EARLY = 0.5  # share of those that take bookings until two days before; the others, until a week before


def invent(
    session: Session, random: Random, inventory: Inventory, hosts: Sequence[Host], *, now: datetime
) -> Iterator[Slot]:
    """Stores each slot, published some weeks ago, with its places; those that are over come first."""
    today = now.astimezone(clock.PARIS).date()
    first, *others = hosts
    inviting = [first] * OF_FIRST + [others[number % len(others)] for number in range(COMING - OF_FIRST)]
    for number, host in enumerate([*hosts[:PAST], *inviting]):
        days = -random.randint(6, 25) if number < PAST else random.randint(_FIRST_IN, _LAST_IN)
        slot = _slot(random, inventory, host, _working_day(today, days, host), now=now)
        slots.add(session, slot)
        yield slot


def _slot(random: Random, inventory: Inventory, host: Host, first_day: date, *, now: datetime) -> Slot:
    job, company, said = random.choice(host.jobs), host.company, inventory.people
    kind, length = random.choice(_KINDS)
    local = working_days.subdivision(host.town.department)
    starts_at, ends_at = random.choice(_HOURS[kind])
    written_at = min(company.created_at, now) + timedelta(days=1)
    return Slot(
        company=company,
        occupation_code=job.rome,
        title=job.job_title,
        kind=kind.value,
        first_day=first_day,
        last_day=working_days.after(first_day, length - 1, local=local),
        starts_at=starts_at,
        ends_at=ends_at,
        places=random.choice([1, 1, 1, 2, 2, 3]),
        address=company.address,
        postcode=company.postcode,
        city=company.city,
        commune_code=host.town.code,
        department=host.town.department,
        latitude=company.latitude,
        longitude=company.longitude,
        is_place_approximate=False,
        tutor_name=host.member.name if random.random() < _EARLY else _other(random, inventory),
        tutor_role=random.choice(said.roles),
        tasks=_tasks(random, job),
        equipment=random.choice([*said.equipment, None, None]),
        carries_loads=random.random() < 0.3,
        stands_long=random.random() < 0.5,
        minors_welcome=random.random() < 0.4,
        accessibility=random.choice([*said.accessibility, None]),
        transport=random.choice([*said.transports, None]),
        book_by=working_days.before(first_day, 2 if random.random() < _EARLY else 4, local=local),
        accepts_at_once=random.random() < 0.4,
        state=SlotState.PUBLISHED.value,
        confirmed_at=None,
        created_by_id=host.member.id,
        created_at=written_at,
        changed_at=written_at,
    )


def _working_day(today: date, count: int, host: Host) -> date:
    local = working_days.subdivision(host.town.department)
    return (working_days.after if count > 0 else working_days.before)(today, abs(count), local=local)


def _tasks(random: Random, job: Job) -> str:
    return "\n".join(f"{mission}." for mission in random.sample(job.missions, min(3, len(job.missions))))


def _other(random: Random, inventory: Inventory) -> str:
    return f"{random.choice(inventory.people.given)} {random.choice(inventory.names)}"
