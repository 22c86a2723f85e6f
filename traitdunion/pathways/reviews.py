"""What the back-office reviews: the pairs that people spoke of most, and how right the reviewed matches were."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from math import sqrt

from sqlalchemy import text
from sqlalchemy.orm import Session

from traitdunion.core.errors import Refused
from traitdunion.pathways import corrections
from traitdunion.pathways.corrections import Pair
from traitdunion.pathways.models import Author, Kind

_SURE = 1.96  # standard deviations on both sides of 95 %


class UnknownPair(Refused):
    """No offer has that profile, or no training that number."""


@dataclass(frozen=True, slots=True)
class Review:
    """A pair to review, with its texts and voices; `verdict` is what an agreement decided, if any."""

    profile_key: str
    training_id: int
    offer_title: str
    rome_code: str | None
    training_title: str
    training_codes: Sequence[str]
    confirmed: int
    refused: int
    verdict: str | None


@dataclass(frozen=True, slots=True)
class Precision:
    """Of the matches decided in a month (YYYY-MM, in France), how many were right."""

    month: str
    reviewed: int
    confirmed: int

    @property
    def share(self) -> float:
        """0–1."""
        return self.confirmed / self.reviewed

    @property
    def interval(self) -> tuple[float, float]:
        """Where the share lies 19 times out of 20 (Wilson), given how few were reviewed."""
        count, share, square = self.reviewed, self.share, _SURE**2
        middle = (share + square / (2 * count)) / (1 + square / count)
        half = _SURE * sqrt(share * (1 - share) / count + square / (4 * count**2)) / (1 + square / count)
        return max(0.0, middle - half), min(1.0, middle + half)


def waiting(session: Session, *, limit: int) -> list[Review]:
    """The pairs to review: contradicted ones first, then those with most voices.

    Left out: what a prescriber or an operator decided, and what an agreement did that nobody contradicts.
    """
    rows = session.execute(
        text(
            "SELECT said.profile_key, training_id, offer.title, offer.rome_code, trainings.title, trainings.rome_codes,"
            " confirmed, refused, verdict"
            " FROM (SELECT profile_key, training_id, count(*) FILTER (WHERE kind = 'confirmed') AS confirmed,"
            "  count(*) FILTER (WHERE kind = 'refused') AS refused"
            "  FROM corrections GROUP BY profile_key, training_id) AS said"
            " JOIN trainings ON trainings.id = training_id"
            " LEFT JOIN match_decisions USING (profile_key, training_id)"
            " CROSS JOIN LATERAL (SELECT title, rome_code FROM offers WHERE offers.profile_key = said.profile_key"
            "  ORDER BY withdrawn_at IS NOT NULL, id LIMIT 1) AS offer"
            " WHERE author IS NULL OR author = 'agreement' AND confirmed > 0 AND refused > 0"
            " ORDER BY least(confirmed, refused) DESC, confirmed + refused DESC, said.profile_key, training_id"
            " LIMIT :limit"
        ),
        {"limit": limit},
    )
    return [Review(*row) for row in rows]


def decide(session: Session, pair: Pair, *, verdict: Kind, now: datetime) -> None:
    """The operator's word, which counts at once; raises UnknownPair."""
    known = session.execute(
        text(
            "SELECT EXISTS (SELECT FROM offers WHERE profile_key = :key), EXISTS (SELECT FROM trainings WHERE id = :id)"
        ),
        {"key": pair.profile_key, "id": pair.training_id},
    ).one()
    if not known[0]:
        raise UnknownPair(f"Aucune offre n’a le profil « {pair.profile_key} ».")
    if not known[1]:
        raise UnknownPair(f"Aucune formation n’a le numéro {pair.training_id}.")
    corrections.decide(session, pair, verdict=verdict, author=Author.OPERATOR, now=now)


def precision(session: Session) -> list[Precision]:
    """By month, the latest first: the matches that had been proposed, by the last verdict on each.

    Worked out anew each time: decisions are kept as long as their training.
    """
    rows = session.execute(
        text(
            "SELECT to_char(decided_at AT TIME ZONE 'Europe/Paris', 'YYYY-MM') AS month, count(*),"
            " count(*) FILTER (WHERE verdict = 'confirmed')"
            " FROM match_decisions WHERE score IS NOT NULL GROUP BY month ORDER BY month DESC"
        )
    )
    return [Precision(*row) for row in rows]
