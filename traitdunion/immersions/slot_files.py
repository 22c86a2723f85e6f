"""Slots from a file: CSV with a header line; `;`, `,` or tabs; UTF-8 or Windows-1252. Good lines are kept.

The columns are the fields of `SlotForm`. A line that cannot be kept comes back with its number and why, in a text that
can be corrected and sent again; a slot that is there already is not written twice.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache, partial

from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from traitdunion.companies.models import Company
from traitdunion.core.errors import Refused
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
_SEPARATORS = ";,\t"
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


class FileRefused(Refused):
    """Nothing of the file can be read; the sentence says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line of the file: its number, its cells by column, and itself."""

    number: int
    cells: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class RefusedLine:
    """A line that was not kept, and why."""

    number: int
    why: str
    cells: dict[str, str]


@dataclass(slots=True, kw_only=True)
class Import:
    """What became of a file."""

    kept: int = 0
    known: int = 0
    refused: list[RefusedLine] = field(default_factory=list)

    @property
    def to_correct(self) -> str:
        """The refused lines as a file, to be corrected and sent again."""
        written = io.StringIO()
        columns = [name for name in COLUMNS if any(line.cells.get(name) for line in self.refused)]
        writer = csv.DictWriter(written, columns, delimiter=";", extrasaction="ignore", lineterminator="\n")
        writer.writeheader()
        writer.writerows(line.cells for line in self.refused)
        return written.getvalue()


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
    written = io.StringIO()
    writer = csv.DictWriter(written, COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    writer.writerow(example)
    return written.getvalue().encode("utf-8-sig")


def read(content: bytes) -> list[Line]:
    """The lines that are not empty. Raises FileRefused."""
    if len(content) > MOST_BYTES:
        raise FileRefused("Ce fichier est trop lourd\u00a0: 1\u00a0Mo au plus.")
    if b"\0" in content or content.startswith((b"PK", b"%PDF", b"\xd0\xcf")):
        raise FileRefused(
            "Ce n’est pas un fichier CSV. Dans votre tableur, choisissez «\u00a0Enregistrer sous\u00a0», CSV."
        )
    text = _decoded(content)
    header, _, _ = text.lstrip("\r\n").partition("\n")
    separator = max(_SEPARATORS, key=header.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        lines = list(_lines(rows))
    except csv.Error:
        raise FileRefused("Ce fichier ne se lit pas\u00a0: un guillemet est peut-être resté ouvert.") from None
    if not lines:
        raise FileRefused("Ce fichier n’a aucune ligne sous ses titres de colonnes.")
    if len(lines) > MOST_LINES:
        raise FileRefused(f"{len(lines)}\u00a0lignes\u00a0: importez-en {MOST_LINES} à la fois au plus.")
    return lines


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


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _lines(rows: Iterator[list[str]]) -> Iterator[Line]:
    columns: list[str] | None = None
    start = 1
    for row in rows:
        number, start = start, getattr(rows, "line_num", start) + 1
        cells = [cell.strip() for cell in row]
        if not any(cells):
            continue
        if columns is None:
            columns = _columns(cells)
            continue
        yield Line(number=number, cells={name: cell for name, cell in zip(columns, cells, strict=False) if name})


def _columns(header: list[str]) -> list[str]:
    """What each column is, "" for one that we do not know. Raises FileRefused when a compulsory one is missing."""
    known = {names.fold(name): name for name in COLUMNS} | _ALIASES
    found = [known.get(names.fold(title), "") for title in header]
    missing = [name for name in COMPULSORY if name not in found]
    if missing:
        raise FileRefused(f"Il manque des colonnes\u00a0: {', '.join(missing)}. La première ligne donne leurs titres.")
    return found


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
