"""One flat record (a line of a table, a simple JSON object) → one draft: a training, with one action and one session.

Records with the same `identifiant` make one training. Names are read without accents or capitals; `csv` says what each
holds. The English names are those of simple JSON files, which also give levels otherwise: `entry_level` a word or a
LHEO code, `level` a European number or "lheo-sortie:<code>".
"""

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

from traitdunion.matching import titles
from traitdunion.trainings import levels
from traitdunion.trainings.drafts import (
    ActionDraft,
    Address,
    Contact,
    Enrolment,
    Mode,
    OrganisationDraft,
    SessionDraft,
    TrainingDraft,
)
from traitdunion.trainings.formats import values
from traitdunion.trainings.levels import Level

_ALIASES = {
    "id": "identifiant",
    "title": "intitule",
    "objective": "objectif",
    "content": "contenu",
    "description": "contenu",
    "results": "resultats",
    "rome_codes": "codes_rome",
    "code_rome": "codes_rome",
    "rome": "codes_rome",
    "formacode": "formacodes",
    "certification_id": "certifications",
    "certification": "certifications",
    "provider": "organisme",
    "commune_name": "commune",
    "ville": "commune",
    "postal_code": "code_postal",
    "insee": "code_insee",
    "lat": "latitude",
    "lon": "longitude",
    "lng": "longitude",
    "funders": "financeurs",
    "financeur": "financeurs",
    "date_debut": "debut",
    "date_fin": "fin",
}
_TELLING = frozenset({"codes_rome", "formacodes", "certifications", "rncp", "niveau_entree", "niveau_sortie", "level"})
_TELLING_TOO = frozenset({"entry_level", "financeurs", "organisme", "debut", "code_insee", "code_postal", "commune"})
_SEPARATORS = re.compile(r"[\s,;|/]+")
_CERTIFICATION = re.compile(r"(RNCP|RS|CERTIFINFO)[\s:]*([0-9]{1,10})", re.IGNORECASE)
_LHEO_LEVEL = re.compile(r"lheo(?:-(?:entree|sortie))?:\s*([0-9]{1,2})")
_MODES = {"presentiel": Mode.ON_SITE, "mixte": Mode.MIXED, "distance": Mode.DISTANCE, "a distance": Mode.DISTANCE}
_ENROLMENTS = {
    **dict.fromkeys(("1", "ouvert", "ouverte", "open"), Enrolment.OPEN),
    **dict.fromkeys(("2", "ferme", "fermee", "closed"), Enrolment.CLOSED),
    **dict.fromkeys(("3", "suspendu", "suspendue", "suspended"), Enrolment.SUSPENDED),
}

Record = Mapping[str, object]


@lru_cache(maxsize=1024)
def canonical(name: str) -> str:
    """The name of a column as this module knows it."""
    plain = "_".join(re.findall(r"[a-z0-9]+", titles.fold(name[:100])))
    return _ALIASES.get(plain, plain)


def gather(named: Iterable[tuple[str, object]]) -> dict[str, object]:
    """The record of these (canonical) names and values; of several of one name, the first that says something."""
    record: dict[str, object] = {}
    for name, value in named:
        if not record.get(name):
            record[name] = value
    return record


def is_training(names: Iterable[str]) -> bool:
    """Whether a record with these (canonical) names tells of a training, and not of something else with a title."""
    known = set(names)
    return bool(known & _TELLING) or ("intitule" in known and bool(known & _TELLING_TOO))


def read(record: Record) -> TrainingDraft | str:
    """The draft of a record with canonical names, or the reason (French) why there is none. Total."""
    title = values.line(record.get("intitule"))
    if title is None:
        return "la formation n’a pas d’intitulé"
    organisation = values.line(record.get("organisme"))
    action = _action(record)
    return TrainingDraft(
        source_id=values.identifier(record.get("identifiant")),
        title=title,
        objective=values.paragraphs(record.get("objectif")),
        content=values.paragraphs(record.get("contenu")),
        results=values.paragraphs(record.get("resultats")),
        rome_codes=values.rome_codes(_parts(record.get("codes_rome"))),
        formacodes=values.numeric_codes(_parts(record.get("formacodes"))),
        certifications=_certifications(record),
        entry_level=_level(record, niveau_entree="european", entry_level="lheo"),
        is_entry_level_required=bool(values.flag(record.get("niveau_entree_obligatoire"))),
        exit_level=_level(record, niveau_sortie="european", level="european"),
        is_certifying=values.flag(record.get("certifiante")),
        aim=values.whole(record.get("objectif_general"), most=99),
        url=values.link(record.get("url")),
        organisation=(
            OrganisationDraft(siret=values.siret(record.get("siret")), name=organisation) if organisation else None
        ),
        actions=() if action is None else (action,),
    )


