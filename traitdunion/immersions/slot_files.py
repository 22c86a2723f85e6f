"""Slots from a file: CSV with a header line; `;`, `,` or tabs; UTF-8 or Windows-1252. Good lines are kept.

The columns are the fields of `SlotForm`. A line that cannot be kept comes back with its number and why, in a text that
can be corrected and sent again; a slot that is there already is not written twice.
"""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from traitdunion.companies.models import Company
from traitdunion.core import csv_files
from traitdunion.core.csv_files import Line, RefusedLine, Shape
from traitdunion.immersions import slots
from traitdunion.immersions.addresses import FieldRefused
from traitdunion.immersions.models import Slot, SlotState
from traitdunion.immersions.slot_form import SlotForm
from traitdunion.rome import occupations, proposing
from traitdunion.territories import names

COLUMNS = (
    *("titre", "code_rome", "type", "du", "au", "de", "a", "places", "adresse", "code_postal", "ville", "tuteur"),
    *("fonction", "taches", "equipement", "charges", "debout", "mineurs", "accessibilite", "transports", "limite"),
    "d_emblee",
)
COMPULSORY = ("titre", "du", "de", "a", "places", "tuteur", "taches")
MOST_LINES = 500
MOST_BYTES = 1_000_000
_FLAGS = ("charges", "debout", "mineurs", "d_emblee")
_YES = frozenset("oui o yes y vrai true 1 x".split())
_ALIASES = {
    "metier": "titre",
    "date debut": "du",
    "debut": "du",
    "date fin": "au",
    "fin": "au",
    "heure debut": "de",
    "heure fin": "a",
    "rome": "code_rome",
    "duree": "type",
    "commune": "ville",
    "date limite": "limite",
    "confirmation automatique": "d_emblee",
}
_KINDS = {
    "visite": "visite",
    "demi journee": "demi-journee",
    "journee": "jours",
    "jour": "jours",
    "jours": "jours",
    "semaine": "semaines",
    "semaines": "semaines",
}


_SHAPE = Shape(
    columns=COLUMNS,
    compulsory=COMPULSORY,
    aliases=_ALIASES,
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    fold=names.fold,
)


@dataclass(slots=True, kw_only=True)
class Import:
    """What became of a file."""

    kept: int = 0
    known: int = 0
    refused: list[RefusedLine] = field(default_factory=list)

    @property
    def to_correct(self) -> str:
        """The refused lines as a file, to be corrected and sent again."""
        columns = [name for name in COLUMNS if any(line.cells.get(name) for line in self.refused)]
        return csv_files.write(columns, (line.cells for line in self.refused))


def template() -> bytes:
    """A file to fill in, which spreadsheets open with its accents."""
    example = {
        "titre": "Boulanger",
        "type": "demi-journée",
        "du": "14/01/2027",
        "de": "8h",
        "a": "12h",
        "places": "2",
        "tuteur": "Prénom Nom",
        "taches": "Façonner les baguettes, tenir le four",
        "mineurs": "oui",
    }
    return csv_files.write(COLUMNS, [example], ends_with="\r\n").encode("utf-8-sig")


def read(content: bytes) -> list[Line]:
    """The lines that are not empty. Raises csv_files.FileRefused."""
    return csv_files.read(content, _SHAPE)


def keep(
    session: Session, company: Company, lines: list[Line], *, publish: bool, by: int, now: datetime, today: date
) -> Import:
    """Writes the slots of the good lines, as drafts or published; says what became of the others."""
    done = Import()
    choose = cache(partial(_occupation, session))
    for line in lines:
        code = choose(line.cells.get("code_rome", "").upper(), line.cells.get("titre", ""))
        form = SlotForm(_typed(line, company, code), today=today, occupations=[(code, code)] if code else [])
        why = _mistakes(form)
        if not why and _is_known(session, company, form):
            done.known += 1
            continue
        if not why:
            try:
                slot = slots.write(session, company, form.details(), by=by, now=now)
                if publish:
                    slots.publish(session, slot, now=now, today=today)
            except FieldRefused as refusal:
                why = _told(refusal.field, str(refusal))
        if why:
            done.refused.append(RefusedLine(number=line.number, why=why, cells=line.cells))
        else:
            done.kept += 1
    return done


def _typed(line: Line, company: Company, code: str) -> MultiDict[str, str]:
    """The line as the form sends it; what it leaves out about the place is the company's."""
    cells = dict(line.cells)
    if not cells.get("code_postal") and not cells.get("ville"):
        cells |= {"code_postal": company.postcode or "", "ville": company.city or ""}
        cells["adresse"] = cells.get("adresse") or company.address or ""
    cells["metier"] = code
    cells["type"] = _kind(cells)
    cells["mineurs"] = cells.get("mineurs") or "oui"
    for flag in _FLAGS:
        cells[flag] = "y" if names.fold(cells.get(flag, "")) in _YES else ""
    return MultiDict({name: cell for name, cell in cells.items() if name not in _FLAGS or cell})


def _kind(cells: dict[str, str]) -> str:
    said = cells.get("type", "")
    if said:
        return _KINDS.get(names.fold(said), said)
    return "jours" if cells.get("au") and cells.get("au") != cells.get("du") else "demi-journee"


def _mistakes(form: SlotForm) -> str:
    if form.validate():
        return ""
    return " ".join(_told(name, " ".join(map(str, errors))) for name, errors in form.errors.items())


def _told(column: str | None, message: str) -> str:
    if column == "metier":
        return "colonne titre\u00a0: ce métier n’est pas reconnu, donnez son code_rome."
    return f"colonne {column}\u00a0: {message}"


def _occupation(session: Session, code: str, title: str) -> str:
    """The code that the line gives, else the likeliest for its title; "" when there is none."""
    if code:
        return code if occupations.get(session, code) else ""
    found = proposing.propose(session, title, most=1) if title else []
    return found[0].code if found else ""


def _is_known(session: Session, company: Company, form: SlotForm) -> bool:
    details = form.details()
    query = select(Slot.id).where(
        Slot.company_id == company.id,
        Slot.first_day == details.when.first_day,
        Slot.last_day == details.when.last_day,
        Slot.starts_at == details.when.starts_at,
        Slot.title == details.title,
        Slot.state != SlotState.CANCELLED.value,
    )
    return session.scalar(query.limit(1)) is not None
