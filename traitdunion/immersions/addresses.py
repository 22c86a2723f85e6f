"""Where a slot is: the commune of a postcode and a town, the company's own point, or the centre of the commune."""

from dataclasses import dataclass

from rapidfuzz import fuzz
from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from traitdunion.companies.models import Company
from traitdunion.core.errors import Refused
from traitdunion.territories import names
from traitdunion.territories.models import Commune

_LIKE_ENOUGH = 80  # of 100: « Montigny » for « Montigny-lès-Metz »
_NAMED = 4


class FieldRefused(Refused):
    """What was typed in one field cannot be; `field` is its name in `SlotForm`."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """Where an address is. `is_approximate`: the point is the commune's centre, the geocoder may know better."""

    address: str | None
    postcode: str
    city: str
    commune_code: str
    department: str
    latitude: float
    longitude: float
    is_approximate: bool


def place(session: Session, *, address: str | None, postcode: str, city: str, company: Company) -> Placed:
    """Where the address is, without asking anybody. Raises FieldRefused for a town that is not at that postcode."""
    commune = _commune(session, postcode, city)
    placed = Placed(
        address=address,
        postcode=postcode,
        city=commune.name,
        commune_code=commune.code,
        department=commune.department,
        latitude=commune.latitude,
        longitude=commune.longitude,
        is_approximate=True,
    )
    if company.latitude is None or company.longitude is None or not _is_company_address(placed, company):
        return placed
    return Placed(
        address=placed.address,
        postcode=placed.postcode,
        city=placed.city,
        commune_code=placed.commune_code,
        department=placed.department,
        latitude=company.latitude,
        longitude=company.longitude,
        is_approximate=False,
    )


def _is_company_address(placed: Placed, company: Company) -> bool:
    is_same_street = names.fold(placed.address or "") == names.fold(company.address or "")
    return is_same_street and placed.commune_code == company.commune_code


def _commune(session: Session, postcode: str, city: str) -> Commune:
    key = names.read(city).key or names.key(city)
    # A CEDEX is no commune's postcode: the name, in the département, tells.
    named = and_(Commune.search_keys.contains([key]), Commune.department == postcode[:2])
    rows = select(Commune).where(or_(Commune.postcodes.contains([postcode]), named))
    found = session.scalars(rows.order_by(Commune.population.desc(), Commune.code)).all()
    exact = [one for one in found if key in one.search_keys]
    if exact:
        return next((one for one in exact if postcode in one.postcodes), exact[0])
    if not found:
        raise FieldRefused("code_postal", "Ce code postal n’est celui d’aucune commune. Vérifiez ses chiffres.")
    like = max(found, key=lambda one: fuzz.partial_ratio(key, one.search_key))
    if len(found) == 1 or fuzz.partial_ratio(key, like.search_key) >= _LIKE_ENOUGH:
        return like
    told = ", ".join(one.name for one in found[:_NAMED])
    raise FieldRefused("ville", f"Cette ville n’est pas au {postcode}. Est-ce l’une de celles-ci\u00a0: {told}\u202f?")
