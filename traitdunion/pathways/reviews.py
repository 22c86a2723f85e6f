"""What the back-office reviews: the pairs that people spoke of most, the least sure ones, those drawn at random."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from traitdunion.accounts import audit
from traitdunion.core.errors import Refused
from traitdunion.pathways import corrections
from traitdunion.pathways.corrections import Pair
from traitdunion.pathways.models import Author, Kind

_SURE = 1.96  # standard deviations on both sides of 95 %


_SPOKEN_OF = """
    SELECT profile_key, training_id, row_number() OVER (ORDER BY least(confirmed, refused) DESC,
        confirmed + refused DESC, profile_key, training_id) AS place
    FROM (
        SELECT profile_key, training_id, count(*) FILTER (WHERE kind = 'confirmed') AS confirmed,
            count(*) FILTER (WHERE kind = 'refused') AS refused
        FROM corrections GROUP BY profile_key, training_id
    ) AS said
    LEFT JOIN match_decisions USING (profile_key, training_id)
    WHERE (author IS NULL OR author = 'agreement' AND confirmed > 0 AND refused > 0)
        AND EXISTS (SELECT FROM offers WHERE offers.profile_key = said.profile_key)
    ORDER BY place LIMIT :limit
"""
_DOUBTFUL = """
    SELECT profile_key, training_id, row_number() OVER (ORDER BY matches.score, profile_key, training_id) AS place
    FROM matches LEFT JOIN match_decisions USING (profile_key, training_id)
    WHERE rank <= 3 AND verdict IS NULL
        AND EXISTS (SELECT FROM offers WHERE offers.profile_key = matches.profile_key AND withdrawn_at IS NULL)
    ORDER BY place LIMIT :limit
"""
_DRAWN = """
    SELECT profile_key, training_id, row_number() OVER (ORDER BY md5(profile_key || training_id)) AS place
    FROM drawn_matches LEFT JOIN match_decisions USING (profile_key, training_id)
    WHERE month = :month AND verdict IS NULL
        AND EXISTS (SELECT FROM offers WHERE offers.profile_key = drawn_matches.profile_key)
    ORDER BY place LIMIT :limit
"""
_DESCRIBED = r"""
    SELECT pair.profile_key, pair.training_id, offer.titles, offer.living, offer.id, offer.code, trainings.title,
        trainings.rome_codes, matches.score, coalesce(matches.reasons, '[]'), voice.confirmed, voice.refused, verdict
    FROM (PAIRS) AS pair
    JOIN trainings ON trainings.id = pair.training_id
    LEFT JOIN matches ON (matches.profile_key, matches.training_id) = (pair.profile_key, pair.training_id)
    LEFT JOIN match_decisions AS decided ON (decided.profile_key, decided.training_id)
        = (pair.profile_key, pair.training_id)
    CROSS JOIN LATERAL (
        SELECT (array_agg(DISTINCT title))[1\:3] AS titles, count(*) FILTER (WHERE withdrawn_at IS NULL) AS living,
            min(id) FILTER (WHERE withdrawn_at IS NULL) AS id, min(rome_code) AS code
        FROM offers WHERE offers.profile_key = pair.profile_key
    ) AS offer
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE kind = 'confirmed') AS confirmed,
            count(*) FILTER (WHERE kind = 'refused') AS refused
        FROM corrections WHERE (corrections.profile_key, corrections.training_id)
            = (pair.profile_key, pair.training_id)
    ) AS voice
    ORDER BY place
"""


class UnknownPair(Refused):
    """No offer has that profile, or no training that number."""


@dataclass(frozen=True, slots=True)
class Review:
    """A pair to review, with its texts and voices.

    `verdict` is what an agreement decided, if any; `score` and `reasons` are those of the stored match, None and empty
    where there is none any more; `offer_id` is a living offer of the profile.
    """

    profile_key: str
    training_id: int
    offer_titles: Sequence[str]
    offers: int
    offer_id: int | None
    rome_code: str | None
    training_title: str
    training_codes: Sequence[str]
    score: float | None
    reasons: Sequence[dict[str, Any]]
    confirmed: int
    refused: int
    verdict: str | None

    @property
    def offer_title(self) -> str:
        """The title of one of the offers."""
        return self.offer_titles[0]


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
    """The pairs that people spoke of: contradicted ones first, then those with most voices.

    Left out: what a prescriber or an operator decided, and what an agreement did that nobody contradicts.
    """
    return _described(session, _SPOKEN_OF, limit=limit)


def doubtful(session: Session, *, limit: int) -> list[Review]:
    """The matches shown among the first of their offers that are least sure, and of which nothing was decided."""
    return _described(session, _DOUBTFUL, limit=limit)


def drawn(session: Session, *, month: date, limit: int) -> list[Review]:
    """Of the matches drawn for a month (its first day), those that nobody decided yet."""
    return _described(session, _DRAWN, limit=limit, month=month)


def count_waiting(session: Session, *, month: date) -> tuple[int, int]:
    """How many pairs people spoke of, and how many of the month's drawn ones, wait for a word."""
    found = [
        session.scalar(text(f"SELECT count(*) FROM ({query}) AS pair"), {"limit": None, "month": month})  # noqa: S608
        for query in (_SPOKEN_OF, _DRAWN)
    ]
    return found[0] or 0, found[1] or 0


def _described(session: Session, pairs: str, **values: object) -> list[Review]:
    rows = session.execute(text(_DESCRIBED.replace("PAIRS", pairs)), values)
    return [Review(*row) for row in rows]


def decide(session: Session, pair: Pair, *, verdict: Kind, by: int | None, now: datetime) -> None:
    """The operator's word, which counts at once and is on the record; raises UnknownPair."""
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
    record(session, pair, verdict=verdict, by=by, now=now)


def record(session: Session, pair: Pair, *, verdict: Kind, by: int | None, now: datetime) -> None:
    """Puts the word of an operator (None: by the command line) into the audit."""
    audit.record(
        session,
        by=by,
        act="decide match",
        subject="trainings",
        subject_id=pair.training_id,
        details={"profile": pair.profile_key, "verdict": verdict.value},
        now=now,
    )


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
