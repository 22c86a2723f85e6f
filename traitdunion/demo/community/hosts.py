"""Invents the companies that welcome, each with somebody who speaks for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random

from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person, Status
from traitdunion.companies.models import Company, CompanyMember, CompanyState, MemberState, Verification
from traitdunion.demo import places
from traitdunion.demo.community.cast import DOMAIN, HOST, NEWCOMER, PHONE, Part
from traitdunion.demo.invented_trainings import siret
from traitdunion.demo.inventory import Inventory, Job
from traitdunion.demo.places import Town
from traitdunion.matching import titles

COMPANIES = 60
FIRST_SIREN = 201
"""Those below are of training organisations; none of them was ever given to anybody."""
UNVERIFIED, CLOSED = 3, 2
"""Companies, among the last, that are still to be verified, and that have closed."""

_DAYS_KNOWN = 90


@dataclass(frozen=True, slots=True)
class Host:
    """A company, who speaks for it, where it is, and the jobs it can show."""

    company: Company
    member: Person
    town: Town
    jobs: Sequence[Job]


class Names:
    """People's names and addresses, each once."""

    def __init__(self, random: Random, inventory: Inventory) -> None:
        self._random, self._inventory = random, inventory
        self._used: set[str] = set()
        self._phones = 1  # 0001 is taken by the cast

    def drawn_by(self, random: Random, *, phones: int) -> "Names":
        """More people, none of them twice, drawn by another chance; their telephone numbers come after that one."""
        other = Names(random, self._inventory)
        other._used, other._phones = self._used, phones
        return other

    def person(self, *, now: datetime, part: Part | None = None, is_reached_by_sms: bool = False) -> Person:
        """Somebody new, of 19 to 58, whom nobody is."""
        random = self._random
        given = part.given_name if part else random.choice(self._inventory.people.given)
        family = random.choice(self._inventory.names)
        email, phone = (part.email, part.phone) if part else self._address(given, family, by_sms=is_reached_by_sms)
        today = now.date()
        return Person(
            given_name=given,
            family_name=family,
            email=email,
            phone=phone,
            birth_date=date(today.year - random.randint(20, 58), random.randint(1, 12), random.randint(1, 28)),
            created_at=now - timedelta(days=_DAYS_KNOWN),
            seen_at=now - timedelta(days=random.randint(1, 20)),
        )

    def seeker(
        self, towns: Sequence[Town], *, now: datetime, part: Part | None = None, is_reached_by_sms: bool = False
    ) -> Person:
        """Somebody who looks for a job, and lives in one of the towns."""
        person = self.person(now=now, part=part, is_reached_by_sms=is_reached_by_sms)
        person.postcode = places.draw(self._random, towns).postcodes[0]
        person.status = self._random.choice([status.value for status in Status])
        person.level = self._random.choice([0, 3, 3, 4, 4, 5])
        return person

    def _address(self, given: str, family: str, *, by_sms: bool) -> tuple[str | None, str | None]:
        if by_sms:
            self._phones += 1
            return None, f"{PHONE}{self._phones:04d}"
        local = titles.fold(f"{given} {family}").replace(" ", ".")
        while local in self._used:
            local += "2"
        self._used.add(local)
        return f"{local}@{DOMAIN}", None


def invent(
    session: Session, random: Random, inventory: Inventory, towns: Sequence[Town], names: Names, *, now: datetime
) -> list[Host]:
    """Stores the companies and their members: the first is the cast's bakery, the last are not shown."""
    hosts = []
    agency = {"agency"}
    kinds = [kind for kind in inventory.kinds if kind not in agency]
    random.shuffle(kinds)
    kinds.remove("bakery")
    kinds.insert(0, "bakery")
    for number in range(COMPANIES):
        kind = kinds[number % len(kinds)]
        town = places.draw(random, towns)
        is_new = COMPANIES - CLOSED - UNVERIFIED <= number < COMPANIES - CLOSED
        part = HOST if number == 0 else NEWCOMER if number == COMPANIES - CLOSED - UNVERIFIED else None
        member = names.person(now=now, part=part)
        company = _company(random, inventory, kind, town, FIRST_SIREN + number, is_verified=not is_new, now=now)
        if number >= COMPANIES - CLOSED:
            company.state = CompanyState.CLOSED.value
        session.add_all([company, member])
        session.flush()  # the member needs both ids
        session.add(
            CompanyMember(
                company_id=company.id,
                person_id=member.id,
                state=MemberState.ACTIVE.value,
                created_at=company.created_at,
            )
        )
        jobs = [job for job in inventory.jobs if kind in job.employers]
        hosts.append(Host(company, member, town, jobs))
    return hosts


def _company(
    random: Random, inventory: Inventory, kind: str, town: Town, siren: int, *, is_verified: bool, now: datetime
) -> Company:
    known = inventory.kinds[kind]
    name = random.choice(known.names).format(random.choice(inventory.names))
    created_at = now - timedelta(days=_DAYS_KNOWN if is_verified else 1)
    return Company(
        siret=siret(siren),
        name=name,
        legal_name=name.upper(),
        naf=known.naf,
        address=f"{random.randint(1, 60)} {random.choice(inventory.people.streets)}",
        postcode=town.postcodes[0],
        commune_code=town.code,
        city=town.name,
        # Some way from the centre, so that a map shows them apart.
        latitude=town.latitude + random.uniform(-0.008, 0.008),
        longitude=town.longitude + random.uniform(-0.012, 0.012),
        state=CompanyState.ACTIVE.value,
        checked_at=now,
        verified_at=created_at if is_verified else None,
        verification=random.choice([one.value for one in Verification]) if is_verified else None,
        created_at=created_at,
    )
