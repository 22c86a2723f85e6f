"""Codes: ten minutes, five tries, one at a time, to the party's own address."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import samples
from tests.agreements.signing.samples import last_code, party, wrong
from traitdunion.agreements.kinds import PartyRole, SignatureChannel
from traitdunion.agreements.models import Agreement, AgreementParty, SignatureCode
from traitdunion.agreements.signing import codes
from traitdunion.notifications.models import Message, State

NOW = make.NOW
MINUTE = timedelta(minutes=1)


@pytest.fixture
def agreement(session: Session) -> Agreement:
    """To sign, by the beneficiary and the company."""
    return samples.agreement(session)


def asked(session: Session, of: AgreementParty, channel: SignatureChannel = SignatureChannel.EMAIL) -> str:
    """The code that is sent."""
    codes.ask(session, of, of.agreement.versions[0], channel=channel, now=NOW)
    session.flush()
    return last_code(session)


class TestAsk:
    def test_writes_to_the_partys_own_address(self, session: Session, agreement: Agreement) -> None:
        company = party(agreement, PartyRole.COMPANY)

        asked(session, company)

        message = session.scalars(select(Message)).one()
        assert message.address.value == company.email
        assert message.expires_at == NOW + 10 * MINUTE
        assert message.state == State.WAITING

    def test_writes_by_sms_when_that_is_asked(self, session: Session, agreement: Agreement) -> None:
        company = party(agreement, PartyRole.COMPANY)

        asked(session, company, SignatureChannel.SMS)

        message = session.scalars(select(Message)).one()
        assert (message.address.value, message.html) == (company.phone, None)

    def test_keeps_no_code_nor_whole_address(self, session: Session, agreement: Agreement) -> None:
        company = party(agreement, PartyRole.COMPANY)

        code = asked(session, company)

        kept = session.scalars(select(SignatureCode)).one()
        assert code.encode() not in kept.fingerprint
        assert company.email is not None
        assert company.email not in kept.masked_address

    def test_refuses_an_address_that_there_is_not(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        beneficiary.phone = None

        with pytest.raises(codes.NoAddress):
            asked(session, beneficiary, SignatureChannel.SMS)

        assert session.scalar(select(func.count()).select_from(Message)) == 0


class TestWays:
    def test_are_those_that_there_are(self, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        beneficiary.email, beneficiary.phone = "camille@exemple.fr", "+33639981234"

        assert [way.masked_address for way in codes.ways(beneficiary)] == ["c…e@exemple.fr", "…\u00a012\u00a034"]
        beneficiary.email = None
        assert [way.channel for way in codes.ways(beneficiary)] == [SignatureChannel.SMS]

    def test_mask_the_shortest_names(self) -> None:
        assert codes.masked_email("a@exemple.fr") == "a…@exemple.fr"
        assert codes.masked_email("ab@exemple.fr") == "a…@exemple.fr"


class TestCheck:
    def test_takes_the_code_however_it_is_typed(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        code = asked(session, beneficiary)

        found = codes.check(session, beneficiary, f" {code[:3]} {code[3:]}", now=NOW + 9 * MINUTE)

        assert found.party_id == beneficiary.id

    def test_refuses_it_after_ten_minutes(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        code = asked(session, beneficiary)

        with pytest.raises(codes.CodeRefused, match="10\u00a0minutes"):
            codes.check(session, beneficiary, code, now=NOW + 10 * MINUTE)

    def test_refuses_anothers(self, session: Session, agreement: Agreement) -> None:
        company = party(agreement, PartyRole.COMPANY)
        code = asked(session, company)
        asked(session, party(agreement))

        with pytest.raises(codes.CodeRefused):
            codes.check(session, party(agreement), wrong(last_code(session)), now=NOW)

        assert codes.check(session, company, code, now=NOW).party_id == company.id

    def test_refuses_the_right_one_at_the_sixth_try(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        code = asked(session, beneficiary)
        session.commit()
        told = []
        for _ in range(5):
            with pytest.raises(codes.CodeRefused) as refusal:
                codes.check(session, beneficiary, wrong(code), now=NOW)
            told.append(str(refusal.value))

        with pytest.raises(codes.CodeRefused, match="Trop d’essais"):
            codes.check(session, beneficiary, code, now=NOW)

        assert "4\u00a0essais" in told[0]
        assert "1\u00a0essai." in told[3]
        assert "les cinq essais sont passés" in told[4]

    def test_takes_the_right_one_at_the_fifth(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        code = asked(session, beneficiary)
        session.commit()
        for _ in range(4):
            with pytest.raises(codes.CodeRefused):
                codes.check(session, beneficiary, wrong(code), now=NOW)

        assert codes.check(session, beneficiary, code, now=NOW)

    def test_refuses_it_once_the_text_has_changed(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        code = asked(session, beneficiary)
        agreement.version = 2

        with pytest.raises(codes.CodeRefused, match="a changé"):
            codes.check(session, beneficiary, code, now=NOW)

    def test_refuses_the_one_before_the_last(self, session: Session, agreement: Agreement) -> None:
        beneficiary = party(agreement)
        first = asked(session, beneficiary)
        codes.ask(session, beneficiary, agreement.versions[0], channel=SignatureChannel.EMAIL, now=NOW + MINUTE)
        session.flush()
        second = last_code(session)

        if first != second:  # once in a million
            with pytest.raises(codes.CodeRefused):
                codes.check(session, beneficiary, first, now=NOW + MINUTE)
        assert codes.check(session, beneficiary, second, now=NOW + MINUTE)
        assert session.scalar(select(func.count()).select_from(SignatureCode)) == 1


class TestForget:
    def test_erases_those_of_yesterday(self, session: Session, agreement: Agreement) -> None:
        asked(session, party(agreement))

        codes.forget(session, before=NOW)
        assert session.scalar(select(func.count()).select_from(SignatureCode)) == 1
        codes.forget(session, before=NOW + MINUTE)

        assert session.scalar(select(func.count()).select_from(SignatureCode)) == 0
