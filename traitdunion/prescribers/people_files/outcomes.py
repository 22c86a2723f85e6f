"""What will happen to each line of a file of people, if it is kept now."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from rapidfuzz import fuzz
from sqlalchemy.orm import Session

from traitdunion.core.csv_files import Line
from traitdunion.prescribers import duplicates
from traitdunion.prescribers.duplicates import Described, Evidence, Near
from traitdunion.prescribers.people_files import reading

_LIKE_NAME = 84.0  # percent, as duplicates


class Fate(StrEnum):
    """What becomes of a line, in the order in which they are shown."""

    NEAR = "near"
    BAD = "bad"
    REPEATED = "repeated"
    KNOWN = "known"
    FOLLOWED = "followed"
    NEW = "new"

    @property
    def label(self) -> str:
        """The heading of those lines."""
        return {
            "near": "À vérifier\u00a0: peut-être déjà connues",
            "bad": "À corriger",
            "repeated": "En double dans le fichier",
            "known": "Déjà connues ailleurs\u00a0: leur accord sera demandé",
            "followed": "Déjà suivies par votre organisme",
            "new": "Nouvelles",
        }[self.value]

    @property
    def what(self) -> str:
        """What happens to one of them."""
        return {
            "near": "mise de côté, sauf si vous dites que c’est une autre personne",
            "bad": "mise de côté",
            "repeated": "mise de côté",
            "known": "un message lui demande son accord",
            "followed": "rien ne change",
            "new": "ajoutée",
        }[self.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A line, who it tells of (None when it cannot be read), what becomes of it and why."""

    line: Line
    described: Described | None
    fate: Fate
    why: str = ""
    near: tuple[Near, ...] = ()

    @property
    def name(self) -> str:
        """Of the person, as the file writes it."""
        return f"{self.line.cells.get('prenom', '')} {self.line.cells.get('nom', '')}".strip()

    @property
    def can_be_another(self) -> bool:
        """The sender may say that it is another person: no address is shared, so that both can be known."""
        taken = {Evidence.EMAIL, Evidence.PHONE}
        return self.fate is Fate.NEAR and not any(taken & set(one.evidence) for one in self.near)


@dataclass(slots=True)
class _Met:
    """Those of the lines before, by what tells people apart."""

    days: dict[object, list[Outcome]] = field(default_factory=dict)
    addresses: dict[str, Outcome] = field(default_factory=dict)

    def add(self, outcome: Outcome, described: Described) -> None:
        self.days.setdefault(described.birth_date, []).append(outcome)
        for address in (described.email, described.phone):
            if address:
                self.addresses[address] = outcome


def work_out(session: Session, lines: Sequence[Line], *, organisation_id: int) -> list[Outcome]:
    """For each line, in their order, what would happen now."""
    read = [_read(line) for line in lines]
    met = _Met()
    outcomes = [one if one.described is None else _among_lines(one, one.described, met) for one in read]
    asked = [one.described for one in outcomes if one.fate is Fate.NEW and one.described]
    found = iter(duplicates.find_many(session, asked, organisation_id=organisation_id))
    return [_among_people(one, next(found)) if one.fate is Fate.NEW else one for one in outcomes]


def _read(line: Line) -> Outcome:
    try:
        return Outcome(line=line, described=reading.read(line), fate=Fate.NEW)
    except reading.LineRefused as refusal:
        return Outcome(line=line, described=None, fate=Fate.BAD, why=str(refusal))


def _among_lines(outcome: Outcome, described: Described, met: _Met) -> Outcome:
    """Compared with the lines before it."""
    for other in met.days.get(described.birth_date, ()):
        likeness = fuzz.token_sort_ratio(described.key, other.described.key if other.described else "")
        if likeness >= _LIKE_NAME:
            fate = Fate.REPEATED if likeness == 100 else Fate.NEAR
            return replace(outcome, fate=fate, why=f"comme la ligne {other.line.number}")
    for column, address in (("email", described.email), ("telephone", described.phone)):
        other_line = met.addresses.get(address or "")
        if other_line is not None:
            number = other_line.line.number
            why = f"colonne {column}\u00a0: elle est déjà à la ligne {number}, qui est une autre personne."
            return replace(outcome, fate=Fate.BAD, why=why)
    met.add(outcome, described)
    return outcome


def _among_people(outcome: Outcome, near: list[Near]) -> Outcome:
    """Compared with those who are known."""
    if not near:
        return outcome
    first = near[0]
    why = ", ".join(each.label for each in first.evidence)
    if not first.is_sure:
        return replace(outcome, fate=Fate.NEAR, why=why, near=tuple(near))
    if first.is_followed_here:
        return replace(outcome, fate=Fate.FOLLOWED, near=(first,))
    if not (first.person.email or first.person.phone):
        return replace(outcome, fate=Fate.NEAR, why=f"{why}, sans adresse où lui écrire", near=(first,))
    return replace(outcome, fate=Fate.KNOWN, why=why, near=(first,))
