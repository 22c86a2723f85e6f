"""Several people who act on the same agreement at the same instant: one wins, the others are told."""

from functools import partial

from flask import Flask
from sqlalchemy import func, select

from tests import processes
from tests.agreements import bookings as booked
from tests.processes import Wait
from traitdunion.agreements import ending, lifecycle
from traitdunion.agreements.kinds import Actor
from traitdunion.agreements.models import Agreement, AgreementEvent
from traitdunion.core import db

PROCESSES = 6


def refuse(agreement_id: int, number: int, wait: Wait) -> str:
    """Refuses the agreement as it was first read, and says what became of it."""
    with db.transaction() as session:
        seen = session.get_one(Agreement, agreement_id).sequence
    wait()
    try:
        with db.transaction() as session:
            ending.reject(
                session,
                agreement_id,
                word=f"Non de {number}.",
                actor=Actor.VALIDATOR,
                by=None,
                now=booked.NOW,
                seen=seen,
            )
    except lifecycle.Overtaken:
        return "told"
    return "won"


@processes.forking
class TestSixAtOnce:
    def test_refuse_an_agreement_once(self, committing_app: Flask) -> None:
        with db.transaction() as session:
            agreement_id = booked.ready(session).id

        acts = [partial(refuse, agreement_id, number) for number in range(PROCESSES)]
        told = processes.at_once(committing_app, acts, processes=PROCESSES)

        assert sorted(told) == ["told"] * (PROCESSES - 1) + ["won"]
        with db.transaction() as session:
            refusals = select(func.count()).select_from(AgreementEvent).where(AgreementEvent.act == "reject")
            assert session.scalar(refusals) == 1
