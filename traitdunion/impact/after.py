"""What was said after immersions, gathered for those who look at several of them."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from traitdunion.impact import outcomes, verdicts
from traitdunion.impact.kinds import Choice, Obstacle, Presence, Reason, Situation
from traitdunion.impact.models import Bilan, Outcome, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class After:
    """What the company and the person said of one immersion; None: nothing yet."""

    bilan: Bilan | None
    verdict: Verdict | None
    outcome: Outcome | None
    """Of the latest month that was said."""

    @property
    def sentences(self) -> list[str]:
        """In plain French, for a prescriber."""
        return [*self._of_bilan(), *self._of_verdict(), *self._of_outcome()]

    @property
    def words(self) -> list[tuple[str, str]]:
        """What the company, then the person wrote of it, as they wrote it."""
        if self.bilan is None:
            return []
        said = [("L’entreprise", self.bilan.went_well), ("La personne", self.bilan.person_word)]
        return [(who, word) for who, word in said if word]

    def _of_bilan(self) -> list[str]:
        if self.bilan is None:
            return []
        hired = ", et embauche" if self.bilan.was_hired else ""
        said = [f"Bilan de l’entreprise\u00a0: {Presence(self.bilan.presence).said}{hired}."]
        if self.bilan.agrees is False:
            said.append("La personne n’est pas d’accord avec ce bilan.")
        return said

    def _of_verdict(self) -> list[str]:
        if self.verdict is None:
            return []
        why = f" Ce qui a compté\u00a0: {Reason(self.verdict.reason).label.lower()}." if self.verdict.reason else ""
        said = [f"Son verdict\u00a0: {Choice(self.verdict.choice).said}.{why}"]
        if self.verdict.choice == Choice.ABANDON:
            said.append("C’est une orientation réussie\u00a0: ce métier est écarté avant une formation.")
        return said

    def _of_outcome(self) -> list[str]:
        if self.outcome is None:
            return []
        month = f"{self.outcome.month}\u00a0mois après" if self.outcome.month else "Ensuite"
        more = self.outcome.training_title
        if more is None and self.outcome.obstacle:
            more = Obstacle(self.outcome.obstacle).label.lower()
        return [f"{month}\u00a0: {Situation(self.outcome.situation).said.lower()}{f' ({more})' if more else ''}."]


def of_bookings(session: Session, booking_ids: Collection[int]) -> dict[int, After]:
    """What was said of each of those immersions of which something was; three queries, however many they are."""
    if not booking_ids:
        return {}
    said = session.scalars(select(Bilan).where(Bilan.booking_id.in_(booking_ids)))
    bilans = {bilan.booking_id: bilan for bilan in said}
    given = verdicts.of_bookings(session, booking_ids)
    followed = outcomes.of_bookings(session, booking_ids)
    return {
        number: After(
            bilan=bilans.get(number),
            verdict=given.get(number),
            outcome=followed[number][0] if number in followed else None,
        )
        for number in {*bilans, *given, *followed}
    }
