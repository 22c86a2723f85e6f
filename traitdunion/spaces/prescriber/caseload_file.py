"""The list of people as a file that spreadsheets open: UTF-8 with its mark, semicolons, a line a person."""

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import date, datetime

from traitdunion.core import clock, pages
from traitdunion.prescribers.followed import Followed

COLUMNS = (
    "Nom",
    "E-mail",
    "Téléphone",
    "Code postal",
    "Projet",
    "Métier",
    "Autour de",
    "Référent",
    "Suivi depuis",
    "Qui doit agir",
    "Prochaine étape",
    "Précision",
    "Échéance",
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that spreadsheets compute (OWASP, CSV injection): an apostrophe makes it text."""
_BATCH = 200


def lines(found: Iterable[Followed]) -> Iterator[str]:
    """The text of the file, some hundred lines at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, delimiter=";", lineterminator="\r\n")
    buffer.write("\ufeff")  # without it, Excel reads cp1252
    writer.writerow(COLUMNS)
    for number, one in enumerate(found, start=1):
        writer.writerow([_safe(cell) for cell in _cells(one)])
        if number % _BATCH == 0:
            yield _emptied(buffer)
    yield _emptied(buffer)


def _cells(one: Followed) -> tuple[str, ...]:
    step = one.step
    return (
        one.name,
        one.email or "",
        pages.phone(one.phone) if one.phone else "",
        one.postcode or "",
        one.project or "",
        one.occupation or "",
        one.place or "",
        one.referent or "",
        _day(one.since),
        step.ball.label,
        step.kind.label,
        " ".join(said for said in (step.why, step.about) if said),
        _day(step.by) if step.by else "",
    )


def _safe(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_FORMULA) else cell


def _day(instant: datetime) -> str:
    there: date = instant.astimezone(clock.PARIS).date()
    return f"{there:%d/%m/%Y}"


def _emptied(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text
