"""One training of the Intercarif feed in JSON (hyphenated names, `sessions` that are an action each) → one draft."""

from collections.abc import Mapping

from traitdunion.trainings import levels
from traitdunion.trainings.drafts import (
    ActionDraft,
    Address,
    Contact,
    Mode,
    OrganisationDraft,
    SessionDraft,
    TrainingDraft,
)
from traitdunion.trainings.formats import values

Record = Mapping[str, object]


def is_training(record: Record) -> bool:
    """Whether the record has this shape."""
    return "intitule" in record and isinstance(record.get("sessions"), list)


def read(record: Record) -> TrainingDraft | str:
    """The draft, or the reason (French) why there is none. Total."""
    title = values.line(record.get("intitule"))
    if title is None:
        return "la formation n’a pas d’intitulé"
    mode = values.whole(record.get("modalite-enseignement"), most=2)
    is_permanent = bool(values.flag(record.get("entrees-sorties-permanentes")))
    formacodes = [*_list(record.get("formacode")), *_list(record.get("codes-formacode"))]
    return TrainingDraft(
        source_id=values.identifier(record.get("uid")) or values.identifier(record.get("id")),
        title=title,
        objective=values.paragraphs(record.get("objectif")),
        content=values.paragraphs(record.get("description")),
        results=values.paragraphs(record.get("resultats-attendus")),
        rome_codes=values.rome_codes(_list(record.get("codes-rome-vises"))),
        formacodes=values.numeric_codes(formacodes),
        certifications=values.certifications(rncp=record.get("code-rncp"), certifinfo=record.get("code-certifinfo")),
        entry_level=levels.read(_code(record.get("niveau-entree")), "lheo"),
        exit_level=levels.read(_code(record.get("niveau-sortie")), "lheo"),
        is_certifying=values.flag(record.get("certifiante")),
        aim=values.whole(record.get("objectif-general-formation"), most=99),
        organisation=_organisation(_record(record.get("organisme"))),
        actions=tuple(
            _action(_record(each), mode=None if mode is None else Mode(mode), is_permanent=is_permanent)
            for each in _list(record.get("sessions"))
        ),
        is_whole=True,
    )


def _action(record: Record, *, mode: Mode | None, is_permanent: bool) -> ActionDraft:
    funders = [_record(each) for each in _list(record.get("financeurs"))]
    codes = (values.whole(each.get("code"), most=99) for each in funders)
    seats = [values.whole(each.get("places"), most=9_999) for each in funders]
    contact = _record(record.get("contact"))
    identifier = values.identifier(record.get("id"))
    return ActionDraft(
        source_id=values.identifier(record.get("uida")) or values.identifier(record.get("uid")) or identifier,
        place=_place(_record(_record(record.get("localisation")).get("formation"))),
        mode=mode,
        is_permanent=is_permanent,
        hours=values.whole(record.get("nombre-heures-total"), most=99_999),
        hours_in_company=values.whole(record.get("nombre-heures-entreprise"), most=99_999),
        funders=tuple(dict.fromkeys(code for code in codes if code is not None)),
        funded_seats=sum(filter(None, seats)) or None,
        contact=Contact(phone=values.line(contact.get("tel"), 40), email=values.email(contact.get("courriel"))),
        url=values.link(contact.get("url")),
        sessions=(
            SessionDraft(
                source_id=identifier,
                starts_on=values.day(record.get("debut")),
                ends_on=values.day(record.get("fin")),
                is_permanent=is_permanent,
            ),
        ),
    )


def _place(record: Record) -> Address:
    latitude, longitude = values.point(record.get("latitude"), record.get("longitude"))
    address = values.line(record.get("adresse"))
    return Address(
        lines=(address,) if address else (),
        postcode=values.postcode(record.get("code-postal")),
        city=values.line(record.get("ville"), 100),
        commune_code=values.commune_code(record.get("commune-insee")),
        latitude=latitude,
        longitude=longitude,
    )


def _organisation(record: Record) -> OrganisationDraft | None:
    name = values.line(record.get("nom"))
    return None if name is None else OrganisationDraft(siret=values.siret(record.get("siret")), name=name)


def _code(value: object) -> str:
    return values.line(value, 10) or ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []


def _record(value: object) -> Record:
    return value if isinstance(value, Mapping) else {}
