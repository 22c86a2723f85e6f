"""One LHEO element → one draft: `formation` of the full form, `resume-offre` of the index form.

Elements are found by their local name, at the place where LHEO 2.0 to 2.3 puts them; others, and misspelt ones (real
files have `coordonneFs`), are passed over.
"""

from collections.abc import Iterator
from functools import lru_cache

from lxml import etree

from traitdunion.trainings import levels
from traitdunion.trainings.drafts import (
    ActionDraft,
    Address,
    Contact,
    Enrolment,
    Mode,
    OrganisationDraft,
    Refusal,
    SessionDraft,
    TrainingDraft,
)
from traitdunion.trainings.formats import values

Element = etree._Element

_ENROLMENTS = {"1": Enrolment.OPEN, "2": Enrolment.CLOSED, "3": Enrolment.SUSPENDED}
_UNTITLED = "la formation n’a pas d’intitulé"


def training(element: Element) -> TrainingDraft | Refusal:
    """The draft of a `formation`."""
    title = values.line(_text(element, "intitule-formation"))
    if title is None:
        return Refusal(reason=_UNTITLED, raw=etree.tostring(element, with_tail=False))
    contact = _contact(element, "contact-formation")
    actions = list(_children(element, "action"))
    domain = _find(element, "domaine-formation")
    return TrainingDraft(
        source_id=values.identifier(element.get("numero")),
        title=title,
        objective=values.paragraphs(_text(element, "objectif-formation")),
        content=values.paragraphs(_text(element, "contenu-formation")),
        results=values.paragraphs(_text(element, "resultats-attendus")),
        rome_codes=values.rome_codes(_texts(domain, "code-ROME")),
        formacodes=values.numeric_codes(_texts(domain, "code-FORMACODE")),
        certifications=_certifications(element),
        entry_level=levels.read(_text(element, "code-niveau-entree"), "lheo"),
        is_entry_level_required=any(values.flag(_text(each, "niveau-entree-obligatoire")) for each in actions),
        exit_level=levels.read(_text(element, "code-niveau-sortie"), "lheo"),
        is_certifying=values.flag(_text(element, "certifiante")),
        aim=values.whole(_text(element, "objectif-general-formation"), most=99),
        url=values.link(_text(element, "url-formation", "urlweb")),
        organisation=_organisation(_find(element, "organisme-formation-responsable")),
        actions=tuple(_action(each, contact) for each in actions),
        is_whole=True,
    )


def summary(element: Element) -> TrainingDraft | Refusal:
    """The draft of a `resume-offre`: a session of an action; those numbered alike before "_SE_" make one training."""
    title = values.line(_text(element, "intitule-formation"))
    if title is None:
        return Refusal(reason=_UNTITLED, raw=etree.tostring(element, with_tail=False))
    number = values.identifier(element.get("numero")) or ""
    action_number = values.identifier(number.partition("_SE_")[0])
    domain = _find(element, "domaine-formation")
    siret = values.siret(_text(element, "SIRET"))
    organisation = values.line(_text(element, "nom-organisme"))
    latitude, longitude = values.point(
        _extra(element, "geolocalisation", "latitude"), _extra(element, "geolocalisation", "longitude")
    )
    return TrainingDraft(
        source_id=action_number,
        title=title,
        rome_codes=values.rome_codes(_texts(domain, "code-ROME")),
        formacodes=values.numeric_codes(_texts(domain, "code-FORMACODE")),
        certifications=_certifications(element),
        entry_level=levels.read(_text(element, "code-niveau-entree"), "lheo"),
        exit_level=levels.read(_extra(element, "complements", "code-niveau-sortie"), "lheo"),
        is_certifying=values.flag(_text(element, "certifiante")),
        organisation=OrganisationDraft(siret=siret, name=organisation) if organisation else None,
        actions=(
            ActionDraft(
                source_id=action_number,
                place=Address(
                    postcode=values.postcode(_text(element, "codepostal")),
                    city=values.line(_text(element, "ville"), 100),
                    commune_code=values.commune_code(_text(element, "code-INSEE-commune")),
                    latitude=latitude,
                    longitude=longitude,
                ),
                mode=_mode(element),
                hours=values.whole(_text(element, "nombre-heures-total"), most=99_999),
                funders=_funders(element),
                audiences=values.numeric_codes(_texts(element, "code-public-vise")),
                sessions=tuple(
                    _session(each, number if at == 0 else "", is_permanent=False)
                    for at, each in enumerate(_children(element, "session"))
                ),
            ),
        ),
    )


def _action(element: Element, contact: Contact) -> ActionDraft:
    trainer = _find(element, "organisme-formateur")
    is_permanent = _text(element, "modalites-entrees-sorties").strip() == "1"
    is_over = _extra(element, "type-action", "action-perimee") == "1"
    own_contact = _contact(trainer, "contact-formateur") if trainer is not None else Contact()
    seats = [
        values.whole(_text(each, "nb-places-financees"), most=9_999)
        for each in _children(element, "organisme-financeur")
    ]
    return ActionDraft(
        source_id=values.identifier(element.get("numero")),
        place=_place(_find(element, "lieu-de-formation", "coordonnees")),
        mode=_mode(element),
        is_permanent=is_permanent,
        price=values.amount(_text(element, "prix-total-TTC"), most=1_000_000),
        hours=values.whole(_text(element, "nombre-heures-total"), most=99_999),
        hours_in_company=values.whole(_text(element, "nombre-heures-entreprise"), most=99_999),
        funders=_funders(element),
        funded_seats=sum(filter(None, seats)) or None,
        audiences=values.numeric_codes(_texts(element, "code-public-vise")),
        accessibility=values.line(_text(element, "acces-handicapes")),
        trainer=values.line(_text(trainer, "raison-sociale-formateur")),
        contact=contact if own_contact == Contact() else own_contact,
        url=values.link(_text(element, "url-action", "urlweb")),
        sessions=tuple(
            _session(each, each.get("numero"), is_permanent=is_permanent, is_over=is_over)
            for each in _children(element, "session")
        ),
    )


