"""Where the address that a company types is, without asking the geocoder."""

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.companies.models import Company
from traitdunion.immersions import addresses
from traitdunion.immersions.addresses import FieldRefused, Placed


@pytest.fixture
def company(session: Session) -> Company:
    """A company in Metz; two towns share a postcode."""
    make.commune(session, postcodes=["57000", "57050"])
    make.commune(session, "57480", "Montigny-lès-Metz", postcodes=["57950"], latitude=49.1, longitude=6.15)
    make.commune(session, "57672", "Thionville", postcodes=["57100"])
    make.commune(session, "57441", "Manom", postcodes=["57100"])
    return make.company(session)


def place(session: Session, company: Company, address: str | None, postcode: str, city: str) -> Placed:
    """Where that is."""
    return addresses.place(session, address=address, postcode=postcode, city=city, company=company)


class TestPlace:
    @pytest.mark.parametrize(
        ("postcode", "city", "code"),
        [
            ("57000", "Metz", "57463"),
            ("57050", "METZ", "57463"),
            ("57045", "Metz Cedex 1", "57463"),
            ("57045", "Metz", "57463"),  # a CEDEX, which is no commune's
            ("57950", "Montigny", "57480"),  # the only one of its postcode
            ("57100", "thionvile", "57672"),
            ("57100", "Manom", "57441"),
        ],
    )
    def test_finds_the_commune(self, session: Session, company: Company, postcode: str, city: str, code: str) -> None:
        assert place(session, company, None, postcode, city).commune_code == code

    @pytest.mark.parametrize(
        ("postcode", "city", "field"), [("99999", "Metz", "code_postal"), ("57100", "Strasbourg", "ville")]
    )
    def test_says_in_which_field_the_trouble_is(
        self, session: Session, company: Company, postcode: str, city: str, field: str
    ) -> None:
        with pytest.raises(FieldRefused) as refusal:
            place(session, company, None, postcode, city)

        assert refusal.value.field == field

    def test_says_the_town_as_it_is_written(self, session: Session, company: Company) -> None:
        assert place(session, company, None, "57950", "montigny les metz").city == "Montigny-lès-Metz"

    @pytest.mark.parametrize(
        ("address", "is_approximate"), [("1, rue du FOUR", False), ("2 rue du Four", True), (None, True)]
    )
    def test_is_exact_where_the_company_is(
        self, session: Session, company: Company, address: str | None, is_approximate: bool
    ) -> None:
        assert place(session, company, address, "57000", "Metz").is_approximate is is_approximate

    def test_is_approximate_where_nobody_knows(self, session: Session, company: Company) -> None:
        company.latitude = company.longitude = None

        assert place(session, company, "1 rue du Four", "57000", "Metz").is_approximate
