"""Reads an offer of France Travail's API « Offres d'emploi v2 » (DOMAIN 3.1) into a draft, or says why it cannot.

Pure: a record and the index of communes in, a value out. Remote field names stop here.
"""

import csv
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import orjson

from traitdunion.matching import titles
from traitdunion.offers import placing, texts
from traitdunion.territories.communes.index import Index

_VERSION = b"2"
"""Changed when the reading changes: offers then count as changed at their next sighting."""

_SEARCHED = 20_000
"""Characters of a description that are searched; the longest real ones have 9,000."""

_DECIMAL = re.compile(r"\b(\d+)\.(\d{1,2})\b(?!\.)")
_OLDEST = datetime(2000, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferDraft:
    """An offer as read: the columns of `Offer` that a source decides."""

    source_id: str
    title: str
    title_key: str
    description: str
    rome_code: str | None
    job_title: str | None
    profile_key: str
    company_name: str | None
    employer_key: str | None
    contract_type: str | None
    contract_label: str | None
    is_work_study: bool
    commune_code: str | None
    department: str | None
    place_label: str | None
    latitude: float | None
    longitude: float | None
    is_place_approximate: bool
    experience: str | None
    level: int | None
    salary_label: str | None
    hours_label: str | None
    positions: int
    partner: str | None
    url: str | None
    published_at: datetime | None
    updated_at: datetime | None
    content_hash: bytes
    search: str
    record: str


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a record cannot be an offer: one French line for the operator."""

    reason: str


def fingerprint(record: Mapping[str, Any]) -> bytes:
    """16 octets that change when the record changes, whatever the order of its fields."""
    return hashlib.blake2b(orjson.dumps(record, option=orjson.OPT_SORT_KEYS), digest_size=16, key=_VERSION).digest()


def source_id(record: object) -> str | Refusal:
    """The source's own number for the offer."""
    if not isinstance(record, Mapping):
        return Refusal("l’enregistrement n’est pas un objet JSON")
    found = record.get("id")
    text = str(found) if isinstance(found, int) and not isinstance(found, bool) else texts.line(found, 100)
    return text or Refusal("l’offre n’a pas d’identifiant")


def read(record: Mapping[str, Any], *, content_hash: bytes, communes: Index, now: datetime) -> OfferDraft | Refusal:
    """The draft of an offer; a Refusal when it has no identifier or no title, since nothing could be shown of it.

    Every other fault of a field leaves that field empty: a date out of range, a latitude of 999, an unknown code.
    """
    known_id = source_id(record)
    if isinstance(known_id, Refusal):
        return known_id
    job_title = texts.line(record.get("appellationlibelle"), 300)
    title = texts.line(record.get("intitule"), 1000) or job_title
    if title is None:
        return Refusal("l’offre n’a pas d’intitulé")
    description = texts.paragraphs(record.get("description"))
    company = _object(record, "entreprise")
    company_name = texts.line(company.get("nom"), 300)
    origin = _object(record, "origineOffre")
    place = placing.locate(_object(record, "lieuTravail"), communes)
    title_key = titles.normalise(title)
    code = rome_code(record.get("romeCode"))
    level = asked_level(record.get("formations"))
    return OfferDraft(
        source_id=known_id,
        title=title,
        title_key=title_key,
        description=description,
        rome_code=code,
        job_title=job_title,
        profile_key=profile_key(title_key, code, level),
        company_name=company_name,
        employer_key=employer_key(company_name),
        contract_type=texts.line(record.get("typeContrat"), 20),
        contract_label=texts.line(record.get("typeContratLibelle"), 200),
        is_work_study=record.get("alternance") is True,
        commune_code=place.commune_code,
        department=place.department,
        place_label=place.label,
        latitude=place.latitude,
        longitude=place.longitude,
        is_place_approximate=place.is_approximate,
        experience=texts.line(record.get("experienceLibelle"), 200),
        level=level,
        salary_label=_salary(_object(record, "salaire")),
        hours_label=texts.line(record.get("dureeTravailLibelle"), 200),
        positions=_positions(record.get("nombrePostes")),
        partner=_partner(origin.get("partenaires")),
        url=_url(origin, _object(record, "contact")),
        published_at=_instant(record.get("dateCreation"), now),
        updated_at=_instant(record.get("dateActualisation"), now) or _instant(record.get("dateCreation"), now),
        content_hash=content_hash,
        search=search_vector(
            (title, job_title), (texts.line(record.get("romeLibelle")), company_name), (place.name,), (description,)
        ),
        record=_stored(record),
    )


def profile_key(title_key: str, rome_code: str | None, level: int | None) -> str:
    """What offers that are matched alike share: 16 hexadecimal signs."""
    return hashlib.blake2b(f"{title_key}|{rome_code}|{level}".encode(), digest_size=8).hexdigest()


def search_vector(*fields: tuple[str | None, ...]) -> str:
    """A PostgreSQL tsvector, in text: the stems of each group of texts, with the weight A, B, C or D of its rank.

    A stem has the first weight it is met with: weights rank, and a second one would only make the row larger.
    """
    weighted: dict[str, str] = {}
    for weight, group in zip("ABCD", fields, strict=False):
        for text in group:
            if text:
                for stem in titles.stems(text[:_SEARCHED]):
                    if stem not in weighted and len(stem) <= 60:
                        weighted[stem] = weight
    return " ".join(f"{stem}:1{weight}" for stem, weight in weighted.items())


def _stored(record: Mapping[str, Any]) -> str:
    written = orjson.dumps(record)
    return (orjson.dumps(texts.storable(record)) if b"\\u0000" in written else written).decode()


def _object(record: Mapping[str, Any], field: str) -> Mapping[str, Any]:
    # PHP on the way turns an empty object into an empty list.
    found = record.get(field)
    return found if isinstance(found, Mapping) else {}


def rome_code(value: object) -> str | None:
    """The code when it is written as one ("D1102"); None otherwise."""
    code = value.strip().upper() if isinstance(value, str) else ""
    is_code = len(code) == 5 and "A" <= code[0] <= "N" and code[1:].isdigit() and code.isascii()
    return code if is_code else None


def employer_key(name: str | None) -> str | None:
    """The name of a company, folded: the same for all the ways to write it; None when it says nothing."""
    return " ".join(titles.fold(name).split()) or None if name else None


@cache
def _levels() -> Mapping[str, int]:
    with (Path(__file__).parent / "facts" / "levels.csv").open(encoding="utf-8", newline="") as file:
        return {row["label"]: int(row["level"]) for row in csv.DictReader(file)}


def asked_level(formations: object) -> int | None:
    """The lowest level that is compulsory ("E"): a wished one ("S") closes no door."""
    if not isinstance(formations, list):
        return None
    asked = [
        _levels()[formation["niveauLibelle"]]
        for formation in formations
        if isinstance(formation, Mapping)
        and formation.get("exigence") == "E"
        and isinstance(formation.get("niveauLibelle"), str)
        and formation["niveauLibelle"] in _levels()
    ]
    return min(asked, default=None)


def _salary(salary: Mapping[str, Any]) -> str | None:
    """« Annuel de 23520.0 Euros sur 13.0 mois », with the numbers as French writes them."""
    told = texts.line(salary.get("libelle"), 200) or texts.line(salary.get("commentaire"), 200)
    return (
        _DECIMAL.sub(lambda found: found[1] + (f",{found[2]}" if found[2].strip("0") else ""), told) if told else None
    )


def _positions(value: object) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 10_000 else 1


def _partner(partners: object) -> str | None:
    if isinstance(partners, list) and partners and isinstance(partners[0], Mapping):
        return texts.line(partners[0].get("nom"), 200)
    return None


def _url(origin: Mapping[str, Any], contact: Mapping[str, Any]) -> str | None:
    return _safe_url(origin.get("urlOrigine")) or _safe_url(contact.get("urlPostulation"))


def _safe_url(value: object) -> str | None:
    """The address when it is one of the web, in full, without control characters; None otherwise."""
    text = texts.line(value, 2000)
    if text is None or " " in text:
        return None
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    return text if parts.scheme in {"http", "https"} and parts.netloc else None


def _instant(value: object, now: datetime) -> datetime | None:
    """An ISO 8601 instant between 2000 and tomorrow, in UTC when it names no zone; None otherwise."""
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        found = found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None
    return found if _OLDEST <= found <= now + timedelta(days=1) else None