def _session(element: Element, number: str | None, *, is_permanent: bool, is_over: bool = False) -> SessionDraft:
    window = _find(element, "periode-inscription")
    # LHEO nests another `periode` in the window; some catalogues write the days straight into it.
    window = window if _find(window, "periode") is None else _find(window, "periode")
    enrolment = _ENROLMENTS.get(_text(element, "etat-recrutement").strip(), Enrolment.UNKNOWN)
    if is_over or _extra(element, "session-perimee", "session-perimee") == "1":
        enrolment = Enrolment.CLOSED
    seats = [values.whole(_text(each, "nb-places"), most=9_999) for each in _children(element, "recrutement")]
    return SessionDraft(
        source_id=values.identifier(number),
        starts_on=values.day(_text(element, "periode", "debut")),
        ends_on=values.day(_text(element, "periode", "fin")),
        opens_on=values.day(_text(window, "debut")),
        closes_on=values.day(_text(window, "fin")),
        enrolment=enrolment,
        is_permanent=is_permanent,
        seats=max((known for known in seats if known is not None), default=None),
        contact=_contact(element, "contact-session"),
        address=_one_line(_place(_find(element, "adresse-inscription"))),
        url=values.link(_text(element, "url-session", "urlweb")),
    )


def _place(parent: Element | None) -> Address:
    """The address inside `coordonnees` or a like element."""
    address = _find(parent, "adresse")
    if address is None:
        return Address()
    latitude, longitude = values.point(
        _text(address, "geolocalisation", "latitude"), _text(address, "geolocalisation", "longitude")
    )
    lines = (values.line(text) for text in _texts(address, "ligne"))
    return Address(
        name=values.line(_text(address, "denomination") or _text(parent, "nom")),
        lines=tuple(line for line in lines if line)[:4],
        postcode=values.postcode(_text(address, "codepostal")),
        city=values.line(_text(address, "ville"), 100),
        commune_code=values.commune_code(_text(address, "code-INSEE-commune")),
        latitude=latitude,
        longitude=longitude,
    )


def _one_line(place: Address) -> str | None:
    town = " ".join(filter(None, (place.postcode, place.city)))
    return ", ".join(filter(None, (*place.lines, town))) or None


def _contact(parent: Element, tag: str) -> Contact:
    """The first contact that says something."""
    for holder in _children(parent, tag):
        details = _find(holder, "coordonnees")
        names = (_text(details, part) for part in ("civilite", "prenom", "nom"))
        found = Contact(
            name=values.line(" ".join(names), 150),
            phone=values.line(_text(details, "telfixe", "numtel") or _text(details, "portable", "numtel"), 40),
            email=values.email(_text(details, "courriel")),
        )
        if found != Contact():
            return found
    return Contact()


def _organisation(element: Element | None) -> OrganisationDraft | None:
    name = values.line(_text(element, "nom-organisme")) or values.line(_text(element, "raison-sociale"))
    if name is None:
        return None
    return OrganisationDraft(siret=values.siret(_text(element, "SIRET-organisme-formation", "SIRET")), name=name)


def _certifications(element: Element) -> tuple[str, ...]:
    found: list[str] = []
    for each in _children(element, "certification"):
        found += values.certifications(
            rncp=_text(each, "code-RNCP"), rs=_text(each, "code-RS"), certifinfo=_text(each, "code-CERTIFINFO")
        )
    return tuple(dict.fromkeys(found))


def _funders(element: Element) -> tuple[int, ...]:
    codes = (values.whole(_text(each, "code-financeur"), most=99) for each in _children(element, "organisme-financeur"))
    return tuple(dict.fromkeys(code for code in codes if code is not None))


def _mode(element: Element) -> Mode | None:
    code = values.whole(_text(element, "modalites-enseignement"), most=2)
    return None if code is None else Mode(code)


def _extra(element: Element, group: str, info: str) -> str:
    """The Intercarif's own additions: `extra` in the `extras` of the element, each found by its `info`."""
    for extras in _children(element, "extras"):
        if extras.get("info") == group:
            for extra in _children(extras, "extra"):
                if extra.get("info") == info:
                    return _own_text(extra).strip()
    return ""


def name(element: Element) -> str:
    """The element's local name; "" for what is no element (an unresolved entity)."""
    return _local(element.tag) if isinstance(element.tag, str) else ""


@lru_cache(maxsize=1024)
def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _children(parent: Element | None, tag: str) -> Iterator[Element]:
    return iter(()) if parent is None else parent.iterchildren(f"{{*}}{tag}")


def _find(parent: Element | None, *path: str) -> Element | None:
    for tag in path:
        parent = next(_children(parent, tag), None)
    return parent


def _text(parent: Element | None, *path: str) -> str:
    """The text of the first element at `path`, "" when there is none."""
    found = _find(parent, *path)
    return "" if found is None else _own_text(found)


def _texts(parent: Element | None, tag: str) -> list[str]:
    return [_own_text(child) for child in _children(parent, tag)]


def _own_text(element: Element) -> str:
    # An entity that was not resolved is a child without a name: what stands after it is still text.
    return (element.text or "") + "".join(child.tail or "" for child in element if not name(child))
