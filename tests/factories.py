"""The smallest valid rows; a test names only what matters to it. Each is flushed, so that pages see it."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from typing import Any, TypeVar

import stdnum.luhn
from sqlalchemy.orm import Session

from traitdunion.accounts.models import Person
from traitdunion.companies.models import Company, CompanyMember
from traitdunion.core.db import Base
from traitdunion.immersions.models import Booking, Slot, SlotPlace
from traitdunion.matching import titles
from traitdunion.offers.models import Offer, OfferSource, TitleWord
from traitdunion.offers.reading import profile_key, search_vector
from traitdunion.pathways.models import Interest, MatchedProfile, StoredMatch
from traitdunion.prescribers.models import CaseloadEntry, CaseloadNote, Delegation, Organisation, Prescriber
from traitdunion.rome.models import Occupation
from traitdunion.territories import names
from traitdunion.territories.models import Commune
from traitdunion.trainings.models import Action, Training, TrainingOrganisation, TrainingSession

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
METZ = {"commune_code": "57463", "department": "57", "latitude": 49.1081, "longitude": 6.196}
REGION = "44"  # of the default territory

_numbers = count(1)

Row = TypeVar("Row", bound=Base)


def commune(session: Session, code: str = "57463", name: str = "Metz", **fields: Any) -> Commune:
    """A commune of the default territory; the one that is there already when the code is known."""
    found = session.get(Commune, code)
    if found is not None:
        return found
    key = names.key(name)
    row: dict[str, Any] = {
        "kind": "commune",
        "postcodes": [f"{code[:2]}000"],
        "population": 1_000,
        "department": code[:2],
        "region": REGION,
        "latitude": 49.1081,
        "longitude": 6.196,
        "search_key": key,
        "search_keys": [key],
        "telling_words": names.telling_words(key),
        "former_codes": [],
    }
    return _added(session, Commune(**{"code": code, "name": name, **row, **fields}))


def source(session: Session, name: str = "francetravail", **fields: Any) -> OfferSource:
    """France Travail, whose offers are real."""
    row = {"label": "France Travail", "is_crawled": True, "is_fictitious": False}
    return session.get(OfferSource, name) or _added(session, OfferSource(name=name, **{**row, **fields}))


def offer(session: Session, title: str = "Boulanger / Boulangère (H/F)", **fields: Any) -> Offer:
    """A living offer of the source, in Metz, found by its title, company and description."""
    origin = source(session, fields.pop("source", "francetravail"))
    number = next(_numbers)
    key = titles.normalise(title)
    row: dict[str, Any] = {
        "source": origin.name,
        "source_id": f"{number:07d}",
        "title_key": key,
        "description": "Pétrir, façonner, cuire.",
        "rome_code": "D1102",
        "profile_key": profile_key(key, fields.get("rome_code", "D1102"), fields.get("level")),
        "is_work_study": False,
        **METZ,
        "place_label": "57 - METZ",
        "is_place_approximate": False,
        "positions": 1,
        "url": f"https://candidat.exemple.fr/{number}",
        "updated_at": NOW,
        "first_seen_at": NOW,
        "changed_at": NOW,
        "content_hash": b"",
        "record": {},
        **fields,
    }
    row.setdefault(
        "search",
        search_vector((title, row.get("job_title")), (row.get("company_name"),), ("Metz",), (row["description"],)),
    )
    for word in titles.fold(title).split():
        if word.isalpha() and len(word) > 2 and session.get(TitleWord, word) is None and titles.stem(word):
            session.add(TitleWord(word=word, stem=titles.stem(word)))
    return _added(session, Offer(title=title, **row))


def training(session: Session, title: str = "CAP boulanger", **fields: Any) -> Training:
    """A training that the Région of the default territory funds, without any place yet."""
    row: dict[str, Any] = {
        "source": "carif",
        "source_id": str(next(_numbers)),
        "rome_codes": ["D1102"],
        "formacodes": [],
        "certifications": [],
        "is_entry_level_required": False,
        "is_funded": True,
        "region_code": REGION,
        "first_seen_at": NOW,
        "updated_at": NOW,
        "content_hash": b"",
        "search": search_vector((title,), (), (fields.get("objective"),), ()),
        **fields,
    }
    return _added(session, Training(title=title, **row))


def organisation(session: Session, name: str = "Greta Lorraine") -> TrainingOrganisation:
    """Who answers for a training."""
    return _added(session, TrainingOrganisation(key=names.key(name), name=name))


def action(session: Session, of: Training, **fields: Any) -> Action:
    """A place of the training, in Metz, paid by the Région."""
    row: dict[str, Any] = {
        "source_id": str(next(_numbers)),
        "city": "Metz",
        "region_code": REGION,
        **METZ,
        "is_place_approximate": True,
        "is_permanent": False,
        "funders": [2],
        "audiences": [],
        "content_hash": b"",
        **fields,
    }
    return _added(session, Action(training=of, **row))


def training_session(
    session: Session, of: Action, *, today: date, starts_in: int = 60, **fields: Any
) -> TrainingSession:
    """A session that starts `starts_in` days after today, open until then."""
    row: dict[str, Any] = {
        "source_id": str(next(_numbers)),
        "starts_on": today + timedelta(days=starts_in),
        "enrolment": "open",
        "is_permanent": False,
        "content_hash": b"",
        **fields,
    }
    return _added(session, TrainingSession(action=of, **row))


def match(session: Session, offer: Offer, training: Training, *, rank: int = 1, **fields: Any) -> StoredMatch:
    """The training goes with the offer's profile: the same occupation."""
    if session.get(MatchedProfile, offer.profile_key) is None:
        _added(session, MatchedProfile(key=offer.profile_key, matched_at=NOW, version="1"))
    row: dict[str, Any] = {"score": 0.8, "reasons": [reason("same_occupation", codes=["D1102"])], **fields}
    stored = StoredMatch(profile_key=offer.profile_key, training_id=training.id, rank=rank, **row)
    return _added(session, stored)


