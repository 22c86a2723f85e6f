"""A directory of organisations from a file: CSV with a header line; `;`, `,` or tabs; UTF-8 or Windows-1252.

An operator's file is believed: its organisations are active at once, its delegations confirmed. The same name and
postcode again corrects what is known; a line that cannot be kept comes back with its number and why.
"""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from traitdunion.accounts.models import Person
from traitdunion.core.errors import Refused
from traitdunion.core.forms import read_email
from traitdunion.prescribers import areas, delegations, members, organisations
from traitdunion.prescribers.kinds import OrganisationKind, OrganisationState
from traitdunion.prescribers.models import Organisation
from traitdunion.prescribers.organisation_forms import DelegationForm, DetailsForm
from traitdunion.territories import names
from traitdunion.territories.distances import Point

COMPULSORY = ("nom", "type", "code_postal", "ville", "email", "zone")
_DETAILS = {"type": "genre", "forme_juridique": "forme"}
_DELEGATION = {
    "delegation_type": "delegant",
    "delegation_nom": "delegant_nom",
    "delegation_numero": "numero",
    "delegation_debut": "debut",
    "delegation_fin": "fin",
}
COLUMNS = (*COMPULSORY, "siret", "forme_juridique", "adresse", "telephone", *_DELEGATION, "administrateur")
_KINDS = {names.fold(text): kind.value for kind in OrganisationKind for text in (kind.value, kind.label)} | {
    "france travail": "france_travail",
    "departement": "conseil_departemental",
}


class DirectoryRefused(Refused):
    """Nothing of the file can be read; the sentence says why."""


@dataclass(slots=True, kw_only=True)
class Import:
    """What became of a file; `refused` by line number."""

    added: int = 0
    corrected: int = 0
    invited: int = 0
    refused: dict[int, str] = field(default_factory=dict)


def keep(session: Session, content: bytes, *, near: Point, by: Person | None, now: datetime) -> Import:
    """Writes the organisations of the good lines. `by` invites the administrators; None: nobody is. Raises
    DirectoryRefused."""
    done = Import()
    for number, cells in _read(content):
        try:
            with session.begin_nested():
                _keep_line(session, cells, done, near=near, by=by, now=now)
        except (Refused, ValueError) as refusal:
            done.refused[number] = str(refusal)
    return done


def _keep_line(
    session: Session, cells: dict[str, str], done: Import, *, near: Point, by: Person | None, now: datetime
) -> None:
    form, delegation = _forms(cells)
    area = areas.read(session, (form.zone.data or "").replace("|", "\n"), near=near)
    found = _find(session, form)
    if found is None:
        found = Organisation(state=OrganisationState.ACTIVE.value, decided_at=now, created_at=now)
        session.add(found)
        done.added += 1
    else:
        done.corrected += 1
    organisations.describe(found, form.details)
    session.flush()  # its area and its delegation need its id
    areas.replace(session, found, area)
    if delegation.is_said:
        said = delegations.declare(session, found, **delegation.said, now=now)
        session.flush()  # the audit names it
        delegations.confirm(session, said, by=by.id if by else None, now=now)
    if by is not None and cells.get("administrateur") and not members.administrators(session, found.id):
        members.invite(session, found, read_email(cells["administrateur"]), is_administrator=True, by=by, now=now)
        done.invited += 1


def _forms(cells: dict[str, str]) -> tuple[DetailsForm, DelegationForm]:
    typed = {_DETAILS.get(name, name): value for name, value in cells.items()}
    typed["genre"] = _KINDS.get(names.fold(typed.get("genre", "")), typed.get("genre", ""))
    form = DetailsForm(MultiDict(typed))
    said = {_DELEGATION[name]: value for name, value in cells.items() if name in _DELEGATION}
    said["delegant"] = _KINDS.get(names.fold(said.get("delegant", "")), OrganisationKind.FRANCE_TRAVAIL.value)
    delegation = DelegationForm(MultiDict(said))
    is_good = form.validate() & delegation.validate()
    if delegation.is_said:
        is_good &= not delegation.ask_for_missing()
    if not is_good:
        errors = [str(one) for each in (form, delegation) for found in each.errors.values() for one in found]
        errors += [str(one) for each in delegation for one in each.errors if str(one) not in errors]
        raise DirectoryRefused(" ".join(errors))
    return form, delegation


def _find(session: Session, form: DetailsForm) -> Organisation | None:
    said = form.details
    same = func.lower(func.unaccent(Organisation.name)) == func.lower(func.unaccent(said.name))
    return session.scalars(select(Organisation).where(same, Organisation.postcode == said.postcode).limit(1)).first()


def _read(content: bytes) -> Iterator[tuple[int, dict[str, str]]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", errors="replace")
    header = text.partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(";,\t", key=header.count))
    columns = ["_".join(names.fold(title).split()) for title in next(rows, [])]
    missing = [name for name in COMPULSORY if name not in columns]
    if missing:
        raise DirectoryRefused(f"Il manque des colonnes\u00a0: {', '.join(missing)}.")
    for row in rows:
        cells = {name: cell.strip() for name, cell in zip(columns, row, strict=False) if name in COLUMNS}
        if any(cells.values()):
            yield rows.line_num, cells
