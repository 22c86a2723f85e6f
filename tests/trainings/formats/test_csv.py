"""Tables: separators, encodings, quotes, and lines that are refused without harm to the others."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.trainings import samples
from traitdunion.trainings.drafts import Enrolment, Mode, NotTrainings
from traitdunion.trainings.formats import Format
from traitdunion.trainings.levels import Level

HEADER = "identifiant;intitulé;codes_rome;niveau_entree;commune;code_postal;financeurs;debut;inscription_fin"
LINE = "12;Boulanger;D1102 D1104;cap-bep;Metz;57000;2;2027-01-04;15/12/2026"


def table(*lines: str, header: str = HEADER) -> bytes:
    """A table in UTF-8."""
    return "\n".join((header, *lines, "")).encode()


class TestRead:
    def test_gives_a_training_with_its_place_and_session(self) -> None:
        (draft,) = samples.drafts(table(LINE))

        assert draft.source_id == "12"
        assert draft.title == "Boulanger"
        assert draft.rome_codes == ("D1102", "D1104")
        assert draft.entry_level == Level.CAP
        assert draft.actions[0].place.city == "Metz"
        assert draft.actions[0].funders == (2,)
        assert draft.actions[0].sessions[0].starts_on == date(2027, 1, 4)
        assert draft.actions[0].sessions[0].closes_on == date(2026, 12, 15)
        assert not draft.actions[0].is_permanent

    @pytest.mark.parametrize("delimiter", [",", "\t"])
    def test_takes_other_separators(self, delimiter: str) -> None:
        assert samples.drafts(table(LINE).replace(b";", delimiter.encode())) == samples.drafts(table(LINE))

    @pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252"])
    def test_takes_other_encodings(self, encoding: str) -> None:
        content = f"{HEADER}\r\n12;Électricien – bâtiment;F1602;;Épinal;;;;\r\n".encode(encoding)

        (draft,) = samples.drafts(content)

        assert draft.title == "Électricien – bâtiment"
        assert draft.actions[0].place.city == "Épinal"

    def test_reads_every_column_of_the_documentation(self) -> None:
        record = {
            "intitule": "Soudeur",
            "identifiant_action": "A",
            "identifiant_session": "S",
            "rncp": "320",
            "niveau_sortie": "4",
            "niveau_entree_obligatoire": "oui",
            "certifiante": "1",
            "organisme": "AFPA de test",
            "siret": "19750707200027",
            "adresse": "1 rue du Four",
            "code_insee": "57463",
            "latitude": "49.11",
            "longitude": "6.18",
            "modalite": "à distance",
            "prix": "12,5",
            "heures": "400",
            "telephone": "03 87 00 00 00",
            "etat": "fermé",
            "places": "12",
            "fin": "2027-02-01",
        }

        (draft,) = samples.drafts(table(";".join(record.values()), header=";".join(record)))

        action = draft.actions[0]
        assert draft.certifications == ("RNCP320",)
        assert draft.exit_level == Level.BAC
        assert draft.is_entry_level_required
        assert draft.is_certifying
        assert draft.organisation is not None
        assert draft.organisation.siret == "19750707200027"
        assert (action.source_id, action.mode, action.price, action.hours) == ("A", Mode.DISTANCE, Decimal("12.5"), 400)
        assert (action.place.commune_code, action.place.latitude) == ("57463", 49.11)
        assert action.contact.phone == "03 87 00 00 00"
        assert action.sessions[0].source_id == "S"
        assert action.sessions[0].enrolment == Enrolment.CLOSED
        assert (action.sessions[0].seats, action.sessions[0].ends_on) == (12, date(2027, 2, 1))

    def test_takes_a_funded_training_without_dates_for_a_permanent_entry(self) -> None:
        (draft,) = samples.drafts(table("12;Boulanger;D1102;;Metz;;2;;"))

        assert draft.actions[0].is_permanent
        assert draft.actions[0].sessions[0].is_permanent

    def test_takes_a_day_that_is_unknown_for_no_permanent_entry(self) -> None:
        (draft,) = samples.drafts(table("12;Boulanger;D1102;;Metz;;2;20270900;"))

        assert not draft.actions[0].is_permanent
        assert draft.actions[0].sessions[0].starts_on is None

    def test_gives_no_place_to_a_mere_diploma(self) -> None:
        (draft,) = samples.drafts(table("12;Boulanger;D1102;3;;;;;"))

        assert draft.actions == ()

    def test_reads_a_cell_of_several_lines(self) -> None:
        first, second = samples.readings(table('12;"Boulanger\nPâtissier";D1102;;;;;;', "13;Soudeur;H2913;;;;;;"))

        assert [line for line, _ in (first, second)] == [2, 4]

    def test_passes_blank_lines_over(self) -> None:
        assert len(samples.readings(table("", ";;;;;;;;", LINE, "   "))) == 1


class TestRefusals:
    def test_name_the_line_and_keep_it_under_its_header(self) -> None:
        ((line, refusal),) = samples.refusals(table(LINE, "13;;D1102;;;;;;", LINE))

        assert line == 3
        assert refusal.reason == "la formation n’a pas d’intitulé"
        assert refusal.raw.decode() == f"{HEADER}\n13;;D1102;;;;;;\n"
        assert [each.reason for _, each in samples.refusals(refusal.raw)] == [refusal.reason]

    def test_of_a_quote_never_closed_cost_one_line_only(self) -> None:
        content = table(LINE, '13;"Soudeur;H2913;;;;;;', *[LINE] * 50)

        ((line, refusal),) = samples.refusals(content)

        assert (line, refusal.reason) == (3, "guillemets mal placés")
        assert len(samples.drafts(content)) == 51

    def test_of_an_endless_line_cost_one_line_only(self) -> None:
        content = table(LINE, "x" * 2_000_000, LINE)

        ((line, refusal),) = samples.refusals(content)

        assert line == 3
        assert len(refusal.raw) == 2_000_001
        assert len(samples.drafts(content)) == 2

    @pytest.mark.parametrize("header", ["nom;prénom", "intitule;prix", "code;commune;codes_rome", "", '"'])
    def test_of_the_whole_file_come_from_its_header(self, header: str) -> None:
        with pytest.raises(NotTrainings):
            samples.readings(table(LINE, header=header), Format.CSV)

    @given(content=st.binary(max_size=300))
    def test_are_the_only_failures(self, content: bytes) -> None:
        for line, _ in samples.readings(table(LINE) + content, Format.CSV):
            assert line > 1
