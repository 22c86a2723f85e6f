"""What has to be matched again, and with what.

Every profile bears the version its matches were computed with. A *generation* (rules, learned model, reference, most
trainings) gives a new version: every profile is then matched again. Inside a generation the weights of words stay as
they were when it began, so that a training that comes, changes or goes touches only the profiles that it goes with:
those alone lose their version (`_touched`), in the transaction that notes the change. Whoever matches, on whatever
machine and however often interrupted, takes up the profiles that do not bear the version.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime
from threading import Lock

import orjson
from sqlalchemy import delete, func, insert, select, text
from sqlalchemy.orm import Session

from traitdunion.matching import titles
from traitdunion.matching.occupations import Model
from traitdunion.matching.trainings import Catalogue, OfferFacts, Reference, TrainingFacts
from traitdunion.pathways import learning, matches
from traitdunion.pathways.matches import Matcher
from traitdunion.pathways.models import MatchedTraining, MatchingState
from traitdunion.rome import learned
from traitdunion.trainings import trainings

RULES = "4"
"""Raised when the rules of `matching` change: every profile is then matched again."""

_FEW, _SHARE = 50, 0.05
"""Changed trainings up to which (or which share of all) only the profiles they touch are matched again."""
_BATCH = 2_000
_ADVANCING = 2_026_112_109  # advisory lock
_lock = Lock()
_built: dict[tuple[str, str], Matcher] = {}
_seen: dict[tuple[object, ...], Matcher] = {}

# What a matcher is made from, told in a few milliseconds: reading it takes twenty times as long.
_FACTS = text(
    "SELECT (SELECT"
    " sum(hashtextextended(concat_ws('|', id, title, rome_codes, entry_level, exit_level, region_code), 0))"
    " FROM trainings WHERE withdrawn_at IS NULL AND is_funded),"
    " (SELECT sum(hashtextextended(concat_ws('|', code, parent_code, label), 0)) FROM occupations),"
    " (SELECT sum(hashtextextended(concat_ws('|', version, from_code, to_code, rank), 0)) FROM mobilities)"
)


def matcher(session: Session, *, now: datetime) -> Matcher:
    """The matcher for what is in the database now, built once per process; learns the model when there is none.

    Marks, in the caller's transaction, the profiles that what changed since the last one touches.
    """
    # Told before they are read: of what changes in between, the next call knows nothing, and reads again.
    facts = (*session.execute(_FACTS).one(), learned.version(session))
    with _lock:
        known = _seen.get((*facts, *_state(session)))
    if known is not None:
        return known
    found = _matcher(session, now=now)
    with _lock:
        _seen.clear()
        _seen[*facts, *_state(session)] = found
    return found


def _state(session: Session) -> tuple[object, ...]:
    columns = MatchingState.version, MatchingState.catalogue, MatchingState.generation
    return tuple(session.execute(select(*columns)).one_or_none() or ())


def _matcher(session: Session, *, now: datetime) -> Matcher:
    reference, model = matches.reference_now(session), learning.current(session, now=now)
    funded = _funded(session)
    prints = {training.id: _digest(training) for training in funded}
    catalogue = _digest(sorted(prints.items()))
    state = session.get(MatchingState, True, populate_existing=True)
    generation = _digest(
        [RULES, learned.version(session), *map(_sorted, (reference.parents, reference.mobilities, reference.labels))]
    )
    if state is None or (state.generation, state.catalogue) != (generation, catalogue):
        wanted = MatchingState(is_only=True, generation=generation, version="", catalogue=catalogue, subjects=[])
        state = _advance(session, funded, prints=prints, reference=reference, model=model, wanted=wanted)
    key = (state.version, state.catalogue)
    with _lock:
        if key not in _built:
            _built.clear()
            subjects = state.subjects
            _built[key] = Matcher(
                Catalogue(matches.with_titles_read(funded, model), reference, subjects),
                model,
                state.version,
                state.catalogue,
                {training.id: training.region for training in funded},
            )
        return _built[key]


def _advance(
    session: Session,
    funded: Sequence[TrainingFacts],
    *,
    prints: Mapping[str, str],
    reference: Reference,
    model: Model | None,
    wanted: MatchingState,
) -> MatchingState:
    """Brings the state to what is wanted, one process after the other; batches under way end first."""
    session.execute(select(func.pg_advisory_xact_lock(_ADVANCING)))
    state = session.get(MatchingState, True, populate_existing=True, with_for_update=True)
    known = {
        str(number): (fingerprint, family)
        for number, fingerprint, family in session.execute(
            select(MatchedTraining.training_id, MatchedTraining.fingerprint, MatchedTraining.family)
        )
    }
    families = {training.id: _family(training, reference) for training in funded}
    changed = {number for number in known.keys() | prints.keys() if known.get(number, ("",))[0] != prints.get(number)}
    if state is None or state.generation != wanted.generation or len(changed) > max(_FEW, _SHARE * len(funded)):
        wanted.version = _digest([wanted.generation, wanted.catalogue])
        wanted.subjects = list(Catalogue(matches.with_titles_read(funded, model), reference).subjects)
        state = session.merge(wanted)
    else:
        moved = {known[number][1] for number in changed & known.keys()} | {
            families[number] for number in changed & families.keys()
        }
        before = {number for number, (_, family) in known.items() if family in moved}
        newcomers = [training for training in funded if families[training.id] in moved]
        small = Catalogue(matches.with_titles_read(newcomers, model), reference, state.subjects)
        _mark(session, _touched(session, before | changed, small, model))
        state.catalogue = wanted.catalogue
    ids = [int(number) for number in changed]
    session.execute(delete(MatchedTraining).where(MatchedTraining.training_id.in_(ids)))
    rows = [
        {"training_id": int(number), "fingerprint": prints[number], "family": families[number]}
        for number in changed & prints.keys()
    ]
    if rows:
        session.execute(insert(MatchedTraining), rows)
    session.flush()  # the lock must cover what is read by the next one
    return state


def _touched(session: Session, before: set[str], newcomers: Catalogue, model: Model | None) -> set[str]:
    """The profiles that have one of these trainings, or whose offers the newcomers go with."""
    rows = session.scalars(
        text(
            "SELECT profile_key FROM matches WHERE training_id = ANY(:ids)"
            " UNION SELECT profile_key FROM match_decisions WHERE training_id = ANY(:ids)"
        ),
        {"ids": [int(number) for number in before]},
    )
    touched = set(rows)
    if not newcomers.subjects:
        return touched
    rows_of_profiles = session.execute(
        text(
            "SELECT DISTINCT ON (profile_key) profile_key, title, rome_code, level FROM offers"
            " WHERE withdrawn_at IS NULL ORDER BY profile_key, id"
        ).execution_options(yield_per=_BATCH)
    )
    for batch in rows_of_profiles.partitions():
        profiles = [OfferFacts(key=key, title=title, rome_code=code, level=level) for key, title, code, level in batch]
        ranked = newcomers.rank(matches.predicted(profiles, model), top=1)
        touched.update(profile.key for profile, found in zip(profiles, ranked, strict=True) if found)
    return touched


def _mark(session: Session, keys: set[str]) -> None:
    session.execute(text("UPDATE matched_profiles SET version = '' WHERE key = ANY(:keys)"), {"keys": list(keys)})


def _funded(session: Session) -> list[TrainingFacts]:
    return [
        TrainingFacts(
            id=str(row.id),
            title=row.title,
            rome_codes=tuple(row.rome_codes),
            entry_level=row.entry_level,
            level=row.exit_level,
            region=row.region_code,
        )
        for row in trainings.facts(session, funded_only=True)
    ]


def _family(training: TrainingFacts, reference: Reference) -> str:
    """What trainings of one family of `matching.families` have in common, seen a little larger."""
    codes = sorted({reference.parent(code) for code in training.rome_codes})
    return _digest([titles.subject(training.title), codes, training.entry_level, training.level])


def _digest(value: object) -> str:
    return hashlib.blake2b(orjson.dumps(value), digest_size=8).hexdigest()


def _sorted(facts: Mapping[str, object]) -> list[tuple[str, object]]:
    """Equal for equal facts, in whatever order they were read."""
    return sorted((key, value if isinstance(value, str) else sorted(value)) for key, value in facts.items())  # type: ignore[call-overload]
