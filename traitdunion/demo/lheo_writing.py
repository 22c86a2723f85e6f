"""Writes trainings as LHEO 2.3, the XML that French catalogues exchange: what `trainings.formats.lheo` reads back."""

from collections.abc import Iterable, Mapping
from datetime import date

from lxml import etree

from traitdunion.trainings.drafts import (
    ActionDraft,
    Address,
    Contact,
    Enrolment,
    OrganisationDraft,
    SessionDraft,
    TrainingDraft,
)
from traitdunion.trainings.levels import Level

NAMESPACE = "http://lheo.gouv.fr/2.3"
FORMACODE_VERSION = "V14"

_LEVELS: Mapping[Level, str] = {
    Level.NONE: "1",
    Level.CAP: "13",
    Level.BAC: "14",
    Level.BAC_2: "15",
    Level.BAC_3: "16",
    Level.BAC_5: "17",
}
_ENROLMENTS = {Enrolment.OPEN: "1", Enrolment.CLOSED: "2", Enrolment.SUSPENDED: "3"}
_UNKNOWN_START, _UNKNOWN_END = "00000000", "99999999"
_NOTHING = "-"  # for a compulsory element of which nothing is known
_INTERVIEW = "8"  # modalite-recrutement

Element = etree._Element


def write(trainings: Iterable[TrainingDraft]) -> bytes:
    """An LHEO document; each training needs an organisation, an action and its sessions, as the schema does."""
    root = etree.Element(_tag("lheo"), nsmap={None: NAMESPACE})  # type: ignore[dict-item]  # as lxml wants it
    offers = _add(root, "offres")
    for training in trainings:
        _training(offers, training)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)


def _training(parent: Element, training: TrainingDraft) -> None:
    element = _add(parent, "formation", numero=training.source_id)
    domain = _add(element, "domaine-formation")
    for code in training.rome_codes:
        _add(domain, "code-ROME", code)
    _add(element, "intitule-formation", training.title)
    _add(element, "objectif-formation", training.objective or _NOTHING)
    _add(element, "resultats-attendus", training.results or _NOTHING)
    _add(element, "contenu-formation", training.content or _NOTHING)
    _add(element, "certifiante", "1" if training.is_certifying else "0")
    for contact in dict.fromkeys(action.contact for action in training.actions):
        _contact(_add(element, "contact-formation"), contact)
    _add(element, "parcours-de-formation", "1")
    _add(element, "code-niveau-entree", "0" if training.entry_level is None else _LEVELS[training.entry_level])
    if training.aim is not None:
        _add(element, "objectif-general-formation", str(training.aim))
    if training.exit_level is not None:
        _add(element, "code-niveau-sortie", _LEVELS[training.exit_level])
    if training.url is not None:
        _add(_add(element, "url-formation"), "urlweb", training.url)
    for action in training.actions:
        _action(element, action, is_level_required=training.is_entry_level_required)
    if training.organisation is not None:
        _organisation(element, training.organisation, training.actions[0])


def _action(parent: Element, action: ActionDraft, *, is_level_required: bool) -> None:
    element = _add(parent, "action", numero=action.source_id)
    _add(element, "rythme-formation", "Temps plein")
    for code in action.audiences:
        _add(element, "code-public-vise", code, ref=FORMACODE_VERSION)
    _add(element, "niveau-entree-obligatoire", "1" if is_level_required else "0")
    _add(element, "modalites-alternance", "Périodes en entreprise" if action.hours_in_company else _NOTHING)
    _add(element, "modalites-enseignement", str(action.mode or 0))
    _add(element, "conditions-specifiques", "Être inscrit à France Travail, projet validé par un conseiller")
    _add(element, "prise-en-charge-frais-possible", "1")
    _place(_add(element, "lieu-de-formation"), action.place)
    _add(element, "modalites-entrees-sorties", "1" if action.is_permanent else "0")
    if action.url is not None:
        _add(_add(element, "url-action"), "urlweb", action.url)
    for session in action.sessions:
        _session(element, session, action.place)
    if action.accessibility is not None:
        _add(element, "acces-handicapes", action.accessibility)
    if action.price is not None:
        _add(element, "prix-total-TTC", f"{action.price:.2f}")
    if action.hours is not None and action.hours_in_company is not None:
        _add(element, "nombre-heures-centre", str(action.hours - action.hours_in_company))
        _add(element, "nombre-heures-entreprise", str(action.hours_in_company))
        _add(element, "nombre-heures-total", str(action.hours))
    _add(element, "conventionnement", "1")
    for at, funder_code in enumerate(action.funders):
        funder = _add(element, "organisme-financeur")
        _add(funder, "code-financeur", str(funder_code))
        if at == 0 and action.funded_seats is not None:
            _add(funder, "nb-places-financees", str(action.funded_seats))


