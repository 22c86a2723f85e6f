"""The sample of matches drawn at random each month: what is reviewed of it says how right the service is.

What people speak of is no fair sample: they speak of what is wrong. Here each living offer is as likely as another,
then each of the trainings shown for it; the verdicts on these pairs, whoever gave them, make the month's precision.
"""

from datetime import date

from sqlalchemy import text
from sqlalchemy.orm import Session

from traitdunion.pathways.reviews import Precision

SIZE = 150
"""Pairs drawn: with a precision of 0.8, 150 verdicts place it within 6 points, and they take an operator half an hour.
At least 100 remain where some offers go before they are reviewed."""


def month_of(day: date) -> date:
    """The first day of the month."""
    return day.replace(day=1)


def draw(session: Session, *, month: date) -> int:
    """Draws the sample of a month; what was drawn for it already stays, and is completed. Returns how many it added.

    A pair that was decided before is drawn as well as another: it would be shown.
    """
    rows = session.execute(
        text(
            "INSERT INTO drawn_matches (month, profile_key, training_id, score)"
            " SELECT :month, profile_key, training_id, score FROM ("
            "  SELECT DISTINCT ON (offer.id) profile_key, training_id, score"
            "  FROM (SELECT id, profile_key FROM offers WHERE withdrawn_at IS NULL AND duplicate_of_id IS NULL"
            "   AND EXISTS (SELECT FROM matches WHERE matches.profile_key = offers.profile_key)"
            "   ORDER BY random() LIMIT 2 * :most) AS offer"  # twice: offers share profiles, and pairs are drawn once
            "  JOIN matches USING (profile_key) ORDER BY offer.id, random()"
            " ) AS pair ORDER BY random()"
            " LIMIT greatest(0, :most - (SELECT count(*) FROM drawn_matches WHERE month = :month))"
            " ON CONFLICT DO NOTHING RETURNING 1"
        ),
        {"month": month, "most": SIZE},
    )
    return len(rows.all())


def precision(session: Session) -> list[tuple[int, Precision]]:
    """By month, the latest first: how many pairs were drawn, and how many of those reviewed are right."""
    rows = session.execute(
        text(
            "SELECT to_char(month, 'YYYY-MM') AS named, count(*), count(verdict),"
            " count(*) FILTER (WHERE verdict = 'confirmed')"
            " FROM drawn_matches LEFT JOIN match_decisions USING (profile_key, training_id)"
            " GROUP BY month ORDER BY month DESC"
        )
    )
    return [(drawn, Precision(month, reviewed, confirmed)) for month, drawn, reviewed, confirmed in rows]
