"""The life of an agreement: every cell of the table for every role, the count, the history."""

from itertools import product

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.agreements import samples
from traitdunion.agreements import lifecycle
from traitdunion.agreements.kinds import Act, Actor, Status
from traitdunion.agreements.models import AgreementEvent

PARTIES = "beneficiary representative employer company"
STAFF = "counsellor validator operator"
ALL = f"{PARTIES} {STAFF}"
UNSIGNED = "READY_TO_SIGN PARTIALLY_SIGNED IN_REVIEW ACCEPTED_BY_COUNSELLOR"

ALLOWED = (
    # from, act, to, who; « = » stays where it is. What is not here is refused.
    ("DRAFT", "fill", "=", f"beneficiary {STAFF} service"),
    ("DRAFT", "submit", "READY_TO_SIGN", f"beneficiary {STAFF}"),
    ("DRAFT", "transfer", "=", STAFF),
    ("DRAFT", "abandon", "DEPRECATED", f"{ALL} service"),
    ("READY_TO_SIGN PARTIALLY_SIGNED", "sign", "PARTIALLY_SIGNED", PARTIES),
    ("PARTIALLY_SIGNED", "sign_last", "IN_REVIEW", PARTIES),
    ("IN_REVIEW", "examine", "ACCEPTED_BY_COUNSELLOR", "counsellor"),
    ("IN_REVIEW ACCEPTED_BY_COUNSELLOR", "validate", "ACCEPTED_BY_VALIDATOR", "validator"),
    (UNSIGNED, "change", "READY_TO_SIGN", f"{ALL} service"),
    (UNSIGNED, "correct", "=", ALL),
    (UNSIGNED, "ask", "=", STAFF),
    (UNSIGNED, "answer", "=", PARTIES),
    (UNSIGNED, "transfer", "READY_TO_SIGN", STAFF),
    (UNSIGNED, "reject", "REJECTED", STAFF),
    (UNSIGNED, "abandon", "DEPRECATED", f"{ALL} service"),
    ("ACCEPTED_BY_VALIDATOR", "correct", "=", STAFF),
    ("ACCEPTED_BY_VALIDATOR", "renew", "=", STAFF),
    ("ACCEPTED_BY_VALIDATOR", "cancel", "CANCELLED", f"{STAFF} service"),
)


def expected() -> dict[tuple[Status, Act, Actor], Status]:
    """The table above, cell by cell."""
    return {
        (Status(before), Act(act), Actor(actor)): Status(before if to == "=" else to)
        for befores, act, to, who in ALLOWED
        for before, actor in product(befores.split(), who.split())
    }


def outcome(status: Status, act: Act, actor: Actor, *, in_two_steps: bool) -> Status | None:
    """What the lifecycle says; None where it refuses."""
    try:
        return lifecycle.after(status, act, actor=actor, in_two_steps=in_two_steps)
    except lifecycle.NotPossible:
        return None


class TestAfter:
    @pytest.mark.parametrize("status", Status)
    @pytest.mark.parametrize("act", Act)
    def test_is_the_table_for_every_role(self, status: Status, act: Act) -> None:
        known = expected()
        for actor in Actor:
            to = known.get((status, act, actor))
            one = None if act is Act.EXAMINE else to
            two = None if (status, act) == (Status.IN_REVIEW, Act.VALIDATE) else to

            assert outcome(status, act, actor, in_two_steps=False) == one
            assert outcome(status, act, actor, in_two_steps=True) == two

    def test_leads_everywhere_from_a_draft(self) -> None:
        reached, known = {Status.DRAFT}, expected()
        for _ in Status:
            reached |= {to for (before, _act, _actor), to in known.items() if before in reached}

        assert reached == set(Status)

    @pytest.mark.parametrize("status", [status for status in Status if status.is_final])
    def test_leads_nowhere_from_an_end(self, status: Status) -> None:
        assert not [act for act in Act for actor in Actor if outcome(status, act, actor, in_two_steps=True)]

    def test_leaves_a_renewal_as_it_was_written(self) -> None:
        with pytest.raises(lifecycle.NotPossible, match="préparez-en un autre"):
            lifecycle.after(
                Status.READY_TO_SIGN, Act.CHANGE, actor=Actor.VALIDATOR, in_two_steps=False, is_renewal=True
            )

    def test_has_the_statuses_of_immersion_facilitee(self) -> None:
        assert {status.value for status in Status} - {"DRAFT"} == {
            "READY_TO_SIGN",
            "PARTIALLY_SIGNED",
            "IN_REVIEW",
            "ACCEPTED_BY_COUNSELLOR",
            "ACCEPTED_BY_VALIDATOR",
            "REJECTED",
            "CANCELLED",
            "DEPRECATED",
        }


