"""What machines read of an offer and of a training: schema.org, as Google's documentation asks for it (2026-11-21).

Nothing is said that the source did not say: what lacks a property that is compulsory there is not described at all.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from traitdunion.core import prose
from traitdunion.offers.models import Offer
from traitdunion.search.trainings import Place
from traitdunion.territories import areas
from traitdunion.territories.models import Commune
from traitdunion.trainings.drafts import REGION_FUNDER, Mode
from traitdunion.trainings.models import Action, Training, TrainingSession

Thing: TypeAlias = dict[str, Any]
"""An object of JSON-LD."""

_CONTEXT = "https://schema.org"
_COUNTRY = "FR"
_TEMPORARY = frozenset({"CDD", "MIS", "SAI", "DDI", "TTI"})
_INDEPENDENT = frozenset({"LIB", "FRA", "REP"})
_MODES = {Mode.ON_SITE: "Onsite", Mode.MIXED: "Blended", Mode.DISTANCE: "Online"}


def job_posting(offer: Offer, commune: Commune | None, *, url: str, valid_through: datetime | None) -> Thing | None:
    """`JobPosting`; None without description or place, which are compulsory.

    `valid_through`: None when the source tells no end, as a crawled one, whose offers answer 410 the day after they
    are withdrawn; Google asks to leave out an end that is not known. An employer that hides is "confidential".
    """
    place = _job_place(offer, commune)
    if place is None or not offer.description:
        return None
    company: str | Thing = (
        {"@type": "Organization", "name": offer.company_name} if offer.company_name else "confidential"
    )
    return _said(
        {
            "@context": _CONTEXT,
            "@type": "JobPosting",
            "title": offer.title,
            "description": str(prose.readable(offer.description)),
            "datePosted": (offer.published_at or offer.first_seen_at).isoformat(),
            "validThrough": valid_through.isoformat() if valid_through else None,
            "hiringOrganization": company,
            "jobLocation": place,
            "employmentType": employment_types(offer),
            "totalJobOpenings": offer.positions,
            "identifier": {"@type": "PropertyValue", "name": offer.source, "value": offer.source_id},
            "occupationalCategory": offer.rome_code,
            "url": url,
            "directApply": False,
        }
    )


def employment_types(offer: Offer) -> list[str]:
    """Google's words for France Travail's codes of contract; a permanent contract is full-time unless it says so."""
    is_part_time = "partiel" in (offer.hours_label or "").lower()
    if offer.is_work_study:
        return ["OTHER"]  # none of its words is an apprenticeship
    if offer.contract_type in _TEMPORARY:
        return ["TEMPORARY", "PART_TIME"] if is_part_time else ["TEMPORARY"]
    if offer.contract_type in _INDEPENDENT:
        return ["CONTRACTOR"]
    if offer.contract_type == "CDI":
        return ["PART_TIME" if is_part_time else "FULL_TIME"]
    return ["OTHER"]


def course(training: Training, places: Iterable[Place], *, url: str) -> Thing | None:
    """`Course` with a `CourseInstance` for each open session; None without description or organisation, compulsory."""
    description = training.objective or training.content or training.results
    if not description or training.organisation is None:
        return None
    provider = {"@type": "Organization", "name": training.organisation.name}
    return _said(
        {
            "@context": _CONTEXT,
            "@type": "Course",
            "name": training.title,
            "description": description,
            "url": url,
            "provider": provider,
            "offers": _free() if training.is_funded else None,
            "hasCourseInstance": [
                instance for place in places for instance in _instances(place.action, place.sessions)
            ],
        }
    )


def _instances(action: Action, sessions: Sequence[TrainingSession]) -> list[Thing]:
    told: list[TrainingSession | None] = [*sessions] or ([None] if action.is_permanent else [])
    return [_instance(action, session) for session in told]


def _instance(action: Action, session: TrainingSession | None) -> Thing:
    is_funded = REGION_FUNDER in action.funders  # a training may be funded at one place and not at another
    price = {"@type": "Offer", "category": "Paid", "price": float(action.price or 0), "priceCurrency": "EUR"}
    return _said(
        {
            "@type": "CourseInstance",
            "courseMode": _MODES[Mode(action.mode)] if action.mode is not None else None,
            "courseWorkload": f"PT{action.hours}H" if action.hours else None,
            "startDate": session.starts_on.isoformat() if session and session.starts_on else None,
            "endDate": session.ends_on.isoformat() if session and session.ends_on else None,
            "location": None if action.mode == Mode.DISTANCE else _training_place(action),
            "offers": _free() if is_funded else price if action.price else None,
        }
    )


def _free() -> Thing:
    return {"@type": "Offer", "category": "Free", "price": 0, "priceCurrency": "EUR"}


def _job_place(offer: Offer, commune: Commune | None) -> Thing | None:
    department = areas.departments().get(offer.department or "")
    if commune is None and department is None:
        return None
    return _place(
        city=commune.name if commune else None,
        # A commune with several postcodes does not say which.
        postcode=commune.postcodes[0] if commune and len(commune.postcodes) == 1 else None,
        region=department.name if department else None,
        # The centre of a commune is not where one works.
        at=None if offer.is_place_approximate else (offer.latitude, offer.longitude),
    )


def _training_place(action: Action) -> Thing | None:
    if not action.city and not action.postcode:
        return None
    return _place(
        name=action.place_name,
        street=action.address,
        city=action.city,
        postcode=action.postcode,
        at=None if action.is_place_approximate else (action.latitude, action.longitude),
    )


def _place(
    *,
    name: str | None = None,
    street: str | None = None,
    city: str | None,
    postcode: str | None,
    region: str | None = None,
    at: tuple[float | None, float | None] | None,
) -> Thing:
    latitude, longitude = at or (None, None)
    address = {
        "@type": "PostalAddress",
        "streetAddress": street,
        "addressLocality": city,
        "postalCode": postcode,
        "addressRegion": region,
        "addressCountry": _COUNTRY,
    }
    geo = {"@type": "GeoCoordinates", "latitude": latitude, "longitude": longitude}
    return _said(
        {"@type": "Place", "name": name, "address": _said(address), "geo": geo if latitude is not None else None}
    )


def _said(thing: Thing) -> Thing:
    """Without what is unknown; False and 0 say something."""
    return {name: value for name, value in thing.items() if value is not None and value != []}