def reason(kind: str, strength: float = 1.0, words: Sequence[str] = (), codes: Sequence[str] = ()) -> dict[str, Any]:
    """A reason as it is stored."""
    return {"kind": kind, "strength": strength, "words": list(words), "codes": list(codes)}


def occupation(session: Session, code: str = "D1102", label: str = "Boulanger / Boulangère") -> Occupation:
    """An occupation of ROME 4."""
    return _added(session, Occupation(code=code, label=label, parent_code=code, in_v3=True, in_v4=True))


def company(session: Session, name: str = "Boulangerie Martin", **fields: Any) -> Company:
    """An open establishment in Metz, verified, without members."""
    row: dict[str, Any] = {
        "siret": siret(next(_numbers)),
        "naf": "10.71C",
        "address": "1 rue du Four",
        "postcode": "57000",
        "city": "Metz",
        **{key: value for key, value in METZ.items() if key != "department"},
        "state": "active",
        "checked_at": NOW,
        "verified_at": NOW,
        "verification": "operator",
        "created_at": NOW,
        **fields,
    }
    if row["verified_at"] is None:
        row["verification"] = None
    return _added(session, Company(name=name, **row))


def member(session: Session, of: Company, person: Person, **fields: Any) -> CompanyMember:
    """The person speaks for the company."""
    row: dict[str, Any] = {"person_id": person.id, "state": "active", "created_at": NOW, **fields}
    return _added(session, CompanyMember(company_id=of.id, **row))


def slot(session: Session, **fields: Any) -> Slot:
    """A published visit of one place at a baker's in Metz, ten days after NOW; `company` is made when not given."""
    at = fields.pop("company", None) or company(session)
    day = fields.get("first_day", NOW.date() + timedelta(days=10))
    row: dict[str, Any] = {
        "occupation_code": "D1102",
        "title": "Boulanger / Boulangère",
        "kind": "half_day",
        "first_day": day,
        "last_day": day,
        "starts_at": time(8),
        "ends_at": time(12),
        "places": 1,
        "address": "1 rue du Four",
        "postcode": "57000",
        "city": "Metz",
        **METZ,
        "is_place_approximate": False,
        "tutor_name": "Ada Martin",
        "tasks": "Pétrir, façonner, cuire.",
        "carries_loads": False,
        "stands_long": True,
        "minors_welcome": True,
        "book_by": day - timedelta(days=1),
        "accepts_at_once": False,
        "state": "published",
        "created_at": NOW,
        "changed_at": NOW,
        **fields,
    }
    made = _added(session, Slot(company=at, **row))
    session.add_all(SlotPlace(slot_id=made.id, number=number) for number in range(1, made.places + 1))
    session.flush()
    return made


