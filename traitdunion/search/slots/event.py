"""What machines read of a slot: schema.org `Event`, as Google's documentation asks for it (2026-11-21)."""

from datetime import datetime
from typing import Any

from traitdunion.core import clock
from traitdunion.immersions import dates
from traitdunion.immersions.models import Slot


def of(slot: Slot, *, free: int, url: str) -> dict[str, Any]:
    """The slot as an event to attend on site, free of charge."""
    address = {
        "@type": "PostalAddress",
        "addressLocality": slot.city,
        "postalCode": slot.postcode,
        "addressCountry": "FR",
        **({"streetAddress": slot.address} if slot.address else {}),
    }
    return {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": f"Immersion\u00a0: {slot.title}",
        "description": slot.tasks,
        "startDate": dates.starts(slot).isoformat(),
        "endDate": _end(slot).isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "location": {"@type": "Place", "name": slot.company.name, "address": address},
        "organizer": {"@type": "Organization", "name": slot.company.name},
        "isAccessibleForFree": True,
        "maximumAttendeeCapacity": slot.places,
        "remainingAttendeeCapacity": free,
        "offers": {
            "@type": "Offer",
            "price": 0,
            "priceCurrency": "EUR",
            "availability": f"https://schema.org/{'InStock' if free else 'SoldOut'}",
            "url": url,
        },
        "url": url,
    }


def _end(slot: Slot) -> datetime:
    return dates.ends(slot).astimezone(clock.PARIS)
