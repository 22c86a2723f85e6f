"""The table of communes filled and replaced."""

import pytest
from sqlalchemy import func, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tests.territories.samples import commune
from traitdunion.clients.geo_api import CommuneRecord
from traitdunion.territories import communes
from traitdunion.territories.communes import Counts
from traitdunion.territories.models import Commune


def many(count: int) -> list[CommuneRecord]:
    """Communes with codes from 57000 on."""
    return [commune(code=str(57000 + number), name=f"Lieu {number}") for number in range(count)]


class TestReplace:
    def test_adds_changes_and_removes(self, session: Session) -> None:
        communes.replace(session, many(300))
        newer = [commune(code="57000", name="Autre"), *many(299)[1:], commune(code="57999")]

        counts = communes.replace(session, newer)

        assert counts == Counts(read=300, added=1, changed=1, removed=1, unplaced=0)
        assert session.get_one(Commune, "57000").search_keys == ["autre"]
        assert session.get(Commune, "57299") is None

    def test_knows_communes_by_the_names_of_those_that_joined_them(self, session: Session) -> None:
        former = (("01033", "Bellegarde-sur-Valserine"), ("01091", "Châtillon-en-Michaille"))

        communes.replace(session, [commune(code="01033", name="Valserhône", former=former)])

        found = session.get_one(Commune, "01033")
        assert found.search_keys == ["valserhone", "bellegarde sur valserine", "chatillon en michaille"]
        assert found.former_codes == ["01091"]

    def test_keeps_the_centre_of_a_commune_that_came_without(self, session: Session) -> None:
        communes.replace(session, [commune()])

        counts = communes.replace(session, [commune(centre=None, population=1)])

        assert (counts.changed, counts.unplaced) == (1, 0)
        assert session.get_one(Commune, "57463").latitude == 49.1081

    def test_leaves_out_a_new_commune_without_a_centre(self, session: Session) -> None:
        counts = communes.replace(session, [commune(), commune(code="98711", name="Anaa", centre=None)])

        assert (counts.added, counts.unplaced) == (1, 1)

    def test_refuses_a_suspicious_loss(self, session: Session) -> None:
        communes.replace(session, many(200))

        with pytest.raises(communes.DropRefused, match=r"3 communes sur 200 disparaîtraient\. Rien n’est changé"):
            communes.replace(session, many(197))

        assert session.scalar(select(func.count()).select_from(Commune)) == 200

    def test_accepts_the_losses_of_a_year_of_mergers(self, session: Session) -> None:
        communes.replace(session, many(200))

        assert communes.replace(session, many(198)).removed == 2

    def test_accepts_a_loss_that_is_confirmed(self, session: Session) -> None:
        communes.replace(session, many(200))

        assert communes.replace(session, many(1), accept_drop=True).removed == 199

    def test_is_all_or_nothing(self, session: Session) -> None:
        communes.replace(session, many(10))

        with pytest.raises(IntegrityError, match="ck_communes_latitude"), session.begin_nested():
            communes.replace(session, [*many(10), commune(code="57999", centre=(999.0, 0.0))])

        assert session.scalar(select(func.count()).select_from(Commune)) == 10


class TestIsEmpty:
    def test_tells_whether_anything_was_loaded(self, session: Session) -> None:
        before = communes.is_empty(session)
        communes.replace(session, [commune()])

        assert (before, communes.is_empty(session)) == (True, False)
