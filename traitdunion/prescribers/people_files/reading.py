"""What a line of a file says of somebody; pure: what cannot be understood comes back as a sentence."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar

from traitdunion.accounts.forms import LONGEST_NAME, check_birth_date
from traitdunion.accounts.models import Status
from traitdunion.core import csv_files, forms
from traitdunion.core.csv_files import Line, Shape
from traitdunion.prescribers.duplicates import Described
from traitdunion.territories import names

COLUMNS = ("prenom", "nom", "naissance", "email", "telephone", "code_postal", "situation", "niveau")
COMPULSORY = ("prenom", "nom", "naissance")
MOST_LINES = 10_000
MOST_BYTES = 2_000_000

_SHAPE = Shape(
    columns=COLUMNS,
    compulsory=COMPULSORY,
    aliases={
        "nom de famille": "nom",
        "nom usage": "nom",
        "nom d usage": "nom",
        "date de naissance": "naissance",
        "date naissance": "naissance",
        "ne le": "naissance",
        "nee le": "naissance",
        "mail": "email",
        "e mail": "email",
        "courriel": "email",
        "adresse mail": "email",
        "adresse e mail": "email",
        "tel": "telephone",
        "mobile": "telephone",
        "portable": "telephone",
        "telephone portable": "telephone",
        "numero de telephone": "telephone",
        "cp": "code_postal",
        "statut": "situation",
        "diplome": "niveau",
    },
    most_lines=MOST_LINES,
    most_bytes=MOST_BYTES,
    fold=names.fold,
)
_STATUSES = {
    "france travail": Status.FRANCE_TRAVAIL,
    "pole emploi": Status.FRANCE_TRAVAIL,
    "mission locale": Status.MISSION_LOCALE,
    "cap emploi": Status.CAP_EMPLOI,
    "salarie": Status.EMPLOYEE,
    "salariee": Status.EMPLOYEE,
    "autre": Status.OTHER,
} | {names.fold(status.label): status for status in Status}
_LEVELS = {
    "0": 0,
    "sans diplome": 0,
    "aucun": 0,
    "cap": 3,
    "bep": 3,
    "cap bep": 3,
    "bac": 4,
    "bac pro": 4,
    "bac 2": 5,
    "bts": 5,
    "bac 3": 6,
    "bac 4": 6,
    "licence": 6,
    "bac 5": 7,
    "master": 7,
    "doctorat": 8,
} | {str(level): level for level in (3, 4, 5, 6, 7, 8)}


_WITHOUT_ZERO = 9  # digits of a French number

Value = TypeVar("Value")


class LineRefused(ValueError):
    """The line cannot be understood; the sentence names its column."""


def lines(content: bytes) -> list[Line]:
    """The lines that are not empty. Raises csv_files.FileRefused."""
    return csv_files.read(content, _SHAPE)


def template() -> bytes:
    """A file to fill in, which spreadsheets open with its accents."""
    example = {
        "prenom": "Prénom",
        "nom": "Nom",
        "naissance": "14/01/1998",
        "email": "prenom@exemple.fr",
        "telephone": "06 39 98 00 00",
        "code_postal": "00000",
        "situation": "France Travail",
        "niveau": "CAP",
    }
    return csv_files.write(COLUMNS, [example], ends_with="\r\n").encode("utf-8-sig")


def read(line: Line) -> Described:
    """Who it is. Raises LineRefused."""
    cells = {name: " ".join(forms.cleaned(cell).split()) for name, cell in line.cells.items()}
    return Described(
        given_name=_compulsory(cells, "prenom", _read_name),
        family_name=_compulsory(cells, "nom", _read_name),
        birth_date=_compulsory(cells, "naissance", _read_birth_date),
        email=_read(cells, "email", forms.read_email),
        phone=_read(cells, "telephone", _read_phone),
        postcode=_read(cells, "code_postal", _read_postcode),
        status=_read(cells, "situation", _read_status),
        level=_read(cells, "niveau", _read_level),
    )


def _compulsory(cells: Mapping[str, str], column: str, how: Callable[[str], Value]) -> Value:
    found = _read(cells, column, how)
    if found is None:
        raise LineRefused(f"colonne {column}\u00a0: elle est vide.")
    return found


def _read(cells: Mapping[str, str], column: str, how: Callable[[str], Value]) -> Value | None:
    typed = cells.get(column, "")
    try:
        return how(typed) if typed else None
    except ValueError as mistake:
        raise LineRefused(f"colonne {column}\u00a0: {mistake}") from None


def _read_name(typed: str) -> str:
    if len(typed) > LONGEST_NAME:
        raise ValueError(f"{LONGEST_NAME}\u00a0signes au plus.")
    return typed


def _read_birth_date(typed: str) -> date:
    day = forms.read_day(typed.partition(" 00:00")[0])  # as some spreadsheets write a day
    check_birth_date(day)
    return day


def _read_phone(typed: str) -> str:
    digits = "".join(typed.split())
    # A spreadsheet takes 06… for a number, and its zero away.
    lost = len(digits) == _WITHOUT_ZERO and digits.isdigit() and digits[0] in {"6", "7"}
    return forms.read_phone(f"0{digits}" if lost else typed, is_mobile=True)


def _read_postcode(typed: str) -> str:
    padded = typed.zfill(5) if typed.isascii() and typed.isdigit() else typed
    if len(padded) != 5 or not padded.isascii() or not padded.isdigit():
        raise ValueError("un code postal a cinq chiffres.")
    return padded


def _read_status(typed: str) -> str:
    found = _STATUSES.get(names.fold(typed))
    if found is None:
        raise ValueError("France Travail, Mission locale, Cap emploi, Salarié ou Autre.")
    return found.value


def _read_level(typed: str) -> int:
    found = _LEVELS.get(names.fold(typed))
    if found is None:
        raise ValueError("Sans diplôme, CAP, Bac, Bac+2, Bac+3, Bac+5 ou Doctorat.")
    return found
