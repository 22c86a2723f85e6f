"""The area of an organisation, as people type it."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.prescribers import areas
from traitdunion.prescribers.areas import AreaRefused
from traitdunion.prescribers.models import Area
from traitdunion.territories.distances import Point

HERE = Point(49.1, 6.2)


@pytest.fixture(autouse=True)
def communes(session: Session) -> None:
    """Three communes of Moselle, two of which share a postcode."""
    make.commune(session, "57463", "Metz", postcodes=["57000", "57050"], population=120_000)
    make.commune(session, "57017", "Amanvillers", postcodes=["57865"])
    make.commune(session, "57999", "Voisinville", postcodes=["57865"])


class TestRead:
    def test_understands_names_and_postcodes(self, session: Session) -> None:
        found = areas.read(session, "Metz\n57865 ; amanvillers,\n\n", near=HERE)

        assert found.communes == {"57463", "57017"}
        assert found.postcodes == {"57865"}

    def test_understands_a_departement(self, session: Session) -> None:
        assert areas.read(session, "Moselle", near=HERE).communes == {"57463", "57017", "57999"}

    @pytest.mark.parametrize("typed", ["Trifouillis", "99999", "Metz, 00000"])
    def test_names_what_it_does_not_know(self, session: Session, typed: str) -> None:
        with pytest.raises(AreaRefused, match=typed.rsplit(", ", maxsplit=1)[-1]):
            areas.read(session, typed, near=HERE)

    def test_asks_for_something(self, session: Session) -> None:
        with pytest.raises(AreaRefused, match="au moins"):
            areas.read(session, " \n , ", near=HERE)


class TestWritten:
    @pytest.mark.parametrize("typed", ["Metz (57)\n57865", "Moselle (57)", "Amanvillers (57)\nMetz (57)"])
    def test_reads_back_as_it_was_typed(self, session: Session, typed: str) -> None:
        organisation = make.prescriber_organisation(session)

        areas.replace(session, organisation, areas.read(session, typed, near=HERE))

        assert "\n".join(areas.written(session, organisation.id)) == typed


class TestHolds:
    @pytest.mark.parametrize(("typed", "holds"), [("Metz", True), ("57050", True), ("57000", False), ("57865", False)])
    def test_means_the_postcode_or_a_commune_that_has_it(self, session: Session, typed: str, holds: bool) -> None:
        organisation = make.prescriber_organisation(session)
        areas.replace(session, organisation, areas.read(session, typed, near=HERE))

        found = session.scalars(select(Area.organisation_id).where(areas.holds("57050"))).all()

        assert (found == [organisation.id]) is holds
