"""Signing: who, what, once; and the chain as it is stored."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import samples
from tests.agreements.signing.samples import party
from traitdunion.agreements import changes, lifecycle, snapshot
from traitdunion.agreements.kinds import Act, Actor, PartyRole, SignatureChannel, Status
from traitdunion.agreements.models import Agreement, AgreementParty, AgreementVersion, Signature, SignatureCode
from traitdunion.agreements.signing import codes, letters, signatures
from traitdunion.core import db, tokens

NOW = make.NOW
MINUTE = timedelta(minutes=1)


@pytest.fixture
def agreement(session: Session) -> Agreement:
    """To sign, by the beneficiary and the company."""
    return samples.agreement(session)


def code_of(session: Session, one: AgreementParty, version: AgreementVersion | None = None) -> SignatureCode:
    """One that was sent, and typed."""
    of = version or one.agreement.versions[0]
    found = codes.ask(session, one, of, channel=SignatureChannel.EMAIL, now=NOW)
    session.flush()
    return found


def sign(session: Session, one: AgreementParty) -> Signature:
    """The party does, a minute after it asked."""
    found = signatures.sign(session, one, code_of(session, one), now=NOW + MINUTE)
    session.flush()
    return found


class TestSign:
    def test_keeps_what_was_signed_when_how_and_where_the_code_went(
        self, session: Session, agreement: Agreement
    ) -> None:
        company = party(agreement, PartyRole.COMPANY)

        found = sign(session, company)

        assert company.email is not None
        assert found.terms_hash == agreement.versions[0].hash
        assert (found.role, found.name) == ("company", "Ada Martin")
        assert (found.channel, found.masked_address) == ("email", codes.masked_email(company.email))
        assert found.signed_at == NOW + MINUTE
        assert found.previous_hash is None
        assert signatures.holds(agreement)

    def test_waits_for_the_others_then_goes_to_the_organisation(self, session: Session, agreement: Agreement) -> None:
        first = sign(session, party(agreement))
        assert agreement.status == Status.PARTIALLY_SIGNED

        second = sign(session, party(agreement, PartyRole.COMPANY))

        assert agreement.status == Status.IN_REVIEW
        assert second.previous_hash == first.hash
        assert [event.act for event in agreement.events] == [Act.SIGN, Act.SIGN_LAST]
        assert signatures.holds(agreement)

    def test_waits_for_the_representative_of_a_minor(self, session: Session) -> None:
        agreement = samples.agreement(session, samples.minor(samples.terms()))

        for role in (PartyRole.COMPANY, PartyRole.BENEFICIARY):
            sign(session, party(agreement, role))
        assert agreement.status == Status.PARTIALLY_SIGNED
        sign(session, party(agreement, PartyRole.REPRESENTATIVE))

        assert agreement.status == Status.IN_REVIEW
        assert signatures.holds(agreement)

    def test_refuses_a_second_time(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        sign(session, beneficiary)

        with pytest.raises(signatures.CannotSign, match="déjà signé"):
            sign(session, beneficiary)

    def test_refuses_a_code_that_has_served(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        asked = code_of(session, beneficiary)
        codes.use(session, asked, now=NOW)

        with pytest.raises(codes.CodeRefused, match="déjà servi"):
            signatures.sign(session, beneficiary, asked, now=NOW)

    def test_refuses_a_text_that_was_not_read(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        asked = code_of(session, beneficiary)
        stored = snapshot.to_json(samples.terms(tasks="Tout autre chose."))
        agreement.versions.append(
            AgreementVersion(
                number=2,
                terms=stored,
                hash=snapshot.digest(stored),
                is_material=True,
                created_at=NOW,
                frozen_at=NOW,
            )
        )
        agreement.version = 2
        session.flush()

        with pytest.raises(signatures.CannotSign, match="Le texte a changé"):
            signatures.sign(session, beneficiary, asked, now=NOW)

    @pytest.mark.parametrize("status", sorted(set(Status) - {Status.READY_TO_SIGN, Status.PARTIALLY_SIGNED}))
    def test_refuses_what_is_not_to_be_signed(self, session: Session, status: Status) -> None:
        agreement = samples.agreement(session, status=status)

        with pytest.raises(signatures.CannotSign, match="n’attend plus"):
            sign(session, party(agreement))

    def test_lets_two_sign_at_the_same_instant(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            agreement_id = samples.agreement(session, samples.minor(samples.terms())).id
        ready = threading.Barrier(3)

        def act(role: PartyRole) -> None:
            with committing_app.app_context(), db.transaction() as session:
                agreement = session.get_one(Agreement, agreement_id)
                one = party(agreement, role)
                asked = code_of(session, one)
                assert agreement.signatures == []  # what all three have read
                ready.wait()
                signatures.sign(session, one, asked, now=NOW)

        with ThreadPoolExecutor(3) as pool:
            list(pool.map(act, (PartyRole.BENEFICIARY, PartyRole.REPRESENTATIVE, PartyRole.COMPANY)))

        with db.transaction() as session:
            agreement = session.get_one(Agreement, agreement_id)
            assert agreement.status == Status.IN_REVIEW
            assert len(agreement.signatures) == 3
            assert len({one.previous_hash for one in agreement.signatures}) == 3
            assert signatures.holds(agreement)


class TestHolds:
    def test_no_more_once_the_terms_are_altered_in_the_database(self, session: Session, agreement: Agreement) -> None:
        sign(session, party(agreement))

        version = agreement.versions[0]
        session.execute(update(AgreementVersion).values(terms={**version.terms, "tasks": "Autre chose."}))
        session.refresh(version)

        assert not signatures.holds(agreement)

    def test_no_more_even_when_their_hash_is_made_anew(self, session: Session, agreement: Agreement) -> None:
        sign(session, party(agreement))

        version = agreement.versions[0]
        altered = {**version.terms, "tasks": "Autre chose."}
        session.execute(update(AgreementVersion).values(terms=altered, hash=snapshot.digest(altered)))
        session.refresh(version)

        assert not signatures.holds(agreement)

    def test_no_more_once_a_signature_is_taken_away(self, session: Session, agreement: Agreement) -> None:
        first = sign(session, party(agreement))
        sign(session, party(agreement, PartyRole.COMPANY))

        session.delete(first)
        session.flush()
        session.refresh(agreement)

        assert not signatures.holds(agreement)

    def test_still_when_a_change_cleared_some(self, session: Session, agreement: Agreement) -> None:
        first = sign(session, party(agreement))
        lifecycle.lock(session, agreement.id)
        terms = samples.terms(tasks="Tenir la caisse, de l’ouverture à la fermeture.")
        changes.change(session, agreement, terms, actor=Actor.COMPANY, by=None, now=NOW + 2 * MINUTE)

        asked = code_of(session, party(agreement), agreement.versions[-1])
        second = signatures.sign(session, party(agreement), asked, now=NOW + 3 * MINUTE)

        assert first.cleared_at == NOW + 2 * MINUTE
        assert second.previous_hash == first.hash
        assert second.terms_hash != first.terms_hash
        assert signatures.holds(agreement)

    def test_still_once_read_again(self, session: Session, agreement: Agreement) -> None:
        sign(session, party(agreement))
        sign(session, party(agreement, PartyRole.COMPANY))
        session.expire_all()

        found = session.scalars(select(Agreement)).one()

        assert len(found.signatures) == 2
        assert signatures.holds(found)


class TestPartyOf:
    def test_is_who_the_link_was_sent_to(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)

        assert signatures.party_of(session, letters.token(beneficiary)) is beneficiary

    def test_refuses_a_tutor_who_signs_nothing_and_a_party_that_is_no_more(
        self, session: Session, agreement: Agreement
    ) -> None:
        for link in (letters.token(party(agreement, PartyRole.TUTOR)), tokens.sign(letters.SIGN, [0])):
            with pytest.raises(signatures.CannotSign):
                signatures.party_of(session, link)

    def test_refuses_what_we_did_not_sign(self, session: Session) -> None:
        with pytest.raises(tokens.TokenRefused):
            signatures.party_of(session, tokens.sign("another", [1]))


class TestReadProof:
    def test_is_of_one_party_alone(self, session: Session, agreement: Agreement) -> None:
        beneficiary, company = party(agreement), party(agreement, PartyRole.COMPANY)
        found = signatures.proof(code_of(session, beneficiary))

        assert signatures.read_proof(session, beneficiary, found).party_id == beneficiary.id
        with pytest.raises(signatures.CannotSign):
            signatures.read_proof(session, company, found)

    def test_is_worth_nothing_once_another_code_is_asked(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        found = signatures.proof(code_of(session, beneficiary))
        code_of(session, beneficiary)

        with pytest.raises(signatures.CannotSign, match="autre code"):
            signatures.read_proof(session, beneficiary, found)

    def test_refuses_another_text(self, session: Session, agreement: Agreement) -> None:
        with pytest.raises(signatures.CannotSign, match="trop longtemps"):
            signatures.read_proof(session, party(agreement), "x")
