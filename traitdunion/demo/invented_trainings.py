"""Invents the trainings of the demonstration: each programme given by two organisations, sessions around today."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from random import Random

from stdnum import luhn

from traitdunion.demo import places
from traitdunion.demo.inventory import Inventory, Organisation, Programme
from traitdunion.demo.places import Town
from traitdunion.matching import titles
from traitdunion.trainings.drafts import (
    REGION_FUNDER,
    ActionDraft,
    Address,
    Contact,
    Enrolment,
    Mode,
    OrganisationDraft,
    SessionDraft,
    TrainingDraft,
)
from traitdunion.trainings.levels import Level

SEED = 150
GIVEN_BY = 2
"""Organisations for each programme."""
PAID_BY_OTHERS = 6
"""Trainings besides, which the Région does not fund: in no list, but their pages say so."""
LARGEST_TOWNS = 25
"""Training centres are there."""

_EVERY = timedelta(weeks=13)
_HOURS_A_WEEK = 35
_STREETS = ("rue des Ateliers", "avenue de l'Apprentissage", "rue du Savoir-Faire", "place des Métiers")
_OTHER_FUNDERS = (4, 10)
_ONLY_FUNDERS = (4, 16)  # France Travail, an OPCO
_JOB_SEEKERS = "83056"
"""FORMACODE of the public « demandeur d’emploi »."""


class Calendar(StrEnum):
    """What the sessions of a training show."""

    USUAL = "usual"  # one to three to come, enrolment open or soon to be
    PERMANENT = "permanent"  # one enters at any time
    PAST = "past"  # the last one is over
    FULL = "full"  # the next one takes nobody in any more
    SUSPENDED = "suspended"
    UNKNOWN = "unknown"  # open, without days


_SHARES = {
    Calendar.PERMANENT: 9,
    Calendar.PAST: 8,
    Calendar.FULL: 9,
    Calendar.SUSPENDED: 3,
    Calendar.UNKNOWN: 4,
}


def invent(inventory: Inventory, towns: Sequence[Town], *, region: str, today: date) -> list[TrainingDraft]:
    """The same trainings for the same arguments, given in the larger towns of the Région, which funds all but some."""
    random = Random(SEED)  # noqa: S311 — chance that must be the same each time
    largest = sorted((town for town in towns if town.region == region), key=lambda town: -town.population)
    writer = _Writer(random, inventory, largest[:LARGEST_TOWNS], today)
    given = [(programme, one) for programme in inventory.programmes for one in _givers(random, inventory, programme)]
    calendars = [calendar for calendar, count in _SHARES.items() for _ in range(count)]
    calendars += [Calendar.USUAL] * (len(given) - len(calendars))
    random.shuffle(calendars)
    funded = [
        writer.training(f"DEMO-{number:03d}", programme, organisation, calendar)
        for number, ((programme, organisation), calendar) in enumerate(zip(given, calendars, strict=True), start=1)
    ]
    paid_by_others = [
        _funded_by(random.choice(_ONLY_FUNDERS), writer.training(f"DEMO-A{number:02d}", programme, one, Calendar.USUAL))
        for number, (programme, one) in enumerate(random.sample(given, PAID_BY_OTHERS), start=1)
    ]
    return [*funded, *paid_by_others]


def _funded_by(funder: int, training: TrainingDraft) -> TrainingDraft:
    """The same training, for which that funder alone pays."""
    return replace(training, actions=tuple(replace(action, funders=(funder,)) for action in training.actions))


def _givers(random: Random, inventory: Inventory, programme: Programme) -> list[Organisation]:
    able = [one for one in inventory.organisations if programme.domain in one.domains]
    return random.sample(able, GIVEN_BY)


class _Writer:
    """Writes trainings one by one; an organisation keeps its two sites, its SIRET and its address."""

    def __init__(self, random: Random, inventory: Inventory, towns: Sequence[Town], today: date) -> None:
        self._random, self._inventory, self._today = random, inventory, today
        self._sites = {one.name: [places.draw(random, towns) for _ in range(2)] for one in inventory.organisations}
        self._sirets = {one.name: siret(at) for at, one in enumerate(inventory.organisations, start=1)}

    def training(
        self, known_id: str, programme: Programme, organisation: Organisation, calendar: Calendar
    ) -> TrainingDraft:
        """The programme as the organisation gives it, at one of its sites or at both."""
        random, sites = self._random, self._sites[organisation.name]
        url = f"https://formations.example.org/{known_id.lower()}"
        action = ActionDraft(
            mode=random.choices([Mode.ON_SITE, Mode.MIXED, Mode.DISTANCE], [16, 3, 1])[0],
            is_permanent=calendar is Calendar.PERMANENT,
            price=Decimal(programme.hours[0] * random.randint(9, 13)) if random.random() < 0.5 else None,
            hours=sum(programme.hours),
            hours_in_company=programme.hours[1],
            funders=(REGION_FUNDER, *([random.choice(_OTHER_FUNDERS)] if random.random() < 0.2 else [])),
            audiences=(_JOB_SEEKERS,),
            accessibility="Locaux accessibles, référent handicap à votre écoute" if random.random() < 0.6 else None,
            contact=self._contact(organisation),
            url=url,
        )
        has_both_sites = random.random() < 0.3 and sites[0] != sites[1]
        return TrainingDraft(
            source_id=known_id,
            title=programme.title,
            objective=programme.objective,
            content="\n".join(f"- {line}" for line in programme.content),
            results=_results(programme),
            rome_codes=tuple(programme.rome),
            entry_level=Level(programme.entry),
            is_entry_level_required=programme.entry > 0 and random.random() < 0.6,
            exit_level=Level(programme.exit),
            is_certifying=programme.certifying,
            aim=programme.aim,
            url=url,
            organisation=OrganisationDraft(siret=self._sirets[organisation.name], name=organisation.name),
            actions=tuple(
                self._at(site, replace(action, source_id=f"{known_id}-{letter}"), organisation, calendar)
                for letter, site in zip("AB", sites if has_both_sites else sites[:1], strict=False)
            ),
            is_whole=True,
        )

    def _at(self, site: Town, action: ActionDraft, organisation: Organisation, calendar: Calendar) -> ActionDraft:
        """The action as it is given at a site, with its sessions."""
        random = self._random
        line = f"{random.randint(1, 60)} {random.choice(_STREETS)}"
        place = Address(
            name=organisation.name,
            lines=(line,),
            postcode=site.postcodes[0],
            city=site.name,
            commune_code=site.code,
            latitude=round(site.latitude + random.gauss(0, 0.004), 5),
            longitude=round(site.longitude + random.gauss(0, 0.006), 5),
        )
        seats = random.randint(8, 16)
        weeks = timedelta(weeks=max(2, round((action.hours or 0) / _HOURS_A_WEEK)))
        sessions = tuple(
            replace(
                one,
                source_id=f"{action.source_id}-{number}",
                seats=seats,
                address=f"{line}, {place.postcode} {site.name}",
            )
            for number, one in enumerate(self._sessions(calendar, weeks), start=1)
        )
        return replace(action, place=place, sessions=sessions, funded_seats=seats)

    def _sessions(self, calendar: Calendar, lasts: timedelta) -> list[SessionDraft]:
        """What the calendar shows, in the order of the days."""
        random, today = self._random, self._today
        over = self._session(_monday(today - timedelta(days=random.randint(30, 200))), lasts)
        start = _monday(today + timedelta(days=random.randint(5, 113)))
        coming = self._session(start, lasts)
        match calendar:
            case Calendar.PERMANENT:
                first, last = date(today.year, 1, 1), date(today.year + 1, 12, 31)
                return [SessionDraft(starts_on=first, ends_on=last, enrolment=Enrolment.OPEN, is_permanent=True)]
            case Calendar.PAST:
                return [over]
            case Calendar.FULL:
                return [over, replace(coming, enrolment=Enrolment.CLOSED)]
            case Calendar.SUSPENDED:
                return [replace(coming, enrolment=Enrolment.SUSPENDED)]
            case Calendar.UNKNOWN:
                return [SessionDraft(enrolment=Enrolment.OPEN)]
            case Calendar.USUAL:
                turns = range(1, random.choice([1, 1, 2, 3]))
                later = [self._session(start + _EVERY * turn, lasts) for turn in turns]
                return [*([over] if random.random() < 0.3 else []), coming, *later]

    def _session(self, start: date, lasts: timedelta) -> SessionDraft:
        """A dated session, open when it is to come; its window closes some days before, if it says when."""
        random, today = self._random, self._today
        closes = start - timedelta(days=random.randint(3, 25))
        if start > today:
            # A window that is over would close the session: of those, only the calendar decides.
            closes = max(closes, min(today + timedelta(days=random.randint(1, 6)), start))
        opens = closes - timedelta(days=random.randint(20, 90))
        is_told = random.random() < 5 / 6
        return SessionDraft(
            starts_on=start,
            ends_on=start + lasts - timedelta(days=3),
            opens_on=opens if is_told else None,
            closes_on=closes if is_told else None,
            enrolment=Enrolment.OPEN if start > today else Enrolment.CLOSED,
        )

    def _contact(self, organisation: Organisation) -> Contact:
        """Somebody who does not exist, at a number kept for fiction (Arcep) and an address of nobody's (RFC 2606)."""
        random = self._random
        name = f"{random.choice(['Mme', 'M.'])} {random.choice('ABCDEFJLMNPS')}. {random.choice(self._inventory.names)}"
        slug = "-".join(titles.fold(organisation.name).replace("'", " ").split())
        phone = f"{random.choice(['01 99 00', '06 39 98'])} {random.randint(10, 99)} {random.randint(10, 99)}"
        return Contact(name=name, phone=phone, email=f"contact@{slug}.example.org")


def _results(programme: Programme) -> str:
    if programme.certifying:
        return f"{programme.title.split(' : ')[0]}, en totalité ou par blocs de compétences."
    return "Attestation des acquis remise en fin de parcours."


def siret(number: int) -> str:
    """A SIRET whose keys are right and whose SIREN, of a few units, was never given to anybody."""
    siren = _keyed(f"{number:08d}")
    return _keyed(f"{siren}0001")


def _keyed(digits: str) -> str:
    return f"{digits}{luhn.calc_check_digit(digits)}"


def _monday(day: date) -> date:
    """That day or the first Monday after it."""
    return day + timedelta(days=-day.weekday() % 7)
