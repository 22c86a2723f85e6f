"""What an agreement says: each mention of the law, and nothing left out in silence."""

import hashlib
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from tests.agreements import samples
from tests.agreements.document.samples import state
from traitdunion.agreements import snapshot
from traitdunion.agreements.document import sections, words
from traitdunion.agreements.document.commitments import COMMITMENTS
from traitdunion.agreements.document.sheet import Sheet
from traitdunion.agreements.kinds import Objective, PartyRole
from traitdunion.agreements.snapshot import Employer, Renewed

TERMS = samples.terms()


def values(sheet: Sheet) -> dict[str, str]:
    """By section and label."""
    return {f"{section.heading[:2]}{row.label}": row.value for section in sheet.sections for row in section.rows}


class TestSheet:
    @pytest.mark.parametrize(
        ("label", "value"),
        [
            # D. 5135-3, 1°: the prescriber
            ("1.Nom", "Mission locale de l’Exemple"),
            ("1.Adresse", "2 place de l’Exemple, 57000 Metz"),
            ("1.Forme juridique", "Mission locale, Association"),
            # 2°: the beneficiary
            ("2.Nom", "Exemple"),
            ("2.Prénom", "Camille"),
            ("2.Adresse", "5 rue du Test, 57000 Metz"),
            ("2.Date de naissance", "4 mai 1998"),
            ("2.Situation professionnelle", "Suivi par une Mission locale"),
            ("2.Bénéficiaire du RSA", "Non"),
            # 3°: the host
            ("3.Nom", "Boulangerie Martin"),
            ("3.Adresse", "1 rue du Four, 57000 Metz"),
            ("3.Forme juridique", "SARL"),
            ("3.Immatriculation (SIRET)", "110\u00a0000\u00a0023\u00a000017"),
            ("3.Date d’immatriculation", "Non renseigné"),
            ("3.Activité principale", "10.71C"),
            ("3.Convention collective", "Non renseigné"),
            ("3.Accueille, suit et transmet les consignes de santé et de sécurité", "Rachid Pétrin, Boulanger"),
            # 4°: the accompanying structure
            ("4.Nom", "Mission locale de l’Exemple"),
            ("4.Adresse", "2 place de l’Exemple, 57000 Metz"),
            ("4.Conseiller référent", "Lou Conseil, Conseillère"),
            # 5°: days, hours, place, object, objectives
            ("5.Premier jour", "lundi 7 décembre 2026"),
            ("5.Dernier jour", "vendredi 11 décembre 2026"),
            ("5.Présence", "35\u00a0h en 5\u00a0jours"),
            ("5.Lieu", "1 rue du Four, 57000 Metz"),
            ("5.Objet", "Découvrir un métier ou un secteur d’activité"),
            ("5.Objectifs précis", "Voir une journée de fournil, du pétrissage à la vente."),
            ("5.Comment ils seront évalués", "Un point avec la personne qui accueille, le dernier jour."),
            # 6°: tasks
            ("6.Tâches confiées pour développer les compétences recherchées", "Pétrir, façonner, cuire."),
        ],
    )
    def test_has_each_mention_of_the_law(self, label: str, value: str) -> None:
        assert values(sections.sheet(TERMS, state()))[label] == value

    def test_says_the_hours_of_each_day(self) -> None:
        (table,) = (one.table for one in sections.of_terms(TERMS) if one.table)

        assert table.lines[0] == (
            "lundi 7 décembre 2026",
            "de 8\u00a0h à 12\u00a0h, puis de 13\u00a0h à 16\u00a0h",
            "7\u00a0h",
        )
        assert len(table.lines) == 5

    def test_says_what_is_missing(self) -> None:
        draft = replace(TERMS, prescriber=None, objective=None, days=())

        found = sections.sheet(draft, state())

        assert found.sections[0].paragraphs == (words.UNSAID,)
        assert values(found)["5.Objet"] == values(found)["5.Premier jour"] == words.UNSAID

    def test_names_the_representative_of_a_minor(self) -> None:
        found = values(sections.sheet(samples.minor(TERMS), state()))

        assert found["2.Représentant légal"] == "Dominique Exemple, sa mère"
        assert "2.Représentant légal" not in values(sections.sheet(TERMS, state()))

    def test_names_the_employer_of_who_has_one(self) -> None:
        employer = Employer(name="Atelier X", siret="11000001500013", address=None, job="Vendeuse")
        employed = replace(TERMS, beneficiary=replace(TERMS.beneficiary, employer=employer, receives_rsa=True))

        found = values(sections.sheet(employed, state()))

        assert found["2.Employeur actuel"] == "Atelier X, SIRET 110\u00a0000\u00a0015\u00a000013, poste\u00a0: Vendeuse"
        assert found["2.Bénéficiaire du RSA"] == "Oui"

    def test_says_what_it_prolongs(self) -> None:
        former = Renewed(code="EX1", first_day=date(2026, 11, 2), last_day=date(2026, 11, 6), why="Four en panne.")

        found = values(sections.sheet(replace(TERMS, objective=Objective.CONFIRM, renewed=former), state()))

        assert found["ReObjectif non atteint"] == "Four en panne."
        assert found["RePremière période"] == "du 2 novembre 2026 au 6 novembre 2026"

    def test_says_who_signed_when_and_how_and_who_has_yet_to(self) -> None:
        signatures = sections.sheet(TERMS, state()).sections[-1]

        assert signatures.table is not None
        assert signatures.table.lines == (
            (
                "La personne en immersion",
                "Camille Exemple",
                "20 novembre 2026 à 18\u00a0h\u00a004, version 1",
                "Code reçu par SMS à …\u00a012\u00a034",
            ),
            (PartyRole.COMPANY.label, "Ada Martin", "Pas encore signée", "–"),
        )
        assert "ne peut pas commencer" in signatures.paragraphs[0]

    def test_says_that_it_is_validated_or_over(self) -> None:
        validated = sections.sheet(TERMS, state(validated_at=datetime(2026, 11, 21, 8, tzinfo=UTC)))
        over = sections.sheet(TERMS, state(ended="Annulée"))

        assert "le 21 novembre 2026 à 9\u00a0h" in validated.sections[-1].paragraphs[0]
        assert over.opening[0] == "Annulée\u00a0: cette convention n’a plus d’effet."


class TestCommitments:
    def test_are_those_that_were_signed(self) -> None:
        # Other words need another `snapshot.FORMAT`: agreements of format 1 were signed with these.
        assert snapshot.FORMAT == 1
        assert hashlib.sha256(COMMITMENTS.encode()).hexdigest() == (
            "800438d688d31390caaa88d7d7929365e6ccac5c3f6e4efc7500c36c519fa524"
        )
