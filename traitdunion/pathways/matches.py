"""Stored matches: computed for the profiles that need it, in batches that each replace the old ones at once.

A profile needs it when it does not bear the version in force (`renewal` says which, and of whom it takes it away).
A renewal that is interrupted leaves the matches it had not reached.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import orjson
import psycopg
import sqlalchemy
from sqlalchemy.orm import Session

from traitdunion.core import db
from traitdunion.core.progress import Progress
from traitdunion.matching.occupations import ExampleKind, Model
from traitdunion.matching.reasons import Reason, ReasonKind, score
from traitdunion.matching.trainings import Catalogue, Match, OfferFacts, Reference, TrainingFacts
from traitdunion.pathways.models import Kind
from traitdunion.rome import occupations

MOST = 10
"""Trainings kept for a profile, in each région."""

_READ = 25
"""Occupations read in a title: unlikely ones too, since their sum tells (`make bench`)."""

_BATCH = 2_000


@dataclass(slots=True)
class Renewal:
    """What a renewal did."""

    profiles: int = 0
    with_trainings: int = 0
    matches: int = 0
    is_outdated: bool = False
    """The trainings changed meanwhile: a newer matcher has to take up what is left."""


@dataclass(frozen=True, slots=True)
class Matcher:
    """Funded trainings made ready to be compared with offers; `version` says with what."""

    catalogue: Catalogue
    model: Model | None
    version: str
    state: str
    """Fingerprint of the trainings: while the database says another one, nothing is stored."""
    regions: Mapping[str, str | None]
    """By training's id."""

    def rank(self, profiles: Sequence[OfferFacts], *, spare: int = 0) -> list[list[Match]]:
        """For each profile, its funded trainings, best first; `spare` more than are kept, where some were refused."""
        return self.catalogue.rank(predicted(profiles, self.model), top=MOST + spare)

    def corrected(self, matches: Sequence[Match], verdicts: Mapping[str, Kind]) -> list[Match]:
        """The same matches, without the refused ones, the confirmed ones first: at most ten in each région."""
        computed = {match.training_id: match for match in matches}
        confirmed = [
            _confirmed(training_id, computed.get(training_id))
            for training_id, verdict in sorted(verdicts.items())
            if verdict is Kind.CONFIRMED and training_id in self.regions
        ]
        kept: list[Match] = []
        room = Counter[str | None]()
        for match in [*confirmed, *(each for each in matches if each.training_id not in verdicts)]:
            region = self.regions[match.training_id]
            room[region] += 1
            if room[region] <= MOST:
                kept.append(match)
        return kept


def reference_now(session: Session) -> Reference:
    """ROME as the matching core reads it."""
    return Reference(
        parents=occupations.parents(session),
        mobilities=occupations.mobilities(session),
        labels=occupations.labels(session),
    )


def predicted(offers: Sequence[OfferFacts], model: Model | None) -> list[OfferFacts]:
    """The same offers with the occupations that the model reads in their titles."""
    if model is None:
        return list(offers)
    found = model.predict([offer.title for offer in offers], top=_READ)
    return [replace(offer, predicted=tuple(told)) for offer, told in zip(offers, found, strict=True)]


def with_titles_read(facts: Sequence[TrainingFacts], model: Model | None) -> list[TrainingFacts]:
    """The same trainings with the occupations that the model reads in their titles, which weigh the codes they bear."""
    if model is None:
        return list(facts)
    found = model.predict([training.title for training in facts], kind=ExampleKind.TRAINING, top=_READ)
    return [replace(training, predicted=tuple(told)) for training, told in zip(facts, found, strict=True)]


