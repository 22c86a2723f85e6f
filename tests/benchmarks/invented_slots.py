"""Many slots, invented, in real communes: their companies, places and words."""

import random
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import insert, text
from sqlalchemy.orm import Session

from traitdunion.companies.models import Company
from traitdunion.immersions.models import Slot, SlotKind
from traitdunion.matching import titles
from traitdunion.territories.models import Commune

_JOBS = (
    ("D1102", "Boulanger / Boulangère", "Pétrir, façonner et cuire le pain."),
    ("G1602", "Cuisinier / Cuisinière", "Éplucher, dresser, nettoyer."),
    ("F1703", "Maçon / Maçonne", "Monter un mur, préparer le mortier."),
    ("J1501", "Aide-soignant / Aide-soignante", "Accompagner les repas et les soins."),
    ("K1304", "Aide à domicile", "Préparer un repas, tenir compagnie."),
    ("N1101", "Cariste", "Ranger et préparer des palettes."),
    ("H2913", "Soudeur / Soudeuse", "Lire un plan, souder, contrôler."),
    ("M1607", "Secrétaire", "Accueillir, classer, répondre au téléphone."),
    ("A1203", "Jardinier / Jardinière", "Planter, tailler, arroser."),
    ("D1106", "Vendeur / Vendeuse en alimentation", "Servir, encaisser, ranger."),
)
_SIRETS = 10_000_000_000_000


def insert_slots(
    session: Session, count: int, communes: Sequence[Commune], *, today: date, now: datetime, places: int = 3
) -> None:
    """`count` slots of the coming 120 days, one company for fifty of them."""
    chance = random.Random(20)
    companies = [_company(number, now) for number in range(1, max(1, count // 50) + 1)]
    ids = session.scalars(insert(Company).returning(Company.id), companies).all()
    rows = [_slot(chance, ids, chance.choice(communes), today=today, now=now, places=places) for _ in range(count)]
    for start in range(0, count, 2_000):
        session.execute(insert(Slot), rows[start : start + 2_000])
    session.execute(text("INSERT INTO slot_places (slot_id, number) SELECT id, generate_series(1, places) FROM slots"))


def _company(number: int, now: datetime) -> dict[str, Any]:
    return {
        "siret": str(_SIRETS + number),
        "name": f"Entreprise {number}",
        "state": "active",
        "checked_at": now,
        "verified_at": now,
        "verification": "operator",
        "created_at": now,
    }


def _slot(
    chance: random.Random, companies: Sequence[int], town: Commune, *, today: date, now: datetime, places: int
) -> dict[str, Any]:
    code, title, tasks = chance.choice(_JOBS)
    first = today + timedelta(days=chance.randint(3, 120))
    return {
        "company_id": chance.choice(companies),
        "occupation_code": code,
        "title": title,
        "tasks": tasks,
        "stems": sorted({*titles.stems(title), *titles.stems(tasks)}),
        "kind": SlotKind.HALF_DAY.value,
        "first_day": first,
        "last_day": first,
        "starts_at": time(9),
        "ends_at": time(12),
        "places": places,
        "postcode": town.postcodes[0],
        "city": town.name,
        "commune_code": town.code,
        "department": town.department,
        "latitude": town.latitude + chance.uniform(-0.02, 0.02),
        "longitude": town.longitude + chance.uniform(-0.02, 0.02),
        "is_place_approximate": False,
        "tutor_name": "Ada Martin",
        "carries_loads": False,
        "stands_long": False,
        "minors_welcome": True,
        "book_by": first - timedelta(days=1),
        "accepts_at_once": chance.random() < 0.5,
        "state": "published" if chance.random() < 0.9 else "full",
        "created_at": now,
        "changed_at": now,
    }
