"""The sections of an agreement, in the order of article D. 5135-3 of the Code du travail, then who signed.

1° the prescriber, 2° the beneficiary, 3° the host, 4° the accompanying structure, 5° days, hours, place, object and
objectives, 6° tasks and hours of presence. What is not known is said to be so, never left out.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from traitdunion.agreements.document import words
from traitdunion.agreements.document.commitments import COMMITMENTS
from traitdunion.agreements.document.sheet import Proof, Row, Section, Sheet, Table
from traitdunion.agreements.kinds import PartyRole, SignatureChannel
from traitdunion.agreements.snapshot import Body, Contact, Employer, Host, Terms
from traitdunion.core import pages
from traitdunion.immersions import wording

_LAW = "articles L.\u00a05135-1 à L.\u00a05135-8 et D.\u00a05135-1 à D.\u00a05135-8 du Code du travail"
_AWAITED = "Pas encore signée"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A signature that stands."""

    role: PartyRole
    name: str
    at: datetime
    channel: SignatureChannel
    masked_address: str
    version: int
    """The one that was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """A party that has yet to sign."""

    role: PartyRole
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the text is, apart from its terms: its number, its version, who signed."""

    code: str
    """As it is printed."""
    version: int
    signed: Sequence[Signed]
    """In the order of their instants."""
    awaited: Sequence[Awaited]
    validated_at: datetime | None
    verification: str
    """Address of the public page that verifies it."""
    ended: str | None
    """« Annulée »: what became of an agreement that holds no more."""


def sheet(terms: Terms, state: State) -> Sheet:
    """The whole document."""
    beneficiary = f"{terms.beneficiary.given_name} {terms.beneficiary.family_name}"
    return Sheet(
        title="Convention de mise en situation en milieu professionnel",
        subject=f"Immersion de {beneficiary} chez {terms.host.name}, {_period(terms)}",
        opening=_opening(state),
        sections=(*of_terms(terms), _signatures(state)),
        proof=_proof(state),
        footer=f"Convention {state.code}, version {state.version}",
    )


def of_terms(terms: Terms) -> tuple[Section, ...]:
    """What the parties sign, without their signatures."""
    found = (
        _body("1. Organisme qui prescrit l’immersion", terms.prescriber),
        _beneficiary(terms),
        _host(terms.host),
        _accompanying(terms.accompanying, terms.referent),
        _period_and_object(terms),
        _tasks(terms),
        Section(heading="Horaires de présence", table=_timetable(terms)),
        _renewed(terms),
        Section(heading="Engagements de chacun", paragraphs=tuple(COMMITMENTS.split("\n"))),
    )
    return tuple(section for section in found if section is not None)


def _opening(state: State) -> tuple[str, ...]:
    number = f"Convention {state.code}, version {state.version}. Période régie par les {_LAW}."
    return (number,) if state.ended is None else (f"{state.ended}\u00a0: cette convention n’a plus d’effet.", number)


def _body(heading: str, body: Body | None) -> Section:
    if body is None:
        return Section(heading=heading, paragraphs=(words.UNSAID,))
    facts = (
        ("Nom", body.name),
        ("Forme juridique", words.legal_form(body)),
        ("SIRET", words.siret(body.siret)),
        ("Adresse", body.address),
    )
    return Section(heading=heading, rows=(*_rows(facts), *_said((("Agit par délégation", body.delegation),))))


def _beneficiary(terms: Terms) -> Section:
    person, parent, known = terms.beneficiary, terms.representative, terms.emergency
    facts = (
        ("Nom", person.family_name),
        ("Prénom", person.given_name),
        ("Date de naissance", pages.day(person.birth_date) if person.birth_date else None),
        ("Adresse", person.address),
        ("Situation professionnelle", person.situation),
        ("Bénéficiaire du RSA", None if person.receives_rsa is None else "Oui" if person.receives_rsa else "Non"),
    )
    others = (
        ("Employeur actuel", _employer(terms.beneficiary.employer)),
        ("Représentant légal", f"{parent.given_name} {parent.family_name}, {parent.link}" if parent else None),
        ("Personne à prévenir", f"{known.name}, {pages.phone(known.phone)}" if known else None),
    )
    return Section(heading="2. Personne en immersion", rows=(*_rows(facts), *_said(others)))


def _employer(employer: Employer | None) -> str | None:
    if employer is None:
        return None
    siret = f"SIRET {words.siret(employer.siret)}" if employer.siret else None
    job = f"poste\u00a0: {employer.job}" if employer.job else None
    return words.joined((employer.name, siret, employer.address, job), ", ")