def renew(
    engine: sqlalchemy.Engine,
    ready: Matcher,
    *,
    now: datetime,
    start: str = "",
    keys: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> Renewal:
    """Matches the profiles of living offers that do not bear the version, and stores the result.

    Of the profiles whose key starts so, or of these `keys` alone; a batch that is not stored leaves its old matches,
    for the next renewal.
    """
    done = Renewal()
    with db.driver_connection(engine) as connection:
        for profiles in _waiting(connection, ready.version, start, keys):
            batch = [profile.key for profile in profiles]
            spare = max(map(len, verdicts(connection, batch).values()), default=0)
            ranked = ready.rank(profiles, spare=spare)
            with connection.transaction():
                if not _is_current(connection, ready):
                    done.is_outdated = True
                    return done
                stored = _replace(connection, ready, batch, ranked, now=now)
            done.profiles += len(profiles)
            done.with_trainings += sum(bool(matches) for matches in stored)
            done.matches += sum(map(len, stored))
            if progress is not None:
                progress.update(len(profiles))
    return done


def ask_again(session: Session) -> None:
    """Makes all profiles wait to be matched again; their matches stand until then."""
    session.execute(sqlalchemy.text("UPDATE matched_profiles SET version = '' WHERE version <> ''"))


def forget(engine: sqlalchemy.Engine) -> int:
    """Removes the matches of profiles that no living offer has any more; returns how many profiles went."""
    with db.driver_connection(engine) as connection:
        cursor = connection.execute(
            "DELETE FROM matched_profiles WHERE NOT EXISTS (SELECT FROM offers"
            " WHERE offers.profile_key = matched_profiles.key AND withdrawn_at IS NULL)"
        )
        return cursor.rowcount


def count_waiting(session: Session, version: str) -> int:
    """How many profiles a renewal would match."""
    statement = sqlalchemy.text(
        "SELECT count(DISTINCT offers.profile_key)"
        " FROM offers LEFT JOIN matched_profiles ON matched_profiles.key = offers.profile_key"
        " WHERE offers.withdrawn_at IS NULL AND matched_profiles.version IS DISTINCT FROM :version"
    )
    return int(session.scalar(statement, {"version": version}) or 0)


def _waiting(
    connection: psycopg.Connection, version: str, start: str, keys: Sequence[str] | None
) -> Iterator[list[OfferFacts]]:
    """The profiles to match, in batches; those already passed are not met again, whatever else is written meanwhile."""
    last = start
    while True:
        rows = connection.execute(
            "SELECT DISTINCT ON (offers.profile_key) offers.profile_key, offers.title, offers.rome_code, offers.level"
            " FROM offers LEFT JOIN matched_profiles ON matched_profiles.key = offers.profile_key"
            " WHERE offers.withdrawn_at IS NULL AND offers.profile_key > %(last)s AND offers.profile_key < %(end)s"
            " AND (%(keys)s::text[] IS NULL OR offers.profile_key = ANY(%(keys)s))"
            " AND matched_profiles.version IS DISTINCT FROM %(version)s"
            " ORDER BY offers.profile_key, offers.id LIMIT %(batch)s",
            {
                "last": last,
                "end": f"{start}g",  # g follows the 16 digits
                "keys": None if keys is None else list(keys),
                "version": version,
                "batch": _BATCH,
            },
        ).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield [OfferFacts(key=key, title=title, rome_code=code, level=level) for key, title, code, level in rows]


def _is_current(connection: psycopg.Connection, ready: Matcher) -> bool:
    """Whether the state is still the matcher's; it then stays so until the end of the transaction."""
    found = connection.execute(
        "SELECT version, catalogue FROM matching_state FOR SHARE",
    ).fetchone()
    return found == (ready.version, ready.state)


def verdicts(connection: psycopg.Connection, keys: Sequence[str]) -> dict[str, dict[str, Kind]]:
    """What people decided, by profile and training's id; profiles of which nothing was decided are left out."""
    found: dict[str, dict[str, Kind]] = {}
    rows = connection.execute(
        "SELECT profile_key, training_id, verdict FROM match_decisions WHERE profile_key = ANY(%s)", (list(keys),)
    )
    for key, training_id, verdict in rows:
        found.setdefault(key, {})[str(training_id)] = Kind(verdict)
    return found


def _confirmed(training_id: str, match: Match | None) -> Match:
    reasons = (Reason(ReasonKind.CONFIRMED, 1.0), *(match.reasons if match is not None else ()))
    return Match(training_id, score(reasons), reasons)


def _replace(
    connection: psycopg.Connection,
    ready: Matcher,
    keys: Sequence[str],
    ranked: Sequence[Sequence[Match]],
    *,
    now: datetime,
) -> list[Sequence[Match]]:
    """Stores the matches instead of the old ones, as people corrected them; returns those that were stored."""
    connection.execute(
        "INSERT INTO matched_profiles (key, matched_at, version) SELECT key, %s, %s FROM unnest(%s::text[]) AS key"
        " ON CONFLICT (key) DO UPDATE SET matched_at = excluded.matched_at, version = excluded.version",
        (now, ready.version, list(keys)),
    )
    # Read again now that the profiles' rows are ours: a decision taken since waits for us, or we see it.
    decided = verdicts(connection, keys)
    stored = [
        ready.corrected(matches, decided.get(key, {})) if decided else matches
        for key, matches in zip(keys, ranked, strict=True)
    ]
    connection.execute("DELETE FROM matches WHERE profile_key = ANY(%s)", (list(keys),))
    with connection.cursor().copy("COPY matches (profile_key, training_id, rank, score, reasons) FROM STDIN") as copy:
        for key, matches in zip(keys, stored, strict=True):
            for place, match in enumerate(matches, start=1):
                reasons = orjson.dumps(
                    match.reasons
                ).decode()  # writes frozen values as `asdict` would, ten times faster
                copy.write_row((key, int(match.training_id), place, match.score, reasons))
    return stored