class TestStep:
    def test_changes_the_status_and_writes_the_history(self, session: Session) -> None:
        agreement = samples.agreement(session, status=Status.IN_REVIEW)
        adviser = make.person(session, "Lou")

        lifecycle.step(
            session, agreement, Act.REJECT, actor=Actor.VALIDATOR, by=adviser.id, word="Pas d’assurance.", now=make.NOW
        )
        session.flush()

        event = session.scalars(select(AgreementEvent)).one()
        assert (agreement.status, agreement.justification, agreement.sequence) == ("REJECTED", "Pas d’assurance.", 2)
        assert (event.act, event.actor, event.by_id, event.before, event.after, event.sequence, event.word) == (
            "reject",
            "validator",
            adviser.id,
            "IN_REVIEW",
            "REJECTED",
            2,
            "Pas d’assurance.",
        )

    @pytest.mark.parametrize(
        ("status", "act"),
        [(before, act) for (before, act), step in lifecycle.STEPS.items() if step.needs_word],
    )
    @pytest.mark.parametrize("word", [None, "", "  "])
    def test_wants_a_word_where_somebody_is_refused_or_left(
        self, session: Session, status: Status, act: Act, word: str | None
    ) -> None:
        agreement = samples.agreement(session, status=status)
        actor = min(lifecycle.STEPS[status, act].who)

        with pytest.raises(lifecycle.NeedsWord):
            lifecycle.step(session, agreement, act, actor=actor, by=None, word=word, now=make.NOW)

        assert (agreement.status, agreement.sequence) == (status, 0 if status is Status.DRAFT else 1)

    def test_says_when_it_was_validated(self, session: Session) -> None:
        agreement = samples.agreement(session, status=Status.IN_REVIEW)

        lifecycle.step(session, agreement, Act.VALIDATE, actor=Actor.VALIDATOR, by=None, now=make.NOW)

        assert agreement.validated_at == make.NOW

    def test_asks_two_people_where_the_organisation_does(self, session: Session) -> None:
        body = make.prescriber_organisation(session, validation_steps=2)
        agreement = samples.agreement(session, status=Status.IN_REVIEW, organisation=body)

        with pytest.raises(lifecycle.NotPossible, match="Une autre personne"):
            lifecycle.step(session, agreement, Act.VALIDATE, actor=Actor.VALIDATOR, by=None, now=make.NOW)

        lifecycle.step(session, agreement, Act.EXAMINE, actor=Actor.COUNSELLOR, by=None, now=make.NOW)
        assert lifecycle.can(agreement, Act.VALIDATE, actor=Actor.VALIDATOR)


class TestLock:
    def test_gives_the_agreement_as_it_is_now(self, session: Session) -> None:
        agreement = samples.agreement(session)

        assert lifecycle.lock(session, agreement.id, seen=agreement.sequence) is agreement

    def test_tells_whoever_read_it_before_somebody_changed_it(self, session: Session) -> None:
        agreement = samples.agreement(session)

        with pytest.raises(lifecycle.Overtaken, match="Quelqu’un vient de modifier"):
            lifecycle.lock(session, agreement.id, seen=agreement.sequence - 1)