def _host(host: Host) -> Section:
    facts = (
        ("Nom", host.name),
        ("Forme juridique", host.legal_form),
        ("Immatriculation (SIRET)", words.siret(host.siret)),
        ("Date d’immatriculation", pages.day(host.registered_on) if host.registered_on else None),
        ("Adresse", host.address),
        ("Activité principale", host.activity),
        ("Convention collective", host.collective_agreement),
        ("Représentée par", words.contact(host.signatory)),
        ("Accueille, suit et transmet les consignes de santé et de sécurité", words.contact(host.tutor)),
    )
    return Section(heading="3. Structure d’accueil", rows=_rows(facts))


def _accompanying(body: Body | None, referent: Contact | None) -> Section:
    section = _body("4. Structure qui accompagne l’immersion", body)
    adviser = _rows((("Conseiller référent", words.contact(referent)),))
    return Section(heading=section.heading, paragraphs=section.paragraphs, rows=(*section.rows, *adviser))


def _period_and_object(terms: Terms) -> Section:
    place = terms.place
    count = len(terms.days)
    facts = (
        ("Premier jour", wording.long_day(terms.first_day) if terms.days else None),
        ("Dernier jour", wording.long_day(terms.last_day) if terms.days else None),
        ("Présence", f"{words.length(terms.minutes)} en {count}\u00a0jour{'s' if count > 1 else ''}"),
        ("Lieu", words.joined((place.address, f"{place.postcode} {place.city}"), ", ")),
        ("Objet", terms.objective.label if terms.objective else None),
        ("Objectifs précis", terms.goals),
        ("Comment ils seront évalués", terms.assessment),
    )
    return Section(heading="5. Période, lieu, objet", rows=_rows(facts))


def _tasks(terms: Terms) -> Section:
    facts = (
        ("Métier", f"{terms.occupation} (ROME {terms.occupation_code})"),
        ("Tâches confiées pour développer les compétences recherchées", terms.tasks),
    )
    others = (("Équipement de protection", terms.equipment), ("Conditions de travail", terms.conditions))
    return Section(heading="6. Tâches", rows=(*_rows(facts), *_said(others)))


def _timetable(terms: Terms) -> Table:
    lines = ((wording.long_day(day.on), words.hours(day), words.length(day.minutes)) for day in terms.days)
    return Table(header=("Jour", "Horaires", "Durée"), lines=tuple(lines))


def _renewed(terms: Terms) -> Section | None:
    former = terms.renewed
    if former is None:
        return None
    facts = (
        ("Convention renouvelée", former.code),
        ("Première période", f"du {pages.day(former.first_day)} au {pages.day(former.last_day)}"),
        ("Objectif non atteint", former.why),
    )
    return Section(heading="Renouvellement", rows=_rows(facts))


def _signatures(state: State) -> Section:
    given = (
        (
            one.role.label,
            one.name,
            f"{words.instant(one.at)}, version {one.version}",
            f"Code reçu par {one.channel.label} à {one.masked_address}",
        )
        for one in state.signed
    )
    awaited = ((one.role.label, one.name, _AWAITED, "–") for one in state.awaited)
    validated = state.validated_at
    told = (
        f"Validée par l’organisme qui prescrit l’immersion le {words.instant(validated)}."
        if validated
        else "Pas encore validée par l’organisme qui prescrit l’immersion\u00a0: l’immersion ne peut pas commencer."
    )
    table = Table(header=("Partie", "Nom", "Signée le", "Preuve"), lines=(*given, *awaited))
    return Section(heading="Signatures", paragraphs=(told,), table=table)


def _proof(state: State) -> Proof:
    return Proof(
        heading="Vérifier ce document",
        sentence="Photographiez ce carré, ou ouvrez l’adresse ci-dessous, puis tapez le code\u00a0:",
        page=state.verification.partition("?")[0],
        code=state.code,
        address=state.verification,
    )


def _period(terms: Terms) -> str:
    if not terms.days:
        return "jours à préciser"
    first, last = pages.day(terms.first_day), pages.day(terms.last_day)
    return f"le {first}" if first == last else f"du {first} au {last}"


def _rows(facts: Iterable[tuple[str, str | None]]) -> tuple[Row, ...]:
    """All of them: what the law asks for and nobody said is seen to be missing."""
    return tuple(Row(label=label, value=value or words.UNSAID) for label, value in facts)


def _said(facts: Iterable[tuple[str, str | None]]) -> tuple[Row, ...]:
    """Those that there are."""
    return tuple(Row(label=label, value=value) for label, value in facts if value)
