"""The right to prescribe: by law, by a confirmed delegation and until its last day; reminders go once each."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from traitdunion.notifications.models import DigestItem, Message
from traitdunion.prescribers import delegations
from traitdunion.prescribers.delegations import DelegationRefused, Right
from traitdunion.prescribers.kinds import OrganisationKind
from traitdunion.prescribers.models import Delegation, Organisation

TODAY = NOW.date()


def delegated(session: Session, *, ends_in: int = 365, **fields: Any) -> Delegation:
    """The delegation of a body that does not prescribe by right."""
    of = fields.pop("organisation", None) or make.prescriber_organisation(session, kind="other", name="Asso Exemple")
    row: dict[str, Any] = {
        "delegator_kind": "france_travail",
        "delegator_name": "France Travail Exemple",
        "number": "D-12",
        "starts_on": TODAY - timedelta(days=300),
        "ends_on": TODAY + timedelta(days=ends_in),
        "created_at": NOW,
        "confirmed_at": NOW,
        **fields,
    }
    made = Delegation(organisation=of, **row)
    session.add(made)
    session.flush()
    return made


class TestMayPrescribe:
    @pytest.mark.parametrize("kind", [kind for kind in OrganisationKind if kind.prescribes_by_right])
    def test_is_the_right_of_those_the_law_names(self, session: Session, kind: OrganisationKind) -> None:
        organisation = make.prescriber_organisation(session, kind=kind.value)

        assert delegations.may_prescribe(organisation, on=TODAY)

    @pytest.mark.parametrize("kind", [kind for kind in OrganisationKind if not kind.prescribes_by_right])
    def test_asks_the_others_for_a_delegation(self, session: Session, kind: OrganisationKind) -> None:
        organisation = make.prescriber_organisation(session, kind=kind.value)

        assert not delegations.may_prescribe(organisation, on=TODAY)

    @pytest.mark.parametrize(("ends_in", "may"), [(1, True), (0, True), (-1, False)])
    def test_holds_until_the_last_day(self, session: Session, ends_in: int, may: bool) -> None:
        found = delegated(session, ends_in=ends_in)

        assert delegations.may_prescribe(found.organisation, on=TODAY) is may
        in_query = select(Organisation.id).where(delegations.has_right(on=TODAY))
        assert (session.scalars(in_query).all() == [found.organisation_id]) is may

    def test_waits_for_an_operator(self, session: Session) -> None:
        found = delegated(session, confirmed_at=None)

        assert delegations.standing(found.organisation, on=TODAY).right is Right.UNCONFIRMED
        delegations.confirm(session, found, by=None, now=NOW)
        assert delegations.may_prescribe(found.organisation, on=TODAY)

    def test_ends_with_the_organisation(self, session: Session) -> None:
        closed = make.prescriber_organisation(session, state="closed")

        assert not delegations.may_prescribe(closed, on=TODAY)


class TestStanding:
    @pytest.mark.parametrize(
        ("ends_in", "right"), [(200, Right.DELEGATED), (80, Right.ENDS_SOON), (0, Right.ENDS_SOON), (-1, Right.ENDED)]
    )
    def test_says_how_long_it_holds(self, session: Session, ends_in: int, right: Right) -> None:
        found = delegated(session, ends_in=ends_in)

        assert delegations.standing(found.organisation, on=TODAY).right is right

    def test_is_calm_once_renewed(self, session: Session) -> None:
        found = delegated(session, ends_in=10)
        delegated(session, organisation=found.organisation, number="D-13", starts_on=found.ends_on, ends_in=400)
        session.refresh(found.organisation)

        assert delegations.standing(found.organisation, on=TODAY).right is Right.DELEGATED


class TestDeclare:
    def declare(self, session: Session, organisation: Organisation, **fields: Any) -> Delegation:
        """A year from today, by France Travail."""
        said: dict[str, Any] = {
            "delegator": OrganisationKind.FRANCE_TRAVAIL,
            "delegator_name": "France Travail Exemple",
            "number": "D-1",
            "starts_on": TODAY,
            "ends_on": TODAY + timedelta(days=365),
            **fields,
        }
        return delegations.declare(session, organisation, **said, now=NOW)

    @pytest.mark.parametrize(
        ("fields", "told"),
        [
            ({"ends_on": TODAY - timedelta(days=1), "starts_on": TODAY - timedelta(days=9)}, "déjà terminée"),
            ({"ends_on": TODAY, "starts_on": TODAY + timedelta(days=1)}, "avant d’avoir commencé"),
            ({"ends_on": date(2126, 1, 1)}, "dates"),
            ({"delegator": OrganisationKind.SIAE}, "déléguer"),
        ],
    )
    def test_refuses_what_cannot_be(self, session: Session, fields: dict[str, Any], told: str) -> None:
        organisation = make.prescriber_organisation(session, kind="other")

        with pytest.raises(DelegationRefused, match=told):
            self.declare(session, organisation, **fields)

    def test_said_again_changes_nothing(self, session: Session) -> None:
        organisation = make.prescriber_organisation(session, kind="other")
        first = self.declare(session, organisation)
        delegations.confirm(session, first, by=None, now=NOW)

        assert self.declare(session, organisation) is first
        assert first.confirmed_at == NOW

    def test_corrected_waits_again(self, session: Session) -> None:
        organisation = make.prescriber_organisation(session, kind="other")
        first = self.declare(session, organisation)
        delegations.confirm(session, first, by=None, now=NOW)

        self.declare(session, organisation, ends_on=TODAY + timedelta(days=700))

        assert first.confirmed_at is None


class TestRemind:
    def told(self, session: Session) -> list[str]:
        """What the administrator was or will be told, by step."""
        lines = session.scalars(select(DigestItem.key).order_by(DigestItem.id)).all()
        letters = session.scalars(select(Message.key).order_by(Message.id)).all()
        return [key.split(":")[3] for key in (*lines, *letters)]

    @pytest.mark.parametrize(
        ("ends_in", "steps"),
        [
            (93, []),
            (92, ["three-months"]),
            (31, ["three-months"]),
            (30, ["one-month"]),
            (0, ["one-month"]),
            (-1, ["over"]),
            (-40, []),
        ],
    )
    def test_goes_step_by_step(self, session: Session, ends_in: int, steps: list[str]) -> None:
        found = delegated(session, ends_in=ends_in)
        make.prescriber(session, found.organisation, is_administrator=True)
        make.prescriber(session, found.organisation)

        for _ in range(2):
            delegations.remind(session, today=TODAY, now=NOW)

        assert self.told(session) == steps

    def test_tells_each_step_once_over_the_months(self, session: Session) -> None:
        found = delegated(session, ends_in=100)
        make.prescriber(session, found.organisation, is_administrator=True)

        for day in range(140):
            delegations.remind(session, today=TODAY + timedelta(days=day), now=NOW + timedelta(days=day))

        assert self.told(session) == ["three-months", "one-month", "over"]

    def test_leaves_alone_who_has_another(self, session: Session) -> None:
        found = delegated(session, ends_in=10)
        make.prescriber(session, found.organisation, is_administrator=True)
        delegated(session, organisation=found.organisation, number="D-13", starts_on=TODAY, ends_in=400)

        delegations.remind(session, today=TODAY, now=NOW)

        assert self.told(session) == []