def _action(record: Record) -> ActionDraft | None:
    """None when the record is a diploma without place, dates or funder: nothing that one could enter."""
    place = _place(record)
    funders = tuple(int(code) for code in _parts(record.get("financeurs")) if re.fullmatch(r"[0-9]{1,2}", code))
    session = _session(record, is_funded=bool(funders))
    if not place.is_known and not funders and session is None:
        return None
    contact = Contact(
        name=values.line(record.get("contact"), 150),
        phone=values.line(record.get("telephone"), 40),
        email=values.email(record.get("courriel")),
    )
    return ActionDraft(
        source_id=values.identifier(record.get("identifiant_action")),
        place=place,
        mode=_mode(record.get("modalite")),
        is_permanent=session is not None and session.is_permanent,
        price=values.amount(record.get("prix"), most=1_000_000),
        hours=values.whole(record.get("heures"), most=99_999),
        hours_in_company=values.whole(record.get("heures_entreprise"), most=99_999),
        funders=tuple(dict.fromkeys(funders)),
        audiences=values.numeric_codes(_parts(record.get("publics"))),
        accessibility=values.line(record.get("accessibilite")),
        contact=contact,
        sessions=() if session is None else (session,),
    )


def _session(record: Record, *, is_funded: bool) -> SessionDraft | None:
    """A funded training whose record has no date at all is entered at any time: simple files say no more."""
    starts_on, ends_on = values.day(record.get("debut")), values.day(record.get("fin"))
    opens_on, closes_on = values.day(record.get("inscription_debut")), values.day(record.get("inscription_fin"))
    identifier = values.identifier(record.get("identifiant_session"))
    said = values.flag(record.get("entrees_permanentes"))
    has_dates = any((starts_on, ends_on, opens_on, closes_on))
    is_mute = identifier is None and not any(record.get(name) for name in ("debut", "fin", "inscription_fin", "etat"))
    is_permanent = (is_funded and is_mute) if said is None else said
    if not has_dates and not is_permanent and is_mute:
        return None
    return SessionDraft(
        source_id=identifier,
        starts_on=starts_on,
        ends_on=ends_on,
        opens_on=opens_on,
        closes_on=closes_on,
        enrolment=_ENROLMENTS.get(_word(record.get("etat")), Enrolment.UNKNOWN),
        is_permanent=is_permanent,
        seats=values.whole(record.get("places"), most=9_999),
    )


def _place(record: Record) -> Address:
    latitude, longitude = values.point(record.get("latitude"), record.get("longitude"))
    address = values.line(record.get("adresse"))
    return Address(
        name=values.line(record.get("lieu")),
        lines=(address,) if address else (),
        postcode=values.postcode(record.get("code_postal")),
        city=values.line(record.get("commune"), 100),
        commune_code=values.commune_code(record.get("code_insee")),
        latitude=latitude,
        longitude=longitude,
    )


def _certifications(record: Record) -> tuple[str, ...]:
    found: list[str] = []
    for name in ("rncp", "rs", "certifinfo"):
        for part in _parts(record.get(name)):
            found += values.certifications(**{name: part})
    for text in _texts(record.get("certifications")):
        for prefix, digits in _CERTIFICATION.findall(text):
            found += values.certifications(**{prefix.lower(): digits})
    return tuple(dict.fromkeys(found))


def _level(record: Record, **columns: levels.Scheme) -> Level | None:
    """The level of the first of these columns that tells one; each names the scheme of its bare digits."""
    for name, digits in columns.items():
        text = _word(record.get(name))
        if found := _LHEO_LEVEL.fullmatch(text):
            level = levels.read(found[1], "lheo")
        elif text.startswith("niv"):
            level = levels.read(text, "rncp")
        else:
            level = levels.read(text, digits if text.isdigit() else "words")
        if level is not None:
            return level
    return None


def _mode(value: object) -> Mode | None:
    text = _word(value)
    return Mode(int(text)) if text in {"0", "1", "2"} else _MODES.get(text)


def _word(value: object) -> str:
    return titles.fold(values.line(value, 60) or "")


def _texts(value: object) -> list[str]:
    """The texts of a list, or the text that a single value is."""
    several = value if isinstance(value, list) else [value]
    return [text for each in several[:200] if (text := values.line(each, 2_000))]


def _parts(value: object) -> list[str]:
    """Codes given as a list, or in one text between spaces, commas, semicolons, bars or slashes."""
    return [part for text in _texts(value) for part in _SEPARATORS.split(text) if part]
