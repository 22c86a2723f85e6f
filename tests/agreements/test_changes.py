"""Changes of what is out to be signed: material ones clear the signatures, corrections keep them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests.agreements import bookings as booked
from traitdunion.agreements import agreements, changes, lifecycle, snapshot
from traitdunion.agreements.kinds import Act, Actor, PartyRole, Status
from traitdunion.agreements.models import Agreement, AgreementParty, Signature
from traitdunion.agreements.snapshot import Contact
from traitdunion.agreements.surroundings import Blocked
from traitdunion.notifications.models import Message

NOW = booked.NOW


def signed(session: Session, agreement: Agreement, role: PartyRole = PartyRole.COMPANY) -> Signature:
    """The agreement signed by that party, as `signing` writes it."""
    version = agreements.version_of(agreement)
    made = Signature(
        agreement=agreement,
        version_id=version.id,
        role=role.value,
        name="Ada Martin",
        channel="email",
        masked_address="a…@exemple.fr",
        signed_at=NOW,
        terms_hash=version.hash,
        hash=bytes(32),
    )
    session.add(made)
    lifecycle.step(session, agreement, Act.SIGN, actor=Actor(role.value), by=None, now=NOW)
    session.flush()
    return made


def party(agreement: Agreement, role: PartyRole) -> AgreementParty:
    """That party, which is there."""
    found = agreements.party(agreement, role)
    assert found is not None
    return found


class TestChange:
    def test_of_the_days_makes_a_version_that_everybody_signs_again(self, session: Session) -> None:
        agreement = booked.ready(session)
        signature = signed(session, agreement)
        terms = agreements.terms_of(agreement)
        first = agreements.version_of(agreement)

        found = changes.change(
            session, agreement, replace(terms, days=terms.days[:2]), actor=Actor.COMPANY, by=None, now=NOW
        )

        version = agreements.version_of(agreement)
        assert [one.is_material for one in found] == [True]
        assert (agreement.status, agreement.version) == (Status.READY_TO_SIGN, 2)
        assert signature.cleared_at == NOW
        assert (version.number, version.is_material, version.why) == (2, True, "Changé\u00a0: les jours et les heures.")
        assert version.hash == snapshot.digest(version.terms) != first.hash
        assert agreement.last_day == terms.days[1].on
        letters = session.scalars(select(Message).where(Message.kind == "signature_asked")).all()
        assert len(letters) == 4  # both parties, twice

    def test_of_a_typing_error_keeps_the_signatures(self, session: Session) -> None:
        agreement = booked.ready(session)
        signature = signed(session, agreement)
        terms = agreements.terms_of(agreement)
        tutor = Contact(given_name="Rachid", family_name="Petrain", function="Boulanger")

        changes.change(
            session,
            agreement,
            replace(terms, host=replace(terms.host, tutor=tutor)),
            actor=Actor.COMPANY,
            by=None,
            now=NOW,
        )

        assert (agreement.status, agreement.version) == (Status.PARTIALLY_SIGNED, 2)
        assert signature.cleared_at is None
        assert not agreements.version_of(agreement).is_material
        assert party(agreement, PartyRole.TUTOR).family_name == "Petrain"
        assert agreement.events[-1].act == Act.CORRECT

    def test_of_nothing_changes_nothing(self, session: Session) -> None:
        agreement = booked.ready(session)

        found = changes.change(
            session, agreement, agreements.terms_of(agreement), actor=Actor.COMPANY, by=None, now=NOW
        )

        assert found == []
        assert (agreement.version, agreement.sequence) == (1, 3)

    def test_is_refused_when_the_law_forbids_it(self, session: Session) -> None:
        agreement = booked.ready(session)
        terms = agreements.terms_of(agreement)
        later = (*terms.days, replace(terms.days[0], on=terms.days[0].on + timedelta(days=40)))

        with pytest.raises(Blocked, match="un mois au plus"):
            changes.change(session, agreement, replace(terms, days=later), actor=Actor.COMPANY, by=None, now=NOW)

        assert (agreement.version, agreement.status) == (1, Status.READY_TO_SIGN)

    def test_is_too_late_once_validated(self, session: Session) -> None:
        agreement = booked.ready(session)
        agreement.status, agreement.validated_at = Status.ACCEPTED_BY_VALIDATOR.value, NOW
        terms = agreements.terms_of(agreement)

        with pytest.raises(lifecycle.NotPossible):
            changes.change(
                session, agreement, replace(terms, days=terms.days[:1]), actor=Actor.COMPANY, by=None, now=NOW
            )

        assert agreement.version == 1


class TestCorrectAddress:
    def test_keeps_the_signatures_and_the_version(self, session: Session) -> None:
        agreement = booked.ready(session)
        signature = signed(session, agreement)

        changes.correct_address(
            session,
            agreement,
            PartyRole.COMPANY,
            email="accueil@exemple.fr",
            phone="+33639980011",
            actor=Actor.COMPANY,
            by=None,
            now=NOW,
        )

        assert (agreement.version, agreement.status) == (1, Status.PARTIALLY_SIGNED)
        assert signature.cleared_at is None
        assert party(agreement, PartyRole.COMPANY).phone == "+33639980011"
        assert "accueil@exemple.fr" not in booked.written(session, "signature_asked")  # it has signed

    def test_asks_who_has_yet_to_sign_there(self, session: Session) -> None:
        agreement = booked.ready(session)

        changes.correct_address(
            session,
            agreement,
            PartyRole.COMPANY,
            email="accueil@exemple.fr",
            phone=None,
            actor=Actor.COUNSELLOR,
            by=None,
            now=NOW,
        )

        assert "accueil@exemple.fr" in booked.written(session, "signature_asked")

    def test_refuses_the_address_of_another_party(self, session: Session) -> None:
        agreement = booked.ready(session)
        taken = party(agreement, PartyRole.BENEFICIARY).email

        with pytest.raises(Blocked):
            changes.correct_address(
                session, agreement, PartyRole.COMPANY, email=taken, phone=None, actor=Actor.COMPANY, by=None, now=NOW
            )

    def test_refuses_a_role_that_nobody_has(self, session: Session) -> None:
        agreement = booked.ready(session)

        with pytest.raises(changes.NoSuchParty):
            changes.correct_address(
                session,
                agreement,
                PartyRole.REPRESENTATIVE,
                email="a@exemple.fr",
                phone=None,
                actor=Actor.COMPANY,
                by=None,
                now=NOW,
            )
