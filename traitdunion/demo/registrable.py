"""What the demonstration's register of companies knows: those that are there, and some that visitors may register."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.companies.models import Company, CompanyState
from traitdunion.demo import inventory, places
from traitdunion.demo.company_register import Known
from traitdunion.demo.invented_trainings import siret
from traitdunion.territories import territories

_SEED = 140


@dataclass(frozen=True, slots=True)
class Example:
    """A SIRET that a visitor may type on the page of registration, and what comes of it."""

    siret: str
    what: str
    kind: str | None = None
    """Of employer; None for what the register does not show."""
    is_open: bool = True


SILENT = Example(siret(905), "l’annuaire des entreprises ne répond pas\u00a0: l’inscription se fait, à vérifier")
EXAMPLES = (
    Example(siret(901), "une menuiserie", "joinery"),
    Example(siret(902), "un restaurant", "restaurant"),
    Example(siret(903), "une entreprise qui a fermé\u00a0: elle ne peut pas s’inscrire", "bakery", is_open=False),
    Example(siret(904), "une entreprise que l’annuaire ne montre pas\u00a0: elle se décrit elle-même"),
    SILENT,
)
"""SIREN of a few units: never given to anybody; those of the companies and organisations that are there are smaller."""


def known(session: Session) -> list[Known]:
    """The companies of the database, and the examples, in towns around the default territory."""
    return [*_registered(session), *_examples(session)]


def _registered(session: Session) -> Iterator[Known]:
    # One without a place was described by its owner: the register does not know it.
    placed = (Company.naf, Company.postcode, Company.commune_code, Company.city, Company.latitude, Company.longitude)
    for company in session.scalars(select(Company).where(*(column.is_not(None) for column in placed))):
        yield Known(
            siret=company.siret,
            name=company.name,
            legal_name=company.legal_name or company.name,
            naf=company.naf or "",
            street=company.address or "",
            postcode=company.postcode or "",
            commune_code=company.commune_code or "",
            city=company.city or "",
            latitude=company.latitude or 0.0,
            longitude=company.longitude or 0.0,
            is_open=company.state != CompanyState.CLOSED,
        )


def _examples(session: Session) -> Iterator[Known]:
    random, facts = Random(_SEED), inventory.read()  # noqa: S311 — chance that must be the same each time
    towns = places.around(session, territories.default())
    for example in EXAMPLES:
        if example.kind is None or not towns:
            continue
        town, kind = places.draw(random, towns), facts.kinds[example.kind]
        name = random.choice(kind.names).format(random.choice(facts.names))
        yield Known(
            siret=example.siret,
            name=name,
            legal_name=name.upper(),
            naf=kind.naf,
            street=f"{random.randint(1, 60)} {random.choice(facts.people.streets)}",
            postcode=town.postcodes[0],
            commune_code=town.code,
            city=town.name,
            latitude=town.latitude,
            longitude=town.longitude,
            is_open=example.is_open,
        )
