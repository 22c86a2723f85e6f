"""Drafts as rows of the three tables: what each is known by, the hash of its content, its search vector."""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import date
from enum import Enum
from operator import attrgetter

from traitdunion.matching import titles
from traitdunion.trainings.drafts import ActionDraft, Address, OrganisationDraft, SessionDraft, TrainingDraft
from traitdunion.trainings.placing import Placer

Row = tuple[object, ...]

_TRAINING = (
    *("title", "objective", "content", "results", "rome_codes", "formacodes", "certifications", "entry_level"),
    *("is_entry_level_required", "exit_level", "is_certifying", "aim", "url"),
)
_ACTION = (
    *("mode", "is_permanent", "price", "hours", "hours_in_company", "funders", "funded_seats", "audiences"),
    *("accessibility", "trainer", "contact.name", "contact.phone", "contact.email", "url"),
)
_LOCATION = (*("commune_code", "city", "department", "region_code", "latitude", "longitude", "is_approximate"),)
_SESSION = (
    *("starts_on", "ends_on", "opens_on", "closes_on", "enrolment", "is_permanent", "seats", "contact.name"),
    *("contact.phone", "contact.email", "address", "url"),
)
_training_values, _action_values, _session_values = attrgetter(*_TRAINING), attrgetter(*_ACTION), attrgetter(*_SESSION)
_location_values = attrgetter(*_LOCATION)


def _columns(fields: Iterable[str]) -> tuple[str, ...]:
    return tuple(field.replace(".", "_").replace("is_approximate", "is_place_approximate") for field in fields)


TRAINING_COLUMNS = (*_columns(_TRAINING), "search", "content_hash")
ACTION_COLUMNS = ("place_name", "address", "postcode", *_columns(_LOCATION), *_columns(_ACTION), "content_hash")
SESSION_COLUMNS = (*_columns(_SESSION), "content_hash")

_SEARCHED = 20_000
"""Characters of a text that are searched."""


class Rows:
    """The rows of a batch; each begins with its rank and what joins it to the row above it."""

    def __init__(self, placer: Placer) -> None:
        self._placer = placer
        self.trainings: list[Row] = []
        self.actions: list[Row] = []
        self.sessions: list[Row] = []

    def add(self, drafts: Sequence[TrainingDraft]) -> None:
        """Adds the drafts of a batch, in their order."""
        self._placer.learn(action.place for draft in drafts for action in draft.actions)
        for draft in drafts:
            self._add(draft)

    def _add(self, draft: TrainingDraft) -> None:
        key = training_key(draft)
        organisation = draft.organisation
        organisation_row = (
            (None, None, None)
            if organisation is None
            else (organisation_key(organisation), organisation.siret, organisation.name)
        )
        values = (*_plain(_training_values(draft)), _search_vector(draft))
        head = (len(self.trainings), key, *organisation_row, draft.is_whole)
        self.trainings.append((*head, *values, _hash((*values, *organisation_row))))
        for action, action_key in zip(draft.actions, _distinct(map(_action_key, draft.actions)), strict=True):
            location = self._placer.locate(action.place)
            address = ", ".join(action.place.lines) or None
            place = (action.place.name, address, action.place.postcode, *_location_values(location))
            values = (*place, *_plain(_action_values(action)))
            rank = len(self.actions)
            self.actions.append((rank, key, action_key, *values, _hash(values)))
            for session, session_key in zip(
                action.sessions, _distinct(map(_session_key, action.sessions)), strict=True
            ):
                values = tuple(_plain(_session_values(session)))
                self.sessions.append((len(self.sessions), rank, session_key, *values, _hash(values)))


def training_key(draft: TrainingDraft) -> str:
    """The catalogue's identifier; without one, worked out of the title and who gives it, else where."""
    if draft.source_id:
        return draft.source_id
    if draft.organisation is not None:
        owner = organisation_key(draft.organisation)
    else:
        owner = _place_key(draft.actions[0].place) if draft.actions else ""
    return _worked_out(owner, titles.fold(draft.title))


def organisation_key(organisation: OrganisationDraft) -> str:
    """Its SIRET, else its name without accents and capitals."""
    return organisation.siret or "nom:" + " ".join(titles.words(titles.fold(organisation.name)))


def _action_key(action: ActionDraft) -> str:
    return action.source_id or _worked_out(_place_key(action.place), str(action.mode))


def _session_key(session: SessionDraft) -> str:
    if session.source_id:
        return session.source_id
    if session.is_permanent and session.starts_on is None:
        return "~permanent"
    first_day: date | None = session.starts_on or session.closes_on or session.ends_on
    return f"~{first_day or 'unknown'}"


def _place_key(place: Address) -> str:
    return "|".join((place.commune_code or place.postcode or "", titles.fold(place.city or ""), *place.lines))


def _worked_out(*parts: str) -> str:
    return "~" + hashlib.blake2b("\n".join(parts).encode(), digest_size=12).hexdigest()


def _distinct(keys: Iterable[str]) -> list[str]:
    """The keys, those that come again numbered: two sessions on the same day are two sessions."""
    seen: dict[str, int] = {}
    found = []
    for key in keys:
        seen[key] = seen.get(key, 0) + 1
        found.append(key if seen[key] == 1 else f"{key}#{seen[key]}")
    return found


def _plain(values: Iterable[object]) -> Row:
    """As PostgreSQL takes them: tuples as lists, enums as what they stand for."""
    return tuple(
        list(value) if isinstance(value, tuple) else value.value if isinstance(value, Enum) else value
        for value in values
    )


def _hash(values: Row) -> bytes:
    return hashlib.blake2b(repr(values).encode(), digest_size=16).digest()


def _search_vector(draft: TrainingDraft) -> str:
    """A tsvector, in text: each stem with the weight of the first field that holds it."""
    organisation = draft.organisation.name if draft.organisation else ""
    trainers = " ".join(dict.fromkeys(action.trainer or "" for action in draft.actions))
    texts = f"{draft.content or ''} {draft.results or ''}"
    weighted: dict[str, str] = {}
    for weight, text in zip(
        "ABCD", (draft.title, f"{organisation} {trainers}", draft.objective or "", texts), strict=True
    ):
        for stem in titles.stems(text[:_SEARCHED]):
            if len(stem) <= 60:
                weighted.setdefault(stem, weight)
    return " ".join(f"{stem}:1{weight}" for stem, weight in weighted.items())
