"""What is suggested to a person who has a job in view, and why, in the words that are shown."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy.orm import Session

from tests import factories as make
from traitdunion.pathways import suggestions
from traitdunion.pathways.suggestions import ReasonKind, Suggestion, Wish
from traitdunion.territories.distances import Point
from traitdunion.trainings.models import TrainingSession

TODAY = make.NOW.date()
METZ = Point(49.1081, 6.196)
THIONVILLE = {"latitude": 49.3579, "longitude": 6.1684}  # 28 km
WISH = Wish(occupation_code="D1102", near=METZ, radius_km=30, level=3, has_licence=None, birth_date=None)


def planned(session: Session, starts_in: int = 60, **training: Any) -> TrainingSession:
    """A session of a baker's training, in so many days."""
    action = make.action(session, make.training(session, **training))
    return make.training_session(session, action, today=TODAY, starts_in=starts_in)


def suggested(session: Session, wish: Wish = WISH, person_id: int = 0) -> list[Suggestion]:
    return suggestions.suggest(session, wish, person_id=person_id, region_code=make.REGION, now=make.NOW)


def kinds(found: Suggestion) -> list[str]:
    return [reason.kind.value for reason in found.reasons]


class TestSuggest:
    def test_says_how_long_before_which_session(self, session: Session) -> None:
        aimed = planned(session, 30)
        planned(session, 90)
        slot = make.slot(session)

        (found,) = suggested(session)

        assert (found.slot, found.session, found.km) == (slot, aimed, 0)
        assert [reason.sentence for reason in found.reasons] == [
            "C’est le métier visé.",
            "Finit 20\u00a0jours avant la clôture des inscriptions.",
            "À moins d’un kilomètre.",
        ]
        assert found.score == pytest.approx(1 + 1.067 + 0.5)

    def test_puts_first_what_comes_before_a_session_then_the_nearest(self, session: Session) -> None:
        planned(session, 15)
        late = make.slot(session, first_day=TODAY + timedelta(days=20))
        far = make.slot(session, **THIONVILLE)
        near = make.slot(session, first_day=TODAY + timedelta(days=11))

        found = suggested(session)

        assert [one.slot for one in found] == [near, far, late]
        assert found[2].session is None

    def test_counts_a_training_that_is_entered_all_year(self, session: Session) -> None:
        always = planned(session)
        always.is_permanent, always.starts_on = True, None
        session.flush()
        make.slot(session)

        (found,) = suggested(session)

        assert found.session is always
        assert "On entre en formation toute l’année." in [reason.sentence for reason in found.reasons]

    def test_puts_the_very_job_before_its_kin(self, session: Session) -> None:
        make.occupation(session)
        make.occupation(session, "D1199", "Pâtissier / Pâtissière").parent_code = "D1102"
        session.flush()
        kin = make.slot(session, occupation_code="D1199")
        same = make.slot(session)
        make.slot(session, occupation_code="H2913")

        assert [one.slot for one in suggested(session)] == [same, kin]

    @pytest.mark.parametrize(
        "fields",
        [
            {"state": "full"},
            {"state": "draft"},
            {"latitude": 48.69, "longitude": 6.18},
            {"first_day": TODAY - timedelta(days=1)},
        ],
    )
    def test_leaves_out_what_cannot_be_booked_or_reached(self, session: Session, fields: dict[str, Any]) -> None:
        make.slot(session, **fields)

        assert suggested(session) == []

    def test_leaves_out_the_days_when_the_person_is_expected_elsewhere(self, session: Session) -> None:
        person = make.person(session)
        slot = make.slot(session)
        make.booking(session, make.slot(session, first_day=slot.first_day), person)

        assert suggested(session, person_id=person.id) == []
        assert suggested(session)

    def test_leaves_out_what_minors_may_not_do(self, session: Session) -> None:
        make.slot(session, minors_welcome=False)
        open_to_all = make.slot(session)

        young = suggested(session, replace(WISH, birth_date=date(2010, 1, 1)))
        child = suggested(session, replace(WISH, birth_date=date(2012, 1, 1)))

        assert [one.slot for one in young] == [open_to_all]
        assert child == []

    def test_without_a_car_keeps_what_is_near_or_says_how_to_come(self, session: Session) -> None:
        near = make.slot(session)
        make.slot(session, **THIONVILLE)
        served = make.slot(session, transport="TER, puis 5 min à pied", **THIONVILLE)

        found = suggested(session, replace(WISH, has_licence=False))

        assert [one.slot for one in found] == [near, served]
        assert "Sans voiture\u00a0: TER, puis 5 min à pied." in [reason.sentence for reason in found[1].reasons]

    def test_leaves_out_trainings_that_require_more(self, session: Session) -> None:
        planned(session, entry_level=5, is_entry_level_required=True)
        make.slot(session)

        assert suggested(session)[0].session is None
        assert suggested(session, replace(WISH, level=5))[0].session
        assert suggested(session, replace(WISH, level=None))[0].session

    def test_says_where_a_higher_level_is_wished_for(self, session: Session) -> None:
        planned(session, entry_level=4)
        make.slot(session)

        (found,) = suggested(session)

        assert "La formation souhaite le niveau bac, sans l’exiger." in [one.sentence for one in found.reasons]
        assert ReasonKind.LEVEL in kinds(found)

    def test_likes_companies_that_said_yes_already(self, session: Session) -> None:
        make.slot(session)
        sure = make.slot(session, first_day=TODAY + timedelta(days=12), accepts_at_once=True)

        assert suggested(session)[0].slot is sure

    def test_shows_more_than_one_company(self, session: Session) -> None:
        at = make.company(session)
        for days in range(3):
            make.slot(session, company=at, first_day=TODAY + timedelta(days=10 + days))
        other = make.slot(session, first_day=TODAY + timedelta(days=40))

        found = [one.slot.company_id for one in suggested(session)]

        assert found == [at.id, at.id, other.company_id]