def booking(session: Session, of: Slot, by: Person, **fields: Any) -> Booking:
    """A request for the first place of the slot, which the company has not answered."""
    row: dict[str, Any] = {
        "place_number": 1,
        "state": "requested",
        "expires_at": NOW + timedelta(days=3),
        "sequence": 0,
        "created_at": NOW,
        "changed_at": NOW,
        **fields,
    }
    return _added(session, Booking(slot=of, person=by, first_day=of.first_day, last_day=of.last_day, **row))


def interest(session: Session, of: Person, **fields: Any) -> Interest:
    """The person would like to try a baker's job."""
    row: dict[str, Any] = {"title": "Boulanger", "occupation_codes": ["D1102"], "created_at": NOW, **fields}
    return _added(session, Interest(person_id=of.id, **row))


def prescriber_organisation(session: Session, **fields: Any) -> Organisation:
    """An active Mission locale in Metz, without area nor members."""
    row: dict[str, Any] = {
        "name": "Mission locale Exemple",
        "kind": "mission_locale",
        "postcode": "57000",
        "city": "Metz",
        "email": f"organisme{next(_numbers)}@exemple.fr",
        "state": "active",
        "decided_at": NOW,
        "created_at": NOW,
        **fields,
    }
    if row["state"] == "waiting":
        row["decided_at"] = None
    return _added(session, Organisation(**row))


def delegation(session: Session, organisation: Organisation, **fields: Any) -> Delegation:
    """The right that an agency of France Travail gave for a year around NOW, confirmed."""
    row: dict[str, Any] = {
        "delegator_kind": "france_travail",
        "delegator_name": "Agence Exemple",
        "number": f"D-{next(_numbers)}",
        "starts_on": NOW.date() - timedelta(days=180),
        "ends_on": NOW.date() + timedelta(days=180),
        "created_at": NOW,
        "confirmed_at": NOW,
        **fields,
    }
    return _added(session, Delegation(organisation=organisation, **row))


def prescriber(session: Session, organisation: Organisation, person: Person | None = None, **fields: Any) -> Prescriber:
    """An active member of the organisation; the person is made when not given."""
    who = person or somebody(session, "Paula")
    row: dict[str, Any] = {"state": "active", "is_administrator": False, "created_at": NOW, **fields}
    return _added(session, Prescriber(organisation=organisation, person=who, **row))


def caseload_entry(
    session: Session, organisation: Organisation, person: Person | None = None, **fields: Any
) -> CaseloadEntry:
    """The organisation follows the person, without referent or project; it signs nothing unless told."""
    who = person or somebody(session)
    row: dict[str, Any] = {"origin": "created", "created_at": NOW, "changed_at": NOW, **fields}
    return _added(session, CaseloadEntry(organisation=organisation, person=who, **row))


def caseload_note(session: Session, entry: CaseloadEntry, **fields: Any) -> CaseloadNote:
    """What a colleague who left noted of the person."""
    row: dict[str, Any] = {"text": "Rappeler lundi", "created_at": NOW, **fields}
    return _added(session, CaseloadNote(entry_id=entry.id, **row))


def siret(number: int) -> str:
    """A SIRET whose keys are right, of a firm of its own."""
    siren = luhn(f"{number:08d}")
    return luhn(f"{siren}0001")


def luhn(digits: str) -> str:
    """The digits, and the key that makes their sum right."""
    return digits + str(stdnum.luhn.calc_check_digit(digits))


def person(session: Session, given_name: str = "Camille", **fields: Any) -> Person:
    """Somebody known by an e-mail address of their own."""
    number = next(_numbers)
    row: dict[str, Any] = {
        "family_name": "Exemple",
        "email": f"personne{number}@exemple.fr",
        "created_at": NOW,
        **fields,
    }
    return _added(session, Person(given_name=given_name, **row))


somebody = person
"""The same, where a parameter bears the name."""


def _added(session: Session, row: Row) -> Row:
    session.add(row)
    session.flush()
    return row
