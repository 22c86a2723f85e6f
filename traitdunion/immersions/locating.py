"""The job that looks for a slot's address on the map, once the slot is stored: nobody waits for the geocoder."""

from flask import current_app
from sqlalchemy.orm import Session

from traitdunion.clients.geocoding import Geocoder
from traitdunion.core import db, jobs
from traitdunion.immersions.models import Slot


def defer(session: Session, slot: Slot) -> None:
    """Has the address looked for when all that is known is the commune's centre."""
    if slot.is_place_approximate and slot.address:
        jobs.defer(session, locate, {"slot_id": slot.id}, key=f"locate:{slot.id}")


@jobs.task(queue="immersions")
def locate(slot_id: int) -> None:
    """Puts the slot where its address is; it stays at the commune's centre when the geocoder is not sure.

    Tried again later while the geocoder does not answer. Likely answers may be of another town: the commune must agree.
    """
    with db.transaction() as session:
        slot = session.get(Slot, slot_id)
        asked = _address(slot) if slot is not None and slot.is_place_approximate else None
    if asked is None:
        return
    found = Geocoder(str(current_app.config["GEOCODING_URL"])).find(asked)
    if found is None:
        return
    with db.transaction() as session:
        slot = session.get(Slot, slot_id, with_for_update={"key_share": True})
        # It may have moved in the meantime: then another job looks for its new address.
        if slot is None or _address(slot) != asked or not _is_there(slot, found.commune_code, found.postcode):
            return
        slot.latitude, slot.longitude, slot.is_place_approximate = found.latitude, found.longitude, False


def _address(slot: Slot) -> str | None:
    return f"{slot.address} {slot.postcode} {slot.city}" if slot.address else None


def _is_there(slot: Slot, commune_code: str, postcode: str) -> bool:
    # A district of Paris, Lyon or Marseille has a code of its own, and the postcode of the slot.
    return commune_code == slot.commune_code or postcode == slot.postcode
