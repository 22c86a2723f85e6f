"""What people say of matches, and when it decides: at once for some, by agreement of several for the others.

A voice counts once for a pair (profile, training), a network and a day, and may change its mind that day. The word of
a prescriber or an operator decides at once, and no agreement of others undoes it. A decision changes the stored
matches in its own transaction, so that the page shows it at once; renewals find it in `match_decisions`.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from traitdunion.core.clock import PARIS
from traitdunion.matching.reasons import ReasonKind
from traitdunion.pathways.models import Author, Correction, Kind, MatchDecision, StoredMatch, Voice

WEIGHTS = {Voice.ANONYMOUS: 1, Voice.JOB_SEEKER: 1, Voice.PRESCRIBER: 3, Voice.OPERATOR: 3}
ENOUGH = 3
"""Weight of the voices that decide, when nobody says the contrary."""
LEAST_NETWORKS = 2
"""From one network alone, even day after day, several voices may be one person's."""

_DECISIVE = {Voice.PRESCRIBER: Author.PRESCRIBER, Voice.OPERATOR: Author.OPERATOR}
_CONFIRMED_REASON = f'[{{"kind": "{ReasonKind.CONFIRMED}", "strength": 1.0, "words": [], "codes": []}}]'


@dataclass(frozen=True, slots=True)
class Pair:
    """A training for the offers of a profile."""

    profile_key: str
    training_id: int


def is_proposed(session: Session, pair: Pair) -> bool:
    """The training is among the stored matches of the profile."""
    return session.get(StoredMatch, (pair.profile_key, pair.training_id)) is not None


def decision(session: Session, pair: Pair) -> MatchDecision | None:
    """What was decided of the pair; None when nothing was."""
    return session.get(MatchDecision, (pair.profile_key, pair.training_id))


def say(session: Session, pair: Pair, *, kind: Kind, voice: Voice, network: bytes | None, now: datetime) -> None:
    """Keeps what a voice says, once for its network and day, and decides when that is enough."""
    _hold(session, pair)  # of two voices at once, the second sees the first
    said = insert(Correction).values(
        profile_key=pair.profile_key,
        training_id=pair.training_id,
        kind=kind,
        voice=voice,
        network=network,
        given_on=now.astimezone(PARIS).date(),
        created_at=now,
    )
    session.execute(
        said.on_conflict_do_update(
            constraint="uq_corrections_profile_key_training_id_network_given_on",
            set_={"kind": said.excluded.kind, "voice": said.excluded.voice},
            where=Correction.kind != said.excluded.kind,
        )
    )
    if voice in _DECISIVE:
        decide(session, pair, verdict=kind, author=_DECISIVE[voice], now=now)
        return
    standing = decision(session, pair)
    agreed = agreement(session, pair)
    if agreed is not None and (standing is None or standing.author == Author.AGREEMENT):
        decide(session, pair, verdict=agreed, author=Author.AGREEMENT, now=now)


def agreement(session: Session, pair: Pair) -> Kind | None:
    """What the voices agree upon; None when they are too few, of one network, or contradict each other."""
    rows = session.execute(
        select(Correction.kind, Correction.voice, Correction.network).where(
            Correction.profile_key == pair.profile_key, Correction.training_id == pair.training_id
        )
    ).all()
    kinds = {kind for kind, _, _ in rows}
    weight = sum(WEIGHTS[Voice(voice)] for _, voice, _ in rows)
    networks = {network for _, _, network in rows}
    if len(kinds) != 1 or weight < ENOUGH or len(networks) < LEAST_NETWORKS:
        return None
    return Kind(kinds.pop())


def decide(session: Session, pair: Pair, *, verdict: Kind, author: Author, now: datetime) -> None:
    """Writes the verdict, and shows it in the stored matches; the same verdict again changes nothing."""
    _hold(session, pair)
    stored = session.get(StoredMatch, (pair.profile_key, pair.training_id), populate_existing=True)
    said = insert(MatchDecision).values(
        profile_key=pair.profile_key,
        training_id=pair.training_id,
        verdict=verdict,
        author=author,
        decided_at=now,
        score=stored.score if stored is not None else None,
    )
    session.execute(
        said.on_conflict_do_update(
            constraint="pk_match_decisions",
            set_={name: said.excluded[name] for name in ("verdict", "author", "decided_at")},
            where=(MatchDecision.verdict != said.excluded.verdict) | (MatchDecision.author != said.excluded.author),
        )
    )
    _show(session, pair, verdict)


def forget_networks(session: Session, *, before: datetime) -> int:
    """Erases the networks of voices given before that instant (the privacy register says when); returns how many."""
    old = (Correction.created_at < before, Correction.network.is_not(None))
    return len(session.scalars(update(Correction).where(*old).values(network=None).returning(Correction.id)).all())


def _hold(session: Session, pair: Pair) -> None:
    """Until the end of the transaction nobody else corrects or replaces the matches of the profile.

    Renewals hold the same row while they replace them: neither undoes the other.
    """
    session.execute(text("SELECT FROM matched_profiles WHERE key = :key FOR NO KEY UPDATE"), {"key": pair.profile_key})


def _show(session: Session, pair: Pair, verdict: Kind) -> None:
    """Makes the stored matches of the profile say what was decided."""
    values = {"key": pair.profile_key, "training": pair.training_id, "reason": _CONFIRMED_REASON}
    if verdict is Kind.REFUSED:
        session.execute(text("DELETE FROM matches WHERE profile_key = :key AND training_id = :training"), values)
    else:
        session.execute(
            text(
                "INSERT INTO matches AS known (profile_key, training_id, rank, score, reasons)"
                " SELECT key, :training, 1, 1, CAST(:reason AS jsonb) FROM matched_profiles WHERE key = :key"
                " ON CONFLICT (profile_key, training_id) DO UPDATE SET score = 1,"
                ' reasons = CASE WHEN known.reasons @> \'[{"kind": "confirmed"}]\' THEN known.reasons'
                " ELSE excluded.reasons || known.reasons END"
            ),
            values,
        )
    session.execute(
        text(
            "UPDATE matches SET rank = ordered.rank FROM (SELECT training_id AS id,"
            " row_number() OVER (ORDER BY score DESC, rank, training_id) AS rank"
            " FROM matches WHERE profile_key = :key) AS ordered"
            " WHERE profile_key = :key AND training_id = ordered.id"
        ),
        values,
    )
