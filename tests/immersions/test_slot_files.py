"""Slots from files."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from tests import factories as make
from tests.immersions.slot_fields import TODAY
from traitdunion.companies.models import Company
from traitdunion.core.csv_files import FileRefused
from traitdunion.immersions import slot_files
from traitdunion.immersions.models import Slot
from traitdunion.immersions.slot_files import Import

HEADER = "titre;du;de;a;places;tuteur;taches"
GOOD = "Boulanger;14/12/2026;8h;12h;2;Ada Martin;Pétrir"


@pytest.fixture
def company(session: Session) -> Company:
    """A baker's, where bakers are known."""
    make.commune(session)
    make.occupation(session)
    return make.company(session)


def keep(session: Session, company: Company, content: str | bytes, *, publish: bool = False) -> Import:
    """Imports the file."""
    lines = slot_files.read(content if isinstance(content, bytes) else content.encode())
    by = make.person(session).id
    return slot_files.keep(session, company, lines, publish=publish, by=by, now=make.NOW, today=TODAY)


class TestKeep:
    def test_keeps_the_good_lines_and_tells_of_the_others(self, session: Session, company: Company) -> None:
        content = "\n".join(
            (
                HEADER,
                GOOD,
                "Boulanger;14/12/2026;8h;25:00;2;Ada;Pétrir",
                "",
                "Boulanger;15/12/2026;14h;18h;0;;Pétrir",
                "Zzzz;16/12/2026;8h;12h;2;Ada;Pétrir",
                "Boulanger;25/12/2026;8h;12h;2;Ada;Pétrir",
                "Boulanger;17/12/2026;8h;12h;2;Ada;Pétrir",
            )
        )

        done = keep(session, company, content)

        assert done.kept == 2
        assert [line.number for line in done.refused] == [3, 5, 6, 7]
        why = [line.why for line in done.refused]
        assert why[0].startswith("colonne a\u00a0: Cette heure n’existe pas")
        assert "places\u00a0: Entre 1 et 50" in why[1]
        assert "tuteur\u00a0: Indiquez qui accueille" in why[1]
        assert "n’est pas reconnu" in why[2]
        assert "jour férié" in why[3]
        slots = session.scalars(select(Slot).order_by(Slot.first_day)).all()
        assert [(slot.first_day, slot.state, slot.occupation_code) for slot in slots] == [
            (date(2026, 12, 14), "draft", "D1102"),
            (date(2026, 12, 17), "draft", "D1102"),
        ]
        assert (slots[0].address, slots[0].city, slots[0].minors_welcome) == ("1 rue du Four", "Metz", True)

    def test_gives_back_what_is_to_correct_as_a_file(self, session: Session, company: Company) -> None:
        done = keep(session, company, f'{HEADER}\nBoulanger;14/12/2026;8h;7h;2;"Ada; Paul";Pétrir')

        again = keep(session, company, done.to_correct.replace("7h", "12h"))

        assert (again.kept, again.refused) == (1, [])
        assert session.scalars(select(Slot.tutor_name)).all() == ["Ada; Paul"]

    def test_writes_nothing_twice(self, session: Session, company: Company) -> None:
        keep(session, company, f"{HEADER}\n{GOOD}")

        again = keep(session, company, f"{HEADER}\n{GOOD}")

        assert (again.kept, again.known) == (0, 1)

    def test_publishes_when_asked(self, session: Session, company: Company) -> None:
        keep(session, company, f"{HEADER}\n{GOOD}", publish=True)

        assert session.scalars(select(Slot.state)).all() == ["published"]

    @pytest.mark.parametrize("separator", [";", ",", "\t"])
    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
    @pytest.mark.parametrize("end", ["\n", "\r\n"])
    def test_reads_what_spreadsheets_write(
        self, session: Session, company: Company, separator: str, encoding: str, end: str
    ) -> None:
        text = f"{HEADER}\n{GOOD}\n".replace(";", separator).replace("\n", end)

        done = keep(session, company, text.encode(encoding))

        assert (done.kept, done.refused) == (1, [])
        assert session.scalars(select(Slot.tasks)).all() == ["Pétrir"]

    def test_knows_columns_by_other_names(self, session: Session, company: Company) -> None:
        text = f"{HEADER};Confirmation automatique;Inconnue\n{GOOD};OUI;x"
        text = text.replace("titre;du;de;a", "Métier;Date début;Heure début;Heure fin")

        assert keep(session, company, text).kept == 1
        assert session.scalars(select(Slot.accepts_at_once)).all() == [True]

    def test_reads_its_own_template(self, session: Session, company: Company) -> None:
        done = keep(session, company, slot_files.template())

        assert (done.kept, done.refused) == (1, [])


class TestRead:
    @pytest.mark.parametrize(
        ("content", "words"),
        [
            (b"", "aucune ligne"),
            (HEADER.encode(), "aucune ligne"),
            (b"titre;du\nBoulanger;demain", "Il manque des colonnes\u00a0: de, a, places, tuteur, taches"),
            (b"PK\x03\x04xlsx", "pas un fichier CSV"),
            (b"%PDF-1.7", "pas un fichier CSV"),
            (b"a\0b", "pas un fichier CSV"),
            (b"x" * 1_000_001, "trop lourd"),
            ((HEADER + "\n" + (GOOD + "\n") * 501).encode(), "500"),
        ],
    )
    def test_says_why_nothing_can_be_read(self, content: bytes, words: str) -> None:
        with pytest.raises(FileRefused, match=words):
            slot_files.read(content)

    @given(st.binary(max_size=400))
    def test_reads_or_refuses_anything(self, content: bytes) -> None:
        for body in (content, HEADER.encode() + b"\n" + content):
            try:
                lines = slot_files.read(body)
            except FileRefused:
                continue
            assert all(line.number >= 1 for line in lines)
