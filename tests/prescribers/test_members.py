"""Who speaks for an organisation: invitations open to their address alone, people keep a referent."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from traitdunion.accounts.models import AuditEntry
from traitdunion.core import db, tokens
from traitdunion.core.tokens import TokenRefused
from traitdunion.notifications.models import Message
from traitdunion.prescribers import caseload, members
from traitdunion.prescribers.kinds import Origin
from traitdunion.prescribers.members import MemberRefused
from traitdunion.prescribers.models import CaseloadEntry, Prescriber


def follow(session: Session, by: Prescriber) -> CaseloadEntry:
    """Somebody whom the member follows."""
    person = make.person(session, "Ada")
    return caseload.follow(session, organisation=by.organisation, person=person, origin=Origin.CREATED, by=by, now=NOW)


@pytest.fixture
def sign(app: object) -> Callable[[int], str]:
    """The token of an invitation."""
    return lambda prescriber_id: tokens.sign(members.INVITATION, [prescriber_id])


class TestOf:
    def test_gives_the_memberships_of_active_organisations(self, session: Session) -> None:
        here = make.prescriber(session, make.prescriber_organisation(session))
        assert here.person is not None
        for state in ("waiting", "refused", "closed"):
            make.prescriber(session, make.prescriber_organisation(session, state=state), here.person)

        assert members.of(session, here.person.id) == [here]
        assert len(members.of_waiting(session, here.person.id)) == 1

    def test_forgets_who_left(self, session: Session) -> None:
        gone = make.prescriber(session, make.prescriber_organisation(session), state="left", left_at=NOW)
        assert gone.person is not None

        assert members.of(session, gone.person.id) == []
        assert not members.is_member(session, gone.organisation_id, gone.person.id)


class TestInvite:
    def test_writes_once_a_day(self, session: Session) -> None:
        organisation, by = make.prescriber_organisation(session), make.person(session)

        for _ in range(2):
            members.invite(session, organisation, "paula@exemple.fr", by=by, now=NOW)

        assert session.scalar(select(func.count()).where(Message.kind == "prescriber_invitation")) == 1
        assert len(members.invited(session, organisation.id)) == 1

    def test_refuses_a_member(self, session: Session) -> None:
        member = make.prescriber(session, make.prescriber_organisation(session))
        assert member.person is not None
        assert member.person.email is not None

        with pytest.raises(MemberRefused, match="déjà membre"):
            members.invite(session, member.organisation, member.person.email, by=member.person, now=NOW)


class TestAccept:
    def test_makes_a_member_of_the_invited_address_alone(self, session: Session) -> None:
        organisation, by = make.prescriber_organisation(session), make.person(session)
        members.invite(session, organisation, "paula@exemple.fr", by=by, now=NOW)

        member = members.accept(session, members.invited(session, organisation.id)[0], now=NOW)

        assert member.person is not None
        assert member.person.email == "paula@exemple.fr"
        assert not member.is_administrator

    def test_lets_who_left_come_back(self, session: Session) -> None:
        gone = make.prescriber(session, make.prescriber_organisation(session), state="left", left_at=NOW)
        assert gone.person is not None
        assert gone.person.email is not None
        members.invite(session, gone.organisation, gone.person.email, by=gone.person, now=NOW)

        back = members.accept(session, members.invited(session, gone.organisation_id)[0], now=NOW)

        assert (back.id, back.state, back.left_at) == (gone.id, "active", None)

    def test_works_once(self, session: Session, sign: Callable[[int], str]) -> None:
        organisation, by = make.prescriber_organisation(session), make.person(session)
        members.invite(session, organisation, "paula@exemple.fr", by=by, now=NOW)
        invited = members.invited(session, organisation.id)[0]
        token = sign(invited.id)
        members.accept(session, invited, now=NOW)

        with pytest.raises(TokenRefused, match="déjà servi"):
            members.invitation(session, token)


class TestLeave:
    def test_hands_the_people_over(self, session: Session) -> None:
        leaving = make.prescriber(session, make.prescriber_organisation(session))
        colleague = make.prescriber(session, leaving.organisation, is_administrator=True)
        entry = follow(session, leaving)
        assert colleague.person is not None

        assert members.leave(session, leaving, to=colleague, by=colleague.person, now=NOW) == 1

        session.refresh(entry)
        assert entry.prescriber_id == colleague.id
        assert session.scalars(select(AuditEntry.act)).all() == ["prescriber.leave"]

    def test_asks_who_takes_them(self, session: Session) -> None:
        leaving = make.prescriber(session, make.prescriber_organisation(session))
        make.prescriber(session, leaving.organisation, is_administrator=True)
        follow(session, leaving)
        assert leaving.person is not None

        with pytest.raises(MemberRefused, match="reprend"):
            members.leave(session, leaving, to=None, by=leaving.person, now=NOW)

    def test_refuses_a_colleague_from_elsewhere(self, session: Session) -> None:
        leaving = make.prescriber(session, make.prescriber_organisation(session))
        make.prescriber(session, leaving.organisation)
        stranger = make.prescriber(session, make.prescriber_organisation(session, name="Cap emploi Exemple"))
        assert leaving.person is not None

        with pytest.raises(MemberRefused, match="collègue"):
            members.leave(session, leaving, to=stranger, by=leaving.person, now=NOW)

    def test_leaves_people_to_the_organisation_when_nobody_is_left(self, session: Session) -> None:
        leaving = make.prescriber(session, make.prescriber_organisation(session), is_administrator=True)
        entry = follow(session, leaving)
        assert leaving.person is not None

        members.leave(session, leaving, to=None, by=leaving.person, now=NOW)

        session.refresh(entry)
        assert (entry.prescriber_id, entry.ended_at) == (None, None)

    def test_keeps_an_administrator(self, session: Session) -> None:
        leaving = make.prescriber(session, make.prescriber_organisation(session), is_administrator=True)
        colleague = make.prescriber(session, leaving.organisation)
        assert leaving.person is not None

        with pytest.raises(MemberRefused, match="administrer"):
            members.leave(session, leaving, to=colleague, by=leaving.person, now=NOW)
        with pytest.raises(MemberRefused, match="administrer"):
            members.unmake_administrator(session, leaving, by=leaving.person, now=NOW)

        members.make_administrator(session, colleague, by=leaving.person, now=NOW)
        members.leave(session, leaving, to=colleague, by=leaving.person, now=NOW)
        assert leaving.state == "left"


class TestForget:
    def test_erases_old_invitations_and_who_left_two_years_ago(self, session: Session) -> None:
        organisation, by = make.prescriber_organisation(session), make.person(session)
        members.invite(session, organisation, "paula@exemple.fr", by=by, now=NOW)
        make.prescriber(session, organisation, state="left", left_at=NOW - timedelta(days=800))
        kept = make.prescriber(session, organisation)

        members.forget(session, now=NOW + timedelta(days=15))

        assert session.scalars(select(Prescriber.id)).all() == [kept.id]


class TestSimultaneity:
    def test_two_who_leave_to_one_another_leave_nobody_behind(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            organisation = make.prescriber_organisation(session)
            pair = [make.prescriber(session, organisation, is_administrator=True) for _ in range(2)]
            for one in pair:
                follow(session, one)
            ids = [one.id for one in pair]
        start = Barrier(2)

        def leave(mine: int, other: int) -> bool:
            with committing_app.app_context(), db.transaction() as session:
                me, to = session.get_one(Prescriber, mine), session.get_one(Prescriber, other)
                assert me.person is not None
                start.wait(timeout=10)
                try:
                    members.leave(session, me, to=to, by=me.person, now=NOW)
                except MemberRefused:
                    return False
                return True

        with ThreadPoolExecutor(2) as pool:
            left = list(pool.map(leave, ids, reversed(ids)))

        with db.transaction() as session:
            referents = select(Prescriber.state).join(CaseloadEntry, CaseloadEntry.prescriber_id == Prescriber.id)
            assert session.scalars(referents).all() == ["active", "active"]
        assert sorted(left) == [False, True]
