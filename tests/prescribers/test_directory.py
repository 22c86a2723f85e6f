"""A directory from a file: active organisations with their area, corrected when sent again, bad lines told apart."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.factories import NOW
from traitdunion.core import clock, db
from traitdunion.prescribers import areas, delegations, directory, members
from traitdunion.prescribers.directory import DirectoryRefused, Import
from traitdunion.prescribers.models import Organisation
from traitdunion.territories.distances import Point

HEADER = "nom;type;code_postal;ville;email;zone"
AGENCY = "Agence Exemple;France Travail;57000;Metz;agence@exemple.fr;Metz|57050"


def keep(
    session: Session, *lines: str, header: str = HEADER, encoding: str = "utf-8", is_invited: bool = False
) -> Import:
    """What becomes of these lines."""
    content = "\n".join([header, *lines]).encode(encoding)
    by = make.person(session, is_operator=True) if is_invited else None
    return directory.keep(session, content, near=Point(49.1, 6.2), by=by, now=NOW)


class TestKeep:
    @pytest.fixture(autouse=True)
    def metz(self, session: Session) -> None:
        """The one commune."""
        make.commune(session, postcodes=["57000", "57050"])

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
    def test_adds_active_organisations(self, session: Session, encoding: str) -> None:
        done = keep(session, AGENCY.replace("Exemple;", "Élan;"), encoding=encoding)

        assert (done.added, done.refused) == (1, {})
        (agency,) = session.scalars(select(Organisation)).all()
        assert (agency.name, agency.kind, agency.is_active) == ("Agence Élan", "france_travail", True)
        assert areas.written(session, agency.id) == ["Metz (57)", "57050"]
        assert delegations.may_prescribe(agency, on=NOW.date())

    def test_corrects_what_is_known(self, session: Session) -> None:
        keep(session, AGENCY)

        done = keep(session, AGENCY.replace("agence@", "accueil@"))

        assert (done.added, done.corrected) == (0, 1)
        assert session.scalars(select(Organisation.email)).all() == ["accueil@exemple.fr"]

    def test_tells_bad_lines_apart(self, session: Session) -> None:
        done = keep(
            session,
            AGENCY.replace("Metz|57050", "Trifouillis"),
            AGENCY.replace("France Travail", "Boutique"),
            AGENCY.replace("57000", "57"),
            AGENCY,
        )

        assert done.added == 1
        assert sorted(done.refused) == [2, 3, 4]
        assert "Trifouillis" in done.refused[2]
        assert session.scalar(select(func.count()).select_from(Organisation)) == 1

    def test_confirms_a_delegation(self, session: Session) -> None:
        header = f"{HEADER};delegation_type;delegation_nom;delegation_numero;delegation_debut;delegation_fin"
        end = f"31/12/{clock.today().year + 1}"
        line = AGENCY.replace("France Travail", "other")

        done = keep(session, f"{line};Mission locale;ML Exemple;D-1;01/01/2026;{end}", f"{line};;;D-2;;", header=header)

        assert (done.added, sorted(done.refused)) == (1, [3])
        (found,) = session.scalars(select(Organisation)).all()
        assert delegations.may_prescribe(found, on=NOW.date())

    def test_invites_administrators_once(self, session: Session) -> None:
        for _ in range(2):
            keep(session, f"{AGENCY};chef@exemple.fr", header=f"{HEADER};administrateur", is_invited=True)

        (agency,) = session.scalars(select(Organisation)).all()
        (invited,) = members.invited(session, agency.id)
        assert members.accept(session, invited, now=NOW).is_administrator

    def test_refuses_a_file_without_its_columns(self, session: Session) -> None:
        with pytest.raises(DirectoryRefused, match="zone"):
            keep(session, header="nom;type;code_postal;ville;email")


class TestCommands:
    def test_import_and_list(self, committing_app: Flask, tmp_path: Path) -> None:
        path = tmp_path / "annuaire.csv"
        path.write_text(f"{HEADER}\n{AGENCY}\n")
        with db.transaction() as session:
            make.commune(session, postcodes=["57000", "57050"])
        runner = committing_app.test_cli_runner()

        added = runner.invoke(args=["prescribers", "import", str(path)])
        shown = runner.invoke(args=["prescribers", "list"])
        stranger = runner.invoke(args=["prescribers", "import", str(path), "--by", "ada@exemple.fr"])

        assert (added.exit_code, added.output) == (0, "Ajoutés : 1. Corrigés : 0. Invitations : 0.\n")
        assert "Agence Exemple\tAgence France Travail\t57000 Metz\tactive\tprescrit" in shown.output
        assert stranger.exit_code == 1