def _session(parent: Element, session: SessionDraft, place: Address) -> None:
    element = _add(parent, "session", numero=session.source_id)
    _period(element, session.starts_on, session.ends_on)
    _address(_add(element, "adresse-inscription"), place)
    _period(_add(element, "periode-inscription"), session.opens_on, session.closes_on)
    if session.enrolment in _ENROLMENTS:
        _add(element, "etat-recrutement", _ENROLMENTS[session.enrolment])
    if session.seats is not None:
        recruitment = _add(element, "recrutement")
        _add(recruitment, "modalite-recrutement", _INTERVIEW)
        _add(recruitment, "nb-places", str(session.seats))


def _organisation(parent: Element, organisation: OrganisationDraft, action: ActionDraft) -> None:
    element = _add(parent, "organisme-formation-responsable")
    _add(element, "numero-activite", "0" * 11)  # its number at the State's: nobody's
    _add(_add(element, "SIRET-organisme-formation"), "SIRET", organisation.siret or "0" * 14)
    _add(element, "nom-organisme", organisation.name)
    _add(element, "raison-sociale", organisation.name)
    _coordinates(_add(element, "coordonnees-organisme"), Contact(), action.place)
    _contact(_add(element, "contact-organisme"), action.contact)


def _contact(parent: Element, contact: Contact) -> None:
    _coordinates(parent, contact, None)


def _place(parent: Element, place: Address) -> None:
    _coordinates(parent, Contact(), place)


def _coordinates(parent: Element, contact: Contact, place: Address | None) -> None:
    element = _add(parent, "coordonnees")
    if contact.name is not None:
        _add(element, "nom", contact.name)
    if place is not None:
        _address(element, place)
    if contact.phone is not None:
        _add(_add(element, "telfixe"), "numtel", contact.phone)
    if contact.email is not None:
        _add(element, "courriel", contact.email)


def _address(parent: Element, place: Address) -> None:
    element = _add(parent, "adresse")
    if place.name is not None:
        _add(element, "denomination", place.name)
    for line in place.lines or (_NOTHING,):
        _add(element, "ligne", line)
    _add(element, "codepostal", place.postcode or _NOTHING)
    _add(element, "ville", place.city or _NOTHING)
    if place.commune_code is not None:
        _add(element, "code-INSEE-commune", place.commune_code)
    if place.latitude is not None and place.longitude is not None:
        point = _add(element, "geolocalisation")
        _add(point, "latitude", str(place.latitude))
        _add(point, "longitude", str(place.longitude))


def _period(parent: Element, start: date | None, end: date | None) -> None:
    element = _add(parent, "periode")
    _add(element, "debut", _UNKNOWN_START if start is None else f"{start:%Y%m%d}")
    _add(element, "fin", _UNKNOWN_END if end is None else f"{end:%Y%m%d}")


def _add(parent: Element, name: str, text: str | None = None, **attributes: str | None) -> Element:
    given = {key: value for key, value in attributes.items() if value is not None}
    element = etree.SubElement(parent, _tag(name), given)
    element.text = text
    return element


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"
