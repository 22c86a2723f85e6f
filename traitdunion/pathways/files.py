"""Matching on files, without storing anything: titles, offers and trainings in, predictions and pairs out (JSONL)."""

from collections.abc import Iterator, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson

from traitdunion.core.errors import Refused
from traitdunion.matching.occupations import Prediction
from traitdunion.matching.trainings import Match, OfferFacts, TrainingFacts
from traitdunion.offers import reading, texts
from traitdunion.trainings.drafts import TrainingDraft
from traitdunion.trainings.formats import flat


class LineRefused(Refused):
    """A line of a file cannot be used; the message names the file and the line."""


def objects(path: Path) -> Iterator[tuple[int, Mapping[str, Any]]]:
    """The JSON objects of a file, one a line, with the line's number; raises LineRefused."""
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            if not line.strip():
                continue
            try:
                found = orjson.loads(line)
            except orjson.JSONDecodeError:
                raise LineRefused(f"{path.name}, ligne {number} : ce n’est pas du JSON complet.") from None
            if not isinstance(found, dict):
                raise LineRefused(f"{path.name}, ligne {number} : ce n’est pas un objet JSON.")
            yield number, found


def titles(path: Path) -> Iterator[tuple[object, str, str | None]]:
    """The (id, title, description or None) of a file of titles; a missing title is read as an empty one."""
    for _, record in objects(path):
        described = record.get("description")
        title = record.get("title")
        yield (
            record.get("id"),
            title if isinstance(title, str) else "",
            described if isinstance(described, str) and described.strip() else None,
        )


def offers(path: Path, *, is_rome_hidden: bool) -> Iterator[OfferFacts]:
    """The offers of a file in the API's JSON; `candidates` (training ids), when given, are those to rank."""
    for number, record in objects(path):
        known_id = reading.source_id(record)
        if isinstance(known_id, reading.Refusal):
            raise LineRefused(f"{path.name}, ligne {number} : {known_id.reason}.")
        skills = record.get("competences")
        candidates = record.get("candidates")
        yield OfferFacts(
            key=known_id,
            title=texts.line(record.get("intitule"), 1000) or texts.line(record.get("title"), 1000) or "",
            rome_code=None if is_rome_hidden else reading.rome_code(record.get("romeCode")),
            level=reading.asked_level(record.get("formations")),
            skills=tuple(_skills(skills)) if isinstance(skills, list) else (),
            candidates=frozenset(_ids(candidates)) if isinstance(candidates, list) else None,
        )


def trainings(path: Path, *, is_rome_hidden: bool) -> Iterator[TrainingFacts]:
    """The trainings of a file of simple JSON objects: `id`, `title`, and what else is known."""
    for number, record in objects(path):
        fields: dict[str, object] = {}
        for name, value in record.items():
            fields.setdefault(flat.canonical(name), value)
        draft = flat.read(fields)
        if not isinstance(draft, TrainingDraft) or draft.source_id is None:
            reason = draft if isinstance(draft, str) else "la formation n’a pas d’identifiant"
            raise LineRefused(f"{path.name}, ligne {number} : {reason}.")
        yield TrainingFacts(
            id=draft.source_id,
            title=draft.title,
            rome_codes=() if is_rome_hidden else draft.rome_codes,
            entry_level=draft.entry_level,
            level=draft.exit_level,
        )


def predictions_line(title_id: object, predictions: list[Prediction]) -> bytes:
    """`{"id", "codes": [{"code", "score"}, …]}`; no code when the model does not know."""
    return orjson.dumps(
        {"id": title_id, "codes": [prediction._asdict() for prediction in predictions]},
        option=orjson.OPT_APPEND_NEWLINE,
    )


def pairs_line(offer: OfferFacts, matches: list[Match]) -> bytes:
    """`{"offer_id", "trainings": [{"id", "score", "reasons"}, …]}`, best first."""
    found = [
        {"id": match.training_id, "score": match.score, "reasons": [asdict(reason) for reason in match.reasons]}
        for match in matches
    ]
    return orjson.dumps({"offer_id": offer.key, "trainings": found}, option=orjson.OPT_APPEND_NEWLINE)


def _skills(skills: list[object]) -> Iterator[str]:
    for skill in skills:
        label = texts.line(skill.get("libelle")) if isinstance(skill, Mapping) else texts.line(skill)
        if label:
            yield label


def _ids(candidates: list[object]) -> Iterator[str]:
    for candidate in candidates:
        found = candidate.get("training_id", candidate.get("id")) if isinstance(candidate, Mapping) else candidate
        if found is not None:
            yield str(found)
