"""What parties are written: to sign, each by a link of its own; kept while the mail server is down."""

import re

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests import mailbox
from tests.agreements import samples
from tests.agreements.signing.samples import party
from tests.mailbox import Mailbox
from traitdunion.agreements.kinds import PartyRole
from traitdunion.agreements.signing import letters, signatures
from traitdunion.clients import smtp
from traitdunion.core import db, jobs
from traitdunion.notifications import waiting
from traitdunion.notifications.models import Message


class TestAskAll:
    def test_writes_to_each_party_that_signs_by_its_own_link(self, session: Session) -> None:
        agreement = samples.agreement(session, samples.minor(samples.terms()))

        letters.ask_all(session, agreement, now=make.NOW)
        letters.ask_all(session, agreement, now=make.NOW)

        found = session.scalars(select(Message)).all()
        asked = [PartyRole.BENEFICIARY, PartyRole.REPRESENTATIVE, PartyRole.COMPANY]
        assert {one.address.value for one in found} == {party(agreement, role).email for role in asked}
        assert len(found) == 3
        for message in found:
            link = re.search(r"/conventions/signature/(\S+)", message.text)
            assert link is not None
            assert signatures.party_of(session, link[1]).email == message.address.value

    def test_writes_by_sms_to_who_has_no_email(self, session: Session) -> None:
        agreement = samples.agreement(session)
        beneficiary = party(agreement)
        beneficiary.email, beneficiary.phone = None, "+33639981234"

        letters.ask_all(session, agreement, now=make.NOW)

        (message,) = (one for one in session.scalars(select(Message)) if one.html is None)
        assert message.address.value == "+33639981234"
        assert "/conventions/signature/" in message.text


def test_all_leave_once_the_mail_server_is_back(committing_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with mailbox.serve(Mailbox()) as gone:
        pass
    relay = smtp.Relay(smtp.read(gone.url()), patience=smtp.Patience(rest=0))
    monkeypatch.setitem(committing_app.extensions, "mail_relay", relay)
    monkeypatch.setitem(committing_app.config, "MAIL_FROM", "Trait d’union <ne-pas-repondre@exemple.fr>")
    with db.transaction() as session:
        made = [samples.agreement(session) for _ in range(3)]
        for agreement in made:
            letters.ask_all(session, agreement, now=make.NOW)
        wanted = sorted(str(one.email) for agreement in made for one in agreement.parties if one.signs)
    jobs.run_worker(committing_app, wait=False, queues=["notifications"])
    assert gone.received == []

    with mailbox.serve(Mailbox(port=gone.port)) as back:
        with db.transaction() as session:
            waiting.hasten(session)  # an hour goes by
        jobs.run_worker(committing_app, wait=False, queues=["notifications"])
        relay.close()

    assert sorted(back.recipients) == wanted
